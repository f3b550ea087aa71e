import Demo
import FoundationEssentials
import Git
import GitOps
import HTTP
import Kube
import TestKit
import Testing

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
        && snapshot.repos.contains { $0.link == .live }
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
}
