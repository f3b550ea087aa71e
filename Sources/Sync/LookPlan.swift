import Git

/// When one repository is looked at. Pure: the caller brings the clock and the dice.
struct LookPlan: Sendable, Hashable {
  typealias Instant = ContinuousClock.Instant

  /// The first wait after a failure that may pass by itself.
  private static let firstWait: Duration = .seconds(2)
  /// Looks are never closer than this, whatever the sources report.
  private static let gap: Duration = .seconds(1)
  /// A refused login is not offered again sooner (A15).
  private static let loginWait: Duration = .seconds(60)
  /// What is too much to fetch is not fetched again every minute.
  private static let longestWait: Duration = .seconds(3600)

  /// When the look that is under way began.
  private(set) var begun: Instant?
  /// Nil before the first look.
  private var ended: Instant?
  private var next: Instant?
  private var isAsked = false
  private var failures = 0

  var isBusy: Bool { begun != nil }

  /// The moment of the next look; nil while one is under way. What is in the past is due.
  func due(_ now: Instant) -> Instant? {
    if isBusy { return nil }
    guard let ended, let next else { return now }
    return isAsked ? min(next, ended + Self.gap) : next
  }

  /// Look at once: the user asks, or a source reports another revision.
  mutating func ask() { isAsked = true }

  mutating func begin(_ now: Instant) {
    begun = now
    isAsked = false
  }

  /// - Parameters:
  ///   - error: nil after a success.
  ///   - refresh: the usual time between two looks, already spread.
  ///   - jitter: 1 to 2.
  mutating func end(_ now: Instant, _ error: GitError.Kind?, refresh: Duration, jitter: Double) {
    let took = begun.map { now - $0 } ?? .zero
    begun = nil
    ended = now
    guard let error else {
      failures = 0
      next = now + refresh
      return
    }
    let wait: Duration
    switch error {
    case .timeout, .unreachable, .io, .cancelled, .corrupt:
      wait = min(refresh, Self.firstWait * (Double(1 << min(failures, 20)) * jitter))
    case .authentication: wait = max(refresh, Self.loginWait)
    case .limit: wait = min(max(refresh, Self.longestWait), refresh * (1 << min(failures, 20)))
    case .notFound, .noSuchReference, .certificate, .hostKey, .refusedAddress, .gone: wait = refresh
    }
    failures += 1
    // Nor is a host that took long to fail asked again sooner than that.
    next = now + max(wait, min(took, refresh))
  }
}
