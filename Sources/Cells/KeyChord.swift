/// One key press with its modifiers, as typed by the user and as written in the configuration: `R`, `Ctrl-d`, `Shift-Tab`, `F1`.
///
/// Shift is part of a printable character (`R`, not `Shift-r`); Ctrl with a letter holds the small letter.
public struct KeyChord: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  public enum Key: Hashable, Sendable {
    case character(Character)
    case enter, escape, tab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 to F24.
    case function(Int)
  }

  public struct Modifiers: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let control = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let shift = Modifiers(rawValue: 4)
  }

  public let key: Key
  public let modifiers: Modifiers

  public init(_ key: Key, _ modifiers: Modifiers = []) {
    self.key = key
    self.modifiers = modifiers
  }

  private static let named: [(name: String, key: Key)] = [
    ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("Backspace", .backspace), ("Del", .delete),
    ("Ins", .insert), ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home),
    ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Space", .character(" ")),
  ]

  private static let prefixes: [(text: String, modifier: Modifiers)] = [
    ("Ctrl-", .control), ("Alt-", .alt), ("Shift-", .shift),
  ]

  /// Reads the form that `description` writes; nil for anything else. Names and prefixes may be in any case.
  public init?(_ text: String) {
    guard text.utf8.count <= 32 else { return nil }
    var rest = text[...]
    var modifiers: Modifiers = []
    while let prefix = KeyChord.prefixes.first(where: { rest.count > $0.text.count && starts(rest, with: $0.text) }) {
      modifiers.insert(prefix.modifier)
      rest = rest.dropFirst(prefix.text.count)
    }
    guard let key = KeyChord.key(named: rest) else { return nil }
    switch key {
    case .character(let character) where character != " ":
      guard !modifiers.contains(.shift) else { return nil }
      if modifiers.contains(.control), character.isASCII {
        self.init(.character(Character(character.lowercased())), modifiers)
      } else {
        self.init(key, modifiers)
      }
    default: self.init(key, modifiers)
    }
  }

  /// A chord written in the program itself; a wrong one is our bug.
  public init(stringLiteral value: StaticString) {
    guard let chord = KeyChord(value.description) else { preconditionFailure("not a key: \(value)") }
    self = chord
  }

  private static func key(named text: Substring) -> Key? {
    if text.count == 1, let character = text.first {
      guard character.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
      return .character(character)
    }
    let name = text.lowercased()
    if let known = named.first(where: { $0.name.lowercased() == name }) { return known.key }
    if name.first == "f", let number = Int(name.dropFirst()), (1...24).contains(number) { return .function(number) }
    return nil
  }

  public var description: String {
    var text = KeyChord.prefixes.filter { modifiers.contains($0.modifier) }.map(\.text).joined()
    switch key {
    case .character(let character) where character != " ": text.append(character)
    case .function(let number): text += "F\(number)"
    default: text += KeyChord.named.first { $0.key == key }?.name ?? ""
    }
    return text
  }
}

private func starts(_ text: Substring, with prefix: String) -> Bool {
  text.prefix(prefix.count).lowercased() == prefix.lowercased()
}
