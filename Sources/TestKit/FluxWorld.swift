import Demo
import Foundation
import Git
import GitOps
import HTTP
import Kube
import Structured

/// A real API server with Flux's kinds, a bare Git repository, and the simulated controllers that make the one follow the
/// other. The Kustomization `apps` applies the folder `apps` of the repository.
public final class FluxWorld: WatchedWorld {
  public static let repositoryURL = "https://git.example.com/acme/fleet.git"
  public static let kustomization = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps"
  public static let web = "/apis/apps/v1/namespaces/shop/deployments/web"

  public let server: RealAPIServer
  public let folder: TemporaryFolder
  private let repository: CommitBuilder
  private let network = Network()
  private let controllers: Task<Void, Never>
  private let deploymentControllers: ChildProcess?

  public var repositoryURL: String { Self.repositoryURL }
  public var repositoryPath: String { folder.file("fleet.git") }

  /// Starts everything and waits until the first commit is applied.
  /// - Parameters:
  ///   - files: the repository's first commit; by default one Deployment and one ConfigMap.
  ///   - interval: of the Kustomization, long enough that nothing is reverted unasked.
  ///   - wait: whether the Kustomization waits for its objects' health.
  ///   - hasControllerManager: whether Kubernetes' own controllers run beside Flux's, instead of simulated ones.
  public init(
    files: [String: String] = FluxWorld.files(), interval: String = "1h", wait: Bool = false,
    hasControllerManager: Bool = false
  ) async throws {
    folder = try TemporaryFolder("world")
    repository = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
    try Self.commit(files, "begin", repository)
    server = try await RealAPIServer()
    try await server.createCustomResources()
    for namespace in ["flux-system", "shop"] { try await server.createNamespace(namespace) }
    let config = try Kubeconfig.load(explicit: server.kubeconfig(), environment: [:], home: folder.path)
    let access = try config.context(named: "real").access.get()
    let repositories = try SourceRepositories(
      [Self.repositoryURL: folder.file("fleet.git")], cache: folder.file("sources"))
    var options = SimulatedFlux.Options()
    options.workloads = hasControllerManager ? .none : .status
    deploymentControllers = hasControllerManager ? try server.startControllers() : nil
    options.dependencyRetry = 2
    let flux = SimulatedFlux(
      RemoteCluster(access: access, cluster: ClusterID("real"), network: network), repositories: repositories,
      options: options)
    controllers = Task { await flux.run() }
    try await server.expect(
      .post, "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories",
      [
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": ["name": "fleet"],
        "spec": ["interval": "1s", "url": .string(Self.repositoryURL), "ref": ["branch": "main"]],
      ])
    try await createKustomization("apps", interval: interval, wait: wait)
    if let first = try repository.head() { try await applied(first) }
  }

  /// Makes a Kustomization that applies the folder of its name.
  public func createKustomization(_ name: String, interval: String = "1h", wait: Bool = false) async throws {
    try await server.expect(
      .post, "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
      [
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": ["name": .string(name)],
        "spec": [
          "interval": .string(interval), "path": "./\(name)", "prune": true, "wait": .bool(wait), "timeout": "4s",
          "sourceRef": ["kind": "GitRepository", "name": "fleet"],
        ],
      ])
  }

  deinit {
    controllers.cancel()
    network.shutdown()
  }

  /// Waits until the Kustomization is ready at a commit.
  public func applied(_ commit: String) async throws {
    try await eventually("\(commit.prefix(7)) is applied", within: .seconds(30), state: { try await self.status() }) {
      () -> Bool? in
      let status = try await self.server.expect(.get, Self.kustomization)["status"]
      return status?["lastAppliedRevision"]?.string?.hasSuffix(commit) == true ? true : nil
    }
  }

  /// Asks for a reconcile as the flux command does.
  public func requestReconcile() async throws {
    let token = "test-\(UInt64.random(in: .min ... .max))"
    try await server.mergePatch(
      Self.kustomization, ["metadata": ["annotations": ["reconcile.fluxcd.io/requestedAt": .string(token)]]])
  }

  /// Keeps the controllers from seeing new commits, or lets them.
  public func suspendSource(_ suspend: Bool) async throws {
    try await server.mergePatch(
      "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/fleet",
      ["spec": ["suspend": .bool(suspend)]])
  }

  /// The Kustomization's status as text, for failures.
  public func status() async throws -> String {
    let object = try await server.expect(.get, Self.kustomization)
    return String(decoding: (object["status"] ?? .null).encoded(pretty: true), as: UTF8.self)
  }

  /// Pushes a commit to the branch that the GitRepository follows.
  /// - Returns: its id.
  @discardableResult
  public func push(_ files: [String: String], _ subject: String) throws -> String {
    try Self.commit(files, subject, repository)
  }

  @discardableResult
  private static func commit(_ files: [String: String], _ subject: String, _ repository: CommitBuilder) throws
    -> String
  {
    try repository.commit(
      files.mapValues { Array($0.utf8) }, subject: subject, author: "A. Author", email: "a.author@example.com",
      time: Date())
  }

  /// One Deployment of three replicas and one ConfigMap.
  public static func files(replicas: Int = 3, image: String = "registry.example.com/web:1") -> [String: String] {
    [
      "apps/web.yaml": """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
        namespace: shop
      spec:
        replicas: \(replicas)
        selector:
          matchLabels: {app: web}
        template:
          metadata:
            labels: {app: web}
          spec:
            containers:
              - name: web
                image: \(image)
                ports: [{containerPort: 8080}]
      """,
      "apps/flags.yaml": """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: flags
        namespace: shop
      data:
        checkout: "on"
      """,
    ]
  }
}
