import GitOps
import Testing

@testable import Sync

/// When rows stop being true, on a clock that only the test moves.
@Suite struct FreshnessTests {
  private let start = ContinuousClock.now
  private let stream = StreamID(
    cluster: ClusterID("prod"), groupKind: GroupKind(group: "apps", kind: "Deployment"), version: "v1",
    plural: "deployments")

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func A22_aClusterWithoutLifeFor45SecondsIsStaleSinceItsLastSign() {
    var freshness = Freshness()
    #expect(freshness.staleSince(at: at(1000)) == nil)
    freshness.lived(at: at(0))
    #expect(freshness.staleSince(at: at(44.9)) == nil)
    #expect(freshness.staleSince(at: at(45)) == at(0))
    freshness.lived(at: at(50))
    #expect(freshness.staleSince(at: at(51)) == nil)
  }

  @Test func A10_twoHeartbeatsWithoutAnAnswerAreProofEnough() {
    var freshness = Freshness()
    freshness.lived(at: at(0))
    freshness.heartbeatFailed("connection refused", lastLife: at(3), at: at(4))
    #expect(freshness.staleSince(at: at(4)) == nil)
    freshness.heartbeatFailed("connection refused", lastLife: at(3), at: at(5))
    #expect(freshness.staleSince(at: at(5)) == at(3))
    #expect(freshness.reason == "connection refused")
  }

  @Test func A10_anyByteBetweenTwoFailuresCountsAsLife() {
    var freshness = Freshness()
    freshness.lived(at: at(0))
    freshness.heartbeatFailed("no answer", lastLife: at(0), at: at(20))
    freshness.heartbeatFailed("no answer", lastLife: at(24), at: at(25))
    #expect(freshness.staleSince(at: at(25)) == nil)
    freshness.heartbeatFailed("no answer", lastLife: at(24), at: at(45))
    #expect(freshness.staleSince(at: at(45)) == at(24))
  }

  @Test func A22_aStreamThatIsDownFor30SecondsMakesItsKindStale() {
    var freshness = Freshness()
    freshness.lived(at: at(0))
    freshness.broke(stream, at: at(10))
    freshness.broke(stream, at: at(20))
    #expect(freshness.staleSince(stream, at: at(39.9)) == nil)
    #expect(freshness.staleSince(stream, at: at(40)) == at(10))
    #expect(freshness.staleSince(at: at(40)) == nil)
    freshness.mended(stream)
    #expect(freshness.staleSince(stream, at: at(60)) == nil)
  }

  @Test func looksAgainWhenTimeAloneChangesTheAnswer() {
    var freshness = Freshness()
    freshness.lived(at: at(0))
    #expect(freshness.nextChange(after: at(1)) == nil)
    freshness.broke(stream, at: at(5))
    #expect(freshness.nextChange(after: at(6)) == at(35))
    freshness.heartbeatFailed("no answer", lastLife: at(0), at: at(20))
    #expect(freshness.nextChange(after: at(36)) == at(45))
    #expect(freshness.nextChange(after: at(46)) == nil)
  }

  @Test func A11_afterASleepNothingIsConfirmedUntilTheServerIsHeard() {
    var freshness = Freshness()
    freshness.lived(at: at(0))
    freshness.slept(since: at(1))
    #expect(freshness.staleSince(at: at(2)) == at(1))
    freshness.lived(at: at(3))
    #expect(freshness.staleSince(at: at(3)) == nil)
  }

  private func reading(_ continuous: Double, _ suspending: Double, _ origin: SuspendingClock.Instant)
    -> SleepDetector.Reading
  {
    SleepDetector.Reading(continuous: at(continuous), suspending: origin + .seconds(suspending))
  }

  @Test func A11_noticesTimeAsleepAndTimeStopped() {
    let origin = SuspendingClock.now
    var detector = SleepDetector(at: reading(0, 0, origin))
    #expect(detector.look(at: reading(5, 5, origin)) == nil)
    // A busy machine is late, and did not sleep.
    #expect(detector.look(at: reading(14, 14, origin)) == nil)
    #expect(detector.look(at: reading(19 + 11, 19, origin)) == at(14))
    #expect(detector.look(at: reading(35, 24, origin)) == nil)
    // SIGSTOP: both clocks went on.
    #expect(detector.look(at: reading(35 + 600, 24 + 600, origin)) == at(35))
  }
}
