import GitOps
import Testing

@testable import Sync

/// Floods of changes, and time that passed without us.
@Suite struct StormTests {
  @Test func E_W10_aFloodOfChangesIsOneSnapshotAtATime() {
    var publisher = Publisher()
    #expect(publisher.schedule() == .zero)
    for _ in 0..<20_000 { #expect(publisher.schedule() == nil) }
    publisher.publish(Snapshot())
    let next = publisher.schedule()
    #expect(next.map { $0 <= Publisher.interval } == true)
    #expect(publisher.schedule() == nil)
  }

  /// Seconds that each clock counts between two looks, and whether that was a sleep.
  @Test(arguments: [
    (5.0, 5.0, false), (14, 14, false), (35, 5, true), (605, 5, true), (10_805, 5, true), (600, 600, true),
    (14.9, 5, false), (5, 5.2, false),
  ])
  func E_W16_A11_sleepAndStopAreNoticed(continuous: Double, suspending: Double, slept: Bool) {
    let start = SleepDetector.Reading.now
    var detector = SleepDetector(at: start)
    let later = SleepDetector.Reading(
      continuous: start.continuous.advanced(by: .seconds(continuous)),
      suspending: start.suspending.advanced(by: .seconds(suspending)))
    #expect(detector.look(at: later) == (slept ? start.continuous : nil))
    // What was noticed once is not noticed again.
    #expect(detector.look(at: later) == nil)
  }
}
