import GitOps
import Synchronization

/// Keeps one stream's objects up to date: lists, watches, waits, and begins again, until its task is cancelled. The
/// decisions are `WatchMachine`'s.
public struct Watcher: Sendable {
  public let stream: StreamID
  private let reader: KubeReader
  private let clock: any Clock<Duration>
  private let seed: UInt64

  /// Items of a list page.
  static let pageSize = 500
  /// The server ends a watch after this many seconds, chosen at random so that watches do not end together (A8).
  static let timeouts = 240...290
  /// We end it ourselves when the server did not.
  static let grace: Duration = .seconds(10)
  /// Once a bookmark came, this much silence means that nobody is there (A10).
  static let silence: Duration = .seconds(150)

  /// - Parameters:
  ///   - clock: pauses and limits are counted on it.
  ///   - seed: decides all random choices; nil takes one from the system.
  public init(
    stream: StreamID, reader: KubeReader, clock: any Clock<Duration> = ContinuousClock(), seed: UInt64? = nil
  ) {
    self.stream = stream
    self.reader = reader
    self.clock = clock
    self.seed = seed ?? UInt64.random(in: 0 ... .max)
  }

  /// Runs until the task is cancelled. Each change is delivered and awaited before the next line is read: a slow taker
  /// slows the server down instead of losing a fact.
  public func run(deliver: @escaping @Sendable (Change) async -> Void) async {
    await run(on: clock, deliver: deliver)
  }

  private func run(on clock: some Clock<Duration>, deliver: @escaping @Sendable (Change) async -> Void) async {
    var random = SeededRandom(seed: seed)
    var machine = WatchMachine(stream: stream, random: SeededRandom(seed: random.next()))
    let origin = clock.now
    await deliver(.link(stream, machine.link))
    while !Task.isCancelled {
      switch machine.next() {
      case .pause(let duration):
        try? await clock.sleep(for: duration)
      case .list(let version, let token, let isPaged):
        let input: WatchMachine.Input
        do {
          let page = try await reader.list(
            stream, version: version, continue: token, limit: isPaged ? Watcher.pageSize : nil)
          input = .page(page)
        } catch {
          if error.isCancelled { return }
          input = .failed(error)
        }
        if Task.isCancelled { return }
        for change in machine.receive(input, at: origin.duration(to: clock.now)) { await deliver(change) }
      case .watch(let version):
        let seconds = Int.random(in: Watcher.timeouts, using: &random)
        guard await follow(version, seconds, &machine, on: clock, origin, deliver) else { return }
      }
    }
  }

  /// One watch from its start to its end.
  /// - Returns: false when there will be no other: the task is cancelled, or the network is shut down.
  private func follow<Time: Clock<Duration>>(
    _ version: String, _ seconds: Int, _ machine: inout WatchMachine, on clock: Time, _ origin: Time.Instant,
    _ deliver: @Sendable (Change) async -> Void
  ) async -> Bool {
    let watch: WatchStream
    do { watch = try await reader.watch(stream, from: version, timeoutSeconds: seconds) } catch {
      if Task.isCancelled || error.isCancelled { return false }
      for change in machine.receive(.failed(error), at: origin.duration(to: clock.now)) { await deliver(change) }
      return true
    }
    let began = clock.now
    for change in machine.receive(.opened, at: origin.duration(to: began)) { await deliver(change) }
    let guardian = StreamGuard<Time>(watch, on: clock)
    await withDiscardingTaskGroup { group in
      group.addTask { await guardian.end(at: began.advanced(by: .seconds(seconds) + Watcher.grace)) }
      var lines = 0
      while machine.isWatching {
        var input: WatchMachine.Input
        do throws(APIError) {
          if let event = try await watch.next() {
            lines += 1
            let isFirstBookmark = guardian.heard(event)
            if isFirstBookmark { group.addTask { await guardian.endWhenSilent(for: Watcher.silence) } }
            input = .event(event)
          } else {
            input = .closed(lifetime: began.duration(to: clock.now), lines: lines)
          }
        } catch {
          if Task.isCancelled { break }
          input = Watcher.ending(error, guardian.isSilent, lifetime: began.duration(to: clock.now), lines: lines)
        }
        for change in machine.receive(input, at: origin.duration(to: clock.now)) { await deliver(change) }
        if case .event = input { continue }
        break
      }
      group.cancelAll()
    }
    watch.close()
    return true
  }

  /// An unclean end is an end like any other (A4): what matters is how long the stream lived.
  private static func ending(
    _ error: APIError, _ isSilent: Bool, lifetime: Duration, lines: Int
  ) -> WatchMachine.Input {
    if isSilent { return .silent }
    switch error.kind {
    case .connection(.cut), .connection(.timeout), .connection(.cancelled):
      return .closed(lifetime: lifetime, lines: lines)
    default: return .failed(error)
    }
  }
}

/// Ends a watch that has gone on for too long, or has gone silent.
private final class StreamGuard<Time: Clock<Duration>>: Sendable {
  private struct State {
    var lastHeard: Time.Instant
    var sawBookmark = false
    var isSilent = false
  }

  private let watch: WatchStream
  private let clock: Time
  private let state: Mutex<State>

  init(_ watch: WatchStream, on clock: Time) {
    self.watch = watch
    self.clock = clock
    state = Mutex(State(lastHeard: clock.now))
  }

  var isSilent: Bool { state.withLock { $0.isSilent } }

  /// True for the first bookmark: from now on the server has promised to be heard about once a minute.
  func heard(_ event: WatchEvent) -> Bool {
    let now = clock.now
    return state.withLock { state in
      state.lastHeard = now
      guard case .bookmark = event, !state.sawBookmark else { return false }
      state.sawBookmark = true
      return true
    }
  }

  func end(at instant: Time.Instant) async {
    do { try await clock.sleep(until: instant, tolerance: nil) } catch { return }
    watch.close()
  }

  func endWhenSilent(for limit: Duration) async {
    while true {
      let last = state.withLock { $0.lastHeard }
      let bytes = watch.received
      do { try await clock.sleep(until: last.advanced(by: limit), tolerance: nil) } catch { return }
      let isSilent = state.withLock { state in
        // Bytes of an unfinished line are life too.
        state.isSilent = state.lastHeard == last && watch.received == bytes
        if !state.isSilent, state.lastHeard == last { state.lastHeard = clock.now }
        return state.isSilent
      }
      if isSilent { return watch.close() }
    }
  }
}
