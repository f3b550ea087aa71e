import Structured

/// A credential helper that a kubeconfig names (`users[].user.exec`; kubernetes: client.authentication.k8s.io).
public struct ExecHelper: Sendable, Hashable {
  /// When the helper may ask the user something.
  public enum Interaction: String, Sendable, Hashable, CaseIterable {
    case never = "Never"
    case ifAvailable = "IfAvailable"
    case always = "Always"
  }

  /// The API server that a credential is for: what `KUBERNETES_EXEC_INFO` may tell the helper, as the file has it.
  public struct Cluster: Sendable, Hashable {
    public let server: String
    public let serverName: String?
    public let verifies: Bool
    /// PEM.
    public let authorities: [UInt8]?
    public let proxy: String?
    /// The cluster's extension `client.authentication.k8s.io/exec`.
    public let configuration: JSON?
  }

  /// The name of the user entry: its helper runs once at a time, for however many contexts.
  public let user: String
  /// Resolved against the kubeconfig's folder when it contains a slash; else looked up in PATH.
  public let command: String
  public let arguments: [String]
  public let environment: [String: String]
  /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
  public let apiVersion: String
  public let interaction: Interaction
  public let installHint: String
  /// Nil unless the entry says `provideClusterInfo`.
  public let cluster: Cluster?

  public init(
    user: String, command: String, arguments: [String] = [], environment: [String: String] = [:], apiVersion: String,
    interaction: Interaction = .ifAvailable, installHint: String = "", cluster: Cluster? = nil
  ) {
    self.user = user
    self.command = command
    self.arguments = arguments
    self.environment = environment
    self.apiVersion = apiVersion
    self.interaction = interaction
    self.installHint = installHint
    self.cluster = cluster
  }
}

extension ExecHelper {
  static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

  /// Reads an `exec` entry. `cluster` is asked for only when the entry wants it.
  /// - Throws: a sentence that names the field (kubernetes: client-go tools/clientcmd/validation.go).
  init(_ exec: YAMLNode, user: String, folder: String, cluster: () -> Cluster) throws(ContextProblem) {
    guard let command = exec.filled("command") else { throw ContextProblem("exec: command is missing") }
    guard let version = exec.filled("apiVersion") else { throw ContextProblem("exec: apiVersion is missing") }
    guard ExecHelper.versions.contains(version) else {
      throw ContextProblem("exec: apiVersion \(version) is not supported: there are v1 and v1beta1")
    }
    let modes = Interaction.allCases.map(\.rawValue).joined(separator: ", ")
    let mode = exec.filled("interactiveMode")
    guard mode != nil || version != ExecHelper.versions[0] else {
      throw ContextProblem("exec: interactiveMode is missing: one of \(modes)")
    }
    guard let interaction = Interaction(rawValue: mode ?? Interaction.ifAvailable.rawValue) else {
      throw ContextProblem("exec: interactiveMode is none of \(modes)")
    }
    var environment: [String: String] = [:]
    for pair in exec["env"]?.list ?? [] {
      guard let name = pair.filled("name"), !name.contains("=") else {
        throw ContextProblem("exec: an entry of env has no usable name")
      }
      environment[name] = pair["value"]?.text ?? ""
    }
    let arguments = exec["args"]?.list?.compactMap(\.text) ?? []
    let words = [command] + arguments + environment.flatMap { [$0.key, $0.value] }
    guard !words.contains(where: { $0.utf8.contains(0) }) else { throw ContextProblem("exec: contains a zero byte") }
    self.init(
      user: user, command: command.contains("/") ? KubeconfigMerge.resolve(command, folder) : command,
      arguments: arguments, environment: environment, apiVersion: version, interaction: interaction,
      installHint: exec.filled("installHint") ?? "",
      cluster: exec["provideClusterInfo"]?.bool == true ? cluster() : nil)
  }
}
