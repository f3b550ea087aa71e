/// The dates that go-yaml recognises in plain scalars, as the text that Go's JSON encoder makes of them.
enum YAMLTimestamp {
  /// `2020-01-01` → `2020-01-01T00:00:00Z`. Nil when go-yaml would see no date (its `parseTimestamp`).
  static func parse(_ text: String) -> String? {
    var scanner = Scanner(bytes: Array(text.utf8))
    guard let year = scanner.number(4...4), scanner.take(0x2D), let month = scanner.number(1...2), scanner.take(0x2D),
      let day = scanner.number(1...2), (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
    else { return nil }
    let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    if scanner.isAtEnd { return "\(date)T00:00:00Z" }
    let isSpaced = scanner.take(0x20)
    guard isSpaced || scanner.take(0x54) || scanner.take(0x74), let hour = scanner.number(1...2), scanner.take(0x3A),
      let minute = scanner.number(1...2), scanner.take(0x3A), let second = scanner.number(1...2), hour < 24,
      minute < 60, second < 60
    else { return nil }
    var fraction = ""
    if scanner.take(0x2E) || scanner.take(0x2C) {
      guard let digits = scanner.digits() else { return nil }
      // Go keeps nanoseconds and drops trailing zeros.
      fraction = String(decoding: digits.prefix(9), as: UTF8.self)
      while fraction.hasSuffix("0") { fraction.removeLast() }
      if !fraction.isEmpty { fraction = ".\(fraction)" }
    }
    let clock = "\(date)T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))\(fraction)"
    if isSpaced { return scanner.isAtEnd ? "\(clock)Z" : nil }
    if scanner.take(0x5A) { return scanner.isAtEnd ? "\(clock)Z" : nil }
    let isEast = scanner.take(0x2B)
    guard isEast || scanner.take(0x2D), let hours = scanner.number(2...2), scanner.take(0x3A),
      let minutes = scanner.number(2...2), scanner.isAtEnd, hours <= 24, minutes < 60
    else { return nil }
    if hours == 0 && minutes == 0 { return "\(clock)Z" }
    return "\(clock)\(isEast ? "+" : "-")\(pad(hours, 2)):\(pad(minutes, 2))"
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  private static func pad(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
      guard position < bytes.count, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    mutating func digits(_ most: Int = .max) -> ArraySlice<UInt8>? {
      let start = position
      while position < bytes.count, position - start < most, (0x30...0x39).contains(bytes[position]) { position += 1 }
      return position > start ? bytes[start..<position] : nil
    }

    mutating func number(_ widths: ClosedRange<Int>) -> Int? {
      guard let digits = digits(widths.upperBound), digits.count >= widths.lowerBound else { return nil }
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
  }
}
