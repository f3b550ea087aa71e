/// One context of a kubeconfig: a cluster one can connect to, or why not.
public struct KubeContext: Sendable {
  public let name: String
  /// `default` when the context names none.
  public let namespace: String
  /// The server as far as the file says it; empty when it says nothing usable.
  public let server: String
  public let user: String
  public let access: Result<ClusterAccess, ContextProblem>
  /// The credential helper that the user's entry names, whether it may be started or not.
  public var helper: ExecHelper?

  public init(
    name: String, namespace: String, server: String, user: String, access: Result<ClusterAccess, ContextProblem>
  ) {
    self.name = name
    self.namespace = namespace
    self.server = server
    self.user = user
    self.access = access
  }
}

/// Why a context cannot be used: one sentence that names the field.
public struct ContextProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A credential helper that a kubeconfig names (`users[].user.exec`; kubernetes: client.authentication.k8s.io).
public struct ExecHelper: Sendable, Hashable {
  /// Resolved against the kubeconfig's folder when it contains a slash; else looked up in PATH.
  public let command: String
  public let arguments: [String]
  public let environment: [String: String]
  /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
  public let apiVersion: String
  /// `Never`, `IfAvailable`, `Always`; empty when the file says nothing.
  public let interactiveMode: String
  public let providesClusterInfo: Bool
  public let installHint: String
  /// The server that the helper is asked for, and its CA in PEM.
  public let server: String
  public let authorities: [UInt8]?
}
