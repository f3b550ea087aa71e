import Testing

@testable import Kube

@Suite struct BackoffTests {
  private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  @Test func A12_everyWaitIsWithinItsBounds() {
    var random = SeededRandom(seed: 42)
    for _ in 0..<1000 {
      var backoff = Backoff()
      for bound in [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30, 30] {
        let wait = seconds(backoff.next(using: &random))
        #expect(wait >= bound - 0.001 && wait <= bound * 2)
      }
    }
  }

  @Test func A12_fiftyClientsSpreadOut() {
    // Of all pairs of clients in a round, few wait equally long (within 50 ms).
    var random = SeededRandom(seed: 9)
    var close = 0
    var pairs = 0
    for _ in 0..<100 {
      let waits = (0..<50).map { _ in
        var backoff = Backoff()
        for _ in 0..<5 { _ = backoff.next(using: &random) }
        return seconds(backoff.next(using: &random))
      }
      for a in 0..<50 {
        for b in 0..<a {
          pairs += 1
          if abs(waits[a] - waits[b]) < 0.05 { close += 1 }
        }
      }
    }
    #expect(Double(close) / Double(pairs) < 0.05)
  }

  @Test func A12_noTwoOfFiftyClientsWaitAlikeInManyRounds() {
    let waits = (0..<50).map { client in
      var random = SeededRandom(seed: UInt64(client))
      var backoff = Backoff()
      return (0..<200).map { _ in seconds(backoff.next(using: &random)) }
    }
    #expect(waits.joined().count == 10_000)
    for a in 0..<50 {
      for b in 0..<a {
        let alike = zip(waits[a], waits[b]).count { abs($0 - $1) < 0.05 }
        #expect(alike <= 10, "clients \(a) and \(b): \(alike) of 200 rounds")
      }
    }
  }

  @Test(arguments: [
    (nil as Int?, 0.8...1.6), (0, 0.8...1.6), (-5, 0.8...1.6), (1, 1.0...2.0), (10, 10.0...12.5), (119, 119.0...120.0),
    (500, 120.0...120.0), (999_999, 0.8...1.6),
  ])
  func A13_E_P14_honoursRetryAfter(asked: Int?, range: ClosedRange<Double>) {
    for seed in 0..<50 {
      var random = SeededRandom(seed: UInt64(seed))
      var backoff = Backoff()
      let wait = seconds(backoff.next(retryAfter: asked, using: &random))
      #expect(wait >= range.lowerBound - 0.001 && wait <= range.upperBound)
    }
  }

  @Test func theSameSeedGivesTheSameWaits() {
    func waits(_ seed: UInt64) -> [Duration] {
      var random = SeededRandom(seed: seed)
      var backoff = Backoff()
      return (0..<20).map { _ in backoff.next(using: &random) }
    }
    #expect(waits(5) == waits(5))
    #expect(waits(5) != waits(6))
  }
}
