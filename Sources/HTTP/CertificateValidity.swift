#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// From when until when an X.509 certificate is valid, in seconds since 1970 (RFC 5280, 4.1.2.5).
public struct CertificateValidity: Sendable, Hashable {
  public let from: Int
  public let until: Int

  /// Reads the two dates of a certificate in DER; nil when it is none. Nothing else of it is judged.
  public init?(der: [UInt8]) {
    var file = Elements(der[...])
    guard let certificate = file.next(Elements.sequence) else { return nil }
    var parts = Elements(certificate)
    guard let signed = parts.next(Elements.sequence) else { return nil }
    // version, serial number, signature algorithm, issuer, validity.
    var fields = Elements(signed)
    fields.skip(Elements.version)
    guard fields.next(Elements.integer) != nil, fields.next(Elements.sequence) != nil,
      fields.next(Elements.sequence) != nil, let dates = fields.next(Elements.sequence)
    else { return nil }
    var times = Elements(dates)
    guard let from = times.time(), let until = times.time() else { return nil }
    self.from = from
    self.until = until
  }
}

/// The elements of one DER value, in order (X.690, 8.1).
private struct Elements {
  static let integer: UInt8 = 0x02
  static let utcTime: UInt8 = 0x17
  static let generalizedTime: UInt8 = 0x18
  static let sequence: UInt8 = 0x30
  static let version: UInt8 = 0xA0

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The contents of the next element when it has that tag.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    var after = rest.dropFirst()
    guard let first = after.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7F)
      guard (1...3).contains(count), after.count >= count else { return nil }
      length = after.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      after = after.dropFirst(count)
    }
    guard length <= after.count else { return nil }
    rest = after.dropFirst(length)
    return after.prefix(length)
  }

  mutating func skip(_ tag: UInt8) { _ = next(tag) }

  /// `YYMMDDhhmmssZ` up to 2049, `YYYYMMDDhhmmssZ` after it (RFC 5280, 4.1.2.5).
  mutating func time() -> Int? {
    let isShort = rest.first == Elements.utcTime
    guard let text = next(isShort ? Elements.utcTime : Elements.generalizedTime), text.last == UInt8(ascii: "Z"),
      text.count == (isShort ? 13 : 15)
    else { return nil }
    var numbers = text.dropLast().map { Int($0) - 0x30 }
    guard numbers.allSatisfy({ (0...9).contains($0) }) else { return nil }
    if isShort { numbers = (numbers[0] < 5 ? [2, 0] : [1, 9]) + numbers }
    func pair(_ index: Int) -> Int32 { Int32(numbers[index] * 10 + numbers[index + 1]) }
    var parts = tm()
    parts.tm_year = pair(0) * 100 + pair(2) - 1900
    parts.tm_mon = pair(4) - 1
    parts.tm_mday = pair(6)
    parts.tm_hour = pair(8)
    parts.tm_min = pair(10)
    parts.tm_sec = pair(12)
    return timegm(&parts)
  }
}
