import FoundationEssentials
import GitOps

/// Hands out snapshots: at once when nothing was published for 50 ms, else when 50 ms have passed. State may be skipped, so
/// only the newest is kept for whoever reads.
struct Publisher: Sendable {
  static let interval: Duration = .milliseconds(50)

  private var subscribers: [AsyncStream<Snapshot>.Continuation] = []
  private(set) var last: Snapshot?
  private var lastTime: ContinuousClock.Instant?
  private var isScheduled = false
  /// What the last snapshot took to make.
  private var cost: Duration = .zero

  mutating func subscribe(current: Snapshot) -> AsyncStream<Snapshot> {
    let (stream, continuation) = AsyncStream.makeStream(of: Snapshot.self, bufferingPolicy: .bufferingNewest(1))
    continuation.yield(current)
    subscribers.append(continuation)
    return stream
  }

  /// How long to wait before publishing; nil when that is arranged already.
  mutating func schedule() -> Duration? {
    guard !isScheduled else { return nil }
    isScheduled = true
    guard let lastTime else { return .zero }
    // A quarter of a processor at the most: in a storm snapshots are made less often.
    return max(.zero, max(Self.interval, cost * 4) - (ContinuousClock.now - lastTime))
  }

  /// Publishes unless it equals the last one.
  /// - Parameter cost: how long it took to make.
  mutating func publish(_ snapshot: Snapshot, cost: Duration = .zero) {
    isScheduled = false
    lastTime = .now
    self.cost = cost
    var snapshot = snapshot
    snapshot.number = last?.number ?? 0
    if snapshot == last { return }
    snapshot.number += 1
    last = snapshot
    for subscriber in subscribers { subscriber.yield(snapshot) }
  }
}

extension Engine {
  /// Something changed that a snapshot shows.
  func markDirty() {
    guard let wait = publisher.schedule() else { return }
    Task {
      if wait > .zero { try? await Task.sleep(for: wait) }
      publish()
    }
  }

  private func publish() {
    let begin = ContinuousClock.now
    let snapshot = makeSnapshot()
    publisher.publish(snapshot, cost: ContinuousClock.now - begin)
  }

  /// A job ended: what is complete may have changed.
  func workDone() { markDirty() }
}
