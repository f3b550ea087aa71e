import Cells
import Dashboard
import FoundationEssentials
import GitOps
import Glibc
import Kube
import Sync
import Terminal

/// The dashboard from the first frame to the restored terminal.
@MainActor struct Session {
  let setup: Setup
  let parts: Parts
  /// Starts the demo world, for `driftglass demo`.
  var demo: (@Sendable () async throws -> any DemoWorld)?

  init(common: CommonOptions, parts: Parts, environment: [String: String]) {
    setup = Setup(common: common, environment: environment)
    self.parts = parts
  }

  /// - Returns: the process's exit code.
  func run() async -> Int32 {
    let themes = ThemeShelf(directories: setup.paths.themeDirectories)
    let theme = themes.theme(setup.configuration.theme)
    // Without a terminal nothing else is tried: one line, and how to go on.
    let screen: Screen
    do throws(TerminalError) {
      screen = try Screen(
        theme: theme, options: Screen.Options(mouse: setup.configuration.mouse), environment: setup.environment)
    } catch {
      Output.message("driftglass: \(error)")
      return Program.Exit.couldNot
    }
    let keymap = Keymap(overrides: setup.configuration.keys)
    var state = State(
      mode: mode, isDemo: demo != nil, repertoire: screen.repertoire, size: screen.size, now: Date(),
      theme: theme.name, themes: themes.names, user: setup.user, zone: Self.zone, keymap: keymap, searched: searched)
    state.mayCopy = setup.configuration.clipboard
    let loop = Loop(state: state, screen: screen, themes: themes)
    loop.notices = theme.problems.map { "theme \(theme.name): \($0.entry): \($0.reason.string)" } + keymap.problems
    loop.draw()
    let world = World(session: self)
    let feeding = Task { await feed(loop, world) }
    await loop.run()
    screen.leave()
    feeding.cancel()
    await world.stop()
    if let failure = loop.failure {
      Output.message("driftglass: \(failure)")
      return Program.Exit.couldNot
    }
    return Program.Exit.fine
  }

  private var mode: Mode {
    if let lock = parts.lock { return .locked(reason: lock) }
    return setup.readOnlySource.map { .readOnly(reason: $0) } ?? .normal
  }

  /// Seconds east of Greenwich now.
  private static var zone: Int {
    var now = time(nil)
    var local = tm()
    localtime_r(&now, &local)
    return local.tm_gmtoff
  }

  /// Where a kubeconfig was looked for, when there is none: the start screen says so.
  private var searched: [String] {
    guard demo == nil, setup.common.kubeconfig == nil else { return [] }
    do throws(KubeconfigError) {
      _ = try Kubeconfig.load(explicit: nil, environment: setup.environment, home: setup.paths.home)
      return []
    } catch {
      if case .missing(let searched) = error { return searched }
      return []
    }
  }

  /// Builds the engine behind the first frame and passes its snapshots on.
  private func feed(_ loop: Loop, _ world: World) async {
    let watch = demo == nil ? KubeconfigWatch(paths: setup.kubeconfigFiles) : nil
    defer { watch?.stop() }
    guard let wiring = await wired(loop, world, watch), !Task.isCancelled else { return }
    for notice in wiring.notices + loop.notices { await wiring.engine.notice(notice) }
    loop.engine = wiring.engine
    loop.login = { wiring.roster.login($0) }
    let running = Task { await wiring.engine.run() }
    let following = Task {
      guard let watch else { return }
      for await _ in watch.changes { await wiring.readAgain() }
    }
    for await snapshot in await wiring.engine.snapshots() { loop.handle(.snapshot(snapshot)) }
    following.cancel()
    running.cancel()
  }

  /// Without a kubeconfig the start screen stays until there is one.
  private func wired(_ loop: Loop, _ world: World, _ watch: KubeconfigWatch?) async -> Wiring? {
    while !Task.isCancelled {
      do {
        return try await world.start()
      } catch SetupError.noKubeconfig {
        loop.settle()
        guard let watch else { return nil }
        for await _ in watch.changes { break }
      } catch let error as SetupError {
        loop.fail(error.sentence)
        return nil
      } catch {
        loop.fail("the demo could not start: \(error)")
        return nil
      }
    }
    return nil
  }

  /// What runs behind the screen and must be ended with it.
  @MainActor final class World {
    private let session: Session
    private var demo: (any DemoWorld)?
    private var wiring: Wiring?

    init(session: Session) { self.session = session }

    func start() async throws -> Wiring {
      if let startDemo = session.demo { demo = try await startDemo() }
      let built = try session.setup.wire(session.parts, world: demo, journal: true)
      wiring = built
      return built
    }

    func stop() async {
      await session.parts.endHelpers?()
      wiring?.network.shutdown()
      await wiring?.close()
      await demo?.stop()
    }
  }
}
