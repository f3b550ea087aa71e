import Synchronization

/// Time that passes only when a test says so.
public final class ManualClock: Clock, Sendable {
  public struct Instant: InstantProtocol, Sendable {
    public let offset: Duration

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private struct Sleeper {
    let until: Duration
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var now = Duration.zero
    var sleepers: [Int: Sleeper] = [:]
    /// Cancelled before they slept.
    var cancelled: Set<Int> = []
    var next = 0
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  public init() {}

  public var now: Instant { Instant(offset: state.withLock { $0.now }) }
  public var minimumResolution: Duration { .zero }

  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enum Verdict { case due, cancelled, sleeps([CheckedContinuation<Void, Never>]) }
        let verdict = state.withLock { state -> Verdict in
          if state.cancelled.remove(id) != nil { return .cancelled }
          if deadline.offset <= state.now { return .due }
          state.sleepers[id] = Sleeper(until: deadline.offset, continuation: continuation)
          let count = state.sleepers.count
          let watchers = state.watchers.filter { $0.count <= count }
          state.watchers.removeAll { $0.count <= count }
          return .sleeps(watchers.map(\.continuation))
        }
        switch verdict {
        case .due: continuation.resume(returning: true)
        case .cancelled: continuation.resume(returning: false)
        case .sleeps(let watchers): for watcher in watchers { watcher.resume() }
        }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: id)
        if sleeper == nil { state.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.continuation.resume(returning: false)
    }
    if !isOver { throw CancellationError() }
  }

  /// Lets time pass and wakes who slept until then.
  public func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let now = state.now
      let due = state.sleepers.filter { $0.value.until <= now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.until < $1.until }
    }
    for sleeper in due { sleeper.continuation.resume(returning: true) }
  }

  /// Waits until that many sleep.
  public func sleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isSo = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isSo { continuation.resume() }
    }
  }

  /// How long the next one to wake still sleeps; nil when nobody does.
  public var nextWake: Duration? {
    state.withLock { state in state.sleepers.values.map(\.until).min().map { $0 - state.now } }
  }

  /// Waits until somebody sleeps, then lets just enough time pass to wake the first.
  /// - Returns: how long that was.
  @discardableResult
  public func skip() async -> Duration {
    await sleepers(1)
    let wake = nextWake ?? .zero
    advance(by: wake)
    return wake
  }
}
