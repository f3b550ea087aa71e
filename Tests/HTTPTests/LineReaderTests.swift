import Testing

@testable import HTTP

@Suite struct LineReaderTests {
  private func lines(of text: [UInt8], cutAt sizes: some Sequence<Int>, limit: Int = 1000) throws -> ([String], String?)
  {
    var reader = LineReader(limit: limit)
    var lines: [String] = []
    var rest = text[...]
    for size in sizes {
      let piece = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      try piece.withUnsafeBytes { bytes in
        try reader.read(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
      }
    }
    return (lines, reader.unterminated.map { String(decoding: $0, as: UTF8.self) })
  }

  @Test func cutsTheSameLinesHoweverTheBytesArrive() throws {
    let text = Array("{\"ä\":1}\n\n{\"b\":2}\r\nrest".utf8)
    for size in 1...text.count {
      let (lines, rest) = try lines(of: text, cutAt: repeatElement(size, count: text.count))
      #expect(lines == ["{\"ä\":1}", "", "{\"b\":2}"])
      #expect(rest == "rest")
    }
  }

  @Test func limitsALineNotTheStream() throws {
    let ten = Array(String(repeating: "123456789\n", count: 50).utf8)
    #expect(try lines(of: ten, cutAt: [7, 93, 400], limit: 9).0.count == 50)
    #expect(throws: LineReader.Overflow.self) { try lines(of: Array("1234567890\n".utf8), cutAt: [11], limit: 9) }
    #expect(throws: LineReader.Overflow.self) { try lines(of: Array("1234567890".utf8), cutAt: [4, 6], limit: 9) }
  }
}
