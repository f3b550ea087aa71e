/// `resource.Quantity` as a number of nano units (kubernetes: apimachinery/pkg/api/resource/quantity.go).
struct Quantity: Hashable, Comparable {
  let nano: Int128

  private static let unit: Int128 = 1_000_000_000
  /// What Kubernetes cuts amounts at that do not take its fast path: the largest `int64` of whole units.
  private static let cap: Int128 = Int128(Int64.max) * unit
  /// More digits than this are not looked at: Kubernetes' fast path takes 18.
  private static let digitLimit = 19

  static func < (a: Quantity, b: Quantity) -> Bool { a.nano < b.nano }

  /// Nil when the text is not a quantity.
  init?(_ text: String) {
    var text = text
    guard let nano = text.withUTF8({ Self.parse($0) }) else { return nil }
    self.nano = nano
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Int128? {
    var index = 0
    var negative = false
    if let sign = bytes.first, sign == 0x2B || sign == 0x2D {
      negative = sign == 0x2D
      index = 1
    }
    var mantissa: Int128 = 0
    // Powers of ten that the mantissa still has to be multiplied with.
    var scale = 0
    var significant = 0
    var anyDigit = false
    var fraction = false
    var rest = false
    scan: while index < bytes.count {
      switch bytes[index] {
      case 0x30...0x39:
        anyDigit = true
        let digit = Int128(bytes[index] - 0x30)
        if fraction || significant > 0 || digit > 0 { significant += 1 }
        if significant <= digitLimit {
          mantissa = mantissa * 10 + digit
          if fraction { scale -= 1 }
        } else {
          if digit > 0 { rest = true }
          if !fraction { scale += 1 }
        }
      case 0x2E:
        if fraction { return nil }
        fraction = true
      default: break scan
      }
      index += 1
    }
    guard anyDigit, let suffix = Suffix(UnsafeBufferPointer(rebasing: bytes[index...])) else { return nil }
    scale += suffix.ten
    // The fast path: decimal, at most 18 digits, no finer than nano; it is the only one without a cap.
    let isFast = suffix.two == 0 && significant <= 18 && scale >= -9
    var value = mantissa << Int128(suffix.two)
    scale += 9
    if mantissa == 0 && !rest { return 0 }
    if scale >= 0 {
      for _ in 0..<min(scale, 40) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow {
          value = Int128.max
          break
        }
        value = product
      }
    } else {
      for _ in 0..<min(-scale, 60) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
        if remainder != 0 { rest = true }
        value = quotient
      }
    }
    // Finer than nano rounds away from zero.
    if scale < 0, rest { value += 1 }
    if !isFast { value = min(value, cap) }
    return negative ? -value : value
  }

  /// `Ki`, `m`, `e3`: powers of two and of ten.
  private struct Suffix {
    var two = 0
    var ten = 0

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard let first = bytes.first else { return }
      if bytes.count == 1 {
        switch first {
        case UInt8(ascii: "n"): ten = -9
        case UInt8(ascii: "u"): ten = -6
        case UInt8(ascii: "m"): ten = -3
        case UInt8(ascii: "k"): ten = 3
        case UInt8(ascii: "M"): ten = 6
        case UInt8(ascii: "G"): ten = 9
        case UInt8(ascii: "T"): ten = 12
        case UInt8(ascii: "P"): ten = 15
        case UInt8(ascii: "E"): ten = 18
        default: return nil
        }
        return
      }
      if bytes.count == 2, bytes[1] == UInt8(ascii: "i") {
        switch first {
        case UInt8(ascii: "K"): two = 10
        case UInt8(ascii: "M"): two = 20
        case UInt8(ascii: "G"): two = 30
        case UInt8(ascii: "T"): two = 40
        case UInt8(ascii: "P"): two = 50
        case UInt8(ascii: "E"): two = 60
        default: return nil
        }
        return
      }
      guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E") else { return nil }
      var digits = bytes[1...]
      var negative = false
      if let sign = digits.first, sign == 0x2B || sign == 0x2D {
        negative = sign == 0x2D
        digits = digits.dropFirst()
      }
      guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      var exponent = 0
      // Beyond this every amount is capped or rounds to one nano.
      for digit in digits { exponent = min(exponent * 10 + Int(digit - 0x30), 1000) }
      ten = negative ? -exponent : exponent
    }
  }
}
