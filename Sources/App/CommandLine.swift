import ArgumentParser
import GitOps

/// Options that every command takes, spelled as kubectl users expect.
public struct CommonOptions: ParsableArguments, Sendable {
  @Option(help: "The configuration file (default: ~/.config/driftglass/config.yaml).")
  public var config: String?

  @Option(help: "The kubeconfig file (default: KUBECONFIG, then ~/.kube/config).")
  public var kubeconfig: String?

  @Option(help: "Only this kubeconfig context; may be given several times.")
  public var context: [String] = []

  @Flag(help: "Let only reads through, whatever the credentials allow.")
  public var readOnly = false

  public init() {}
}

/// `driftglass` without a subcommand: the dashboard.
public struct DashboardCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Open the dashboard (the default).")

  @OptionGroup public var common: CommonOptions

  public init() {}
}

/// `driftglass get`: one listing, then the end.
public struct GetCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Print clusters, repos, namespaces, reconcilers, drift or unmanaged objects, and exit.",
    discussion: """
      Runs the dashboard's engine without a terminal until everything was seen once.
      Exit codes: 0 fine, 1 drift, 2 could not start, could not tell or wrong use, 3 refused by policy.
      """)

  public enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case table, json }

  @Argument(help: "clusters, repos, namespaces, reconcilers, drift or unmanaged.")
  public var kind: String

  @Option(name: .shortAndLong, help: "table or json.")
  public var output: Format = .table

  @Option(help: "How long to wait for everything to be seen once, such as 30s.")
  public var timeout = "30s"

  @Option(name: [.customShort("n"), .long], help: "Only this namespace.")
  public var namespace: String?

  @OptionGroup public var common: CommonOptions

  public init() {}

  public func validate() throws {
    guard ListKind(rawValue: kind) != nil else {
      let known = ListKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(kind)' cannot be listed; known: \(known)")
    }
    guard timeoutSeconds != nil else {
      throw ValidationError("--timeout wants a duration such as 30s, not '\(timeout)'")
    }
  }

  var timeoutSeconds: Double? {
    guard let seconds = GoDuration.parse(timeout), seconds > 0, seconds <= 3600 else { return nil }
    return seconds
  }
}

/// `driftglass check`: what is wrong, and what to do about it.
public struct CheckCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check terminal, configuration, clusters and repositories; say what to do.",
    discussion: """
      Asks every cluster and repository that the dashboard would open, all at once, and changes nothing.
      Exit codes: 0 fine, 1 warnings or failures, 2 could not start or wrong use.
      """)

  @Option(name: .shortAndLong, help: "table or json.")
  public var output: GetCommand.Format = .table

  @OptionGroup public var common: CommonOptions

  public init() {}
}

/// `driftglass render`: what Git says.
public struct RenderCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Print what Git says as YAML: of a directory, or of a reconciler.",
    discussion: """
      A directory is built as Flux would build it, with bases from anywhere in its repository, without a network and
      without other programs. A reconciler is named ks/NAMESPACE/NAME or hr/NAMESPACE/NAME (also one of the Helm Operator):
      what it should have applied; a release without a controller is named helm/NAMESPACE/RELEASE.
      Exit codes: 0 fine, 2 refused: standard error says `undetermined:` with what cannot be known, or `failed:` where
      Flux would fail too.
      """)

  @Argument(help: "A directory, or ks/NAMESPACE/NAME, hr/NAMESPACE/NAME or helm/NAMESPACE/RELEASE.")
  public var what: String

  @Option(help: "A revision of the directory's repository, such as HEAD~2; of a reconciler only head.")
  public var revision: String?

  @Flag(help: "Say behind every value where it was written and what put it there.")
  public var origins = false

  @OptionGroup public var common: CommonOptions

  public init() {}

  public func validate() throws {
    if Selector(what) != nil, let revision, revision.lowercased() != "head" {
      throw ValidationError("of a reconciler only --revision head can be rendered, not '\(revision)'")
    }
  }

  /// `ks/flux-system/apps`.
  struct Selector: Sendable, Hashable {
    /// Empty for a release of Helm itself.
    let kind: String
    let namespace: String
    let name: String

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      let kinds = [
        "ks": "Kustomization", "kustomization": "Kustomization", "hr": "HelmRelease", "helmrelease": "HelmRelease",
        "helm": "",
      ]
      guard parts.count == 3, let kind = kinds[parts[0].lowercased()], !parts[1].isEmpty, !parts[2].isEmpty else {
        return nil
      }
      self.kind = kind
      namespace = parts[1]
      name = parts[2]
    }

    func matches(_ ref: ObjectRef) -> Bool {
      ref.kind == kind && ref.namespace == namespace && ref.name == name
    }
  }
}

/// `driftglass lint`: what in a tree of files will not do what was meant.
public struct LintCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Find what in a tree of files will not do what was meant: for CI.",
    discussion: """
      Renders every kustomization and every Flux Kustomization below a directory, follows what they name, and holds each
      object against its schema: those of Kubernetes' and Flux's own kinds and of the CustomResourceDefinitions in the tree,
      or with --cluster those of a cluster. Works without a network otherwise.
      Exit codes: 0 no errors (there may be warnings), 1 errors, 2 could not look.
      """)

  @Argument(help: "A directory; what it names may be anywhere in its repository.")
  public var path = "."

  @Option(help: "Take the schemas of this kubeconfig context.")
  public var cluster: String?

  @Option(help: "Look at a revision of the directory's repository, such as HEAD~2, instead of the files on the disk.")
  public var revision: String?

  @Option(name: .shortAndLong, help: "table or json.")
  public var output: GetCommand.Format = .table

  @OptionGroup public var common: CommonOptions

  public init() {}
}

/// `driftglass demo`: the dashboard on the embedded world.
public struct DemoCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Open the dashboard on an embedded demo world.")

  public enum Story: String, ExpressibleByArgument, CaseIterable, Sendable { case calm, incident, chaos }

  @Option(help: "What happens: calm, incident or chaos.")
  public var story: Story = .incident

  @Option(help: "The same seed tells the same story.")
  public var seed: UInt64 = 1

  @Option(help: "How fast time passes in the story.")
  public var speed = 1.0

  @Flag(help: "Open no dashboard: print a kubeconfig for kubectl and wait for Ctrl-c.")
  public var serve = false

  @OptionGroup public var common: CommonOptions

  public init() {}

  public func validate() throws {
    guard speed.isFinite, (0.1...100).contains(speed) else {
      throw ValidationError("--speed wants a number from 0.1 to 100")
    }
  }
}

/// The commands of both executables.
public enum CommonCommands {
  public static let all: [any ParsableCommand.Type] = [
    DashboardCommand.self, GetCommand.self, RenderCommand.self, LintCommand.self, CheckCommand.self,
  ]
  public static let version = "0.1.0"
}

/// The root of `driftglass-view`, and what `driftglass` extends by its demo.
public struct ViewCommand: ParsableCommand, Sendable {
  public static let configuration = CommandConfiguration(
    commandName: "driftglass-view",
    abstract: "Driftglass without the code that writes: a terminal dashboard for GitOps state.",
    version: CommonCommands.version, subcommands: CommonCommands.all, defaultSubcommand: DashboardCommand.self)

  public init() {}
}
