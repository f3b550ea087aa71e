import Foundation
import HTTP
import TestKit
import Testing

/// The fault matrix: whatever servers and networks do, afterwards the store is what the server holds.
@Suite struct MatrixTests {
  /// Every fault with one seed, in `make test`.
  @Test func A24_theStoreIsTheServersAfterEachFault() async {
    let runs = FaultMatrix.all.enumerated().map { number, fault in (fault, UInt64(number % 7 + 1)) }
    let outcomes = await FaultRuns(pace: 16, atOnce: 60).perform(runs)
    for outcome in outcomes where !outcome.isGood { Issue.record("\(outcome.description)") }
  }

  /// Every fault with every seed, or those that FAULT and SEED name: `make faults`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["DRIFTGLASS_FAULTS"] == "1"))
  func A24_theWholeMatrix() async {
    let environment = ProcessInfo.processInfo.environment
    let faults = FaultMatrix.all.filter { fault in
      environment["FAULT"].map { $0.isEmpty || $0.split(separator: ",").contains(Substring(fault.name)) } ?? true
    }
    let seeds = environment["SEED"].flatMap { UInt64($0) }.map { $0...$0 } ?? 1...FaultMatrix.seeds
    // Seed by seed, so that faults of one kind do not run together.
    let runs = seeds.flatMap { seed in faults.map { ($0, seed) } }
    let began = ContinuousClock().now
    let outcomes = await FaultRuns(pace: 20, atOnce: 80).perform(runs)
    let seconds = began.duration(to: ContinuousClock().now).components.seconds
    print(FaultTable(outcomes).text)
    print("\(outcomes.count) runs, \(outcomes.count { $0.isGood }) good, in \(seconds) s")
    for outcome in outcomes where !outcome.isGood { Issue.record("\(outcome.description)") }
    #expect(!outcomes.isEmpty, "no fault of that name")
  }
}

/// Performs many runs, some at once, on one accelerated clock.
struct FaultRuns {
  private let clock: AcceleratedClock
  private let atOnce: Int

  init(pace: Int, atOnce: Int) {
    clock = AcceleratedClock(pace: pace)
    self.atOnce = atOnce
  }

  func perform(_ runs: [(fault: FaultCase, seed: UInt64)]) async -> [FaultRun.Outcome] {
    let network = Network()
    defer { network.shutdown() }
    var outcomes: [FaultRun.Outcome] = []
    await withTaskGroup(of: FaultRun.Outcome.self) { group in
      for (number, run) in runs.enumerated() {
        if number >= atOnce, let outcome = await group.next() { outcomes.append(outcome) }
        group.addTask { await FaultRun(fault: run.fault, seed: run.seed, clock: clock, network: network).run() }
      }
      for await outcome in group { outcomes.append(outcome) }
    }
    return outcomes
  }
}

/// What came of the runs, a line a fault.
struct FaultTable {
  let text: String

  init(_ outcomes: [FaultRun.Outcome]) {
    var lines = [Self.row("fault", "runs", "good", "median", "longest", "requests", "a second")]
    for fault in FaultMatrix.all {
      let mine = outcomes.filter { $0.fault == fault.name }
      if mine.isEmpty { continue }
      let times = mine.compactMap { $0.convergence.map { $0 / .seconds(1) } }.sorted()
      let requests = mine.map(\.requests).sorted()
      let rate = mine.reduce(0.0) { max($0, Double($1.requests) / max(1, $1.duration / .seconds(1))) }
      lines.append(
        Self.row(
          fault.name, "\(mine.count)", "\(mine.count { $0.isGood })",
          times.isEmpty ? "-" : "\(Self.tenths(times[times.count / 2])) s",
          times.last.map { "\(Self.tenths($0)) s" } ?? "-",
          "\(requests[requests.count / 2])", Self.tenths(rate)))
    }
    text = lines.joined(separator: "\n")
  }

  private static func tenths(_ number: Double) -> String { String(format: "%.1f", number) }

  private static func row(_ name: String, _ cells: String...) -> String {
    name.padding(toLength: 30, withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
  }
}
