import Cells
import Dashboard
import FoundationEssentials
import GitOps
import Kube
import Sync
import Terminal

/// The one place where inputs, snapshots and outcomes meet the state, and the state meets the screen.
@MainActor final class Loop {
  private var state: State
  private let screen: Screen
  private let themes: ThemeShelf
  /// Set when it was built; effects before that have nobody to perform them.
  var engine: Engine?
  /// How the user can log in to a cluster by hand.
  var login: (@MainActor (ClusterID) -> Login?)?
  /// To be shown with the first snapshot.
  var notices: [String] = []
  /// Why the program could not go on, for standard error once the terminal is restored.
  private(set) var failure: String?

  private var isOver = false
  private var over: CheckedContinuation<Void, Never>?
  /// While a credential helper has the terminal.
  private var lending: Task<Void, Never>?
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
    lending?.cancel()
    await lending?.value
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
    case .copy(let text): screen.copy(text)
    case .login(let cluster): logIn(cluster)
    default:
      guard let engine else { return }
      Task {
        if let outcome = await engine.perform(effect) { handle(.outcome(outcome)) }
      }
    }
  }

  /// The helper gets the terminal, and the cluster is dialled with what it gave.
  private func logIn(_ cluster: ClusterID) {
    guard lending == nil, let login = login?(cluster) else {
      return handle(.outcome(.login(cluster, problem: "there is no credential helper to ask")))
    }
    let words: SafeText =
      "\(untrusted: login.command) has the terminal, for \(untrusted: cluster.name); Ctrl-c gives up."
    lending = Task {
      let problem = await screen.lend(words) { input, output -> String? in
        do throws(APIError) {
          try await login.run(Login.Console(input: input, output: output))
          return nil
        } catch {
          return error.message
        }
      }
      lending = nil
      handle(.outcome(.login(cluster, problem: problem)))
      if problem == nil { await engine?.refresh(cluster) }
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
