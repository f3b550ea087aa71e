import Synchronization

/// Time that runs a fixed number of times faster than the wall's, for tests that wait for minutes of it over real sockets.
///
/// It moves in small steps, each taken by a task of the concurrency pool, and a step that comes late counts as one in
/// time: when the machine has no time for the test, the test's time waits for it. What is counted on the wall instead
/// (limits of HTTP requests, latencies of the network) has to be divided by `pace`.
public final class AcceleratedClock: Clock, Sendable {
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
    /// Nobody wakes up before this.
    var wake = Duration.seconds(Int64.max >> 2)
  }

  public let pace: Int
  private let state = Mutex(State())
  private let ticking = Mutex<Task<Void, Never>?>(nil)

  /// Of the wall's time.
  private static let step = Duration.milliseconds(2)

  public init(pace: Int) {
    self.pace = pace
    ticking.withLock { task in
      task = Task { [weak self] in
        let wall = ContinuousClock()
        var last = wall.now
        while !Task.isCancelled {
          try? await wall.sleep(for: Self.step)
          let now = wall.now
          guard let self else { return }
          self.advance(by: min(last.duration(to: now), Self.step * 2) * self.pace)
          last = now
        }
      }
    }
  }

  deinit { ticking.withLock { $0?.cancel() } }

  public var now: Instant { Instant(offset: state.withLock { $0.now }) }
  public var minimumResolution: Duration { Self.step * pace }

  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let verdict = state.withLock { state -> Bool? in
          if state.cancelled.remove(id) != nil { return false }
          if deadline.offset <= state.now { return true }
          state.sleepers[id] = Sleeper(until: deadline.offset, continuation: continuation)
          state.wake = min(state.wake, deadline.offset)
          return nil
        }
        if let verdict { continuation.resume(returning: verdict) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: id)
        if sleeper == nil { state.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.continuation.resume(returning: false)
    }
    // A task that is cancelled when its sleep is over leaves no trace.
    _ = state.withLock { $0.cancelled.remove(id) }
    if !isOver { throw CancellationError() }
  }

  private func advance(by duration: Duration) {
    let due = state.withLock { state -> [Sleeper] in
      state.now += duration
      guard state.wake <= state.now else { return [] }
      let now = state.now
      let due = state.sleepers.filter { $0.value.until <= now }
      for id in due.keys { state.sleepers[id] = nil }
      state.wake = state.sleepers.values.map(\.until).min() ?? .seconds(Int64.max >> 2)
      return due.values.sorted { $0.until < $1.until }
    }
    for sleeper in due { sleeper.continuation.resume(returning: true) }
  }
}
