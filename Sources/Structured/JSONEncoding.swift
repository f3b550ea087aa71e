extension JSON {
  /// RFC 8259 text: compact, or indented by two spaces. Members keep their order.
  public func encoded(pretty: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    write(to: &out, indent: pretty ? 0 : nil)
    return out
  }

  private func write(to out: inout [UInt8], indent: Int?) {
    func newLine(_ depth: Int?) {
      guard let depth else { return }
      out.append(0x0A)
      out.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): out.append(contentsOf: text.utf8)
    case .string(let text): JSONText.append(text.utf8, to: &out)
    case .array(let elements):
      out.append(0x5B)
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(0x2C) }
        newLine(indent.map { $0 + 1 })
        element.write(to: &out, indent: indent.map { $0 + 1 })
      }
      if !elements.isEmpty { newLine(indent) }
      out.append(0x5D)
    case .object(let object):
      out.append(0x7B)
      for (index, (key, value)) in object.enumerated() {
        if index > 0 { out.append(0x2C) }
        newLine(indent.map { $0 + 1 })
        JSONText.append(key.utf8, to: &out)
        out.append(0x3A)
        if indent != nil { out.append(0x20) }
        value.write(to: &out, indent: indent.map { $0 + 1 })
      }
      if !object.isEmpty { newLine(indent) }
      out.append(0x7D)
    }
  }
}

/// Writing JSON strings.
enum JSONText {
  private static let hex = Array("0123456789abcdef".utf8)

  /// Appends the text in quotes; only what RFC 8259 requires is escaped.
  static func append(_ text: some Sequence<UInt8>, to out: inout [UInt8]) {
    out.append(0x22)
    for byte in text {
      switch byte {
      case 0x22, 0x5C:
        out.append(0x5C)
        out.append(byte)
      case 0x0A: out.append(contentsOf: [0x5C, 0x6E])
      case 0x0D: out.append(contentsOf: [0x5C, 0x72])
      case 0x09: out.append(contentsOf: [0x5C, 0x74])
      case 0..<0x20:
        out.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]])
      default: out.append(byte)
      }
    }
    out.append(0x22)
  }
}
