import Drift
import FoundationEssentials
import Git
import Glibc
import GitOps
import HTTP
import Journal
import Kube
import Sync

/// Why there is nothing to show; one line for standard error.
enum SetupError: Error, Equatable {
  /// No kubeconfig: the paths that were searched.
  case noKubeconfig(searched: [String])
  case sentence(String)

  var sentence: String {
    switch self {
    case .noKubeconfig(let searched):
      "no kubeconfig found (searched \(searched.joined(separator: ", "))); name one with --kubeconfig, or try: driftglass demo"
    case .sentence(let sentence): sentence
    }
  }
}

/// Reads configuration and kubeconfig, and builds the engine.
struct Setup: Sendable {
  let common: CommonOptions
  let environment: [String: String]
  let paths: Paths
  let configuration: Configuration

  init(common: CommonOptions, environment: [String: String]) {
    self.common = common
    self.environment = environment
    paths = Paths(environment: environment)
    configuration = Configuration.load(path: common.config ?? paths.configFile, required: common.config != nil)
  }

  /// Decided once at start; any one source is enough (C1).
  var readOnlySource: String? {
    if common.readOnly { return "--read-only" }
    if environment["DRIFTGLASS_READ_ONLY"] == "1" { return "DRIFTGLASS_READ_ONLY" }
    if configuration.readOnly { return common.config ?? paths.configFile }
    return nil
  }

  /// Where the configuration is read from.
  var configurationFile: String { common.config ?? paths.configFile }

  /// The kubeconfig files that are looked for.
  var kubeconfigFiles: [String] {
    Kubeconfig.paths(explicit: common.kubeconfig, environment: environment, home: paths.home)
  }

  /// Builds everything behind the screen.
  /// - Parameters:
  ///   - world: the demo's kubeconfig and repositories, in place of the user's.
  ///   - journal: whether transitions and actions are kept.
  func wire(_ parts: Parts, world: (any DemoWorld)? = nil, journal: Bool) throws(SetupError) -> Wiring {
    var notices = configuration.problems
    let network = Network()
    let roster = ClusterRoster(setup: self, parts: parts, network: network, kubeconfig: world?.kubeconfigPath)
    let reading = try roster.read()
    notices += reading.notices
    var options = EngineOptions()
    options.gitRefresh = world == nil ? configuration.gitRefresh : min(configuration.gitRefresh, 5)
    options.ignore = configuration.ignore.map { IgnoreRule(kind: $0.kind, path: $0.path, manager: $0.manager) }
    options.clusters = reading.clusters
    options.readsSecrets = configuration.readsSecrets
    options.confirmsByDryRun = configuration.dryRun
    let schemas = "\(paths.cacheDirectory)/schemas"
    // Elsewhere somebody else could say what a field is.
    if world == nil, (try? PrivateDirectory.make(schemas)) != nil {
      options.schemas = SchemaCache(folder: schemas)
    }
    if journal, world == nil {
      let store = JournalStore.open(directory: paths.stateDirectory)
      notices += store.notices
      options.journal = store
    }
    let git = gitSources(parts, world, network, &notices)
    return Wiring(
      engine: Engine(options: options, git: git), roster: roster, notices: notices, network: network,
      journal: options.journal, temporaryFolder: world == nil ? nil : mirrorFolder(world))
  }

  /// `user@host`, written into suspensions.
  var user: String {
    let name = getpwuid(geteuid()).flatMap { entry in entry.pointee.pw_name.map { String(cString: $0) } } ?? "unknown"
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return name }
    let host = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(name)@\(String(decoding: host, as: UTF8.self))"
  }

  private func mirrorFolder(_ world: (any DemoWorld)?) -> String {
    world == nil ? "\(paths.cacheDirectory)/git" : "\(paths.cacheDirectory)/demo-\(getpid())"
  }

  /// Where repositories are read, over the same network as clusters; nil, with a notice, when there is no folder for
  /// mirrors.
  func gitSources(
    _ parts: Parts, _ world: (any DemoWorld)?, _ network: Network, limits: FetchLimits = FetchLimits(),
    _ notices: inout [String]
  ) -> GitSources? {
    var rules: [RepositoryRules.Rule] = []
    for repository in world?.repositories ?? [] {
      if let rule = try? RepositoryRules.Rule(match: repository.match, url: repository.path) { rules.append(rule) }
    }
    for repo in configuration.repos {
      let token: TokenReference? =
        switch repo.token {
        case .environment(let name): .environment(name)
        case .file(let path): .file(path)
        case nil: nil
        }
      do throws(GitError) {
        rules.append(
          try RepositoryRules.Rule(
            match: repo.match, url: repo.url, token: token, authority: repo.authority))
      } catch {
        notices.append("repos: \(error.message)")
      }
    }
    let folder = mirrorFolder(world)
    if let problem = Paths.makePrivate(folder) {
      notices.append("Git repositories cannot be mirrored: \(problem)")
      return nil
    }
    do throws(GitError) {
      let access = HostAccess(network: network, proxies: ProxyEnvironment(parts.lock == nil ? environment : [:]))
      let cache = try MirrorCache(
        directory: folder, access: access, credentials: parts.gitCredentials, limits: limits)
      return GitSources(cache: cache, rules: RepositoryRules(rules))
    } catch {
      notices.append("Git repositories cannot be mirrored: \(error.message)")
      return nil
    }
  }
}

/// What `Setup` built.
struct Wiring: Sendable {
  let engine: Engine
  let roster: ClusterRoster
  /// Sentences to show once.
  let notices: [String]
  let network: Network
  let journal: JournalStore?
  /// Removed at the end: the demo's mirrors.
  let temporaryFolder: String?

  /// After a change of a kubeconfig file: clusters come, go, or are dialled anew (E-K14).
  func readAgain() async {
    let reading = roster.readAgain()
    for notice in reading.notices { await engine.notice(notice) }
    await engine.setClusters(reading.clusters)
  }

  /// Writes down what is not written yet, and removes what was temporary.
  func close() async {
    await journal?.close()
    if let temporaryFolder { try? FileManager.default.removeItem(atPath: temporaryFolder) }
  }
}
