import Demo
import FoundationEssentials
import Git
import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import TestKit
import Testing

@testable import Sync

/// The engine on the demo's API servers and repositories, with nobody acting in them but the test.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EngineTests {
  /// A world at rest, an engine on it, and the newest snapshot.
  private final class Fixture: Sendable {
    let world: World
    let engine: Engine
    let network = Network()
    let folder: TemporaryFolder
    private let running: Task<Void, Never>

    init(clusters: [String] = ["prod-eu"], extra: [ClusterOptions] = [], story: Story.Kind = .calm) async throws {
      var worldOptions = World.Options()
      worldOptions.clusters = clusters
      worldOptions.isAlive = false
      worldOptions.story = story
      world = try await World.start(worldOptions)
      folder = try TemporaryFolder()
      let kubeconfig = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/")
      var options = EngineOptions()
      options.gitRefresh = 5
      for context in kubeconfig.contexts {
        let id = ClusterID(context.name)
        let access = try context.access.get()
        let reader = KubeReader(access: access, cluster: id, network: network, gate: .open)
        let writer = Writer(
          writer: KubeWriter(access: access, cluster: id, network: network, gate: .open))
        options.clusters.append(ClusterOptions(id: id, server: access.server, reader: reader, writer: writer))
      }
      options.clusters += extra
      let rules = try world.repos.map { try RepositoryRules.Rule(match: $0.match, url: $0.url) }
      let cache = try MirrorCache(directory: folder.path + "/mirrors")
      let engine = Engine(options: options, git: GitSources(cache: cache, rules: RepositoryRules(rules)))
      self.engine = engine
      running = Task { await engine.run() }
    }

    /// The first snapshot that satisfies the condition; the newest one when time is up, for the failure's text.
    func snapshot(within seconds: Double = 30, where condition: @escaping @Sendable (Snapshot) -> Bool) async
      -> Snapshot
    {
      let snapshots = await engine.snapshots()
      return await withTaskGroup(of: Snapshot?.self) { group in
        group.addTask {
          var newest: Snapshot?
          for await snapshot in snapshots {
            newest = snapshot
            if condition(snapshot) { break }
          }
          return newest
        }
        group.addTask {
          try? await Task.sleep(for: .seconds(seconds))
          return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        if let first { return first }
        return await group.next().flatMap { $0 } ?? Snapshot()
      }
    }

    func writer(_ manager: String) throws -> KubeWriter {
      let kubeconfig = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/")
      let context = try kubeconfig.context(named: "prod-eu")
      return KubeWriter(
        access: try context.access.get(), cluster: ClusterID("prod-eu"), network: network, gate: .open, manager: manager
      )
    }

    func stop() async {
      running.cancel()
      await running.value
      await world.stop()
      network.shutdown()
    }
  }

  private struct Writer: MutationWriter {
    let writer: KubeWriter

    func patch(_ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String) async throws(APIError) {
      _ = try await writer.patch(ref, version: version, plural: plural, .merge(patch), uid: uid)
    }

    func predict(
      _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as manager: String
    ) async throws(APIError) -> Object {
      try await writer.predict(ref, version: version, plural: plural, applying: desired, as: manager)
    }
  }

  /// A Deployment of prod-eu that is as Git wants it.
  private static func quiet(_ snapshot: Snapshot) throws -> ObjectRef {
    let drifted = Set(snapshot.drift.map(\.object))
    let deployments = snapshot.reconcilers.lazy.filter {
      $0.ref.kind == "Kustomization" && $0.resource.health == .ready
    }
    .flatMap { row in
      row.resource.inventory.map {
        ObjectRef(cluster: row.ref.cluster, groupKind: $0.groupKind, namespace: $0.namespace, name: $0.name)
      }
    }
    return try #require(
      deployments.first { $0.cluster.name == "prod-eu" && $0.kind == "Deployment" && !drifted.contains($0) })
  }

  @Test func seesEverythingOnceAndSaysSo() async throws {
    let fixture = try await Fixture(clusters: ["prod-eu", "prod-us"])
    let snapshot = await fixture.snapshot { $0.isComplete }
    #expect(snapshot.isComplete)
    #expect(snapshot.clusters.map(\.link) == [.live, .live])
    #expect(snapshot.repos.allSatisfy { $0.head != nil && $0.link == .live })
    #expect(snapshot.reconcilers.count > 20)
    #expect(snapshot.coverage.known == snapshot.coverage.total, "\(snapshot.coverage.undetermined)")
    #expect(snapshot.reconcilers.allSatisfy { $0.undetermined == nil })
    await fixture.stop()
  }

  @Test func aChangeByHandIsOneRowWithItsOwnerAndGoesWhenItIsUndone() async throws {
    let fixture = try await Fixture()
    let before = await fixture.snapshot { $0.isComplete }
    let web = try Self.quiet(before)
    let writer = try fixture.writer("kubectl-edit")
    _ = try await writer.patch(
      web, version: "v1", plural: "deployments", .merge(["spec": ["replicas": 7]]))
    let drifted = await fixture.snapshot { $0.drift.contains { $0.object == web && $0.counts } }
    let rows = drifted.drift.filter { $0.object == web && $0.driftClass.isCounted }
    #expect(rows.map(\.path) == ["spec.replicas"])
    #expect(rows.first?.live == "7")
    #expect(rows.first?.owner?.manager == "kubectl-edit")
    #expect(rows.first?.cause == .human)
    let desired = try #require(rows.first?.desired.flatMap(Int.init))
    _ = try await writer.patch(
      web, version: "v1", plural: "deployments", .merge(["spec": ["replicas": .integer(desired)]]))
    let undone = await fixture.snapshot { !$0.drift.contains { $0.object == web && $0.driftClass.isCounted } }
    #expect(!undone.drift.contains { $0.object == web && $0.driftClass.isCounted })
    await fixture.stop()
  }

  @Test func aStatusThatChangesNothingCostsNoComparison() async throws {
    let fixture = try await Fixture()
    let before = await fixture.snapshot { $0.isComplete }
    let row = try #require(
      before.reconcilers.filter { $0.ref.kind == "Kustomization" && $0.drift == DriftCounts() }
        .max { $0.resource.inventory.count < $1.resource.inventory.count })
    #expect(row.resource.inventory.count > 3)
    let made = await fixture.engine.comparisons
    #expect(made >= before.reconcilers.reduce(0) { $0 + $1.resource.inventory.count } / 2)
    _ = try await fixture.writer("kubectl").patch(
      row.ref, version: "v1", plural: "kustomizations",
      .merge(["metadata": ["annotations": ["reconcile.fluxcd.io/requestedAt": "now"]]]))
    let after = await fixture.snapshot { snapshot in
      snapshot.isComplete
        && snapshot.reconcilers.first { $0.ref == row.ref }?.resource.requestedToken == "now"
    }
    #expect(after.reconcilers.first { $0.ref == row.ref }?.resource.requestedToken == "now")
    let more = await fixture.engine.comparisons - made
    // The Kustomization is an object of another one's.
    #expect(more <= 1, "\(more) of \(made)")
    await fixture.stop()
  }

  @Test func aStatusOfAnObjectCostsNoComparison() async throws {
    let fixture = try await Fixture()
    let before = await fixture.snapshot { $0.isComplete }
    let web = try Self.quiet(before)
    let made = await fixture.engine.comparisons
    let writer = try fixture.writer("kube-controller-manager")
    _ = try await writer.patch(
      web, version: "v1", plural: "deployments", .merge(["status": ["observedGeneration": 99]]), subresource: "status")
    // A change of the object itself comes behind it on the same watch.
    _ = try await fixture.writer("kubectl-edit").patch(
      web, version: "v1", plural: "deployments", .merge(["spec": ["replicas": 7]]))
    let drifted = await fixture.snapshot { $0.isComplete && $0.drift.contains { $0.object == web && $0.counts } }
    #expect(drifted.drift.contains { $0.object == web })
    #expect(await fixture.engine.comparisons == made + 1)
    await fixture.stop()
  }

  @Test func aCommitComparesOnlyWhatItChanged() async throws {
    let fixture = try await Fixture()
    let before = await fixture.snapshot { $0.isComplete }
    let made = await fixture.engine.comparisons
    let repo = try #require(fixture.world.repos.first)
    let bare = repo.url.hasPrefix("file://") ? String(repo.url.dropFirst(7)) : repo.url
    let commit = try CommitBuilder(openingBareAt: bare).commit(
      ["NOTES.md": Array("nothing that is applied".utf8)], subject: "Note something", time: Date())
    await fixture.engine.askRepositories()
    let after = await fixture.snapshot { snapshot in
      snapshot.isComplete && snapshot.repos.contains { $0.head?.id == commit }
        && snapshot.reconcilers.contains { $0.headCommit == commit && $0.head == .ahead(1) }
    }
    #expect(after.repos.contains { $0.head?.id == commit })
    // Rows that are there say which commit they are from; nothing else is looked at.
    let rows = before.drift.count + after.drift.count
    let more = await fixture.engine.comparisons - made
    #expect(more <= rows, "\(more) of \(made), \(rows) rows")
    await fixture.stop()
  }

  @Test func aRemovedLabelIsNotAMissingObject() async throws {
    let fixture = try await Fixture()
    let cart = try Self.quiet(await fixture.snapshot { $0.isComplete })
    _ = try await fixture.writer("kubectl-label").patch(
      cart, version: "v1", plural: "deployments",
      .merge(["metadata": ["labels": ["kustomize.toolkit.fluxcd.io/name": .null]]]))
    let snapshot = await fixture.snapshot { $0.drift.contains { $0.object == cart } }
    let rows = snapshot.drift.filter { $0.object == cart }
    #expect(rows.contains { $0.cause == .labelRemoved })
    #expect(!rows.contains { $0.driftClass == .missing })
    await fixture.stop()
  }

  @Test func aDeletedObjectIsMissingOnceTheServerSaysSo() async throws {
    let fixture = try await Fixture()
    let cart = try Self.quiet(await fixture.snapshot { $0.isComplete })
    try await fixture.writer("kubectl").delete(cart, version: "v1", plural: "deployments")
    let snapshot = await fixture.snapshot { $0.drift.contains { $0.object == cart } }
    let row = snapshot.drift.first { $0.object == cart }
    #expect(row?.driftClass == .missing)
    #expect(row?.cause == .deleted)
    await fixture.stop()
  }

  @Test func aClusterThatIsNotThereHoldsNothingUp() async throws {
    let network = Network()
    let dead = ClusterID("dead")
    let access = try ClusterAccess(server: "http://127.0.0.1:9")
    let fixture = try await Fixture(extra: [
      ClusterOptions(
        id: dead, server: access.server,
        reader: KubeReader(access: access, cluster: dead, network: network, gate: .open)),
      ClusterOptions(id: ClusterID("broken"), server: "", reader: nil, problem: "user admin is not defined"),
    ])
    let snapshot = await fixture.snapshot { $0.isComplete }
    #expect(snapshot.isComplete)
    #expect(snapshot.clusters.first?.link == .live)
    #expect(snapshot.clusters.contains { $0.id == dead && $0.link.reason?.contains("refused") == true })
    #expect(snapshot.clusters.last?.link == .stopped(reason: "user admin is not defined"))
    await fixture.stop()
    network.shutdown()
  }

  @Test func aClusterThatGoesAwayKeepsItsRowsAndSaysSinceWhen() async throws {
    let fixture = try await Fixture(clusters: ["prod-eu", "edge-7"])
    let before = await fixture.snapshot { $0.isComplete }
    await fixture.world.servers["edge-7"]?.stop()
    let after = await fixture.snapshot { $0.clusters.contains { $0.staleSince != nil } }
    let edge = ClusterID("edge-7")
    #expect(after.clusters.first { $0.id == edge }?.staleSince != nil)
    #expect(after.clusters.first { $0.id != edge }?.link == .live)
    let rows = after.reconcilers.filter { $0.ref.cluster == edge }
    #expect(rows.count == before.reconcilers.filter { $0.ref.cluster == edge }.count)
    #expect(rows.allSatisfy { $0.staleSince != nil })
    #expect(after.reconcilers.filter { $0.ref.cluster != edge }.allSatisfy { $0.staleSince == nil })
    await fixture.stop()
  }

  @Test func aReconcileIsAcceptedAndNotHandledBeforeTheControllerSaysSo() async throws {
    let fixture = try await Fixture()
    let snapshot = await fixture.snapshot { $0.isComplete }
    let row = try #require(
      snapshot.reconcilers.first { $0.ref.kind == "Kustomization" && $0.resource.health == .ready })
    let mutation = Mutation(id: 1, verb: .reconcile, target: row.ref, uid: row.resource.uid)
    let outcome = await fixture.engine.perform(.mutate(mutation))
    guard case .mutation(_, let accepted, _) = outcome else {
      Issue.record("no outcome")
      return
    }
    #expect(accepted)
    let after = await fixture.snapshot { $0.actions.last?.stage == .accepted }
    #expect(after.actions.last?.stage == .accepted)
    #expect(after.reconcilers.first { $0.ref == row.ref }?.inFlight == true)
    let other = Mutation(id: 2, verb: .reconcile, target: row.ref, uid: "another")
    guard case .mutation(_, let again, let message) = await fixture.engine.perform(.mutate(other)) else { return }
    #expect(!again)
    #expect(message.contains("not the object that was on screen"))
    await fixture.stop()
  }
}
