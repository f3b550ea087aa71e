import GitOps

/// How true the rows of one cluster are (A22). Pure: the monotonic time is passed in, so that no jump of the wall clock makes
/// anything fresh or stale.
struct Freshness: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Without proof of life for so long a cluster is stale.
  static let lifeLimit: Duration = .seconds(45)
  /// A kind whose stream is down for so long is stale.
  static let streamLimit: Duration = .seconds(30)
  /// So many heartbeats in a row without an answer, and nothing else heard, are proof of the contrary.
  static let heartbeats = 2

  /// When the server was last heard of; nil before the first time.
  private(set) var lastLife: Instant?
  private var failures = 0
  private var failedSince: Instant?
  /// What the last heartbeat failed of.
  private(set) var reason: String?
  /// Since when nothing is confirmed although nothing failed: the machine slept.
  private var suspectSince: Instant?
  /// The streams that had a complete list and have no connection.
  private var down: [StreamID: Instant] = [:]

  mutating func lived(at instant: Instant) {
    lastLife = max(lastLife ?? instant, instant)
    failures = 0
    reason = nil
    suspectSince = nil
  }

  /// - Parameter lastLife: when anything at all came last: any byte counts as life (A10).
  mutating func heartbeatFailed(_ reason: String, lastLife: Instant?, at now: Instant) {
    if let lastLife {
      self.lastLife = max(self.lastLife ?? lastLife, lastLife)
      if let failedSince, lastLife > failedSince { failures = 0 }
    }
    if failures == 0 { failedSince = now }
    failures += 1
    self.reason = reason
  }

  /// Nothing that was known before is confirmed any more.
  mutating func slept(since instant: Instant) { suspectSince = suspectSince ?? instant }

  mutating func broke(_ stream: StreamID, at instant: Instant) { if down[stream] == nil { down[stream] = instant } }

  mutating func mended(_ stream: StreamID) { down[stream] = nil }

  /// Since when nothing of the cluster is confirmed; nil while it is.
  func staleSince(at now: Instant) -> Instant? {
    if let suspectSince { return suspectSince }
    guard let lastLife else { return nil }
    return failures >= Freshness.heartbeats || now - lastLife >= Freshness.lifeLimit ? lastLife : nil
  }

  /// Since when a stream's objects are not confirmed, although the cluster lives.
  func staleSince(_ stream: StreamID, at now: Instant) -> Instant? {
    down[stream].flatMap { now - $0 >= Freshness.streamLimit ? $0 : nil }
  }

  /// The next moment at which an answer becomes another one without anything happening; nil when there is none.
  func nextChange(after now: Instant) -> Instant? {
    var moments = down.values.map { $0 + Freshness.streamLimit }
    if failures > 0, let lastLife { moments.append(lastLife + Freshness.lifeLimit) }
    return moments.filter { $0 > now }.min()
  }
}
