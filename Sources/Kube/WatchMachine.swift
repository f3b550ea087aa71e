import GitOps

/// Decides what one list-and-watch does next, and what its events mean (architecture 4). Pure: the driver performs the
/// steps and tells what came of them.
public struct WatchMachine: Sendable {
  public enum Step: Sendable, Equatable {
    /// A page of the list: from its beginning, or from a continue token. `isPaged` false asks for all of it at once.
    case list(ListVersion, continue: String?, isPaged: Bool)
    /// A watch that begins with all there is (kubernetes: streaming lists).
    case stream(ListVersion)
    case watch(from: String)
    case pause(Duration)
  }

  public enum Input: Sendable {
    case page(ObjectPage)
    /// The server took the watch.
    case opened
    case event(WatchEvent)
    /// A list, a watch's start, or a stream failed.
    case failed(APIError)
    /// A stream ended without an error.
    case closed(lifetime: Duration, lines: Int)
    /// Nothing was heard for too long: the stream was given up.
    case silent
    /// The streaming list did not come to its end mark in time.
    case unfinished
    /// The machine slept, or the credential changed: an open stream may be dead without anybody having said so.
    case suspect
  }

  enum State: Sendable {
    case empty
    case paging(Page)
    /// What a streaming list has sent so far.
    case streaming([ObjectRef: Object])
    case watching(String)
  }

  struct Page: Sendable {
    var token: String
    var objects: [Object]
    var count: Int
  }

  static let maximumPages = 10_000
  /// How long to leave a kind alone that is forbidden or not served.
  static let recheck: Duration = .seconds(300)
  static let authorizationRetry: Duration = .seconds(60)
  static let pollInterval: Duration = .seconds(60)
  static let healthyAfter: Duration = .seconds(120)

  public let stream: StreamID
  /// What the link was last said to be.
  public private(set) var link = Link.connecting
  /// Events of unknown type and objects not asked for, in all.
  public internal(set) var skipped = 0
  var state = State.empty
  /// The last version seen; opaque (A3).
  var version: String?
  var listVersion = ListVersion.any
  var isPaged = true
  /// Whether the server may be asked for a streaming list; false from the first time that it did not work.
  var mayStream: Bool
  private var wait: Duration?
  private var backoff = Backoff()
  private var random: SeededRandom
  var healthySince: Duration?
  /// Expiries without anything good in between.
  private var expiries = 0
  /// Expiries of which each came soon after the one before, whatever was between them: a server that forgets at once must
  /// not be asked in a loop (E-W02).
  private var closeExpiries = 0
  private var lastExpiry: Duration?
  var unknownInARow = 0
  var malformedInARow = 0
  private var quickCloses = 0
  /// The kind is listed every minute instead of watched: it cannot be, or there are too many watches.
  var polls: Bool

  /// - Parameters:
  ///   - mayStream: the server may know streaming lists (kubernetes 1.27 and newer, behind a gate).
  ///   - polls: list every minute and never watch.
  ///   - lastSeen: the version up to which the stream was followed before: nothing older may replace it (E-P17).
  public init(
    stream: StreamID, random: SeededRandom, mayStream: Bool = false, polls: Bool = false, lastSeen: String? = nil
  ) {
    if let lastSeen, WatchMachine.isUsable(lastSeen) { listVersion = .notOlderThan(lastSeen) }
    self.stream = stream
    self.random = random
    self.mayStream = mayStream && !polls
    self.polls = polls
  }

  /// What the driver must do now. A pause is asked for once.
  public mutating func next() -> Step {
    if let wait {
      self.wait = nil
      return .pause(wait)
    }
    switch state {
    case .empty, .streaming:
      return mayStream ? .stream(listVersion) : .list(listVersion, continue: nil, isPaged: isPaged)
    case .paging(let page): return .list(listVersion, continue: page.token, isPaged: true)
    case .watching(let version): return .watch(from: version)
    }
  }

  /// Whether an open watch is still wanted after what was received last.
  public var isWatching: Bool {
    guard wait == nil else { return false }
    switch state {
    case .watching, .streaming: return true
    case .empty, .paging: return false
    }
  }

  private var asksForStreaming: Bool {
    switch state {
    case .empty, .streaming: mayStream
    case .paging, .watching: false
    }
  }

  /// Whether a streaming list is under way: its end mark is still to come.
  public var isStreaming: Bool { if case .streaming = state { true } else { false } }

  /// - Parameter now: monotonic time since any origin.
  public mutating func receive(_ input: Input, at now: Duration) -> [Change] {
    switch input {
    case .page(let page): return receive(page, at: now)
    case .opened:
      if case .empty = state { state = .streaming([:]) }
      if isStreaming { return [] }
      if healthySince == nil { healthySince = now }
      return polls ? [] : move(to: .live)
    case .event(let event): return isStreaming ? collect(event, at: now) : receive(event, at: now)
    case .failed(let error): return asksForStreaming ? giveUpStreaming(error, at: now) : fail(error, at: now)
    case .closed(let lifetime, let lines):
      return isStreaming ? giveUpStreaming(nil, at: now) : close(lifetime, lines, at: now)
    case .unfinished: return giveUpStreaming(nil, at: now)
    case .silent, .suspect: return isStreaming ? giveUpStreaming(nil, at: now) : reconnect()
    }
  }

  /// Whether a version may be sent back (A3): some clients once wrote "None" and kept it.
  static func isUsable(_ version: String) -> Bool { !version.isEmpty && version != "None" && version != "0" }

  // Watches

  mutating func receive(_ event: WatchEvent, at now: Duration) -> [Change] {
    switch event {
    case .added(let object), .modified(let object):
      good(object.resourceVersion)
      return [.upsert(stream, object)]
    case .deleted(let object):
      good(object.resourceVersion)
      return [.remove(stream, object)]
    case .bookmark(let version, _):
      good(version)
      return []
    case .error(let error):
      return fail(error, at: now)
    case .unknown:
      skipped += 1
      unknownInARow += 1
      guard unknownInARow >= 100 else { return [] }
      return relist("100 events in a row that are not understood", at: now)
    case .malformed(let reason):
      malformedInARow += 1
      // Once may be a cut in transit: the same version again. Twice is the server's data: only a list gets past it.
      return malformedInARow > 1 ? relist(reason, at: now) : backOff(reason, retryAfter: nil, at: now)
    }
  }

  private mutating func good(_ newVersion: String) {
    expiries = 0
    unknownInARow = 0
    malformedInARow = 0
    guard WatchMachine.isUsable(newVersion) else { return }
    version = newVersion
    state = .watching(newVersion)
  }

  mutating func relist(_ reason: String, at now: Duration) -> [Change] {
    unknownInARow = 0
    malformedInARow = 0
    state = .empty
    listVersion = version.map { .notOlderThan($0) } ?? .latest
    return backOff(reason, retryAfter: nil, at: now)
  }

  private mutating func close(_ lifetime: Duration, _ lines: Int, at now: Duration) -> [Change] {
    if lifetime >= .seconds(1) {
      expiries = 0
      quickCloses = 0
      return reconnect()
    }
    quickCloses += 1
    // A server that says one thing and hangs up, again and again, is not healthy either.
    if lines > 0, quickCloses <= 10 { return reconnect() }
    return backOff("the server ends the watch at once", retryAfter: nil, at: now)
  }

  /// The stream is over and another one begins at once from the same version.
  private mutating func reconnect() -> [Change] { polls ? [] : move(to: .connecting) }

  // Failures

  mutating func fail(_ error: APIError, at now: Duration) -> [Change] {
    if error.isCancelled { return [] }
    if error.isExpired { return expire(error, at: now) }
    // Whatever else fails is waited for: an expiry after it is a first one again.
    expiries = 0
    if error.isTooLargeVersion {
      state = .empty
      listVersion = .latest
      return backOff(error.message, retryAfter: error.retryAfter, at: now)
    }
    if error.isUnauthorized {
      healthySince = nil
      wait = max(WatchMachine.authorizationRetry, backoff.next(using: &random))
      return move(to: .authNeeded(reason: error.message))
    }
    if error.kind == .connection(.tooLarge), case .watching = state { return relist(error.message, at: now) }
    guard error.kind == .status else { return backOff(error.message, retryAfter: error.retryAfter, at: now) }
    switch error.status {
    case 403: return leaveAlone(.forbidden(reason: error.message))
    case 404: return vanish()
    case 405: return poll(error, at: now)
    case 400, 422:
      // What it does not like may be the version or how it is to match.
      if case .watching = state { break }
      state = .empty
      listVersion = .latest
    default: break
    }
    return backOff(error.message, retryAfter: error.retryAfter, at: now)
  }

  /// 410 anywhere: list again at once, not older than what was seen; refused, without a version (A5).
  private mutating func expire(_ error: APIError, at now: Duration) -> [Change] {
    expiries += 1
    let isClose = lastExpiry.map { now - $0 < WatchMachine.healthyAfter } ?? false
    closeExpiries = isClose ? closeExpiries + 1 : 0
    lastExpiry = now
    switch state {
    case .watching: listVersion = version.map { .notOlderThan($0) } ?? .latest
    case .streaming: listVersion = .latest
    case .paging:
      // The token is too old: all of it in one piece, which needs none.
      isPaged = false
      listVersion = version.map { .notOlderThan($0) } ?? .latest
    case .empty: listVersion = .latest
    }
    state = .empty
    guard expiries > 1 || closeExpiries > 2 else { return reconnect() }
    return backOff(error.message, retryAfter: error.retryAfter, at: now)
  }

  private mutating func leaveAlone(_ link: Link) -> [Change] {
    healthySince = nil
    if isStreaming { state = .empty }
    wait = .milliseconds(Int64(300_000 * Double.random(in: 1...1.1, using: &random)))
    return move(to: link)
  }

  /// The kind is not served, or not in this version any more. What was there stays until discovery says which.
  private mutating func vanish() -> [Change] {
    state = .empty
    version = nil
    listVersion = .any
    return leaveAlone(.absent)
  }

  /// The kind can be listed but not watched (A15).
  private mutating func poll(_ error: APIError, at now: Duration) -> [Change] {
    guard case .watching = state else { return leaveAlone(.stopped(reason: error.message)) }
    polls = true
    mayStream = false
    state = .empty
    wait = WatchMachine.pollInterval
    return move(to: .polling)
  }

  mutating func backOff(_ reason: String, retryAfter: Int?, at now: Duration) -> [Change] {
    if let healthySince, now - healthySince >= WatchMachine.healthyAfter { backoff.reset() }
    healthySince = nil
    wait = backoff.next(retryAfter: retryAfter, using: &random)
    return move(to: .retrying(reason: reason))
  }

  mutating func pause(_ duration: Duration) { wait = duration }

  mutating func move(to next: Link) -> [Change] {
    guard next != link else { return [] }
    link = next
    return [.link(stream, next)]
  }
}
