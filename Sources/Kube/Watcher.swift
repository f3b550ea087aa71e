import GitOps
import Synchronization

/// Keeps one stream's objects up to date: lists, watches, waits, and begins again, until its task is cancelled. The
/// decisions are `WatchMachine`'s.
public struct Watcher: Sendable {
  public let stream: StreamID
  private let reader: KubeReader
  private let clock: any Clock<Duration>
  private let seed: UInt64
  private let options: Options

  /// How a stream is kept.
  public struct Options: Sendable, Hashable {
    /// The server may know streaming lists.
    public var mayStream: Bool
    /// List every minute instead of watching.
    public var polls: Bool
    /// Only the objects' metadata.
    public var asMetadata: Bool

    public init(mayStream: Bool = false, polls: Bool = false, asMetadata: Bool = false) {
      self.mayStream = mayStream
      self.polls = polls
      self.asMetadata = asMetadata
    }
  }

  /// Items of a list page.
  static let pageSize = 500
  /// The server ends a watch after this many seconds, chosen at random so that watches do not end together (A8).
  static let timeouts = 240...290
  /// We end it ourselves when the server did not.
  static let grace: Duration = .seconds(10)
  /// Once a bookmark came, this much silence means that nobody is there (A10).
  static let silence: Duration = .seconds(150)
  /// A streaming list that has nothing to say for so long will not come to its end mark (E-W08).
  static let initialSilence: Duration = .seconds(25)

  /// - Parameters:
  ///   - clock: pauses and limits are counted on it.
  ///   - seed: decides all random choices; nil takes one from the system.
  public init(
    stream: StreamID, reader: KubeReader, options: Options = Options(), clock: any Clock<Duration> = ContinuousClock(),
    seed: UInt64? = nil
  ) {
    self.stream = stream
    self.reader = reader
    self.options = options
    self.clock = clock
    self.seed = seed ?? UInt64.random(in: 0 ... .max)
  }

  /// Runs until the task is cancelled. Each change is delivered and awaited before the next line is read: a slow taker
  /// slows the server down instead of losing a fact.
  public func run(deliver: @escaping @Sendable (Change) async -> Void) async {
    let place = WatcherPlace()
    let token = reader.pulse.listen { place.receive($0) }
    await run(on: clock, place, deliver)
    reader.pulse.leave(token)
  }

  private func run(
    on clock: some Clock<Duration>, _ place: WatcherPlace, _ deliver: @escaping @Sendable (Change) async -> Void
  ) async {
    var random = SeededRandom(seed: seed)
    var machine = WatchMachine(
      stream: stream, random: SeededRandom(seed: random.next()), mayStream: options.mayStream, polls: options.polls,
      lastSeen: reader.lastSeen.withLock { $0[stream] })
    defer { reader.lastSeen.withLock { $0[stream] = machine.version ?? $0[stream] } }
    let origin = clock.now
    await deliver(.link(stream, machine.link))
    while !Task.isCancelled {
      switch machine.next() {
      case .pause(let duration):
        await place.pause(duration, on: clock)
      case .list(let version, let token, let isPaged):
        guard let input = await page(version, token, isPaged: isPaged) else { return }
        for change in machine.receive(input, at: origin.duration(to: clock.now)) { await deliver(change) }
      case .stream(let version):
        guard await reader.budget.beginList() else { return }
        let seconds = Int.random(in: Watcher.timeouts, using: &random)
        let follow = Following(
          watcher: self, clock: clock, origin: origin, place: place, deliver: deliver, seconds: seconds)
        guard await follow.run(.everything(version), &machine) else { return }
      case .watch(let version):
        let seconds = Int.random(in: Watcher.timeouts, using: &random)
        let follow = Following(
          watcher: self, clock: clock, origin: origin, place: place, deliver: deliver, seconds: seconds)
        guard await follow.run(.changes(since: version), &machine) else { return }
      }
    }
  }

  /// One page. Nil when the task is cancelled or the network is shut down.
  private func page(_ version: ListVersion, _ token: String?, isPaged: Bool) async -> WatchMachine.Input? {
    guard await reader.budget.beginList() else { return nil }
    defer { reader.budget.endList() }
    do throws(APIError) {
      let page = try await reader.list(
        stream, version: version, continue: token, limit: isPaged ? Watcher.pageSize : nil,
        asMetadata: options.asMetadata)
      return Task.isCancelled ? nil : .page(page)
    } catch {
      return error.isCancelled || Task.isCancelled ? nil : .failed(error)
    }
  }

  /// One watch from its start to its end.
  private struct Following<Time: Clock<Duration>> {
    let watcher: Watcher
    let clock: Time
    let origin: Time.Instant
    let place: WatcherPlace
    let deliver: @Sendable (Change) async -> Void
    let seconds: Int

    private var now: Duration { origin.duration(to: clock.now) }

    /// - Returns: false when there will be no other: the task is cancelled, or the network is shut down.
    func run(_ start: WatchStart, _ machine: inout WatchMachine) async -> Bool {
      let list = ListPlace(watcher.reader.budget, isTaken: start.isList)
      defer { list.giveBack() }
      let watch: WatchStream
      do throws(APIError) {
        watch = try await watcher.reader.watch(
          watcher.stream, start, timeoutSeconds: seconds, asMetadata: watcher.options.asMetadata)
      } catch {
        if Task.isCancelled || error.isCancelled { return false }
        for change in machine.receive(.failed(error), at: now) { await deliver(change) }
        return true
      }
      let began = clock.now
      for change in machine.receive(.opened, at: now) { await deliver(change) }
      let guardian = StreamGuard<Time>(watch, on: clock)
      place.follows(guardian)
      let isBroken = await read(watch, guardian, began, list, &machine)
      place.isBusy()
      watch.close()
      if isBroken, !Task.isCancelled, machine.isWatching {
        let wait = watcher.reader.budget.waitAfterBreak()
        if wait > .zero { await place.pause(wait, on: clock) }
      }
      return true
    }

    /// Reads the events until the stream is over or not wanted any more.
    /// - Returns: whether it ended badly, or before its time.
    private func read(
      _ watch: WatchStream, _ guardian: StreamGuard<Time>, _ began: Time.Instant, _ list: ListPlace,
      _ machine: inout WatchMachine
    ) async -> Bool {
      await withTaskGroup(of: Void.self) { group in
        let end = began.advanced(by: .seconds(seconds) + Watcher.grace)
        group.addTask { await guardian.end(at: end) }
        if machine.isStreaming { group.addTask { await guardian.endUnlessListed(after: Watcher.initialSilence) } }
        var lines = 0
        var isBroken = false
        while machine.isWatching {
          let input: WatchMachine.Input
          do throws(APIError) {
            if let event = try await watch.next() {
              lines += 1
              let isFirstBookmark = guardian.heard(event)
              if isFirstBookmark { group.addTask { await guardian.endWhenSilent(for: Watcher.silence) } }
              input = .event(event)
            } else {
              let lifetime = began.duration(to: clock.now)
              // A server that shuts down in good order ends its watches long before their time, all at once.
              isBroken = lifetime < .seconds(seconds) - Watcher.grace
              input = guardian.verdict ?? .closed(lifetime: lifetime, lines: lines)
            }
          } catch {
            if Task.isCancelled { break }
            isBroken = true
            input = guardian.verdict ?? ending(error, lifetime: began.duration(to: clock.now), lines: lines)
          }
          for change in machine.receive(input, at: now) { await deliver(change) }
          if !machine.isStreaming { list.giveBack() }
          if case .event = input { continue }
          break
        }
        group.cancelAll()
        return isBroken
      }
    }

    /// An unclean end is an end like any other (A4): what matters is how long the stream lived.
    private func ending(_ error: APIError, lifetime: Duration, lines: Int) -> WatchMachine.Input {
      switch error.kind {
      case .connection(.cut), .connection(.timeout), .connection(.cancelled): .closed(lifetime: lifetime, lines: lines)
      default: .failed(error)
      }
    }
  }
}

/// The place among the lists in flight that a streaming list holds until its end mark.
private final class ListPlace: Sendable {
  private let budget: RequestBudget
  private let isTaken: Mutex<Bool>

  init(_ budget: RequestBudget, isTaken: Bool) {
    self.budget = budget
    self.isTaken = Mutex(isTaken)
  }

  func giveBack() {
    let isMine = isTaken.withLock { taken in
      defer { taken = false }
      return taken
    }
    if isMine { budget.endList() }
  }
}
