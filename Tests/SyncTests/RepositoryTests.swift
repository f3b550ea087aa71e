import FoundationEssentials
import Git
import GitOps
import HTTP
import Kube
import TestKit
import Testing

@testable import Demo
@testable import Sync

/// Repositories of the engine whose hosts fail, on the demo's world with nobody acting in it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RepositoryTests {
  private final class Fixture: Sendable {
    let world: World
    let engine: Engine
    let network = Network()
    let folder: TemporaryFolder
    private let running: Task<Void, Never>

    /// - Parameter place: where the repository of an address is read in place of its path.
    init(limits: FetchLimits = FetchLimits(), place: (World.Repo) -> String) async throws {
      var worldOptions = World.Options()
      worldOptions.clusters = ["prod-eu"]
      worldOptions.isAlive = false
      world = try await World.start(worldOptions)
      folder = try TemporaryFolder()
      let kubeconfig = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/")
      var options = EngineOptions()
      options.followsLogs = false
      for context in kubeconfig.contexts {
        let id = ClusterID(context.name)
        let access = try context.access.get()
        options.clusters.append(
          ClusterOptions(
            id: id, server: access.server,
            reader: KubeReader(access: access, cluster: id, network: network, gate: .open)))
      }
      let rules = try world.repos.map { try RepositoryRules.Rule(match: $0.match, url: place($0)) }
      let cache = try MirrorCache(
        directory: folder.path + "/mirrors", access: HostAccess(network: network), limits: limits)
      let engine = Engine(options: options, git: GitSources(cache: cache, rules: RepositoryRules(rules)))
      self.engine = engine
      running = Task { await engine.run() }
    }

    /// The first snapshot that satisfies the condition; the test's time limit ends the waiting.
    func snapshot(where condition: (Snapshot) -> Bool) async -> Snapshot {
      var newest = Snapshot()
      for await snapshot in await engine.snapshots() {
        newest = snapshot
        if condition(snapshot) { break }
      }
      return newest
    }

    func stop() async {
      running.cancel()
      await running.value
      await world.stop()
      network.shutdown()
    }
  }

  @Test func E_G04_aGitHostThatStaysSilentIsSaidSoAndNothingElseNotices() async throws {
    let silent = try ScenarioServer { _, _ in .silence }
    defer { silent.stop() }
    var limits = FetchLimits()
    limits.idle = .milliseconds(300)
    var names: [String] = []
    let fixture = try await Fixture(limits: limits) { repo in
      if names.isEmpty {
        names.append(repo.match)
        return silent.url + "/acme/fleet.git"
      }
      return repo.url
    }
    let snapshot = await fixture.snapshot { snapshot in
      snapshot.repos.count > 1 && snapshot.repos.contains { $0.reason != nil }
        && snapshot.repos.contains { $0.link == .live } && snapshot.clusters.allSatisfy { $0.link == .live }
    }
    let trouble = snapshot.repos.filter { $0.reason != nil }
    #expect(trouble.allSatisfy { $0.reason?.contains("stays silent") == true })
    #expect(snapshot.repos.filter { $0.reason == nil }.allSatisfy { $0.link == .live || $0.link == .connecting })
    #expect(snapshot.clusters.map(\.link) == [.live])
    await fixture.stop()
  }

  @Test func E_G01_aRepositoryThatGoesAwayIsStaleAndKeepsItsLastCommit() async throws {
    let fixture = try await Fixture { $0.url }
    let before = await fixture.snapshot { $0.isComplete }
    let path = try #require(fixture.world.repos.first).url
    let bare = path.hasPrefix("file://") ? String(path.dropFirst(7)) : path
    let name = try #require(fixture.world.repos.first).match
    try FileManager.default.moveItem(atPath: bare, toPath: bare + ".away")
    await fixture.engine.refresh(nil)
    let gone = await fixture.snapshot { $0.repos.contains { $0.staleSince != nil } }
    let stale = try #require(gone.repos.first { $0.staleSince != nil })
    #expect(stale.head == before.repos.first { $0.id == stale.id }?.head)
    #expect(stale.reason?.contains("no repository there") == true, "\(stale.reason ?? "") \(name)")
    #expect(gone.repos.contains { $0.link == .live })
    // What was rendered stays, and says that HEAD is not confirmed.
    let followers = gone.reconcilers.filter { $0.repo == stale.id }
    #expect(!followers.isEmpty)
    #expect(followers.allSatisfy { $0.headStaleSince != nil && $0.undetermined == nil })
    #expect(gone.reconcilers.filter { $0.repo != stale.id }.allSatisfy { $0.headStaleSince == nil })
    try FileManager.default.moveItem(atPath: bare + ".away", toPath: bare)
    await fixture.engine.refresh(nil)
    let back = await fixture.snapshot { $0.repos.allSatisfy { $0.link == .live } }
    #expect(back.repos.allSatisfy { $0.reason == nil })
    await fixture.stop()
  }

  /// flux: kustomize-controller reads `substituteFrom` at each build; a change of the source is a change of what is wanted.
  @Test func aSourceOfVariablesThatChangesRendersAgain() async throws {
    let fixture = try await Fixture { $0.url }
    _ = await fixture.snapshot { $0.isComplete }
    let server = try #require(fixture.world.servers["prod-eu"])
    let api = StoreCluster(server, now: .now)
    let key = ObjectKey(namespace: "flux-system", name: "search")
    let patch = "- {op: add, path: /metadata/annotations, value: {region: 'in ${region}'}}"
    let kustomizations = try await api.require(.kustomization)
    _ = try api.merge(
      kustomizations, key,
      [
        "spec": [
          "patches": [["patch": .string(patch), "target": ["kind": "Deployment"]]],
          "postBuild": ["substituteFrom": [["kind": "ConfigMap", "name": "vars", "optional": true]]],
        ]
      ], subresource: nil, as: "test")
    func wanted(_ text: String, _ snapshot: Snapshot) -> Bool {
      snapshot.drift.contains { $0.object.kind == "Deployment" && $0.path.contains("region") && $0.desired == text }
    }
    // Without any variable nothing is put in.
    _ = await fixture.snapshot { wanted("in ${region}", $0) }
    let configMaps = try #require(api.resource(for: GroupKind(group: "", kind: "ConfigMap")))
    let vars = ObjectKey(namespace: "flux-system", name: "vars")
    _ = try api.apply(configMaps, vars, ["data": ["region": "north"]], as: "test")
    _ = await fixture.snapshot { wanted("in north", $0) }
    _ = try api.apply(configMaps, vars, ["data": ["region": "south"]], as: "test")
    _ = await fixture.snapshot { wanted("in south", $0) }
    await fixture.stop()
  }
}
