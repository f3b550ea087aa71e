import FoundationEssentials
import GitOps
import Kube

extension Engine {
  /// The server answered a heartbeat.
  func lived(_ cluster: ClusterID) {
    let wasStale = clusters[cluster]?.freshness.staleSince(at: .now) != nil
    clusters[cluster]?.freshness.lived(at: .now)
    if wasStale { freshnessChanged() }
  }

  func heartbeatFailed(_ cluster: ClusterID, _ reason: String) {
    let life = clusters[cluster]?.reader?.lastLife
    clusters[cluster]?.freshness.heartbeatFailed(reason, lastLife: life, at: .now)
    freshnessChanged()
  }

  /// The machine slept, or this process was stopped: nothing is confirmed since, and every stream may be dead (A11).
  func slept(since instant: ContinuousClock.Instant) {
    for id in clusters.keys where clusters[id]?.discovery != nil {
      clusters[id]?.freshness.slept(since: instant)
      clusters[id]?.reader?.suspect()
      clusters[id]?.chores?.yield(.heartbeat)
    }
    freshnessChanged()
  }

  /// Shows it, and arranges to look again when an answer changes by the mere passing of time.
  func freshnessChanged() {
    markDirty()
    freshnessTimer?.cancel()
    freshnessTimer = nil
    let now = ContinuousClock.now
    guard let next = clusters.values.compactMap({ $0.freshness.nextChange(after: now) }).min() else { return }
    freshnessTimer = Task {
      do { try await Task.sleep(until: next, clock: .continuous) } catch { return }
      takeLife()
      freshnessChanged()
    }
  }

  /// Bytes of watches are life too, and nobody reports each.
  private func takeLife() {
    for (id, state) in clusters {
      if let last = state.reader?.lastLife, last > state.freshness.lastLife ?? last {
        clusters[id]?.freshness.lived(at: last)
      }
    }
  }

  /// Watches for time that passed without us (A11).
  func sleepLoop() async {
    var detector = SleepDetector(at: .now)
    while !Task.isCancelled {
      try? await Task.sleep(for: SleepDetector.interval)
      if let since = detector.look(at: .now) { slept(since: since) }
    }
  }
}

/// Tells from two clocks whether the machine slept, and from one whether the process was stopped.
struct SleepDetector: Sendable {
  struct Reading: Sendable {
    /// Counts time asleep (CLOCK_BOOTTIME).
    var continuous: ContinuousClock.Instant
    /// Does not (CLOCK_MONOTONIC).
    var suspending: SuspendingClock.Instant

    static var now: Reading { Reading(continuous: .now, suspending: .now) }
  }

  static let interval: Duration = .seconds(5)
  static let limit: Duration = .seconds(10)

  private var last: Reading

  init(at reading: Reading) { last = reading }

  /// - Returns: since when nothing was seen, when more than ten seconds passed unnoticed since the look before.
  mutating func look(at reading: Reading) -> ContinuousClock.Instant? {
    defer { last = reading }
    let passed = last.continuous.duration(to: reading.continuous)
    let awake = last.suspending.duration(to: reading.suspending)
    return passed - awake > Self.limit || awake > Self.interval + Self.limit ? last.continuous : nil
  }
}
