import FoundationEssentials

/// Whether a private key is a certificate's own, as far as that shows without cryptography: RSA keys repeat the modulus,
/// EC keys mostly the public point, and the certificate holds the same bytes (RFC 8017 A.1.2, RFC 5915, RFC 5958).
enum KeyPair {
  /// Nil when it does not show: then the handshake tells.
  static func belongTogether(certificate: [UInt8], key: [UInt8]) -> Bool? {
    guard let certificate = block(certificate, "CERTIFICATE"), let key = block(key, "PRIVATE KEY"),
      let mark = publicPart(key), mark.count >= 32
    else { return nil }
    return certificate.firstRange(of: mark) != nil
  }

  /// The first PEM block of that kind, decoded.
  private static func block(_ pem: [UInt8], _ kind: String) -> [UInt8]? {
    let lines = String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("\(kind)-----") }),
      let end = lines[begin...].firstIndex(where: { $0.hasPrefix("-----END ") })
    else { return nil }
    return Data(base64Encoded: lines[(begin + 1)..<end].joined()).map { [UInt8]($0) }
  }

  private static func publicPart(_ der: [UInt8], depth: Int = 0) -> [UInt8]? {
    var outer = DER(der[...])
    guard depth < 3, let sequence = outer.next(), sequence.tag == 0x30 else { return nil }
    var fields = DER(sequence.contents)
    guard let version = fields.next(), version.tag == 0x02, let second = fields.next() else { return nil }
    switch second.tag {
    // PKCS#1: version, modulus.
    case 0x02: return Array(second.contents.drop { $0 == 0 })
    // PKCS#8: version, algorithm, the key in an octet string.
    case 0x30: return fields.next().flatMap { $0.tag == 0x04 ? publicPart(Array($0.contents), depth: depth + 1) : nil }
    // SEC 1: version, private key, [0] curve, [1] public point.
    case 0x04:
      while let field = fields.next() {
        guard field.tag == 0xA1 else { continue }
        var inner = DER(field.contents)
        return inner.next().flatMap { $0.tag == 0x03 ? Array($0.contents.dropFirst()) : nil }
      }
      return nil
    default: return nil
    }
  }

  /// Reads one element of DER after another (X.690); ends at what it does not understand.
  private struct DER {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> (tag: UInt8, contents: ArraySlice<UInt8>)? {
      guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
      var length = Int(first)
      if first >= 0x80 {
        let bytes = rest.prefix(Int(first & 0x7F))
        guard (1...3).contains(bytes.count), bytes.count == Int(first & 0x7F) else { return nil }
        length = bytes.reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(bytes.count)
      }
      guard length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(length) }
      return (tag, rest.prefix(length))
    }
  }
}
