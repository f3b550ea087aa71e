import App
import ArgumentParser
import Git
import Helpers

/// Driftglass with a writer, credential helpers and the demo.
@main enum Main {
  static func main() {
    var parts = Parts()
    parts.writer = { reader, network in ClusterWriter(reader, network: network) }
    let slots = HelperSlots()
    let git = GitCredentialHelper(slots: slots)
    parts.gitCredentials = { request throws(GitError) in try await git.fill(request) }
    parts.helpers = { environment in
      let credentials = ExecCredentials(environment: environment, slots: slots)
      return { credentials.source(for: $0) }
    }
    parts.endHelpers = { await slots.end() }
    parts.demo = { request in try await EmbeddedWorld(request) }
    Program.start(DriftglassCommand.self, parts: parts)
  }
}

/// The root command: what every executable has, and the demo.
struct DriftglassCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "driftglass", abstract: "A terminal dashboard for GitOps state.", version: CommonCommands.version,
    subcommands: CommonCommands.all + [DemoCommand.self], defaultSubcommand: DashboardCommand.self)
}
