import GitOps
import Kube
import Testing

@testable import Sync

/// What a server serves, and when it says it is, changes while the program runs.
@Suite(.timeLimit(.minutes(2))) struct ServedKindsTests {
  @Test func A18_aClockThatIsWrongIsSaid() async throws {
    let cluster = try await ScriptedCluster(date: "Sun, 06 Nov 1994 08:49:37 GMT")
    let snapshot = await cluster.snapshot { $0.clusters.first?.marks.isEmpty == false }
    #expect(snapshot.clusters.first?.marks.first?.hasSuffix("behind this machine's") == true)
    await cluster.stop()
  }

  @Test func E_R03_aKindThatChangesItsVersionIsWatchedInTheNewOneAndIsNeverGone() async throws {
    let cluster = try await ScriptedCluster()
    _ = await cluster.snapshot { $0.reconcilers.count == 4 && $0.isComplete }
    cluster.change { $0.versions = ["v1beta2"] }
    await cluster.engine.discoverSoon(ScriptedCluster.id)
    let snapshots = await cluster.engine.snapshots()
    var fewest = 4
    for await snapshot in snapshots {
      fewest = min(fewest, snapshot.reconcilers.count)
      if snapshot.reconcilers.contains(where: { $0.resource.version == "v1beta2" }) { break }
    }
    #expect(fewest == 4)
    await cluster.stop()
  }

  @Test func E_R03_aDeletedDefinitionTakesItsRowsWithItAndANewOneBringsThemBack() async throws {
    let cluster = try await ScriptedCluster()
    _ = await cluster.snapshot { $0.reconcilers.count == 4 && $0.isComplete }
    let name: Set<String> = ["kustomizations.kustomize.toolkit.fluxcd.io"]
    cluster.change { $0.versions = [] }
    await cluster.engine.definitionsChanged(ScriptedCluster.id, name, deleted: name)
    let gone = await cluster.snapshot { $0.reconcilers.isEmpty }
    #expect(gone.reconcilers.isEmpty)
    cluster.change { $0.versions = ["v1"] }
    await cluster.engine.definitionsChanged(ScriptedCluster.id, name, deleted: [])
    let back = await cluster.snapshot { $0.reconcilers.count == 4 }
    #expect(back.reconcilers.count == 4)
    await cluster.stop()
  }

  private static let kustomization = GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization")
  private static let served = ServedResource(
    groupKind: kustomization, version: "v1", plural: "kustomizations", namespaced: true, verbs: ["list", "watch"])

  @Test func aStartedServerThatDoesNotServeItsDefinitionsYetIsDoubtedForAMinute() {
    let start = ContinuousClock.now
    var kinds = ServedKinds()
    let change1 = kinds.take(Discovery([Self.served]), at: start)
    #expect(change1)
    let change2 = kinds.take(Discovery([]), at: start + .seconds(10))
    #expect(!change2)
    #expect(kinds.areInDoubt)
    #expect(kinds.discovery?.resources == [Self.served])
    let change3 = kinds.take(Discovery([]), at: start + .seconds(69))
    #expect(!change3)
    let change4 = kinds.take(Discovery([]), at: start + .seconds(70))
    #expect(change4)
    #expect(kinds.discovery?.resources == [])
    #expect(!kinds.areInDoubt)
  }

  @Test func whatIsServedAgainIsNotInDoubt() {
    let start = ContinuousClock.now
    var kinds = ServedKinds()
    _ = kinds.take(Discovery([Self.served]), at: start)
    _ = kinds.take(Discovery([]), at: start + .seconds(10))
    let change5 = kinds.take(Discovery([Self.served]), at: start + .seconds(50))
    #expect(!change5)
    #expect(!kinds.areInDoubt)
    let change6 = kinds.take(Discovery([]), at: start + .seconds(90))
    #expect(!change6)
    #expect(kinds.areInDoubt)
  }

  @Test func aDeletedDefinitionIsBelievedAtOnce() {
    let start = ContinuousClock.now
    var kinds = ServedKinds()
    _ = kinds.take(Discovery([Self.served]), at: start)
    let change7 = kinds.take(Discovery([]), deleted: ["kustomizations.kustomize.toolkit.fluxcd.io"], at: start)
    #expect(change7)
    #expect(kinds.discovery?.resources == [])
  }
}
