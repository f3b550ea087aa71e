/// Numbers compared by their decimal value, never by way of a floating-point type that would round them (E-Y11).
enum Numeral {
  /// `1` = `1.0` = `1e0`; `9007199254740993` ≠ `9007199254740992`. A fraction with more digits than a double holds is
  /// equal to what a double made of it, because the API server stores doubles.
  static func areEqual(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    guard let left = Canonical(a), let right = Canonical(b) else { return false }
    if left == right { return true }
    guard left.isFraction || right.isFraction, max(left.digits.count, right.digits.count) > 15 else { return false }
    guard let x = Double(a), let y = Double(b) else { return false }
    return x == y
  }

  /// Sign, digits without zeros at either end, and the power of ten of the last digit.
  private struct Canonical: Equatable {
    var negative = false
    var digits: [UInt8] = []
    var exponent = 0

    var isFraction: Bool { exponent < 0 }

    init?(_ text: String) {
      var bytes = Array(text.utf8)[...]
      if let sign = bytes.first, sign == 0x2B || sign == 0x2D {
        negative = sign == 0x2D
        bytes = bytes.dropFirst()
      }
      var anyDigit = false
      var fraction = false
      while let byte = bytes.first, byte != 0x65, byte != 0x45 {
        bytes = bytes.dropFirst()
        if byte == 0x2E {
          if fraction { return nil }
          fraction = true
          continue
        }
        guard (0x30...0x39).contains(byte) else { return nil }
        anyDigit = true
        digits.append(byte)
        if fraction { exponent -= 1 }
      }
      guard anyDigit else { return nil }
      if !bytes.isEmpty {
        guard let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(value) < 1_000_000 else {
          return nil
        }
        exponent += value
      }
      while digits.last == 0x30 {
        digits.removeLast()
        exponent += 1
      }
      digits = Array(digits.drop { $0 == 0x30 })
      if digits.isEmpty {
        negative = false
        exponent = 0
      }
    }
  }
}
