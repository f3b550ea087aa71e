import HTTP

/// What proves to an API server who we are. Not printable: its description names the form only.
public struct Credential: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  /// The `Authorization` header's value.
  public var authorization: String?
  /// PEM chain and key.
  public var certificate: [UInt8]?
  public var key: [UInt8]?

  public init(authorization: String? = nil, certificate: [UInt8]? = nil, key: [UInt8]? = nil) {
    self.authorization = authorization
    self.certificate = certificate
    self.key = key
  }

  /// A bearer token (RFC 6750).
  public static func token(_ token: String) -> Credential { Credential(authorization: "Bearer \(token)") }

  public var description: String {
    let forms = [authorization == nil ? nil : "authorization", certificate == nil ? nil : "certificate"]
    return "Credential(\(forms.compactMap { $0 }.joined(separator: ", ")))"
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where credentials come from: fixed ones, files that rotate, a helper program.
public protocol CredentialSource: Sendable {
  /// The credential to use now; read again when its file changed.
  /// - Throws: `.credential` when there is none: an empty token file, a helper that failed.
  func credential() async throws(APIError) -> Credential

  /// The server refused `credential` with 401: another one, or nil when there is no hope of a different one. Callers
  /// that were refused with the same credential at the same time get the result of one renewal (A15).
  func renewed(after credential: Credential) async throws(APIError) -> Credential?
}

/// A credential that stands in the kubeconfig itself.
public struct FixedCredential: CredentialSource {
  private let fixed: Credential

  public init(_ credential: Credential = Credential()) { fixed = credential }

  public func credential() async throws(APIError) -> Credential { fixed }

  public func renewed(after credential: Credential) async throws(APIError) -> Credential? { nil }
}
