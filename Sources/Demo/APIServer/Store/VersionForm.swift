/// How a server writes its versions.
public enum VersionForm: Sendable, Hashable {
  /// As etcd's revisions are.
  case number
  /// As words that neither count nor sort: a client must take versions for opaque (kubernetes: API concepts).
  case word

  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// `factor` times this is 1.
  private static let inverse: UInt64 = {
    var inverse = factor
    for _ in 0..<5 { inverse = inverse &* (2 &- factor &* inverse) }
    return inverse
  }()
  private static let letters = Array("bcdfghjklmnpqrst")

  func text(_ version: UInt64) -> String {
    guard self == .word else { return String(version) }
    let mixed = version &* Self.factor
    return String((0..<16).map { Self.letters[Int(mixed >> UInt64($0 * 4) & 15)] })
  }

  /// Nil for what this server never wrote.
  func version(_ text: String) -> UInt64? {
    guard self == .word else { return UInt64(text) }
    let digits = text.compactMap { Self.letters.firstIndex(of: $0) }
    guard digits.count == 16, text.count == 16 else { return nil }
    var mixed: UInt64 = 0
    for (place, digit) in digits.enumerated() { mixed |= UInt64(digit) << UInt64(place * 4) }
    return mixed &* Self.inverse
  }
}
