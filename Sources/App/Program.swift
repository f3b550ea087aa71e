import ArgumentParser
import CProcess
import Dispatch
import GitOps
import Glibc
import Terminal

/// The program: parses arguments, wires the parts, runs one command.
@MainActor public enum Program {
  /// Exit codes (`product.md`, Command line).
  nonisolated enum Exit {
    static let fine: Int32 = 0
    static let findings: Int32 = 1
    static let couldNot: Int32 = 2
  }

  /// The whole life of the process. Does what must be done before any thread exists, then runs the command that the
  /// arguments name.
  /// - Parameter root: the executable's own root command.
  public nonisolated static func start(_ root: any ParsableCommand.Type, parts: Parts) -> Never {
    _ = dg_open_standard_descriptors()
    dg_tune_allocator()
    CrashGuard.install()
    _ = dg_set_undumpable()
    umask(0o077)
    signal(SIGPIPE, SIG_IGN)
    setlocale(LC_CTYPE, "")
    let environment = Surroundings.take()
    let command = parsed(root)
    if hasScreen(command) { CrashGuard.startGuardian() }
    Task { @MainActor in
      exit(await run(command, parts, environment))
    }
    dispatchMain()
  }

  private nonisolated static func parsed(_ root: any ParsableCommand.Type) -> any ParsableCommand {
    do {
      return try root.parseAsRoot()
    } catch {
      let isHelp = root.exitCode(for: error).isSuccess
      let text = root.fullMessage(for: error)
      if isHelp { Output.line(text) } else { Output.message(text) }
      exit(isHelp ? Exit.fine : Exit.couldNot)
    }
  }

  private nonisolated static func hasScreen(_ command: any ParsableCommand) -> Bool {
    if command is GetCommand || command is CheckCommand || command is RenderCommand || command is LintCommand {
      return false
    }
    return (command as? DemoCommand)?.serve != true
  }

  private static func run(
    _ command: any ParsableCommand, _ parts: Parts, _ environment: [String: String]
  ) async -> Int32 {
    switch command {
    case let get as GetCommand: return await OneShot(command: get, parts: parts, environment: environment).run()
    case let render as RenderCommand: return await Render(command: render, parts: parts, environment: environment).run()
    case let lint as LintCommand: return await Lint(command: lint, parts: parts, environment: environment).run()
    case let check as CheckCommand: return await Check(command: check, parts: parts, environment: environment).run()
    case let demo as DemoCommand: return await runDemo(demo, parts, environment)
    case let dashboard as DashboardCommand:
      return await Session(common: dashboard.common, parts: parts, environment: environment).run()
    default: return await Session(common: CommonOptions(), parts: parts, environment: environment).run()
    }
  }

  private static func runDemo(_ command: DemoCommand, _ parts: Parts, _ environment: [String: String]) async -> Int32 {
    guard let start = parts.demo else {
      Output.message("driftglass: this executable has no demo; run driftglass demo")
      return Exit.couldNot
    }
    let request = DemoRequest(story: command.story.rawValue, seed: command.seed, speed: command.speed)
    if command.serve { return await serve(request, start) }
    var session = Session(common: command.common, parts: parts, environment: environment)
    session.demo = { try await start(request) }
    return await session.run()
  }

  /// `driftglass demo --serve`: prints where the world is and keeps it until Ctrl-c.
  private static func serve(
    _ request: DemoRequest, _ start: @Sendable (DemoRequest) async throws -> any DemoWorld
  ) async -> Int32 {
    do {
      let interrupts = Interrupts()
      let world = try await start(request)
      Output.line("export KUBECONFIG=\(world.kubeconfigPath)")
      for repository in world.repositories { Output.line("# \(repository.match) is \(repository.path)") }
      Output.message("driftglass: the demo world is up; Ctrl-c ends it")
      await interrupts.first()
      await world.stop()
      return Exit.fine
    } catch {
      Output.message("driftglass: the demo could not start: \(error)")
      return Exit.couldNot
    }
  }
}
