/// Why a request has no answer: one sentence that names the host and the cause, and never a credential.
public struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The gate, or the rules for well-formed requests, did not let it out.
    case refusedByGate
    /// The name has no address.
    case resolve
    /// Nothing listens, or nothing answers.
    case connect
    /// The handshake failed, or the certificate is not acceptable.
    case tls
    case timeout
    /// The connection ended before the answer did.
    case cut
    /// What answers does not speak HTTP.
    case notHTTP
    case tooLarge
    case cancelled
    /// The request could not be made: a certificate that does not parse, a proxy address that is none.
    case setUp
  }

  public let kind: Kind
  /// `host:port`.
  public let host: String
  /// The cause without the host: `connection refused`.
  public let cause: String

  public init(_ kind: Kind, host: String, cause: String) {
    self.kind = kind
    self.host = host
    self.cause = cause
  }

  public var description: String { host.isEmpty ? cause : "\(host): \(cause)" }

  /// What keeps every other request to the same server from getting a connection too.
  var isOfConnection: Bool { kind == .resolve || kind == .connect || kind == .tls }

  /// True when the server certainly did not see the request.
  public var isBeforeSending: Bool {
    switch kind {
    case .refusedByGate, .resolve, .connect, .tls, .setUp: true
    case .timeout, .cut, .notHTTP, .tooLarge, .cancelled: false
    }
  }
}
