import GitOps
import Synchronization
import TestKit
import Testing

@testable import Kube

/// All servers come back at once: what each of them is asked is spread and limited (A14).
@Suite(.timeLimit(.minutes(1))) struct HerdTests {
  private final class Count: Sendable { let value = Atomic(0) }

  @Test func E_W17_A14_streamsThatBreakTogetherBeginAgainSpread() {
    for seed in 0..<200 {
      let budget = RequestBudget(clock: ManualClock(), seed: UInt64(seed))
      let waits = (0..<30).map { _ in budget.waitAfterBreak() }.sorted()
      #expect(waits.allSatisfy { $0 <= RequestBudget.spread })
      for first in waits {
        let together = waits.count { $0 >= first && $0 < first + .seconds(2) }
        #expect(together <= 18, "seed \(seed): \(together) of 30 within two seconds")
      }
    }
  }

  @Test func E_W17_A14_atMostThreeListsAreInFlight() async {
    let budget = RequestBudget(clock: ManualClock(), seed: 1)
    budget.hasStarted()
    for _ in 0..<3 { #expect(await budget.beginList()) }
    let begun = Count()
    let others = (0..<5).map { _ in
      Task {
        guard await budget.beginList() else { return }
        begun.value.add(1, ordering: .relaxed)
        budget.endList()
      }
    }
    // Each waits for one that ends.
    for _ in 0..<50 { await Task.yield() }
    #expect(begun.value.load(ordering: .relaxed) == 0)
    for _ in 0..<3 { budget.endList() }
    for task in others { await task.value }
    #expect(begun.value.load(ordering: .relaxed) == 5)
  }

  @Test func E_W17_A14_requestsBeyondTheBurstWaitTheirTurn() async {
    let clock = ManualClock()
    let budget = RequestBudget(clock: clock, seed: 1)
    budget.hasStarted()
    for _ in 0..<40 { await budget.admit() }
    let tasks = (0..<20).map { _ in Task { await budget.admit() } }
    await clock.sleepers(20)
    // Twenty a second, the first after a twentieth of it.
    clock.advance(by: .seconds(1))
    for task in tasks { await task.value }
  }
}
