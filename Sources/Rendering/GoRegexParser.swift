/// Reads a pattern and makes the program of a `GoRegex` (go: regexp/syntax).
struct GoRegexParser {
  private indirect enum Node {
    case empty
    case set(GoRegex.CharacterSet)
    case assertion(GoRegex.Assertion)
    case sequence([Node])
    case either([Node])
    case group(Node, number: Int)
    case repetition(Node, minimum: Int, maximum: Int?, isGreedy: Bool)
  }

  static let digit = GoRegex.CharacterSet(ranges: [0x30...0x39])
  static let word = GoRegex.CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = GoRegex.CharacterSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

  private static let sizeLimit = 20_000
  private static let depthLimit = 100
  /// Go's own limit on `{n}`.
  private static let repetitionLimit = 1000

  private let pattern: [Unicode.Scalar]
  private let text: String
  private let place: String?
  private var position = 0
  private var depth = 0
  private var ignoresCase = false
  private var isMultiline = false
  private var dotMatchesNewline = false
  private var prefersFew = false
  private(set) var groups = 1
  private var code: [GoRegex.Instruction] = []

  init(_ pattern: String, place: String?) {
    self.pattern = Array(pattern.unicodeScalars)
    text = pattern
    self.place = place
  }

  private func failure(_ sentence: String) -> RenderError {
    .failed(sentence: "the regular expression \"\(text)\": \(sentence)", place: place)
  }

  private func unread(_ what: String) -> RenderError {
    .undetermined(feature: "\(what) in the regular expression \"\(text)\"", place: place)
  }

  mutating func program() throws(RenderError) -> [GoRegex.Instruction] {
    let root = try either()
    guard position == pattern.count else { throw failure("unexpected )") }
    try emit(.group(root, number: 0))
    code.append(.match)
    return code
  }

  private var next: Unicode.Scalar? { position < pattern.count ? pattern[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  private mutating func either() throws(RenderError) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw unread("groups nested deeper than \(Self.depthLimit)") }
    let flags = (ignoresCase, isMultiline, dotMatchesNewline, prefersFew)
    defer { (ignoresCase, isMultiline, dotMatchesNewline, prefersFew) = flags }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .either(branches)
  }

  private mutating func sequence() throws(RenderError) -> Node {
    var nodes: [Node] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      guard let atom = try atom() else { continue }
      nodes.append(try repetitions(of: atom))
    }
    return nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func repetitions(of atom: Node) throws(RenderError) -> Node {
    var node = atom
    var isRepeated = false
    while let scalar = next {
      var bounds: (minimum: Int, maximum: Int?)
      switch scalar {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let read = try counts() else { return node }
        bounds = read
      default: return node
      }
      if isRepeated { throw failure("invalid nested repetition operator") }
      isRepeated = true
      if scalar != "{" { position += 1 }
      let isGreedy = take("?") == prefersFew
      node = .repetition(node, minimum: bounds.minimum, maximum: bounds.maximum, isGreedy: isGreedy)
    }
    return node
  }

  /// `{2}`, `{2,}`, `{2,3}`; nil when the brace is a plain character.
  private mutating func counts() throws(RenderError) -> (minimum: Int, maximum: Int?)? {
    let start = position
    position += 1
    guard let minimum = number() else {
      position = start
      return nil
    }
    var maximum: Int? = minimum
    if take(",") { maximum = number() }
    guard take("}") else {
      position = start
      return nil
    }
    guard minimum <= Self.repetitionLimit, maximum.map({ $0 <= Self.repetitionLimit && $0 >= minimum }) ?? true else {
      throw failure("invalid repeat count")
    }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, Self.digit.contains(scalar) {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
      position += 1
    }
    return value
  }

  /// Nil for flags, which match nothing themselves.
  private mutating func atom() throws(RenderError) -> Node? {
    guard let scalar = next else { return .empty }
    position += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case ".":
      return .set(
        dotMatchesNewline
          ? GoRegex.CharacterSet(ranges: [], isNegated: true)
          : GoRegex.CharacterSet(ranges: [0x0A...0x0A], isNegated: true))
    case "^": return .assertion(isMultiline ? .lineStart : .start)
    case "$": return .assertion(isMultiline ? .lineEnd : .end)
    case "*", "+", "?": throw failure("missing argument to repetition operator")
    case "{":
      position -= 1
      if try counts() != nil { throw failure("missing argument to repetition operator") }
      position += 1
      return literal(scalar)
    case "\\": return try escape()
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> Node {
    .set(folded(GoRegex.CharacterSet(ranges: [scalar.value...scalar.value])))
  }

  private mutating func group() throws(RenderError) -> Node? {
    var number: Int?
    if take("?") {
      if take("P") || next == "<" {
        guard take("<"), let end = pattern[position...].firstIndex(of: ">") else {
          throw failure("invalid named capture")
        }
        position = end + 1
        number = groups
        groups += 1
      } else if try !flags() {
        return nil
      }
    } else {
      number = groups
      groups += 1
    }
    let inner = try either()
    guard take(")") else { throw failure("missing closing )") }
    return number.map { .group(inner, number: $0) } ?? inner
  }

  /// Reads `i-m:` or `i)`. True when a group follows.
  private mutating func flags() throws(RenderError) -> Bool {
    var isSetting = true
    while let scalar = next {
      position += 1
      switch scalar {
      case "i": ignoresCase = isSetting
      case "m": isMultiline = isSetting
      case "s": dotMatchesNewline = isSetting
      case "U": prefersFew = isSetting
      case "-": isSetting = false
      case ":": return true
      case ")": return false
      default: throw failure("invalid group syntax")
      }
    }
    throw failure("missing closing )")
  }

  private mutating func escape() throws(RenderError) -> Node {
    guard let scalar = next else { throw failure("trailing backslash") }
    switch scalar {
    case "A": position += 1; return .assertion(.start)
    case "z": position += 1; return .assertion(.end)
    case "b": position += 1; return .assertion(.wordBoundary)
    case "B": position += 1; return .assertion(.noWordBoundary)
    default: return .set(folded(try escapedSet()))
    }
  }

  /// What stands after a backslash, in or outside of brackets.
  private mutating func escapedSet() throws(RenderError) -> GoRegex.CharacterSet {
    guard let scalar = next else { throw failure("trailing backslash") }
    position += 1
    func one(_ value: UInt32) -> GoRegex.CharacterSet { GoRegex.CharacterSet(ranges: [value...value]) }
    func not(_ set: GoRegex.CharacterSet) -> GoRegex.CharacterSet {
      GoRegex.CharacterSet(ranges: set.ranges, isNegated: true)
    }
    switch scalar {
    case "d": return Self.digit
    case "w": return Self.word
    case "s": return Self.space
    case "D": return not(Self.digit)
    case "W": return not(Self.word)
    case "S": return not(Self.space)
    case "t": return one(0x09)
    case "n": return one(0x0A)
    case "r": return one(0x0D)
    case "f": return one(0x0C)
    case "v": return one(0x0B)
    case "a": return one(0x07)
    case _ where scalar.isASCII && !Self.word.contains(scalar): return one(scalar.value)
    default: throw unread("\\\(scalar)")
    }
  }

  private mutating func bracket() throws(RenderError) -> GoRegex.CharacterSet {
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      if scalar == "[", position + 1 < pattern.count, pattern[position + 1] == ":" {
        ranges += try namedClass()
        continue
      }
      let low = try bracketItem()
      guard low.count == 1, low[0].count == 1, next == "-", position + 1 < pattern.count, pattern[position + 1] != "]"
      else {
        ranges += low
        continue
      }
      position += 1
      let high = try bracketItem()
      guard high.count == 1, high[0].count == 1, high[0].lowerBound >= low[0].lowerBound else {
        throw failure("invalid character class range")
      }
      ranges.append(low[0].lowerBound...high[0].lowerBound)
    }
    guard take("]") else { throw failure("missing closing ]") }
    let set = folded(GoRegex.CharacterSet(ranges: ranges))
    return GoRegex.CharacterSet(ranges: set.ranges, isNegated: isNegated)
  }

  private mutating func bracketItem() throws(RenderError) -> [ClosedRange<UInt32>] {
    guard let scalar = next else { throw failure("missing closing ]") }
    position += 1
    guard scalar == "\\" else { return [scalar.value...scalar.value] }
    let set = try escapedSet()
    return set.isNegated ? Self.complement(set.ranges) : set.ranges
  }

  private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var start: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > start { result.append(start...(range.lowerBound - 1)) }
      start = max(start, range.upperBound + 1)
    }
    result.append(start...0x10FFFF)
    return result
  }

  private mutating func namedClass() throws(RenderError) -> [ClosedRange<UInt32>] {
    let names: [String: [ClosedRange<UInt32>]] = [
      "alpha": [0x41...0x5A, 0x61...0x7A], "digit": Self.digit.ranges,
      "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
      "lower": [0x61...0x7A], "upper": [0x41...0x5A], "space": [0x09...0x0D, 0x20...0x20], "word": Self.word.ranges,
      "blank": [0x09...0x09, 0x20...0x20], "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
      "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
    let rest = pattern[(position + 2)...]
    guard let colon = rest.firstIndex(of: ":"), colon + 1 < pattern.count, pattern[colon + 1] == "]" else {
      throw failure("invalid character class")
    }
    var name = ""
    name.unicodeScalars.append(contentsOf: rest[..<colon])
    guard let ranges = names[name] else { throw unread("[:\(name):]") }
    position = colon + 2
    return ranges
  }

  /// With `(?i)` both cases, of ASCII letters.
  private func folded(_ set: GoRegex.CharacterSet) -> GoRegex.CharacterSet {
    guard ignoresCase else { return set }
    var ranges = set.ranges
    for range in set.ranges {
      for (letters, shift) in [(UInt32(0x41)...0x5A, 32), (UInt32(0x61)...0x7A, -32)] {
        let common = range.clamped(to: letters)
        guard range.overlaps(letters) else { continue }
        ranges.append(UInt32(Int(common.lowerBound) + shift)...UInt32(Int(common.upperBound) + shift))
      }
    }
    return GoRegex.CharacterSet(ranges: ranges, isNegated: set.isNegated)
  }

  private mutating func emit(_ node: Node) throws(RenderError) {
    guard code.count <= Self.sizeLimit else { throw failure("expression too large") }
    switch node {
    case .empty: return
    case .set(let set): code.append(.scalar(set))
    case .assertion(let assertion): code.append(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .group(let inner, let number):
      code.append(.save(number * 2))
      try emit(inner)
      code.append(.save(number * 2 + 1))
    case .either(let branches):
      var ends: [Int] = []
      for branch in branches.dropLast() {
        let split = code.count
        code.append(.match)
        try emit(branch)
        ends.append(code.count)
        code.append(.match)
        code[split] = .split(split + 1, code.count)
      }
      if let last = branches.last { try emit(last) }
      for end in ends { code[end] = .jump(code.count) }
    case .repetition(let inner, let minimum, let maximum, let isGreedy):
      for _ in 0..<minimum { try emit(inner) }
      if let maximum {
        for _ in minimum..<max(minimum, maximum) {
          let split = code.count
          code.append(.match)
          try emit(inner)
          code[split] = isGreedy ? .split(split + 1, code.count) : .split(code.count, split + 1)
        }
      } else {
        let split = code.count
        code.append(.match)
        try emit(inner)
        code.append(.jump(split))
        code[split] = isGreedy ? .split(split + 1, code.count) : .split(code.count, split + 1)
      }
    }
  }
}
