/// How a plain (unquoted) YAML scalar gets its type. Tools differ, and Flux uses two of them in a row (`drift.md` D.5.7).
public enum ScalarRules: Sendable, Hashable {
  /// go-yaml v3 as kustomize uses it: `yes` is text, `0755` is 493, a date becomes a timestamp text, and a folded text
  /// is what kustomize's output makes of it.
  case kustomize
  /// go-yaml v2 as sigs.k8s.io/yaml uses it in Flux's substitution stage: `yes`, `on`, `y` are true, a date stays.
  case goYAML2
  /// YAML 1.2's core schema, for configuration files: `0755` is 755.
  case core

  /// The value of a plain scalar. Numbers are returned as valid JSON text; nil: the value has no JSON form (`.nan`).
  /// - Parameter dated: false when a tag says that it is not a timestamp.
  public func resolve(_ text: String, dated: Bool = true) -> YAMLValue? {
    // Most texts are longer words: no table, and no number starts with a letter.
    if text.utf8.count <= 5, let word = word(text) { return word.value }
    guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == 0x2B || first == 0x2D || first == 0x2E
    else { return .string(text) }
    switch Self.look(text) {
    case .digits: return .number(text)
    case .text: return .string(text)
    case .other: break
    }
    if self == .core { return coreNumber(text).map(YAMLValue.number) ?? .string(text) }
    if dated, first != 0x2E, let timestamp = YAMLTimestamp.parse(text) {
      // go-yaml v2 recognises the date and then keeps its text "for backward compatibility" (decode.go).
      return .string(self == .kustomize ? timestamp : text)
    }
    return goNumber(text).map(YAMLValue.number) ?? .string(text)
  }

  private enum Look { case digits, text, other }

  /// Most plain scalars that start like a number are one, or have a character that no number or date has.
  private static func look(_ text: String) -> Look {
    var text = text
    return text.withUTF8 { bytes in
      var isDigits = bytes.count <= 18 && (bytes[0] != 0x30 || bytes.count == 1)
      for byte in bytes where !(0x30...0x39).contains(byte) {
        isDigits = false
        switch byte {
        // A-F a-f, o and O, x and X, the marks of numbers, and those of dates and times.
        case 0x41...0x46, 0x61...0x66, 0x4F, 0x6F, 0x58, 0x78, 0x2B, 0x2D, 0x2E, 0x5F, 0x2C, 0x3A, 0x20, 0x54, 0x74,
          0x5A:
          continue
        default: return .text
        }
      }
      return isDigits ? .digits : .other
    }
  }

  /// What a reserved word means; nil: it has no JSON form.
  private struct Word { let value: YAMLValue? }

  /// Nil when the text is no reserved word.
  private func word(_ text: String) -> Word? {
    switch text.utf8.first {
    // ~ . + - and the first letters of null, true, false, yes, no, on and off.
    case nil, 0x7E, 0x2E, 0x2B, 0x2D, 0x4E, 0x6E, 0x54, 0x74, 0x46, 0x66, 0x59, 0x79, 0x4F, 0x6F: break
    default: return nil
    }
    return switch text {
    case "", "~", "null", "Null", "NULL": Word(value: .null)
    case "true", "True", "TRUE": Word(value: .bool(true))
    case "false", "False", "FALSE": Word(value: .bool(false))
    case ".nan", ".NaN", ".NAN": Word(value: nil)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": Word(value: nil)
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
      Word(value: self == .goYAML2 ? .bool(true) : .string(text))
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
      Word(value: self == .goYAML2 ? .bool(false) : .string(text))
    default: nil
    }
  }

  /// go-yaml's resolve.go, the same in v2 and v3: Go's integer literals, then decimal floats.
  private func goNumber(_ text: String) -> String? {
    if text.utf8.first == 0x2E { return Self.float(text) }
    let plain = text.filter { $0 != "_" }
    var digits = Substring(plain)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    let lower = digits.prefix(2).lowercased()
    let (radix, prefix) =
      switch lower {
      case "0x": (16, 2)
      case "0o": (8, 2)
      case "0b": (2, 2)
      default: digits.hasPrefix("0") && digits.count > 1 ? (8, 1) : (10, 0)
      }
    if let value = Self.integer(digits.dropFirst(prefix), radix: radix, isNegative: isNegative) { return value }
    return Self.float(plain)
  }

  private func coreNumber(_ text: String) -> String? {
    if text.hasPrefix("0x") { return Self.integer(text.dropFirst(2), radix: 16, isNegative: false) }
    if text.hasPrefix("0o") { return Self.integer(text.dropFirst(2), radix: 8, isNegative: false) }
    var digits = Substring(text)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    return Self.integer(digits, radix: 10, isNegative: isNegative) ?? Self.float(text)
  }

  /// The decimal text of an integer; nil when it is none or does not fit 64 bits.
  private static func integer(_ digits: Substring, radix: Int, isNegative: Bool) -> String? {
    guard let first = digits.utf8.first, first != 0x2B, first != 0x2D else { return nil }
    guard let magnitude = UInt64(digits, radix: radix) else { return nil }
    if !isNegative { return String(magnitude) }
    guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
    return magnitude == 0 ? "0" : "-\(magnitude)"
  }

  /// A decimal float as JSON text. Digits are kept exactly; only what JSON cannot write (`.5`, `5.`, `+1`, leading
  /// zeros) is completed, and an exponent is written out as Go's encoder does. Nil: not a float, or beyond a double.
  private static func float(_ text: String) -> String? {
    var rest = Substring(text)
    let isNegative = rest.hasPrefix("-")
    if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
    func takeDigits() -> Substring {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      return digits
    }
    let whole = takeDigits()
    var fraction: Substring = ""
    if rest.hasPrefix(".") {
      rest = rest.dropFirst()
      fraction = takeDigits()
      if whole.isEmpty && fraction.isEmpty { return nil }
    } else if whole.isEmpty {
      return nil
    }
    var exponent: Substring = ""
    if let mark = rest.first, mark == "e" || mark == "E" {
      rest = rest.dropFirst()
      let sign = rest.hasPrefix("-") ? "-" : ""
      if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
      let digits = takeDigits()
      guard !digits.isEmpty else { return nil }
      exponent = sign + digits
    }
    guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
    if !exponent.isEmpty { return GoFloat.text(value) }
    let trimmed = whole.drop { $0 == "0" }
    return (isNegative ? "-" : "") + (trimmed.isEmpty ? "0" : trimmed) + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}

/// Doubles as Go's encoding/json writes them: plain between 1e-6 and 1e21, else with an exponent.
enum GoFloat {
  static func text(_ value: Double) -> String {
    if value == 0 { return value.sign == .minus ? "-0" : "0" }
    // Swift prints the shortest digits that round-trip, as Go does; only their layout differs.
    let (digits, exponent) = decompose("\(value.magnitude)")
    let sign = value < 0 ? "-" : ""
    if value.magnitude < 1e-6 || value.magnitude >= 1e21 {
      let fraction = digits.dropFirst()
      let mantissa = digits.prefix(1) + (fraction.isEmpty ? "" : ".\(fraction)")
      return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
    }
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  /// Significant digits without leading or trailing zeros, and the decimal exponent of the first one.
  private static func decompose(_ text: String) -> (digits: String, exponent: Int) {
    let parts = text.split(separator: "e", maxSplits: 1)
    let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = mantissa[0]
    let all = whole + (mantissa.count > 1 ? mantissa[1] : "")
    let leading = all.prefix { $0 == "0" }.count
    var digits = all.dropFirst(leading)
    while digits.last == "0" { digits = digits.dropLast() }
    let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return (String(digits), whole.count - 1 - leading + shift)
  }
}
