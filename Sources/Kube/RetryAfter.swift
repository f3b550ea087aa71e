import GitOps
import HTTP

/// The `Retry-After` header (RFC 9110, 10.2.3).
enum RetryAfter {
  /// Whole seconds, more than 0. A date counts from the answer's own `Date`, so that no clock but the server's matters.
  /// Nil for garbage, negative numbers and dates in the past (A13).
  static func seconds(_ headers: Headers) -> Int? {
    guard let text = headers["retry-after"] else { return nil }
    if let number = Int(text) { return number > 0 ? min(number, 1_000_000) : nil }
    guard let then = moment(text), let now = headers["date"].flatMap(moment) else { return nil }
    let distance = then - now
    return distance > 0 ? Int(min(distance, 1_000_000)) : nil
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds of the epoch.
  static func moment(_ text: String) -> Double? {
    let parts = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2,
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp.parse("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")?.timeIntervalSince1970
  }
}
