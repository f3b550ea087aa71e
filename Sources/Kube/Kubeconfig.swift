import HTTP
import Structured

/// The contexts of the user's kubeconfig files (kubernetes: client-go tools/clientcmd/loader.go).
public struct Kubeconfig: Sendable {
  /// In the order of the files, each name once.
  public let contexts: [KubeContext]
  /// `current-context`, when a context of that name exists.
  public let current: String?
  /// The files that were looked for.
  public let searched: [String]
  /// Sentences about files that are there and could not be read.
  public let broken: [String]
  /// One sentence each: a file that was skipped, a name that is there twice, permissions that are too wide.
  public let warnings: [String]

  /// Makes the credentials of an `exec` entry, or says why it cannot.
  public typealias HelperCredentials = @Sendable (ExecHelper) -> Result<any CredentialSource, ContextProblem>

  static let maximumFiles = 32

  /// Reads an explicit file, else the list in `KUBECONFIG`, else `~/.kube/config`.
  /// - Parameters:
  ///   - environment: `KUBECONFIG` and the proxy variables are read from it.
  ///   - usesEnvironmentProxies: false when only the kubeconfig may name a proxy.
  ///   - rules: what a locked program refuses.
  ///   - serviceAccount: the folder of the account that a pod finds mounted: it counts where there is no file.
  ///   - helpers: who runs `exec` entries; nil disables the contexts that need one.
  /// - Throws: when no file could be read.
  public static func load(
    explicit: String?, environment: [String: String], home: String, usesEnvironmentProxies: Bool = true,
    rules: KubeconfigRules = .normal, serviceAccount: String? = nil, helpers: HelperCredentials? = nil
  ) throws(KubeconfigError) -> Kubeconfig {
    var warnings = Warnings()
    let paths = self.paths(explicit: explicit, environment: environment, home: home, warnings: &warnings)
    let proxies = ProxyEnvironment(usesEnvironmentProxies ? environment : [:])
    var files: [KubeconfigFile] = []
    var problems: [KubeconfigFile.Problem] = []
    for path in paths {
      do throws(KubeconfigFile.Problem) {
        files.append(try KubeconfigFile(path: path, rules: rules, warnings: &warnings))
      } catch {
        problems.append(error)
      }
    }
    if files.isEmpty, explicit == nil, problems.allSatisfy(\.isMissing),
      let pod = InClusterConfiguration(
        environment: environment, folder: serviceAccount ?? InClusterConfiguration.folder)
    {
      return Kubeconfig(
        contexts: [pod.context(proxies: proxies)], current: InClusterConfiguration.context, searched: paths,
        broken: [], warnings: [])
    }
    if files.isEmpty {
      let broken = problems.first { !$0.isMissing || explicit != nil }
      throw broken.map { .unusable($0.sentence, searched: paths) } ?? .missing(searched: paths)
    }
    let merged = KubeconfigMerge(files, rules: rules, warnings: &warnings)
    let contexts = merged.contexts.map { merged.context($0, proxies: proxies, helpers: helpers) }
    let current = merged.current
    if let current, !contexts.contains(where: { $0.name == current }) {
      warnings.append("current-context names \(current), which is not defined")
    }
    return Kubeconfig(
      contexts: contexts, current: contexts.contains { $0.name == current } ? current : nil, searched: paths,
      broken: problems.filter { !$0.isMissing }.map(\.sentence), warnings: warnings.all + problems.map(\.sentence))
  }

  /// The context of that name.
  /// - Throws: with the names that there are, when there is none of that name.
  public func context(named name: String) throws(KubeconfigError) -> KubeContext {
    if let context = contexts.first(where: { $0.name == name }) { return context }
    throw .noSuchContext(name, contexts.map(\.name))
  }

  /// Where kubeconfig files are looked for.
  public static func paths(explicit: String?, environment: [String: String], home: String) -> [String] {
    var warnings = Warnings()
    return paths(explicit: explicit, environment: environment, home: home, warnings: &warnings)
  }

  private static func paths(
    explicit: String?, environment: [String: String], home: String, warnings: inout Warnings
  ) -> [String] {
    if let explicit { return [explicit] }
    guard let list = environment["KUBECONFIG"], !list.isEmpty else { return ["\(home)/.kube/config"] }
    var seen: Set<Substring> = []
    let all = list.split(separator: ":").filter { seen.insert($0).inserted }.map(String.init)
    if all.count > maximumFiles {
      warnings.append("KUBECONFIG names \(all.count) files: only the first \(maximumFiles) are read")
    }
    return Array(all.prefix(maximumFiles))
  }
}

extension Kubeconfig {
  /// Sentences about files, at most so many: a file can be wrong ten thousand times in the same way.
  struct Warnings {
    static let limit = 20
    private var kept: [String] = []
    private var dropped = 0

    mutating func append(_ sentence: String) {
      if kept.count < Warnings.limit { kept.append(sentence) } else { dropped += 1 }
    }

    var all: [String] { dropped == 0 ? kept : kept + ["the kubeconfig gives \(dropped) more warnings like these"] }
  }
}

/// Why there is no kubeconfig to work with.
public enum KubeconfigError: Error, Sendable, Hashable, CustomStringConvertible {
  case missing(searched: [String])
  case unusable(String, searched: [String])
  case noSuchContext(String, [String])

  public var description: String {
    switch self {
    case .missing(let searched): "no kubeconfig found: looked for \(searched.joined(separator: ", "))"
    case .unusable(let sentence, _): sentence
    case .noSuchContext(let name, let names):
      names.isEmpty
        ? "there is no context \(name): the kubeconfig has none"
        : "there is no context \(name); there are: \(names.prefix(20).joined(separator: ", "))"
          + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
  }
}
