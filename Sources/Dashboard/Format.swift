import FoundationEssentials

/// Words for times, spans and counts. Every clock here is the `now` that a message brought.
enum Format {
  /// How long ago, in one unit: `12s`, `4m`, `2h`, `3d`; `-` when not known. A time ahead of us (clock skew) is `0s`.
  static func age(_ date: Date?, at now: Date) -> String {
    guard let date else { return "-" }
    return span(now.timeIntervalSince(date))
  }

  /// Time left until then: `26s`; `due` once it has passed, `-` when not known.
  static func remaining(until date: Date?, at now: Date) -> String {
    guard let date else { return "-" }
    let left = date.timeIntervalSince(now)
    return left > 0 ? span(left.rounded(.up)) : "due"
  }

  /// A span of seconds in one unit. Beyond any sense (a year 30000 in a timestamp) it is `?`.
  static func span(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e11 else { return "?" }
    let seconds = Int(max(0, seconds))
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3600 { return "\(seconds / 60)m" }
    if seconds < 48 * 3600 { return "\(seconds / 3600)h" }
    return "\(seconds / 86_400)d"
  }

  /// A configured span in full: `10m`, `1h30m`, `45s`.
  static func interval(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds > 0, seconds < 1e11 else { return "-" }
    let whole = Int(seconds)
    guard whole > 0 else { return "<1s" }
    var text = ""
    if whole >= 3600 { text += "\(whole / 3600)h" }
    if whole % 3600 >= 60 { text += "\(whole % 3600 / 60)m" }
    if whole % 60 > 0 { text += "\(whole % 60)s" }
    return text
  }

  /// The time of day in the operator's zone: `12:04:31`.
  static func clock(_ date: Date?, offset: Int) -> String {
    guard let date, let second = secondOfDay(date, offset: offset) else { return "--:--:--" }
    return "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }

  /// `12:04`.
  static func minute(_ date: Date?, offset: Int) -> String { String(clock(date, offset: offset).prefix(5)) }

  /// With thousands separated: `1,204`.
  static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 object`, `3 objects`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// Rounded down, so that 100 % is said only of everything.
  static func percent(_ part: Int, of whole: Int) -> Int {
    guard whole > 0, part < whole else { return 100 }
    return Int(Double(max(0, part)) / Double(whole) * 100)
  }

  /// Reads what a person types for a span: `4h`, `90m`, `2d`, `1h30m`; nil when it is none or beyond a year.
  static func parseSpan(_ text: String) -> Double? {
    var total = 0.0
    var number = ""
    for character in text.lowercased() where character != " " {
      if character.isASCII, character.isNumber {
        number.append(character)
        continue
      }
      guard let value = Double(number) else { return nil }
      switch character {
      case "s": total += value
      case "m": total += value * 60
      case "h": total += value * 3600
      case "d": total += value * 86_400
      default: return nil
      }
      number = ""
    }
    return number.isEmpty && total > 0 && total <= 366 * 86_400 ? total : nil
  }

  private static func secondOfDay(_ date: Date, offset: Int) -> Int? {
    let seconds = date.timeIntervalSince1970
    guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
    let day = (Int(seconds.rounded(.down)) + min(max(offset, -86_400), 86_400)) % 86_400
    return day < 0 ? day + 86_400 : day
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
