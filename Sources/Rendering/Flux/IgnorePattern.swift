/// One line of a `.sourceignore` file (flux: pkg/sourceignore/gitignore, which is go-git's matcher; it differs from
/// Git's own in corners, and those are followed).
struct IgnorePattern: Sendable {
  enum Outcome { case exclude, include }

  /// The directory, in parts, that the pattern speaks of.
  private let domain: [String]
  private let parts: [String]
  /// Of each part, whether it matches a name.
  private let names: [NamePattern]
  private let outcome: Outcome
  private let directoriesOnly: Bool

  init(_ line: String, domain: [String]) {
    self.domain = domain
    var text = Substring(line)
    outcome = text.hasPrefix("!") ? .include : .exclude
    if outcome == .include { text = text.dropFirst() }
    if !text.hasSuffix("\\ ") {
      while text.last == " " { text = text.dropLast() }
    }
    directoriesOnly = text.hasSuffix("/")
    if directoriesOnly { text = text.dropLast() }
    parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    names = parts.map(NamePattern.init)
  }

  /// The patterns of a `.sourceignore` file's text.
  static func read(_ text: String, domain: [String]) -> [IgnorePattern] {
    text.split { $0 == "\n" || $0 == "\r\n" }.compactMap { line in
      guard !line.hasPrefix("#"), line.contains(where: { !$0.isWhitespace }) else { return nil }
      return IgnorePattern(String(line), domain: domain)
    }
  }

  /// What Flux leaves out of every artifact unless a pattern includes it again.
  static let versionControl = [".git/", ".gitignore", ".gitmodules", ".gitattributes"].map {
    IgnorePattern($0, domain: [])
  }

  /// What it leaves out besides where nobody wrote a pattern.
  static let defaults: [IgnorePattern] = defaultTexts.map { IgnorePattern($0, domain: []) }

  private static let defaultTexts = [
    "*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip", ".github/", ".circleci/", ".travis.yml",
    ".gitlab-ci.yml", "appveyor.yml", ".drone.yml", "cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml",
    "**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml",
  ]

  /// Whether one of `versionControl` and `defaults` can match a file: they speak of hidden names, endings and few others.
  static func mayBeDefault(_ path: [String]) -> Bool {
    if path.contains(where: { $0.utf8.first == UInt8(ascii: ".") }) { return true }
    guard let name = path.last, let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return defaultEndings.contains(String(name[dot...])) || path.contains { defaultNames.contains($0) }
  }

  /// Of `*.tar.gz` the last part.
  private static let defaultEndings = Set(
    defaultTexts.filter { $0.hasPrefix("*.") }.map { String($0[($0.lastIndex(of: ".") ?? $0.startIndex)...]) })
  private static let defaultNames = Set(
    defaultTexts.filter { !$0.hasPrefix("*") && !$0.hasPrefix(".") })

  /// What the last of the patterns that matches a file says.
  static func outcome(_ patterns: [IgnorePattern], file path: [String]) -> Outcome? {
    for pattern in patterns.reversed() {
      if let outcome = pattern.match(path) { return outcome }
    }
    return nil
  }

  private func match(_ path: [String]) -> Outcome? {
    guard path.count > domain.count, path.starts(with: domain) else { return nil }
    let rest = path.dropFirst(domain.count)
    return (parts.count > 1 ? matchPath(rest) : matchName(rest)) ? outcome : nil
  }

  private func matchName(_ path: ArraySlice<String>) -> Bool {
    for index in path.indices where names[0].matches(path[index]) {
      return !(directoriesOnly && index == path.endIndex - 1)
    }
    return false
  }

  private func matchPath(_ path: ArraySlice<String>) -> Bool {
    var path = path
    var matched = false
    var traversing = false
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        traversing = false
      } else if part == "**" {
        if index == parts.count - 1 { break }
        traversing = true
      } else if part.contains("**") || path.isEmpty {
        return false
      } else if traversing {
        traversing = false
        matched = false
        while !matched, let name = path.popFirst() { matched = names[index].matches(name) }
      } else {
        guard let name = path.popFirst(), names[index].matches(name) else { return false }
        matched = true
      }
    }
    return matched && !(directoriesOnly && path.isEmpty)
  }
}

/// One part of a pattern, prepared: most are plain names or endings, and each is asked for every file of a repository.
private enum NamePattern: Sendable {
  case name(String)
  case ending(String)
  case glob(String)

  init(_ text: String) {
    func isPlain(_ text: some StringProtocol) -> Bool {
      !text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B || $0 == 0x5C }
    }
    if isPlain(text) {
      self = .name(text)
    } else if text.hasPrefix("*"), isPlain(text.dropFirst()) {
      self = .ending(String(text.dropFirst()))
    } else {
      self = .glob(text)
    }
  }

  /// Byte by byte: Go knows no canonical equivalence.
  func matches(_ name: String) -> Bool {
    switch self {
    case .name(let text): name.utf8.count == text.utf8.count && name.utf8.elementsEqual(text.utf8)
    case .ending(let text):
      name.utf8.count >= text.utf8.count && (text.isEmpty || name.utf8.last == text.utf8.last)
        && name.utf8.suffix(text.utf8.count).elementsEqual(text.utf8)
    case .glob(let pattern): Glob.matches(pattern, name)
    }
  }
}

/// Go's `filepath.Match`: `*` and `?` stay within a name, `[a-z]` and `[^a-z]`, `\` escapes. A malformed pattern
/// matches nothing.
enum Glob {
  static func matches(_ pattern: String, _ name: String) -> Bool {
    matches(Array(pattern.unicodeScalars)[...], Array(name.unicodeScalars)[...])
  }

  private static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
    var pattern = pattern
    var name = name
    // Where to continue after a `*` that has to take one more character; only the last star can need it.
    var retry: (pattern: ArraySlice<Unicode.Scalar>, name: ArraySlice<Unicode.Scalar>)?
    while true {
      if pattern.first == "*" {
        pattern.removeFirst()
        retry = (pattern, name)
        continue
      }
      if let rest = step(pattern, name.first) {
        pattern = rest
        name.removeFirst()
      } else if pattern.isEmpty && name.isEmpty {
        return true
      } else if let last = retry, !last.name.isEmpty {
        retry = (last.pattern, last.name.dropFirst())
        pattern = last.pattern
        name = last.name.dropFirst()
      } else {
        return false
      }
    }
  }

  /// The pattern after its first element when that matches the character.
  private static func step(_ pattern: ArraySlice<Unicode.Scalar>, _ character: Unicode.Scalar?) -> ArraySlice<
    Unicode.Scalar
  >? {
    guard let character, let first = pattern.first else { return nil }
    switch first {
    case "?": return pattern.dropFirst()
    case "[": return set(pattern.dropFirst(), character)
    case "\\":
      guard let escaped = pattern.dropFirst().first, escaped == character else { return nil }
      return pattern.dropFirst(2)
    default: return first == character ? pattern.dropFirst() : nil
    }
  }

  private static func set(_ pattern: ArraySlice<Unicode.Scalar>, _ character: Unicode.Scalar) -> ArraySlice<
    Unicode.Scalar
  >? {
    var rest = pattern
    let isNegated = rest.first == "^"
    if isNegated { rest.removeFirst() }
    var found = false
    var count = 0
    func take() -> Unicode.Scalar? {
      guard let next = rest.popFirst() else { return nil }
      return next == "\\" ? rest.popFirst() : next
    }
    while rest.first != "]" || count == 0 {
      guard rest.first != "]", let low = take() else { return nil }
      var high = low
      if rest.first == "-" {
        rest.removeFirst()
        guard rest.first != "]", let end = take() else { return nil }
        high = end
      }
      if low <= character && character <= high { found = true }
      count += 1
    }
    return found != isNegated ? rest.dropFirst() : nil
  }
}
