import Synchronization

/// What makes all watches of one cluster look up from what they wait for.
public final class Pulse: Sendable {
  public enum Beat: Sendable, Hashable {
    /// It is worth trying now: the server answers again, a kind may have come. Whoever waits begins at a random moment
    /// within this time.
    case retry(within: Duration)
    /// Open streams may be dead without anybody having said so: the machine slept, or the credential changed.
    case suspect
  }

  private struct State {
    var listeners: [UInt64: @Sendable (Beat) -> Void] = [:]
    var next: UInt64 = 0
  }

  private let state = Mutex(State())

  public init() {}

  public func send(_ beat: Beat) {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener(beat) }
  }

  /// Calls `listener`, on any thread, for every beat until the token is given back to `leave`.
  public func listen(_ listener: @escaping @Sendable (Beat) -> Void) -> UInt64 {
    state.withLock { state in
      state.next += 1
      state.listeners[state.next] = listener
      return state.next
    }
  }

  public func leave(_ token: UInt64) {
    _ = state.withLock { $0.listeners.removeValue(forKey: token) }
  }
}
