import FoundationEssentials
import HTTP

/// What proves to an API server who we are. Not printable: its description names the form only.
public struct Credential: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  /// The `Authorization` header's value.
  public var authorization: String?
  /// PEM chain and key.
  public var certificate: [UInt8]?
  public var key: [UInt8]?
  /// When it ends, where its source says so; nil: not known.
  public var expires: Date?

  public init(
    authorization: String? = nil, certificate: [UInt8]? = nil, key: [UInt8]? = nil, expires: Date? = nil
  ) {
    self.authorization = authorization
    self.certificate = certificate
    self.key = key
    self.expires = expires
  }

  /// The same proof: when it ends is no part of it.
  public static func == (a: Credential, b: Credential) -> Bool {
    a.authorization == b.authorization && a.certificate == b.certificate && a.key == b.key
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

  /// How the user logs in by hand; nil where there is nothing that could be asked.
  var login: Login? { get }
}

extension CredentialSource {
  public var login: Login? { nil }
}

/// A log-in that needs the user: a helper that asks questions.
public struct Login: Sendable {
  /// What is run, as the kubeconfig names it.
  public let command: String
  /// Runs it on this terminal, which nobody else may use meanwhile.
  public let run: @Sendable (Console) async throws(APIError) -> Void

  public init(command: String, run: @escaping @Sendable (Console) async throws(APIError) -> Void) {
    self.command = command
    self.run = run
  }

  /// The descriptors of a terminal.
  public struct Console: Sendable {
    public let input: Int32
    public let output: Int32

    public init(input: Int32, output: Int32) {
      self.input = input
      self.output = output
    }
  }
}

/// A credential that stands in the kubeconfig itself.
public struct FixedCredential: CredentialSource {
  private let fixed: Credential

  public init(_ credential: Credential = Credential()) { fixed = credential }

  public func credential() async throws(APIError) -> Credential { fixed }

  public func renewed(after credential: Credential) async throws(APIError) -> Credential? { nil }
}

extension APIError {
  /// Who asked does not wait any more.
  public static var cancelled: APIError { APIError(.connection(.cancelled), message: "cancelled") }
}
