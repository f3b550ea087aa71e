/// `${variable}` in texts, with the functions of Flux's post-build substitution (flux: pkg/envsubst, after drone/envsubst).
struct Substitution {
  /// What a variable is worth.
  enum Value: Sendable, Hashable {
    case text(String)
    /// No source names it: an empty text.
    case unset
    /// A source that may name it could not be read.
    case unknown
  }

  enum Problem: Error, Hashable {
    /// The controller would fail too.
    case malformed(String)
    /// The result depends on a variable whose source is not read.
    case unknown(variable: String)
  }

  private static let depthLimit = 50
  /// A result beyond this is not made.
  private static let sizeLimit = 8 << 20

  private let lookup: (String) -> Value

  init(_ lookup: @escaping (String) -> Value) { self.lookup = lookup }

  /// It holds something that substitution may change.
  static func concerns(_ text: String) -> Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if previous == 0x24, byte == 0x7B || byte == 0x24 { return true }
      previous = byte
    }
    return false
  }

  func expand(_ text: String) throws(Problem) -> String {
    var scanner = Scanner(text)
    var result = ""
    while let next = scanner.next {
      if next == "$", scanner.following == "$" {
        // Two dollars are one, and it begins nothing.
        scanner.skip(2)
        result += "$"
      } else if next == "$", scanner.following == "{" {
        scanner.skip(2)
        result += try function(&scanner, depth: 0)
      } else {
        result.unicodeScalars.append(next)
        scanner.skip(1)
      }
      guard result.utf8.count <= Self.sizeLimit else { throw .malformed("the substituted text is too large") }
    }
    return result
  }

  /// From behind `${` to behind its `}`.
  private func function(_ scanner: inout Scanner, depth: Int) throws(Problem) -> String {
    guard depth < Self.depthLimit else { throw .malformed("substitutions nested deeper than \(Self.depthLimit)") }
    if scanner.next == "#" {
      scanner.skip(1)
      let name = scanner.name()
      try close(&scanner)
      return String(try value(name).utf8.count)
    }
    let name = scanner.name()
    guard !name.isEmpty else { throw .malformed("unable to parse variable name") }
    switch scanner.next {
    case "}":
      scanner.skip(1)
      return try value(name)
    case ":":
      switch scanner.following {
      case "=", "-", "?", "+":
        scanner.skip(2)
        return try fallback(for: name, &scanner, depth: depth)
      default:
        scanner.skip(1)
        return try part(of: name, &scanner, depth: depth)
      }
    case "=":
      scanner.skip(1)
      return try fallback(for: name, &scanner, depth: depth)
    case "^", ",": return try changeCase(of: name, &scanner)
    case "/": return try replace(in: name, &scanner, depth: depth)
    case "#", "%": return try trim(name, &scanner, depth: depth)
    default: throw .malformed("missing closing brace")
    }
  }

  private func value(_ name: String) throws(Problem) -> String {
    switch lookup(name) {
    case .text(let text): return text
    case .unset: return ""
    case .unknown: throw .unknown(variable: name)
    }
  }

  private func close(_ scanner: inout Scanner) throws(Problem) {
    guard scanner.next == "}" else { throw .malformed("missing closing brace") }
    scanner.skip(1)
  }

  /// Text and nested functions up to one of `ends`.
  private func parameter(
    _ scanner: inout Scanner, until ends: [Unicode.Scalar], escaping escaped: Unicode.Scalar? = nil, depth: Int
  ) throws(Problem) -> String {
    var result = ""
    while let next = scanner.next, !ends.contains(next) {
      if next == "$", scanner.following == "{" {
        scanner.skip(2)
        result += try function(&scanner, depth: depth + 1)
      } else if let escaped, next == "\\", scanner.following == escaped {
        scanner.skip(2)
        result.unicodeScalars.append(escaped)
      } else {
        result.unicodeScalars.append(next)
        scanner.skip(1)
      }
    }
    return result
  }

  private func fallback(for name: String, _ scanner: inout Scanner, depth: Int) throws(Problem) -> String {
    let text = Result { () throws(Problem) in try parameter(&scanner, until: ["}"], depth: depth) }
    try close(&scanner)
    let value = try value(name)
    return value.isEmpty ? try text.get() : value
  }

  private func part(of name: String, _ scanner: inout Scanner, depth: Int) throws(Problem) -> String {
    let offset = try parameter(&scanner, until: [":", "}"], depth: depth)
    var length: String?
    if scanner.next == ":" {
      scanner.skip(1)
      length = try parameter(&scanner, until: ["}"], depth: depth)
    }
    try close(&scanner)
    return Self.part(of: try value(name), offset, length)
  }

  /// Bytes from an offset, as the shell counts them; a text where a number should be changes nothing.
  static func part(of text: String, _ offset: String, _ length: String?) -> String {
    let bytes = Array(text.utf8)
    guard var start = Int(offset) else { return text }
    if start < 0 { start = max(0, bytes.count + start) }
    guard start <= bytes.count else { return "" }
    var end = bytes.count
    if let length {
      guard let count = Int(length) else { return text }
      end = count < 0 ? start : min(bytes.count, start + min(count, bytes.count))
    }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  private func changeCase(of name: String, _ scanner: inout Scanner) throws(Problem) -> String {
    let isUpper = scanner.next == "^"
    scanner.skip(1)
    let isWhole = scanner.next == (isUpper ? "^" : ",")
    if isWhole { scanner.skip(1) }
    try close(&scanner)
    let text = try value(name)
    let first = text.prefix(1)
    if isWhole { return isUpper ? text.uppercased() : text.lowercased() }
    return (isUpper ? first.uppercased() : first.lowercased()) + text.dropFirst()
  }

  private func replace(in name: String, _ scanner: inout Scanner, depth: Int) throws(Problem) -> String {
    scanner.skip(1)
    let mode = scanner.next.flatMap { ["/", "#", "%"].contains($0) ? $0 : nil }
    if mode != nil { scanner.skip(1) }
    let old = try parameter(&scanner, until: ["/", "}"], escaping: "/", depth: depth)
    var new = ""
    if scanner.next == "/" {
      scanner.skip(1)
      new = try parameter(&scanner, until: ["}"], escaping: "/", depth: depth)
    }
    try close(&scanner)
    let text = try value(name)
    switch mode {
    case "#": return text.hasPrefix(old) ? new + text.dropFirst(old.count) : text
    case "%": return text.hasSuffix(old) ? text.dropLast(old.count) + new : text
    default: return Self.replacing(old, with: new, in: text, all: mode == "/")
    }
  }

  private static func replacing(_ old: String, with new: String, in text: String, all: Bool) -> String {
    let (bytes, pattern) = (Array(text.utf8), Array(old.utf8))
    guard !pattern.isEmpty else { return text }
    var result: [UInt8] = []
    var index = 0
    var isDone = false
    while index < bytes.count {
      let end = index + pattern.count
      if !isDone, end <= bytes.count, bytes[index..<end].elementsEqual(pattern) {
        result += Array(new.utf8)
        index = end
        isDone = !all
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func trim(_ name: String, _ scanner: inout Scanner, depth: Int) throws(Problem) -> String {
    let sign = scanner.next
    scanner.skip(1)
    let isLongest = scanner.next == sign
    if isLongest { scanner.skip(1) }
    let pattern = Array(try parameter(&scanner, until: ["}"], depth: depth).unicodeScalars)
    try close(&scanner)
    let text = Array(try value(name).unicodeScalars)
    let isPrefix = sign == "#"
    let lengths = isLongest ? Array((1...max(1, text.count)).reversed()) : Array(1...max(1, text.count))
    for length in lengths where length <= text.count {
      let part = isPrefix ? text.prefix(length) : text.suffix(length)
      guard Self.matches(Array(part), pattern) else { continue }
      var rest = ""
      rest.unicodeScalars.append(contentsOf: isPrefix ? text.dropFirst(length) : text.dropLast(length))
      return rest
    }
    var whole = ""
    whole.unicodeScalars.append(contentsOf: text)
    return whole
  }

  /// `*` and `?`, in time of the product of the lengths.
  private static func matches(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
    var reachable = Array(repeating: false, count: text.count + 1)
    reachable[0] = true
    for sign in pattern {
      var next = Array(repeating: false, count: text.count + 1)
      if sign == "*" {
        var isOpen = false
        for index in reachable.indices {
          isOpen = isOpen || reachable[index]
          next[index] = isOpen
        }
      } else {
        for index in text.indices where reachable[index] && (sign == "?" || sign == text[index]) {
          next[index + 1] = true
        }
      }
      reachable = next
    }
    return reachable[text.count]
  }

  private struct Scanner {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    var following: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    mutating func skip(_ count: Int) { position += count }

    mutating func name() -> String {
      var name = ""
      while let next, next == "_" || next.properties.isAlphabetic || next.properties.numericType != nil {
        name.unicodeScalars.append(next)
        position += 1
      }
      return name
    }
  }
}

extension Result where Failure == Substitution.Problem {
  /// What a function returns or throws.
  init(_ body: () throws(Substitution.Problem) -> Success) {
    do { self = .success(try body()) } catch { self = .failure(error) }
  }
}
