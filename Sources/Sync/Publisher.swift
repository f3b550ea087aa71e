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
    return max(.zero, Self.interval - (ContinuousClock.now - lastTime))
  }

  /// Publishes unless it equals the last one.
  mutating func publish(_ snapshot: Snapshot) {
    isScheduled = false
    lastTime = .now
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

  private func publish() { publisher.publish(makeSnapshot()) }

  /// A job ended: what is complete may have changed.
  func workDone() { markDirty() }
}
