import Dispatch
import Synchronization

/// The thread on which one mirror talks to its remote. It may hang (a file system, a resolver): then the caller is
/// answered all the same, and the thread is left behind.
final class FetchQueue: Sendable {
  private let queue: DispatchQueue
  private let left: LeftBehind
  /// Whether something left behind still runs.
  private let hangs = Mutex(false)

  init(label: String, left: LeftBehind) {
    queue = DispatchQueue(label: label)
    self.left = left
  }

  var isHanging: Bool { hangs.withLock { $0 } }

  /// Runs blocking work; ends it at the operation's limits or when the task is cancelled. One at a time.
  func run<T: Sendable>(
    _ operation: FetchOperation, _ work: @escaping @Sendable () -> Result<T, GitError>
  ) async -> Result<T, GitError> {
    let result: Result<T, GitError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = Answer(continuation)
        queue.async {
          let result = FetchOperation.$current.withValue(operation) { work() }
          operation.finish()
          self.returned()
          answer.give(result)
        }
        Task {
          while true {
            switch operation.watch() {
            case .finished: return
            case .goOn: try? await Task.sleep(for: .milliseconds(100))
            case .hangs:
              self.leave(operation)
              return answer.give(.failure(operation.error(nil)))
            }
          }
        }
      }
    } onCancel: {
      operation.stop(.cancelled)
    }
    return result
  }

  private func leave(_ operation: FetchOperation) {
    hangs.withLock { hangs in
      guard !hangs, !operation.isFinished else { return }
      hangs = true
      left.add(1)
    }
  }

  private func returned() {
    hangs.withLock { hangs in
      if hangs { left.add(-1) }
      hangs = false
    }
  }
}

/// How many threads of all mirrors were left behind and have not returned.
final class LeftBehind: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func add(_ change: Int) { number.withLock { $0 += change } }
}

/// A continuation that is resumed by whoever comes first.
private final class Answer<T: Sendable>: Sendable {
  private let continuation: Mutex<CheckedContinuation<T, Never>?>

  init(_ continuation: CheckedContinuation<T, Never>) { self.continuation = Mutex(continuation) }

  func give(_ value: T) {
    let waiting = continuation.withLock { held in
      defer { held = nil }
      return held
    }
    waiting?.resume(returning: value)
  }
}
