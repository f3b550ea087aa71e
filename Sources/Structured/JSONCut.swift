import CSimdJSON

/// The values of some members of the object that the bytes hold, found without a tree.
struct JSONCut {
  private let bytes: [UInt8]
  private let limits: JSONLimits
  private let spans: [csj_span]

  /// - Throws: `ParseError`: not one JSON object whose brackets match, or beyond the limits.
  init(_ bytes: [UInt8], keys: [StaticString], limits: JSONLimits) throws(ParseError) {
    try limits.check(bytes.count)
    self.bytes = bytes
    self.limits = limits
    var spans = Array(repeating: csj_span(), count: keys.count)
    defer { csj_release() }
    let names: [UnsafePointer<CChar>?] = keys.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) }
    let error = bytes.withUnsafeBufferPointer { buffer in
      csj_cut(buffer.baseAddress, buffer.count, limits.honouredDepth, names, Int32(keys.count), &spans)
    }
    if let error = error.parseError(limits) { throw error }
    self.spans = spans
  }

  func isPresent(_ key: Int) -> Bool { spans[key].length > 0 }

  /// The first byte of the member's value: `[` means an array.
  func firstByte(_ key: Int) -> UInt8? { isPresent(key) ? bytes[Int(spans[key].offset)] : nil }

  /// The member's value parsed; nil when absent.
  func value(_ key: Int) throws(ParseError) -> JSONNode? {
    guard isPresent(key) else { return nil }
    let span = spans[key]
    return try JSONDocument(
      parsing: bytes[Int(span.offset)..<Int(span.offset) + Int(span.length)], limits: limits
    ).root
  }

  func copy(_ key: Int) -> [UInt8] { copy(spans[key]) }

  /// The bytes of a span without white space between tokens.
  func copy(_ span: csj_span) -> [UInt8] {
    let range = Int(span.offset)..<Int(span.offset) + Int(span.length)
    guard span.spaced != 0 else { return Array(bytes[range]) }
    return Array(unsafeUninitializedCapacity: range.count) { out, count in
      bytes.withUnsafeBufferPointer { source in
        count = csj_compact(source.baseAddress.map { $0 + range.lowerBound }, range.count, out.baseAddress)
      }
    }
  }
}
