import FoundationEssentials

/// Kubernetes' `Time` and `MicroTime`: RFC 3339 with second or microsecond precision.
public enum Timestamp {
  /// Parses RFC 3339; nil for anything else (`never`, year 30000): odd times are shown as unknown, never guessed.
  public static func parse(_ text: String) -> Date? {
    var text = text
    return text.withUTF8 { parse($0) }
  }

  static func parse(_ b: UnsafeBufferPointer<UInt8>) -> Date? {
    guard b.count >= 20 else { return nil }
    func number(_ at: Int, _ length: Int) -> Int? {
      var value = 0
      for i in at..<(at + length) {
        guard b[i] >= 48, b[i] <= 57 else { return nil }
        value = value * 10 + Int(b[i] - 48)
      }
      return value
    }
    guard let year = number(0, 4), b[4] == 45, let month = number(5, 2), b[7] == 45, let day = number(8, 2),
      b[10] == 84 || b[10] == 116 || b[10] == 32, let hour = number(11, 2), b[13] == 58, let minute = number(14, 2),
      b[16] == 58, let second = number(17, 2), (1...12).contains(month), (1...31).contains(day), hour < 24,
      minute < 60, second < 61
    else { return nil }
    var index = 19
    var fraction = 0.0
    if index < b.count, b[index] == 46 {
      index += 1
      var scale = 0.1
      let start = index
      while index < b.count, b[index] >= 48, b[index] <= 57 {
        fraction += Double(b[index] - 48) * scale
        scale /= 10
        index += 1
      }
      guard index > start else { return nil }
    }
    guard index < b.count else { return nil }
    var offset = 0
    switch b[index] {
    case 90, 122: guard index == b.count - 1 else { return nil }
    case 43, 45:
      guard b.count == index + 6, b[index + 3] == 58, let h = number(index + 1, 2), let m = number(index + 4, 2) else {
        return nil
      }
      offset = (h * 60 + m) * 60 * (b[index] == 45 ? -1 : 1)
    default: return nil
    }
    let seconds = daysSinceEpoch(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    return Date(timeIntervalSince1970: Double(seconds - offset) + fraction)
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar.
  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2026-08-01T10:00:00Z`, with a fraction of `digits` digits when asked for.
  public static func format(_ date: Date, digits: Int = 0) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let ticks = (date.timeIntervalSince1970 * scale).rounded(.down)
    let whole = Int((ticks / scale).rounded(.down))
    let fraction = Int(ticks - Double(whole) * scale)
    var days = whole / 86_400
    var rest = whole % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let day = dayOfYear - (153 * mp + 2) / 5 + 1
    func pad(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let clock = "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))"
    let point = digits > 0 ? ".\(pad(fraction, digits))" : ""
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock)\(point)Z"
  }
}

/// Go's duration strings (`1h30m`, `500ms`), which Flux, Argo CD and Cluster API write (wire-facts 9.11).
public enum GoDuration {
  /// Seconds; nil when the text is not a duration or is beyond what an `Int64` of nanoseconds holds.
  public static func parse(_ text: String) -> Double? {
    var rest = Substring(text)
    var sign = 1.0
    if rest.hasPrefix("-") || rest.hasPrefix("+") {
      if rest.hasPrefix("-") { sign = -1 }
      rest = rest.dropFirst()
    }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { return nil }
    let units: [(String, Double)] = [
      ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
    ]
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard !digits.isEmpty, let value = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let unit = units.first(where: { rest.hasPrefix($0.0) && !($0.0 == "m" && rest.hasPrefix("ms")) }) else {
        return nil
      }
      rest = rest.dropFirst(unit.0.count)
      total += value * unit.1
    }
    guard total < 9_223_372_036 else { return nil }
    return sign * total
  }
}
