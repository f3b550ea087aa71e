import GitOps
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

  @Test func E_R03_aKindThatGoesAwayTakesItsRowsWithIt() async throws {
    let cluster = try await ScriptedCluster()
    _ = await cluster.snapshot { $0.reconcilers.count == 4 && $0.isComplete }
    cluster.change { $0.versions = [] }
    await cluster.engine.discoverSoon(ScriptedCluster.id)
    let gone = await cluster.snapshot { $0.reconcilers.isEmpty }
    #expect(gone.reconcilers.isEmpty)
    cluster.change { $0.versions = ["v1"] }
    await cluster.engine.discoverSoon(ScriptedCluster.id)
    let back = await cluster.snapshot { $0.reconcilers.count == 4 }
    #expect(back.reconcilers.count == 4)
    await cluster.stop()
  }
}
