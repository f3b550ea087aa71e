import FoundationEssentials
import Git
import GitOps
import HTTP
import Kube
import Structured
import Synchronization

/// Why there is no demo world.
public struct WorldError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The demo: API servers on loopback ports, real bare repositories in a temporary folder, controllers that act on both,
/// and a story that goes on until `stop()`.
public final class World: Sendable {
  public struct Options: Sendable {
    public var story = Story.Kind.incident
    /// The same seed tells the same story.
    public var seed: UInt64 = 1
    /// How fast the story goes: 2 is twice as fast. The controllers' own intervals stay.
    public var speed = 1.0
    public var clusters = World.allClusters
    /// Whether the story and the controllers go on after the start.
    public var isAlive = true

    public init() {}
  }

  /// Where a repository that the controllers name is to be read: an entry of the configuration's `repos:`.
  public struct Repo: Sendable, Hashable {
    public let match: String
    /// An absolute path.
    public let url: String
  }

  public static let allClusters = Platform.clusters

  /// The temporary folder, mode 0700.
  public let directory: String
  /// In the order of the kubeconfig's contexts.
  public let clusters: [String]
  public let servers: [String: APIServer]
  public let repos: [Repo]
  public let kubeconfig: String
  public let kubeconfigPath: String
  private let network = Network()
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// Makes the world and lets it run. The first cluster answers as soon as this returns.
  public static func start(_ options: Options = Options()) async throws -> World {
    let directory = try temporaryDirectory()
    do {
      let world = try await World(options, directory)
      if options.isAlive { try await world.live(options) }
      return world
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  /// Ends everything and removes the folder.
  public func stop() async {
    let tasks = tasks.withLock { tasks in
      defer { tasks = [] }
      return tasks
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    network.shutdown()
    for server in servers.values { await server.stop() }
    try? FileManager.default.removeItem(atPath: directory)
  }

  static func version(of cluster: String) -> String {
    switch cluster {
    case "edge-7": "v1.33.5+k3s1"
    case "prod-us": "v1.33.5-eks-113cf36"
    default: "v1.34.1-eks-113cf36"
    }
  }

  private static var controllers: SimulatedFlux.Options {
    var options = SimulatedFlux.Options()
    options.hasNeighbours = true
    return options
  }

  private let repositories: SourceRepositories
  private let history: PlatformHistory

  private init(_ options: Options, _ directory: String) async throws {
    self.directory = directory
    clusters = options.clusters
    let now = Date.now
    let history = try PlatformHistory(in: directory, now: now)
    repos = [
      Repo(match: Platform.fleetURL, url: "\(directory)/fleet.git"),
      Repo(match: Platform.appsURL, url: "\(directory)/apps.git"),
    ]
    repositories = try SourceRepositories(
      Dictionary(uniqueKeysWithValues: repos.map { ($0.match, $0.url) }), cache: "\(directory)/mirrors")
    var servers: [String: APIServer] = [:]
    var rehearsals: [String: Rehearsal] = [:]
    for (index, name) in options.clusters.enumerated() {
      var settings = APIServer.Options()
      settings.version = Self.version(of: name)
      settings.seed = options.seed &* 1000 &+ UInt64(index)
      let server = APIServer(settings)
      servers[name] = server
      let api = StoreCluster(server, now: now)
      let voice = ControllerVoices(api: api, seed: settings.seed, log: Self.log(into: server))
      rehearsals[name] = Rehearsal(api, SimulatedFlux.controllers(voice, repositories, Self.controllers))
    }
    var past = Past(history: history, clusters: rehearsals, now: now)
    self.history = try await past.play()
    self.servers = servers
    var addresses: [(String, String)] = []
    for name in options.clusters {
      guard let server = servers[name] else { continue }
      addresses.append((name, "http://127.0.0.1:\(try await server.start())"))
    }
    kubeconfig = Self.kubeconfig(addresses)
    kubeconfigPath = "\(directory)/kubeconfig"
    try Self.write(kubeconfig, to: kubeconfigPath)
  }

  private func live(_ options: Options) async throws {
    var remotes: [String: RemoteCluster] = [:]
    for (name, server) in servers {
      guard let address = server.address else { continue }
      let remote = RemoteCluster(
        access: try ClusterAccess(server: address), cluster: ClusterID(name), network: network)
      remotes[name] = remote
      let flux = SimulatedFlux(
        remote, repositories: repositories, options: Self.controllers, log: Self.log(into: server))
      start { await flux.run() }
    }
    let all = Array(servers.values)
    start {
      while (try? await Task.sleep(for: .seconds(60))) != nil { for server in all { server.expireOldEvents() } }
    }
    let story = Story(options.story, seed: options.seed, speed: options.speed, history: history)
    let (hands, servers) = (remotes.mapValues { Hands(api: $0) }, servers)
    start {
      var story = story
      await story.run(hands, servers)
    }
  }

  private func start(_ body: @escaping @Sendable () async -> Void) {
    let task = Task { await body() }
    tasks.withLock { $0.append(task) }
  }

  /// Each controller's lines go to the log of its pod in flux-system.
  private static func log(into server: APIServer) -> ControllerVoice.Log {
    { controller, line, time in
      let pod = server.store.read { store -> ObjectKey? in
        store.table(GroupResource(group: "", plural: "pods")).keys.first {
          $0.namespace == "flux-system" && $0.name.hasPrefix("\(controller)-")
        }
      }
      if let pod { server.logs.append(line, to: pod, at: time) }
    }
  }

  private static func kubeconfig(_ servers: [(name: String, address: String)]) -> String {
    func section(_ title: String, _ body: (String, String) -> String) -> String {
      "\(title):\n" + servers.map { body($0.name, $0.address) }.joined()
    }
    return """
      apiVersion: v1
      kind: Config
      current-context: \(servers.first?.name ?? "")
      \(section("clusters") { "- name: \($0)\n  cluster:\n    server: \($1)\n" })\
      \(section("contexts") { name, _ in "- name: \(name)\n  context:\n    cluster: \(name)\n    user: demo\n" })\
      users:
      - name: demo
        user: {}

      """
  }

  private static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  private static func temporaryDirectory() throws -> String {
    let base = FileManager.default.temporaryDirectory.path
    let name = "driftglass-demo-\(UInt64.random(in: 0 ... .max))"
    let path = base.hasSuffix("/") ? base + name : "\(base)/\(name)"
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw WorldError("cannot make the demo's folder \(path): \(error)")
    }
    return path
  }
}
