/// Writes YAML as kubectl does: lists at their key's indentation, text quoted only where a reader could take it for
/// something else, several lines as a block.
public enum YAMLPrinter {
  /// One line an element, without line feeds; the order of members is kept.
  public static func lines(_ json: JSON) -> [String] { lines(YAMLNode(json: json)) }

  /// One line an element, without line feeds; the order of entries is kept.
  /// - Parameter note: what stands behind a scalar as a comment; nil is none.
  public static func lines(_ node: YAMLNode, note: (YAMLNode) -> String? = { _ in nil }) -> [String] {
    withoutActuallyEscaping(note) { note in
      var writer = Writer(note: note)
      writer.write(node, indent: 0, lead: "")
      return writer.lines
    }
  }

  /// The lines with a line feed after each.
  public static func text(_ json: JSON) -> String { lines(json).map { $0 + "\n" }.joined() }

  private struct Writer {
    let note: (YAMLNode) -> String?
    var lines: [String] = []

    /// Writes a value whose first line starts with `lead` (a key, a dash), further lines at `indent` spaces.
    mutating func write(_ node: YAMLNode, indent: Int, lead: String) {
      let margin = String(repeating: " ", count: indent)
      switch node.value {
      case .map(let map) where !map.isEmpty:
        var lead = lead
        for (key, value) in map {
          write(entry: value, indent: indent, lead: "\(lead)\(Self.key(key)):")
          lead = margin
        }
      case .list(let elements) where !elements.isEmpty:
        var lead = lead
        for element in elements {
          write(element, indent: indent + 2, lead: "\(lead)- ")
          lead = margin
        }
      case .string(let text) where YAMLText.isBlock(text):
        let (header, body) = YAMLText.block(text)
        // A block at the root still needs an indentation of its own.
        let inner = indent == 0 ? "  " : margin
        lines.append(lead + header + comment(node))
        lines += body.map { $0.isEmpty ? "" : inner + $0 }
      default: lines.append(lead + Self.scalar(node.value) + comment(node))
      }
    }

    private func comment(_ node: YAMLNode) -> String { note(node).map { "  # \($0)" } ?? "" }

    /// Writes a map's value after `lead`, which ends with the key's colon.
    private mutating func write(entry node: YAMLNode, indent: Int, lead: String) {
      switch node.value {
      case .map(let map) where !map.isEmpty:
        lines.append(lead)
        let margin = String(repeating: " ", count: indent + 2)
        write(node, indent: indent + 2, lead: margin)
      case .list(let elements) where !elements.isEmpty:
        lines.append(lead)
        write(node, indent: indent, lead: String(repeating: " ", count: indent))
      default: write(node, indent: indent + 2, lead: lead + " ")
      }
    }

    private static func key(_ text: String) -> String { YAMLText.isPlain(text) ? text : YAMLText.quoted(text) }

    private static func scalar(_ value: YAMLValue) -> String {
      switch value {
      case .null: "null"
      case .bool(let value): value ? "true" : "false"
      case .number(let text): text
      case .string(let text): YAMLText.isPlain(text) ? text : YAMLText.quoted(text)
      case .list: "[]"
      case .map: "{}"
      }
    }
  }
}

/// How a text has to be written so that every YAML reader reads it back as that text.
enum YAMLText {
  /// Some reader would take the plain text for something else than text.
  private static func isAmbiguous(_ text: String) -> Bool {
    for rules in [ScalarRules.kustomize, .goYAML2, .core] {
      guard case .string(let same)? = rules.resolve(text), same == text else { return true }
    }
    return text == "<<" || text == "=" || looksSexagesimal(Array(text.utf8))
  }

  /// No quotes are needed, not even for a YAML 1.1 reader.
  static func isPlain(_ text: String) -> Bool {
    if isAmbiguous(text) { return false }
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20, last != 0x3A else {
      return false
    }
    // Indicators that cannot start a plain scalar; `-`, `?` and `:` may when a non-space follows.
    if "!&*[]{},#|>@`\"'%".utf8.contains(first) { return false }
    if "-?:".utf8.contains(first), bytes.count == 1 || bytes[1] == 0x20 { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") { return false }
    for (index, byte) in bytes.enumerated() {
      if byte == 0x3A, bytes[index + 1] == 0x20 { return false }
      if byte == 0x23, bytes[index - 1] == 0x20 { return false }
    }
    return text.unicodeScalars.allSatisfy { isPrintable($0) && $0 != "\t" }
  }

  /// `1:30`: base 60 to a YAML 1.1 reader.
  private static func looksSexagesimal(_ bytes: [UInt8]) -> Bool {
    bytes.contains(0x3A) && bytes.allSatisfy { (0x30...0x3A).contains($0) || "+-._".utf8.contains($0) }
  }

  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
      // Line and paragraph separators break lines in YAML 1.1; a byte order mark would be swallowed; marks of direction
      // would show a text in another order than it has.
      ![0x2028, 0x2029, 0xFEFF, 0x061C, 0x200E, 0x200F].contains(scalar.value)
        && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
    default: false
    }
  }

  /// Several lines that a literal block can hold.
  static func isBlock(_ text: String) -> Bool {
    guard text.utf8.contains(0x0A), let first = text.unicodeScalars.first(where: { $0 != "\n" }),
      first != " ", first != "\t"
    else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "\n" || isPrintable($0) }
  }

  /// The literal block's header and lines.
  static func block(_ text: String) -> (header: String, lines: [String]) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.last == "" else { return ("|-", lines) }
    lines.removeLast()
    return (lines.last == "" ? "|+" : "|", lines)
  }

  /// In single quotes as long as nothing in the text is ambiguous or needs an escape, else in double quotes.
  static func quoted(_ text: String) -> String {
    if !isAmbiguous(text), text.unicodeScalars.allSatisfy({ isPrintable($0) && $0 != "\t" }) {
      var doubled = ""
      for character in text.unicodeScalars {
        doubled.unicodeScalars.append(character)
        if character == "'" { doubled += "'" }
      }
      return "'\(doubled)'"
    }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if isPrintable(scalar) {
          out.unicodeScalars.append(scalar)
        } else {
          let hex = String(scalar.value, radix: 16, uppercase: true)
          let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
          out += "\\\(mark)" + String(repeating: "0", count: width - hex.count) + hex
        }
      }
    }
    return out + "\""
  }
}
