/// One context of a kubeconfig: a cluster one can connect to, or why not.
public struct KubeContext: Sendable {
  public let name: String
  /// `default` when the context names none.
  public let namespace: String
  /// The server as far as the file says it; empty when it says nothing usable.
  public let server: String
  public let user: String
  public let access: Result<ClusterAccess, ContextProblem>
  /// The credential helper that the user entry names, whether anybody runs it or not.
  public let helper: ExecHelper?
  /// Equal in this process as long as everything is that `access` was made from: then there is no reason to dial again.
  public let identity: Int

  public init(
    name: String, namespace: String, server: String, user: String, access: Result<ClusterAccess, ContextProblem>,
    helper: ExecHelper? = nil, identity: Int = 0
  ) {
    self.name = name
    self.namespace = namespace
    self.server = server
    self.user = user
    self.access = access
    self.helper = helper
    self.identity = identity
  }
}

/// Why a context cannot be used: one sentence that names the field.
public struct ContextProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
