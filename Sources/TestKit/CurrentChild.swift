import Synchronization

/// The process that is there now; another takes its place at a restart.
final class CurrentChild: Sendable {
  private let child = Mutex<ChildProcess?>(nil)

  /// Ends the one before, if any.
  func replace(_ next: ChildProcess?) {
    let before = child.withLock { current in
      defer { current = next }
      return current
    }
    before?.kill()
  }

  func signal(_ number: Int32) { child.withLock { $0 }?.signal(number) }
  var log: String { child.withLock { $0 }?.log ?? "" }
}
