/// Walks the entries of a tar archive (POSIX.1-1988 ustar, with the long names of pax and GNU).
struct TarReader {
  enum Kind { case file, link }

  struct Entry {
    let name: String
    let kind: Kind
    let body: Range<Int>
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self) }

  /// Octal digits, or 256-based where the first bit is set (GNU).
  private func number(_ range: Range<Int>) -> Int? {
    if bytes[range.lowerBound] & 0x80 != 0 {
      var value = Int(bytes[range.lowerBound] & 0x7F)
      for byte in bytes[range].dropFirst() {
        let (product, isOver) = value.multipliedReportingOverflow(by: 256)
        if isOver { return nil }
        value = product + Int(byte)
      }
      return value
    }
    return Int(text(range).filter { ("0"..."7").contains($0) }, radix: 8)
  }

  /// The next file or link; nil at the end.
  mutating func next(_ failure: (String) -> RenderError) throws(RenderError) -> Entry? {
    var longName: String?
    while position + 512 <= bytes.count {
      let header = position
      if bytes[header] == 0 { return nil }
      guard let size = number(header + 124..<header + 136), size >= 0, size <= bytes.count - header - 512 else {
        throw failure("is damaged")
      }
      let body = header + 512..<header + 512 + size
      position = body.upperBound + (512 - size % 512) % 512
      let prefix = text(header + 257..<header + 262) == "ustar" ? text(header + 345..<header + 500) : ""
      let short = text(header..<header + 100)
      let name = longName ?? (prefix.isEmpty ? short : "\(prefix)/\(short)")
      switch bytes[header + 156] {
      case UInt8(ascii: "x"):
        longName = Self.path(in: bytes[body]) ?? longName
        continue
      case UInt8(ascii: "L"):
        longName = text(body)
        continue
      case UInt8(ascii: "g"), UInt8(ascii: "K"): continue
      case UInt8(ascii: "0"), 0: return Entry(name: name, kind: .file, body: body)
      case UInt8(ascii: "2"): return Entry(name: name, kind: .link, body: body)
      default: longName = nil
      }
    }
    return nil
  }

  /// `23 path=apps/web.yaml\n` among the records of a pax header.
  private static func path(in records: ArraySlice<UInt8>) -> String? {
    var rest = records
    var path: String?
    while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > space - rest.startIndex + 1, length <= rest.count
    {
      let record = rest[(space + 1)..<(rest.startIndex + length)]
      if record.starts(with: "path=".utf8) {
        path = String(decoding: record.dropFirst(5).prefix { $0 != 0x0A }, as: UTF8.self)
      }
      rest = rest.dropFirst(length)
    }
    return path
  }
}
