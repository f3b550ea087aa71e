import Foundation
import Synchronization
import TestKit

/// Looks at a screen all the time, beside the test, and remembers what should never have been on it.
final class ScreenWatch: Sendable {
  private struct State {
    var looks = 0
    var wrong: [String] = []
    /// Counts what the test says of the world: a screen captured over a change of it proves nothing.
    var phase = 0
    var check: @Sendable (ScreenText) -> String?
  }

  private let state: Mutex<State>
  private let watching: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// - Parameter check: what is wrong on a screen; nil: nothing.
  init(_ session: TmuxSession, _ check: @escaping @Sendable (ScreenText) -> String?) {
    state = Mutex(State(check: check))
    let task = Task { [weak self] in
      while !Task.isCancelled, let self {
        let before = self.state.withLock { ($0.phase, $0.check) }
        guard let screen = try? await session.screen() else { return }
        let wrong = before.1(ScreenText(screen))
        self.state.withLock { state in
          guard state.phase == before.0 else { return }
          state.looks += 1
          if let wrong, state.wrong.count < 20 { state.wrong.append("\(wrong)\n\(screen)") }
        }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    watching.withLock { $0 = task }
  }

  deinit { watching.withLock { $0?.cancel() } }

  /// From now on something else is wrong.
  func expect(_ check: @escaping @Sendable (ScreenText) -> String?) {
    state.withLock {
      $0.check = check
      $0.phase += 1
    }
  }

  /// How many screens were judged, and what was wrong on them.
  var result: (looks: Int, wrong: [String]) { state.withLock { ($0.looks, $0.wrong) } }
}
