import Synchronization

/// How much is asked of one API server at a time (A14), by everything that reads it.
///
/// Starting up has a budget of its own: a burst of 200 requests and 8 lists in flight. After the first complete picture, and
/// whenever the server was away, it is 20 requests a second with bursts of 40 and 3 lists, and streams that broke together begin
/// again spread over 5 seconds.
public final class RequestBudget: Sendable {
  static let startupBurst = 200.0
  static let startupLists = 8
  static let rate = 20.0
  static let burst = 40.0
  static let lists = 3
  /// So many streams that end badly within a second are a server that went away, not accidents.
  static let herd = 4
  /// Streams of a server that comes back begin within this time, not all at once.
  public static let spread: Duration = .seconds(5)

  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var isStarting = true
    var tokens = RequestBudget.startupBurst
    var refilled: Duration
    var lists = 0
    var waiters: [Waiter] = []
    var cancelled: Set<UInt64> = []
    var next: UInt64 = 0
    /// When the last streams ended badly, newest last.
    var breaks: [Duration] = []
    var spreadsUntil: Duration = .zero
    /// Where in the spread the last stream began, 0 to 1.
    var place: Double
  }

  private let state: Mutex<State>
  private let elapsed: @Sendable () -> Duration
  private let sleep: @Sendable (Duration) async throws -> Void

  /// - Parameter seed: decides how broken streams are spread; nil takes one from the system.
  public init(clock: some Clock<Duration> = ContinuousClock(), seed: UInt64? = nil) {
    let origin = clock.now
    elapsed = { origin.duration(to: clock.now) }
    sleep = { try await clock.sleep(for: $0) }
    let seed = seed ?? .random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    state = Mutex(State(refilled: .zero, place: .random(in: 0..<1, using: &random)))
  }

  /// The first complete picture is there: from now on the small budget holds.
  public func hasStarted() {
    let now = elapsed()
    state.withLock { state in
      guard state.isStarting else { return }
      RequestBudget.refill(&state, now)
      state.isStarting = false
      state.tokens = min(state.tokens, RequestBudget.burst)
    }
  }

  /// Waits until one more request may be sent. Requests go in the order in which they asked.
  public func admit() async {
    let now = elapsed()
    let wait = state.withLock { state -> Duration in
      RequestBudget.refill(&state, now)
      state.tokens -= 1
      return state.tokens >= 0 ? .zero : .milliseconds(Int64(-state.tokens / RequestBudget.rate * 1000))
    }
    if wait > .zero { try? await sleep(wait) }
  }

  private static func refill(_ state: inout State, _ now: Duration) {
    let seconds = (now - state.refilled) / .seconds(1)
    state.refilled = now
    state.tokens = min(state.isStarting ? startupBurst : burst, state.tokens + seconds * rate)
  }

  // Lists

  /// Waits for a place among the lists in flight. False when the task was cancelled: then there is none to give back.
  public func beginList() async -> Bool {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return false }
          if state.lists < RequestBudget.limit(state) {
            state.lists += 1
            return true
          }
          state.waiters.append(Waiter(id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiters.remove(at: index)
      }
      waiter?.continuation.resume(returning: false)
    }
  }

  /// The list is complete, or failed.
  public func endList() {
    let next = state.withLock { state -> Waiter? in
      state.lists -= 1
      guard !state.waiters.isEmpty, state.lists < RequestBudget.limit(state) else { return nil }
      state.lists += 1
      return state.waiters.removeFirst()
    }
    next?.continuation.resume(returning: true)
  }

  private static func limit(_ state: State) -> Int { state.isStarting ? startupLists : lists }

  // Streams

  /// A stream ended badly, or before its time. How long to wait before its successor begins: nothing for an accident, up to five seconds when
  /// others broke at the same time.
  public func waitAfterBreak() -> Duration {
    let now = elapsed()
    return state.withLock { state in
      state.breaks.removeAll { now - $0 > .seconds(1) }
      state.breaks.append(now)
      if state.breaks.count >= RequestBudget.herd { state.spreadsUntil = now + RequestBudget.spread }
      guard now < state.spreadsUntil else { return .zero }
      // Steps of the golden ratio fill the time evenly; independent random moments would bunch.
      state.place = (state.place + 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      return .milliseconds(Int64(state.place * 5000))
    }
  }
}
