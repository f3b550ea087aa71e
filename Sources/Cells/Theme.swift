/// Colours and attributes for every role, made from entries such as `health.failed: "#ff7a85 bold"`.
///
/// An entry is `[colour] [on colour] [bold] [dim] [underline] [reverse]`. A bad entry is left out and reported, never fatal
/// (requirement E-C04); a role without an entry uses its fallback's (`Role.names`), a part that an entry leaves out is that of `text`.
public struct Theme: Hashable, Sendable {
  /// An entry that was not taken.
  public struct Problem: Hashable, Sendable {
    public let entry: SafeText
    public let reason: SafeText
  }

  /// How a cell is to be painted.
  public struct Appearance: Hashable, Sendable {
    public var foreground: Colour
    public var background: Colour
    public var attributes: Attributes

    public init(foreground: Colour = .standard, background: Colour = .standard, attributes: Attributes = []) {
      self.foreground = foreground
      self.background = background
      self.attributes = attributes
    }
  }

  public let name: String
  /// At most `problemLimit` of them.
  public private(set) var problems: [Problem] = []
  /// Roles for which neither the theme nor a fallback before `text` has an entry.
  public private(set) var unresolved: [Role] = []
  private var appearances: [Role: Appearance] = [:]

  public static let problemLimit = 20
  private static let entryLimit = 1000

  /// The terminal's own colours with attributes only: what is left when no theme can be read.
  public static let plain = Theme(
    name: "plain",
    entries: [
      "text": "default", "title": "bold", "border": "dim", "selection": "reverse", "header": "bold", "key": "bold",
      "health.failed": "bold", "drift": "bold", "dim": "dim", "stale": "dim", "provisional": "dim",
    ])

  /// Builds a theme. Entries whose name is no role, and values that do not parse, become problems.
  public init(name: String, entries: [String: String]) {
    self.name = name
    if entries.count > Theme.entryLimit {
      report("theme", "more than \(Theme.entryLimit) entries; unknown ones are ignored")
    } else {
      let known = Set(Role.allCases.map(\.rawValue))
      for entry in entries.keys.filter({ !known.contains($0) }).sorted() { report(entry, "no such role") }
    }
    var parsed: [String: Entry] = [:]
    for role in Role.allCases {
      guard let value = entries[role.rawValue] else { continue }
      do throws(Entry.Failure) {
        parsed[role.rawValue] = try Entry(value)
      } catch {
        report(role.rawValue, error.reason)
      }
    }
    let base = Theme.appearance(parsed[Role.text.rawValue], over: Appearance())
    for role in Role.allCases {
      let found = role.names.first { parsed[$0] != nil }
      if found == nil || (found == Role.text.rawValue && role != .text) { unresolved.append(role) }
      appearances[role] = Theme.appearance(found.flatMap { parsed[$0] }, over: base)
    }
  }

  private mutating func report(_ entry: String, _ reason: SafeText) {
    guard problems.count < Theme.problemLimit else { return }
    problems.append(Problem(entry: SafeText(untrusted: entry, limit: 60), reason: reason))
  }

  private static func appearance(_ entry: Entry?, over base: Appearance) -> Appearance {
    guard let entry else { return base }
    return Appearance(
      foreground: entry.foreground ?? base.foreground, background: entry.background ?? base.background,
      attributes: entry.attributes)
  }

  /// How a role with attributes looks on a terminal of the given depth. Foreground and background never come out the same.
  ///
  /// A selected cell takes the background of the role `selection`, unless its own role has one.
  public func appearance(_ role: Role, _ attributes: Attributes = [], depth: ColourDepth) -> Appearance {
    var result = appearances[role] ?? Appearance()
    let base = appearances[.text] ?? Appearance()
    let hasOwnBackground = result.background != base.background
    result.attributes.formUnion(attributes.subtracting(.selected))
    if attributes.contains(.selected), !hasOwnBackground || role == .selection,
      let selection = appearances[.selection]
    {
      let isReversed =
        selection.attributes.contains(.reverse) || selection.background == base.background
        || depth == .mono || depth == .sixteen && selection.background.needsReduction && selection.background.isGrey
      if isReversed {
        // One even bar: reversed colours would make a patchwork of the row.
        result.foreground = base.foreground
        result.attributes.subtract(.dim)
        result.attributes.insert(.reverse)
      } else {
        result.background = selection.background
      }
    }
    if depth <= .sixteen { simplify(&result, base: base, isSixteen: depth == .sixteen) }
    result.foreground = result.foreground.reduced(to: depth)
    result.background = result.background.reduced(to: depth)
    // Terminals that show bold as bright would turn black into grey.
    if depth == .sixteen, result.foreground == .indexed(0) { result.attributes.subtract(.bold) }
    if result.foreground == result.background, result.foreground != .standard {
      result.foreground = .standard
      result.background = .standard
      result.attributes.insert(.reverse)
    }
    return result
  }

  /// Terminals of few colours keep their own ground; greys become weight, dark grounds reverse.
  private func simplify(_ look: inout Appearance, base: Appearance, isSixteen: Bool) {
    let keepsGround = look.background == base.background
    if !keepsGround, !isSixteen || look.background.needsReduction && look.background.isGrey {
      look.attributes.insert(.reverse)
      look.background = .standard
    } else if keepsGround {
      look.background = .standard
    }
    guard look.background == .standard, isSixteen else { return }
    if look.foreground == base.foreground {
      look.foreground = .standard
    } else if look.foreground.needsReduction, look.foreground.isGrey {
      if (look.foreground.brightness ?? 255) * 10 < (base.foreground.brightness ?? 255) * 8 {
        look.attributes.insert(.dim)
      }
      look.foreground = .standard
    }
  }

  /// One parsed value.
  private struct Entry {
    var foreground: Colour?
    var background: Colour?
    var attributes: Attributes = []

    struct Failure: Error {
      let reason: SafeText
    }

    private static let words: [String: Attributes] = [
      "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
    ]

    init(_ value: String) throws(Failure) {
      guard value.utf8.count <= 200 else { throw Failure(reason: "the value is longer than 200 bytes") }
      var isBackground = false
      for word in value.split(whereSeparator: \.isWhitespace).map(String.init) {
        if word == "on", !isBackground {
          isBackground = true
        } else if !isBackground, let attribute = Entry.words[word] {
          attributes.insert(attribute)
        } else if let colour = Colour(word), isBackground ? background == nil : foreground == nil {
          if isBackground { background = colour } else { foreground = colour }
          isBackground = false
        } else {
          throw Failure(reason: "“\(untrusted: word)” is not a colour or attribute here")
        }
      }
      if isBackground { throw Failure(reason: "no colour after “on”") }
      if let foreground, foreground == background, foreground != .standard {
        throw Failure(reason: "foreground and background are the same")
      }
    }
  }
}
