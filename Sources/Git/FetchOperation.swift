import CGit2
import Dispatch
import Synchronization

/// One conversation with a remote: what may stop it, what its callbacks saw. Callbacks run on the fetching thread,
/// `stop` on any.
final class FetchOperation: Sendable {
  enum Reason: Sendable { case whole, idle, cancelled, tooMuch(String) }

  private struct State {
    /// Owned by the socket stream; only shut down here, never closed.
    var descriptor: Int32?
    var stopped: (reason: Reason, at: ContinuousClock.Instant)?
    var lastProgress: ContinuousClock.Instant
    /// Ends what the fetching thread waits for.
    var interrupt: (@Sendable () -> Void)?
    var error: GitError?
    var received = 0
    var wasHeard = false
    var wantsCredential = false
    var wasAsked = false
    var isFinished = false
  }

  /// The operation whose blocking call runs on this thread: libgit2 makes its sockets without saying for whom.
  @TaskLocal static var current: FetchOperation?

  let address: RepositoryAddress
  let credential: GitCredential?
  let limits: FetchLimits
  /// The way to the host over http; nil where there is none.
  let access: HostAccess?
  /// PEM certificates to trust in place of the system's.
  let authorities: [UInt8]?
  private let begun = ContinuousClock.now
  private let state: Mutex<State>

  init(
    address: RepositoryAddress, credential: GitCredential?, limits: FetchLimits, access: HostAccess? = nil,
    authorities: [UInt8]? = nil
  ) {
    self.address = address
    self.access = access
    self.authorities = authorities
    self.credential = credential
    self.limits = limits
    state = Mutex(State(lastProgress: begun))
  }

  /// False when the operation was stopped before: then do not connect.
  func attach(_ descriptor: Int32) -> Bool {
    state.withLock {
      if $0.stopped != nil { return false }
      $0.descriptor = descriptor
      return true
    }
  }

  /// After this returns `stop` does not touch the descriptor any more.
  func detach() { state.withLock { $0.descriptor = nil } }

  /// Ends the conversation: every blocking call on its socket, and every wait for the network, returns.
  func stop(_ reason: Reason) {
    let interrupt = state.withLock { state -> (@Sendable () -> Void)? in
      guard state.stopped == nil, !state.isFinished else { return nil }
      state.stopped = (reason, .now)
      if let descriptor = state.descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
      return state.interrupt
    }
    interrupt?()
  }

  /// Runs `body` on the cooperative pool while this thread, which is a fetching queue's own, waits; `stop` cancels it.
  func wait<T: Sendable>(for body: @escaping @Sendable () async -> T) -> T {
    let handover = Handover<T>()
    let task = Task.detached { handover.put(await body()) }
    let isStopped = state.withLock {
      $0.interrupt = { task.cancel() }
      return $0.stopped != nil
    }
    if isStopped { task.cancel() }
    let value = handover.take()
    state.withLock { $0.interrupt = nil }
    return value
  }

  var isFinished: Bool { state.withLock { $0.isFinished } }

  var isStopped: Bool { state.withLock { $0.stopped != nil } }

  func finish() { state.withLock { $0.isFinished = true } }

  enum Watch { case goOn, finished, hangs }

  /// Looks at the limits; called now and then while the operation runs.
  func watch() -> Watch {
    let now = ContinuousClock.now
    let (isFinished, stopped, descriptor, progress) = state.withLock {
      ($0.isFinished, $0.stopped, $0.descriptor, $0.lastProgress)
    }
    if isFinished { return .finished }
    if let stopped { return now - stopped.at > limits.grace ? .hangs : .goOn }
    if now - begun > limits.whole {
      stop(.whole)
    } else if now - progress > limits.idle, let descriptor,
      cgit2_idle_milliseconds(descriptor) >= limits.idle.milliseconds
    {
      stop(.idle)
    }
    return .goOn
  }

  func progressed() { state.withLock { $0.lastProgress = .now } }

  /// The host answered, with so many bytes more of what was asked for.
  func heard(bytes: Int = 0) {
    state.withLock {
      $0.lastProgress = .now
      $0.wasHeard = true
      $0.received += bytes
    }
  }

  /// Bytes of all answers so far.
  var received: Int { state.withLock { $0.received } }

  /// Anything came from the host, beyond a connection.
  var wasHeard: Bool { state.withLock { $0.wasHeard } }

  /// Keeps the first error: later ones follow from it.
  func fail(_ error: GitError) { state.withLock { if $0.error == nil { $0.error = error } } }

  /// True the first time that an ssh key is asked for; the second time the first one was refused.
  func isFirstAsking() -> Bool {
    state.withLock { state in
      defer { state.wasAsked = true }
      return !state.wasAsked
    }
  }

  /// The server answered that it wants a credential, or another one.
  func refuseCredential() { state.withLock { $0.wantsCredential = true } }

  var wantsCredential: Bool { state.withLock { $0.wantsCredential } }

  /// The error to report when a call failed with `failure`, or when it did not return.
  func error(_ failure: GitFailure?) -> GitError {
    let (stopped, error) = state.withLock { ($0.stopped, $0.error) }
    if let error { return error }
    let name = address.url
    switch stopped?.reason {
    case .whole:
      return GitError(.timeout, "\(name): the fetch took longer than \(limits.whole.seconds) s and was ended")
    case .idle:
      return GitError(.timeout, "\(name): nothing came for \(limits.idle.seconds) s and the fetch was ended")
    case .cancelled: return GitError(.cancelled, "\(name): the fetch was cancelled")
    case .tooMuch(let what): return GitError(.limit, "\(name): it sent more than \(what); the fetch was ended")
    case nil: break
    }
    guard let failure else { return GitError(.timeout, "\(name): the fetch does not end") }
    return GitError(fetching: address, failure)
  }
}

extension Duration {
  var milliseconds: Int32 {
    let (seconds, attoseconds) = components
    return Int32(
      clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000)
  }

  /// For people: whole seconds, one decimal below ten.
  var seconds: String {
    let tenths = milliseconds / 100
    return tenths < 100 && tenths % 10 != 0 ? "\(tenths / 10).\(tenths % 10)" : "\(tenths / 10)"
  }
}

/// One value from an asynchronous task to the thread that waits for it.
private final class Handover<T: Sendable>: Sendable {
  private let value = Mutex<T?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func put(_ new: T) {
    value.withLock { $0 = new }
    isThere.signal()
  }

  func take() -> T {
    while true {
      isThere.wait()
      if let value = value.withLock({ $0 }) { return value }
    }
  }
}
