import FoundationEssentials
import HTTP

extension Headers {
  /// The server's clock when it answered (RFC 9110, 6.6.1); nil when it does not tell.
  public var date: Date? { self["date"].flatMap(RetryAfter.moment).map { Date(timeIntervalSince1970: $0) } }
}
