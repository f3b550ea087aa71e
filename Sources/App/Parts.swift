import Git
import GitOps
import HTTP
import Kube
import Sync

/// What an executable adds to the common program: `driftglass` a writer, helpers and the demo, `driftglass-view` nothing.
public struct Parts: Sendable {
  /// Builds the writer of a cluster that may be written to.
  public var writer: (@Sendable (KubeReader, Network) -> any MutationWriter)?
  /// Asks the user's Git credential helper.
  public var gitCredentials: Git.CredentialSource?
  /// Who runs the credential helpers that kubeconfigs name, found in this environment's PATH; nil: nobody does.
  public var helpers: (@Sendable ([String: String]) -> Kubeconfig.HelperCredentials)?
  /// Ends the helpers that still run.
  public var endHelpers: (@Sendable () async -> Void)?
  /// Starts the embedded demo world.
  public var demo: (@Sendable (DemoRequest) async throws -> any DemoWorld)?

  public init() {}

  /// What a program without a writer calls itself: it is locked, and so is what a kubeconfig may ask of it.
  var lock: String? { writer == nil ? "driftglass-view" : nil }
}

/// What `driftglass demo` asks for.
public struct DemoRequest: Sendable {
  public let story: String
  public let seed: UInt64
  public let speed: Double

  public init(story: String, seed: UInt64, speed: Double) {
    self.story = story
    self.seed = seed
    self.speed = speed
  }
}

/// The demo world as the program sees it: a kubeconfig and where its repositories are. Nothing else knows that it is a demo.
public protocol DemoWorld: Sendable {
  var kubeconfigPath: String { get }
  /// Address in the cluster → local path.
  var repositories: [(match: String, path: String)] { get }
  func stop() async
}
