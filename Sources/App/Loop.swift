import Cells
import Dashboard
import FoundationEssentials
import GitOps
import Sync
import Terminal

/// The one place where inputs, snapshots and outcomes meet the state, and the state meets the screen.
@MainActor final class Loop {
  private var state: State
  private let screen: Screen
  private let themes: ThemeShelf
  /// Set when it was built; effects before that have nobody to perform them.
  var engine: Engine?
  /// To be shown with the first snapshot.
  var notices: [String] = []
  /// Why the program could not go on, for standard error once the terminal is restored.
  private(set) var failure: String?

  private var isOver = false
  private var over: CheckedContinuation<Void, Never>?
  private var lastFrame: ContinuousClock.Instant?
  private var isFrameDue = false
  private var themeName: String

  /// Frames are at least this far apart.
  static let frame: Duration = .milliseconds(16)

  init(state: State, screen: Screen, themes: ThemeShelf) {
    self.state = state
    self.screen = screen
    self.themes = themes
    themeName = state.theme
  }

  /// Until the user quits, the terminal goes away, or `fail`.
  func run() async {
    let reading = Task {
      for await event in screen.events { handle(.input(event)) }
      finish()
    }
    let ticking = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        handle(.tick)
      }
    }
    await withCheckedContinuation { continuation in
      if isOver { continuation.resume() } else { over = continuation }
    }
    reading.cancel()
    ticking.cancel()
  }

  func handle(_ message: Message) {
    guard !isOver else { return }
    for effect in update(&state, message, at: Date()) { perform(effect) }
    if state.theme != themeName {
      themeName = state.theme
      screen.use(themes.theme(themeName))
    }
    schedule()
  }

  func fail(_ sentence: String) {
    failure = sentence
    finish()
  }

  /// There is no engine and there will be none: the start screen stays.
  func settle() {
    var snapshot = Snapshot()
    snapshot.isComplete = true
    snapshot.notices = notices
    handle(.snapshot(snapshot))
  }

  private func finish() {
    isOver = true
    over?.resume()
    over = nil
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .quit: finish()
    case .stop: screen.suspend()
    default:
      guard let engine else { return }
      Task {
        if let outcome = await engine.perform(effect) { handle(.outcome(outcome)) }
      }
    }
  }

  // Frames

  /// Draws at once when the last frame is old enough, else once when it is.
  private func schedule() {
    guard !isFrameDue else { return }
    let since = lastFrame.map { ContinuousClock.now - $0 } ?? Self.frame
    if since >= Self.frame {
      draw()
    } else {
      isFrameDue = true
      Task {
        try? await Task.sleep(for: Self.frame - since)
        isFrameDue = false
        draw()
      }
    }
  }

  func draw() {
    guard !isOver else { return }
    lastFrame = .now
    screen.draw(view(state, size: state.size))
    state.painted(at: Date())
  }
}
