/// Why something about a repository failed: one sentence that names the repository, without userinfo and secrets, and
/// what to do about it.
public struct GitError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The host does not answer, or the connection broke.
    case unreachable
    /// A credential is missing or was refused.
    case authentication
    /// The host answers, the repository is not there (or this credential may not see it).
    case notFound
    case noSuchReference
    /// The TLS certificate does not verify.
    case certificate
    /// The ssh host key is unknown, or another than the known one.
    case hostKey
    case timeout
    /// The address is one that is never fetched from.
    case refusedAddress
    /// The commit is not in the mirror: pushed away, or never fetched.
    case gone(revision: String)
    /// More than is read: too many objects or entries, too deep, too large.
    case limit
    /// Git data that does not parse or verify.
    case corrupt
    /// The local file system.
    case io
    case cancelled
  }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }

  /// The host, not the repository, is what failed.
  var isOfHost: Bool { kind == .timeout || kind == .unreachable }
}

extension Result where Failure == GitError {
  var error: GitError? { if case .failure(let error) = self { error } else { nil } }
}
