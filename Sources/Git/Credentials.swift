/// What a credential helper is asked: for which server and path a user name and password (or token) are needed.
public struct CredentialRequest: Sendable, Hashable {
  /// `https` or `http`.
  public let scheme: String
  /// With the port, when it is not the usual one.
  public let host: String
  /// Without the leading slash.
  public let path: String
  /// The user that the address names.
  public let user: String?

  public init(scheme: String, host: String, path: String, user: String? = nil) {
    self.scheme = scheme
    self.host = host
    self.path = path
    self.user = user
  }
}

/// A user name and password (or token) for https. It never prints its password.
public struct GitCredential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
  public let user: String
  public let password: String

  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  public var description: String { "GitCredential(\(user), ***)" }
  public var debugDescription: String { description }
}

/// Asks somebody outside for a credential, after a server refused to serve without one. Nil: there is none.
/// - Throws: `GitError` of kind `authentication` with a sentence about what went wrong.
public typealias CredentialSource = @Sendable (CredentialRequest) async throws(GitError) -> GitCredential?
