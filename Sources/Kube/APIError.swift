import HTTP
import Structured

/// Why an API server gave no useful answer: one clear sentence, and what a caller needs to decide how to go on.
public struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The server said so, with a `Status` or an HTTP status.
    case status
    /// No connection, or it broke.
    case connection(HTTPError.Kind)
    /// Something answered that is not an API server: a login page, a proxy's error page.
    case notAPI
    /// An API server's answer that cannot be read.
    case unreadable
    /// There is no usable credential.
    case credential
  }

  public let kind: Kind
  /// The HTTP status, or the `code` of the `Status` in a watch; nil without an answer.
  public let status: Int?
  /// `Forbidden`, `Expired`, …; empty when the server gave none (kubernetes: apimachinery, meta/v1 StatusReason).
  public let reason: String
  /// One line.
  public let message: String
  /// Seconds that the server asks to wait: `Retry-After`, else `details.retryAfterSeconds`. Not negative.
  public let retryAfter: Int?
  /// Reasons of `details.causes`.
  public let causes: [String]

  public init(
    _ kind: Kind, status: Int? = nil, reason: String = "", message: String, retryAfter: Int? = nil,
    causes: [String] = []
  ) {
    self.kind = kind
    self.status = status
    self.reason = reason
    self.message = message
    self.retryAfter = retryAfter
    self.causes = causes
  }

  public init(_ error: HTTPError) {
    self.init(.connection(error.kind), message: error.description)
  }

  public var description: String { message }

  /// The version that was asked for is gone: list again (A5).
  public var isExpired: Bool { status == 410 || reason == "Expired" || reason == "Gone" }
  /// The version is newer than what this server has seen (A6).
  public var isTooLargeVersion: Bool { causes.contains("ResourceVersionTooLarge") }
  public var isUnauthorized: Bool { status == 401 || kind == .credential }
  public var isForbidden: Bool { status == 403 }
  public var isNotFound: Bool { status == 404 }
  public var isConflict: Bool { status == 409 }
  public var isMethodNotAllowed: Bool { status == 405 }
  public var isCancelled: Bool { kind == .connection(.cancelled) }
  /// For a write: whether the server certainly did not perform it.
  public var isCertainlyNotDone: Bool {
    switch kind {
    case .status: (status ?? 500) < 500
    case .connection(let kind): HTTPError(kind, host: "", cause: "").isBeforeSending
    case .credential: true
    case .notAPI, .unreadable: false
    }
  }
}

extension APIError {
  /// The error of an answer that is not a success.
  /// - Parameter host: `host:port`, named where the server's own words do not say enough.
  init(_ response: Response, host: String) {
    let seconds = RetryAfter.seconds(response.headers)
    if let document = try? JSONDocument(parsing: response.body), document.root["kind"]?.string == "Status" {
      self.init(status: document.root, code: response.status, retryAfter: seconds, host: host)
      return
    }
    let type = response.headers["content-type"] ?? ""
    if type.hasPrefix("text/html") || response.body.starts(with: Array("<".utf8)) {
      self.init(
        .notAPI, status: APIError.retryable(response.status),
        message: "\(host): \(APIError.notAPI) (HTML, status \(response.status))",
        retryAfter: seconds)
      return
    }
    let text = APIError.oneLine(String(decoding: response.body.prefix(300), as: UTF8.self))
    self.init(
      .status, status: response.status,
      message: "\(host): status \(response.status)\(text.isEmpty ? "" : ": \(text)")", retryAfter: seconds)
  }

  /// From a `Status` object: an answer's body, or the object of an ERROR event.
  init(status: JSONNode, code: Int? = nil, retryAfter: Int? = nil, host: String) {
    let reason = status["reason"]?.string ?? ""
    // A code written as text, or none, is read as far as it goes.
    let own = status["code"]?.int ?? status["code"]?.string.flatMap { Int($0) }
    let text = status["message"]?.string.map(APIError.oneLine) ?? ""
    let details = status["details"]
    let seconds = retryAfter ?? details?["retryAfterSeconds"]?.int.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    let causes = details?["causes"]?.elements?.compactMap { $0["reason"]?.string } ?? []
    let number = code ?? own
    let words = text.isEmpty ? (reason.isEmpty ? "status \(number.map(String.init) ?? "unknown")" : reason) : text
    self.init(
      .status, status: number, reason: reason,
      message: number == 401 ? "\(host): credentials refused (\(words))" : words,
      retryAfter: seconds, causes: causes)
  }

  static let notAPI = "not an API server's answer"

  /// A page's status says nothing about a resource unless it asks to come back later.
  private static func retryable(_ status: Int) -> Int? { status == 429 || status >= 500 ? status : nil }

  static func oneLine(_ text: String) -> String {
    let flat = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
    var line = String(flat)
    while line.last == " " { line.removeLast() }
    return line.count > 500 ? "\(line.prefix(500))…" : line
  }
}
