import Cells
import Dashboard
import FoundationEssentials
import Git
import Glibc
import GitOps
import HTTP
import Structured
import Sync
import Terminal

/// `driftglass check`: what is wrong between this terminal and the clusters and repositories, and what to do about it.
@MainActor struct Check {
  let command: CheckCommand
  let parts: Parts
  let setup: Setup
  var limits = CheckLimits()

  init(command: CheckCommand, parts: Parts, environment: [String: String]) {
    self.command = command
    self.parts = parts
    setup = Setup(common: command.common, environment: environment)
  }

  /// - Returns: the process's exit code.
  func run() async -> Int32 {
    let report = TerminalReport(environment: setup.environment)
    let printer = CheckPrinter(
      format: command.output, repertoire: report.repertoire, environment: setup.environment)
    let summary = await check(report) { event in printer.show(event) }
    printer.finish(summary)
    return summary.exitCode
  }

  enum Event: Sendable {
    /// How many are asked and were not heard of, with their names.
    case waiting([String])
    case done(CheckSubject)
  }

  /// Everything; each subject is told as soon as it is known.
  func check(_ report: TerminalReport, tell: (Event) -> Void) async -> CheckSummary {
    var subjects: [CheckSubject] = []
    func add(_ subject: CheckSubject) {
      subjects.append(subject)
      tell(.done(subject))
    }
    add(CheckTerminal(report: report, wantsMouse: setup.configuration.mouse).subject)
    var configuration = self.configuration
    var contexts: [Setup.NamedContext] = []
    do throws(SetupError) {
      contexts = try setup.contexts(parts, &configuration.warnings)
    } catch {
      configuration.kubeconfigProblem = error.sentence
    }
    configuration.clusters = contexts.map(\.id.name)
    add(configuration.subject)
    guard !contexts.isEmpty else { return CheckSummary(subjects: subjects, couldNotStart: true) }
    await ask(contexts, tell, add) { subjects }
    return CheckSummary(subjects: Self.ordered(subjects, contexts.map(\.id.name)))
  }

  private enum Answer: Sendable {
    case cluster(ClusterObservation)
    case repository(RepositoryObservation)
  }

  /// Clusters and repositories all at once, each as soon as it is known; at most so many that descriptors suffice.
  private func ask(
    _ contexts: [Setup.NamedContext], _ tell: (Event) -> Void, _ add: (CheckSubject) -> Void,
    _ subjects: () -> [CheckSubject]
  ) async {
    var notices: [String] = []
    let network = Network()
    defer { network.shutdown() }
    let repositories = repositoryProbe(network, &notices)
    if repositories == nil {
      let remedy = "make the folder one of your own with mode 0700, or set XDG_CACHE_HOME"
      let findings = notices.map { CheckFinding.failed("mirrors", $0, remedy: remedy) }
      add(CheckSubject(kind: .repository, findings: findings))
    }
    await withTaskGroup(of: Answer.self) { group in
      var waiting: [String] = []
      var asked: Set<String> = []
      // Of the configuration's repositories only those are told that no cluster names: the others are told by reference.
      var held: [CheckSubject] = []
      func look(at source: CheckSource) {
        // The same repository at the same reference in ten clusters is asked once.
        guard let repositories, asked.insert("\(source.url) \(source.reference?.word ?? "")").inserted else { return }
        waiting.append(RepositoryAddress.redacted(source.url))
        group.addTask { .repository(await repositories.run(source)) }
      }
      func take(_ answer: Answer) {
        switch answer {
        case .cluster(let seen):
          waiting.removeAll { $0 == seen.name }
          add(CheckCluster(seen: seen, now: Date()).subject)
          for source in seen.sources { look(at: source) }
        case .repository(let seen):
          if let index = waiting.firstIndex(of: RepositoryAddress.redacted(seen.source.url)) {
            waiting.remove(at: index)
          }
          let subject = CheckRepository(seen: seen, file: setup.configurationFile).subject
          let isHeld = seen.source.place == Self.configured && subject.incomplete == nil
          if isHeld { held.append(subject) } else { add(subject) }
        }
        tell(.waiting(waiting))
      }
      for repo in setup.configuration.repos {
        look(at: CheckSource(url: repo.match, reference: .head, follows: "", place: Self.configured))
      }
      for (index, context) in contexts.enumerated() {
        if index >= Self.atOnce, let answer = await group.next() { take(answer) }
        let probe = CheckClusterProbe(
          cluster: context, readOnlySource: readOnlySource(context), path: setup.environment["PATH"] ?? "",
          startsHelpers: parts.helpers != nil, limits: limits)
        waiting.append(context.id.name)
        group.addTask { .cluster(await probe.run()) }
      }
      tell(.waiting(waiting))
      while let answer = await group.next() { take(answer) }
      let named = Set(subjects().filter { $0.kind == .repository }.map(Self.bare))
      for subject in held where !named.contains(Self.bare(subject)) { add(subject) }
    }
  }

  private static let atOnce = 200
  private nonisolated static let configured = "repos: in the configuration"

  /// The address without what two spellings of one repository differ in.
  private nonisolated static func bare(_ subject: CheckSubject) -> String {
    subject.name.hasSuffix(".git") ? String(subject.name.dropLast(4)) : subject.name
  }

  /// In the order of the kubeconfig, whoever answered first.
  private static func ordered(_ subjects: [CheckSubject], _ clusters: [String]) -> [CheckSubject] {
    let places = Dictionary(clusters.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let rest = subjects.filter { $0.kind == .terminal || $0.kind == .configuration }
    let asked = subjects.filter { $0.kind == .cluster }.sorted { (places[$0.name] ?? 0) < (places[$1.name] ?? 0) }
    return rest + asked + subjects.filter { $0.kind == .repository }.sorted { $0.name < $1.name }
  }

  private func readOnlySource(_ context: Setup.NamedContext) -> String? {
    if parts.writer == nil { return "driftglass-view" }
    return setup.readOnlySource ?? (context.readOnly ? "readOnly: of the configuration" : nil)
  }

  private var configuration: CheckConfiguration {
    let themes = ThemeShelf(directories: setup.paths.themeDirectories)
    let theme = setup.configuration.theme
    let file = setup.configurationFile
    var configuration = CheckConfiguration(file: file, isPresent: access(file, F_OK) == 0)
    configuration.problems = setup.configuration.problems
    configuration.theme = theme
    configuration.themes = themes.names
    configuration.themeProblems = themes.theme(theme).problems.map { "\($0.entry.string): \($0.reason.string)" }
    configuration.keyProblems = Keymap(overrides: setup.configuration.keys).problems
    configuration.readOnlySource = parts.writer == nil ? "driftglass-view" : setup.readOnlySource
    configuration.kubeconfig = setup.kubeconfigFiles
    return configuration
  }

  private func repositoryProbe(_ network: Network, _ notices: inout [String]) -> CheckRepositoryProbe? {
    let helpers = HelperRecord()
    var parts = parts
    parts.gitCredentials = parts.gitCredentials.map(helpers.observing)
    let limits = CheckRepositoryProbe.limits(self.limits.repository)
    guard let git = setup.gitSources(parts, nil, network, limits: limits, &notices) else { return nil }
    return CheckRepositoryProbe(git: git, helpers: helpers, limit: self.limits.repository)
  }
}
