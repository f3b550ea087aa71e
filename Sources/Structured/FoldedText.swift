/// What becomes of a folded (`>`) text in kustomize, which writes every object once before reading it again. go-yaml's
/// writer looks at the start of the text where it should look behind the line break (emitterc.go,
/// `yaml_emitter_write_folded_scalar`), so a break before an indented line, or at a kept end, comes out doubled.
enum FoldedText {
  /// Nil where the writer would run lines together, which only a text that starts with a space can cause.
  static func rewritten(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.contains(0x0A) else { return text }
    // Not written as a block at all then, but quoted and exact.
    if bytes.last == 0x20 || zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x20 && $1 == 0x0A }) { return text }
    guard let first = bytes.first(where: { $0 != 0x0A }) else { return text }
    if isBlank(first) { return nil }
    var out: [UInt8] = []
    var lineIsIndented = true
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x0A else {
        lineIsIndented = isBlank(bytes[index])
        let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.count
        out += bytes[index..<end]
        index = end
        continue
      }
      let end = bytes[index...].firstIndex { $0 != 0x0A } ?? bytes.count
      let isKeptEnd = end == bytes.count && end - index > 1
      if !lineIsIndented, isKeptEnd || end < bytes.count && isBlank(bytes[end]) { out.append(0x0A) }
      out += bytes[index..<end]
      index = end
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
