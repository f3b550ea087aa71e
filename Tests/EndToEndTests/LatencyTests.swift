import Foundation
import TestKit
import Testing

extension EndToEnd {
  /// Twenty clusters of which fifteen are black holes: figures of `make bench`.
  @Suite(.enabled(if: isBench, "run by make bench, which sets DRIFTGLASS_BENCH=1")) struct LatencyTests {
    @Test func twentyClustersOfWhichFifteenAreBlackHoles() async throws {
      let world = try await StillWorld()
      let holes = try (0..<15).map { _ in try BlackHole() }
      let kubeconfigs = try DeadEndTests.twentyClusters(world, holes)
      var figures = Figures("20 clusters of which 15 are black holes:")
      let words = [try EndToEnd.executable(), "--config", try world.configuration()]
      let environment = ["KUBECONFIG": kubeconfigs.joined(separator: ":")]

      var starts: [Duration] = []
      for _ in 0..<5 {
        let timed = try await TimedSession(words, height: 80, environment: environment)
        starts.append(
          try await timed.time(until: "the five live clusters", within: .seconds(30)) {
            DeadEndTests.liveRows($0) == 5
          })
      }
      figures.add(
        "start until all 5 live clusters show their rows: median \(Figures.seconds(starts.median)), longest "
          + "\(Figures.seconds(starts.share(1))) of \(starts.count)")

      let terminal = try PseudoTerminal(words, height: 80, environment: environment)
      try await terminal.wait(for: "live-4", within: .seconds(30))
      terminal.press("1")
      let keys = await terminal.latencies(of: [("j", "▸"), ("k", "▸")], times: 600)
      figures.add(
        "key to the bytes of its frame, \(keys.count) keys: median \(Figures.milliseconds(keys.median)), p99 "
          + "\(Figures.milliseconds(keys.share(0.99))), longest \(Figures.milliseconds(keys.share(1)))")
      figures.show()
    }
  }
}
