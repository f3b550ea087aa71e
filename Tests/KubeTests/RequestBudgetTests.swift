import Synchronization
import TestKit
import Testing

@testable import Kube

/// What is asked of one server at a time (A14), on a clock that only the test moves.
@Suite struct RequestBudgetTests {
  private let clock = ManualClock()

  @Test func A14_startsWithABurstAndGoesOnAtTwentyASecond() async {
    let budget = RequestBudget(clock: clock, seed: 1)
    for _ in 0..<200 { await budget.admit() }
    let late = Task { await budget.admit() }
    let wait = await clock.skip()
    #expect(wait == .milliseconds(50))
    await late.value
  }

  @Test func A14_afterTheStartTheBurstIsForty() async {
    let budget = RequestBudget(clock: clock, seed: 1)
    budget.hasStarted()
    for _ in 0..<40 { await budget.admit() }
    let late = Task { await budget.admit() }
    let wait = await clock.skip()
    #expect(wait == .milliseconds(50))
    await late.value
    // A quiet minute fills it up again, and no more than that.
    clock.advance(by: .seconds(60))
    for _ in 0..<40 { await budget.admit() }
    let last = Task { await budget.admit() }
    #expect(await clock.skip() == .milliseconds(50))
    await last.value
  }

  @Test func A14_eightListsAtTheStartAndThreeAfterIt() async {
    let budget = RequestBudget(clock: clock, seed: 1)
    for _ in 0..<8 { #expect(await budget.beginList()) }
    let ninth = Task { await budget.beginList() }
    budget.hasStarted()
    // From eight down to two: only then is there a place.
    for _ in 0..<5 { budget.endList() }
    ninth.cancel()
    _ = await ninth.value
    budget.endList()
    #expect(await budget.beginList())
  }

  @Test func aListThatIsNotWantedAnyMoreGivesUpItsPlace() async {
    let budget = RequestBudget(clock: clock, seed: 1)
    budget.hasStarted()
    for _ in 0..<3 { #expect(await budget.beginList()) }
    let waiting = Task { await budget.beginList() }
    waiting.cancel()
    #expect(await waiting.value == false)
    let next = Task { await budget.beginList() }
    budget.endList()
    #expect(await next.value)
  }

  @Test(arguments: 1...20)
  func A14_streamsThatBreakTogetherBeginAgainSpread(seed: UInt64) {
    let budget = RequestBudget(clock: clock, seed: seed)
    let starts = (0..<30).map { _ in budget.waitAfterBreak() }
    #expect(starts.allSatisfy { $0 >= .zero && $0 <= .seconds(5) })
    for begin in stride(from: 0.0, through: 5.0, by: 0.1) {
      let window = Duration.seconds(begin)..<Duration.seconds(begin + 2)
      #expect(starts.count { window.contains($0) } <= 18, "within two seconds from \(begin)")
    }
  }

  @Test func A14_anAccidentWaitsForNothing() {
    let budget = RequestBudget(clock: clock, seed: 1)
    for _ in 0..<10 {
      #expect(budget.waitAfterBreak() == .zero)
      clock.advance(by: .seconds(2))
    }
  }
}
