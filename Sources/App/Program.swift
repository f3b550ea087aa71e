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

  /// The whole life of the process. Does what must be done before any thread exists, then runs the command.
  public nonisolated static func start(_ root: any ParsableCommand.Type, parts: Parts) -> Never {
    _ = dg_open_standard_descriptors()
    CrashGuard.install()
    _ = dg_set_undumpable()
    umask(0o077)
    setlocale(LC_CTYPE, "")
    Task { @MainActor in
      exit(await main(root: root, parts: parts))
    }
    dispatchMain()
  }

  /// Runs the command that the arguments name.
  /// - Parameter root: the executable's own root command.
  /// - Returns: the process's exit code.
  static func main(root: any ParsableCommand.Type, parts: Parts) async -> Int32 {
    let environment = Surroundings.take()
    let command: any ParsableCommand
    do {
      command = try root.parseAsRoot()
    } catch {
      let code = root.exitCode(for: error)
      let text = root.fullMessage(for: error)
      if code.isSuccess {
        Output.line(text)
        return Exit.fine
      }
      Output.message(text)
      return Exit.couldNot
    }
    switch command {
    case let get as GetCommand: return await OneShot(command: get, parts: parts, environment: environment).run()
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
