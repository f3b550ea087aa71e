import Structured

/// How the controller writes a text into the YAML that variables are put into (go-yaml v2: encode.go, emitterc.go): plain,
/// quoted, or as a block. What a variable's value means depends on it.
enum BlockScalar {
  /// The text as the value of the key `k` of a document of its own.
  static func document(_ text: String) -> String { "k: \(written(text))\n" }

  static func written(_ text: String) -> String {
    let analysis = Analysis(text)
    if text.utf8.contains(0x0A) {
      return analysis.allowsBlock ? block(text) : doubleQuoted(text)
    }
    if !analysis.isText { return analysis.isSpecial ? doubleQuoted(text) : "\"\(text)\"" }
    if analysis.allowsPlain { return text }
    return analysis.isSpecial
      ? doubleQuoted(text)
      : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private struct Analysis {
    /// Unquoted it reads as text.
    var isText = true
    var allowsPlain = true
    var allowsBlock = true
    /// Only double quotes can hold it.
    var isSpecial = false

    init(_ text: String) {
      let scalars = Array(text.unicodeScalars)
      if case .string(let same)? = ScalarRules.goYAML2.resolve(text), same == text {
        isText = true
      } else {
        isText = false
      }
      guard let first = scalars.first, let last = scalars.last else {
        allowsPlain = false
        return
      }
      if text.hasPrefix("---") || text.hasPrefix("...") { allowsPlain = false }
      if first == " " || last == " " || first == "\n" { allowsPlain = false }
      if last == " " { allowsBlock = false }
      for (index, scalar) in scalars.enumerated() {
        let next = index + 1 < scalars.count ? scalars[index + 1] : nil
        let isBeforeBlank = next == nil || next == " " || next == "\n" || next == "\t"
        let isBehindBlank = index == 0 || scalars[index - 1] == " " || scalars[index - 1] == "\n"
        if index == 0 {
          if ",[]{}#&*!|>'\"%@`".unicodeScalars.contains(scalar) { allowsPlain = false }
          if "?:-".unicodeScalars.contains(scalar), isBeforeBlank { allowsPlain = false }
        } else {
          if scalar == ":", isBeforeBlank { allowsPlain = false }
          if scalar == "#", isBehindBlank { allowsPlain = false }
        }
        if scalar == " ", next == "\n" { allowsBlock = false }
        if !Self.isPrintable(scalar) {
          isSpecial = true
          allowsPlain = false
          allowsBlock = false
        }
      }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x0A, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD: scalar.value != 0xFEFF
      case 0x10000...0x10FFFF: true
      default: false
      }
    }
  }

  private static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let hex = String(scalar.value, radix: 16, uppercase: true)
        result += "\\x" + (hex.count == 1 ? "0" + hex : hex)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func block(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let breaks = text.reversed().prefix { $0 == "\n" }.count
    let chomp = breaks == 0 ? "-" : breaks == 1 ? "" : "+"
    let indent = text.first == " " || text.first == "\n" ? "2" : ""
    let body = breaks > 0 ? lines.dropLast() : lines[...]
    return "|\(indent)\(chomp)\n" + body.map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }
}
