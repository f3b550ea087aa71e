import GitOps
import Testing

@testable import Sync

/// A user who may not list the whole cluster sees what there is to see, and is told what not.
@Suite(.timeLimit(.minutes(2))) struct FewRightsTests {
  @Test func A15_seesTheNamespacesThatRulesAllowAndSaysWhichOnesTheyAre() async throws {
    var script = ScriptedCluster.Script()
    script.allowed = ["payments", "shop"]
    let cluster = try await ScriptedCluster(script)
    let snapshot = await cluster.snapshot {
      $0.reconcilers.count == 2 && $0.isComplete && $0.clusters.first?.links.count == 2
    }
    #expect(snapshot.reconcilers.map(\.ref.namespace).sorted() == ["payments", "shop"])
    let row = try #require(snapshot.clusters.first)
    #expect(row.visible == ["payments", "shop"])
    #expect(row.narrowed == ["kustomizations"])
    #expect(row.link == .live)
    #expect(row.links.map(\.name).sorted() == ["kustomizations in payments", "kustomizations in shop"])
    await cluster.stop()
  }

  @Test func looksInTheContextsNamespaceWhenNamespacesMayNotBeListed() async throws {
    var script = ScriptedCluster.Script()
    script.allowed = ["shop"]
    script.mayListNamespaces = false
    let cluster = try await ScriptedCluster(script)
    let snapshot = await cluster.snapshot { $0.reconcilers.count == 1 && $0.isComplete }
    #expect(snapshot.reconcilers.map(\.ref.namespace) == ["shop"])
    #expect(snapshot.clusters.first?.visible == ["shop"])
    await cluster.stop()
  }

  @Test func looksWhereTheConfigurationSays() async throws {
    var script = ScriptedCluster.Script()
    script.allowed = ["payments", "shop", "tools"]
    script.mayListNamespaces = false
    let cluster = try await ScriptedCluster(script, namespaces: ["payments", "audit"])
    let snapshot = await cluster.snapshot { $0.reconcilers.count == 1 && $0.isComplete }
    #expect(snapshot.reconcilers.map(\.ref.namespace) == ["payments"])
    await cluster.stop()
  }

  @Test func A15_nowhereIsForbiddenAndNotNothing() async throws {
    var script = ScriptedCluster.Script()
    script.allowed = []
    let cluster = try await ScriptedCluster(script)
    let snapshot = await cluster.snapshot { $0.isComplete }
    let row = try #require(snapshot.clusters.first)
    #expect(row.link.word == "forbidden")
    #expect(row.link.reason?.contains("cannot list resource") == true)
    await cluster.stop()
  }

  @Test func E_P12_whatBecomesAllowedIsSeenWhenTheUserAsks() async throws {
    var script = ScriptedCluster.Script()
    script.allowed = ["shop"]
    let cluster = try await ScriptedCluster(script)
    _ = await cluster.snapshot { $0.reconcilers.count == 1 && $0.isComplete }
    cluster.change { $0.allowed = nil }
    await cluster.engine.refresh(ScriptedCluster.id)
    let snapshot = await cluster.snapshot { $0.reconcilers.count == 4 && $0.clusters.first?.visible == nil }
    #expect(snapshot.reconcilers.count == 4)
    #expect(snapshot.clusters.first?.visible == nil)
    await cluster.stop()
  }
}
