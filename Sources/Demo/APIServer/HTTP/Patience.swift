import Synchronization

/// Waits of a server that is not well: they end when its faults are taken away.
final class Patience: Sendable {
  private let time: ServerTime
  private let recoveries = Mutex(0)

  init(_ time: ServerTime) { self.time = time }

  /// How often faults were taken away so far.
  var recovery: Int { recoveries.withLock { $0 } }

  func recover() { recoveries.withLock { $0 += 1 } }

  /// - Parameter recovery: the one of the moment at which the fault was met.
  func wait(for duration: Duration, since recovery: Int) async throws {
    let end = time.now() + duration
    while time.now() < end, self.recovery == recovery {
      try await time.sleep(min(.seconds(1), end - time.now()))
    }
  }
}
