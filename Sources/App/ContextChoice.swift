import GitOps
import Kube

extension Setup {
  /// A context that was chosen, under the name it is shown by.
  struct NamedContext: Sendable {
    let id: ClusterID
    let context: KubeContext
    let readOnly: Bool
    let namespaces: [String]

    init(_ context: KubeContext, _ entry: Configuration.Cluster?) {
      id = ClusterID(entry?.alias ?? context.name)
      self.context = context
      readOnly = entry?.readOnly ?? false
      namespaces = entry?.namespaces ?? []
    }
  }

  /// - Parameters:
  ///   - helpers: who runs credential helpers; nil: nobody.
  ///   - path: the demo's kubeconfig, in place of the user's.
  func kubeconfig(
    _ parts: Parts, _ helpers: Kubeconfig.HelperCredentials?, path: String? = nil
  ) throws(KubeconfigError) -> Kubeconfig {
    try Kubeconfig.load(
      explicit: path ?? common.kubeconfig, environment: environment, home: paths.home,
      usesEnvironmentProxies: parts.lock == nil, rules: parts.lock.map { .locked(by: $0) } ?? .normal,
      helpers: helpers)
  }

  /// The first reading, in which the contexts of the arguments must exist.
  func first(_ load: () throws(KubeconfigError) -> Kubeconfig) throws(SetupError) -> Kubeconfig {
    do throws(KubeconfigError) {
      let loaded = try load()
      for name in common.context { _ = try loaded.context(named: name) }
      return loaded
    } catch {
      if case .missing(let searched) = error, common.kubeconfig == nil { throw .noKubeconfig(searched: searched) }
      throw .sentence(error.description)
    }
  }

  /// The contexts that the arguments choose, else those of the configuration, else all.
  func chosen(from loaded: Kubeconfig, isDemo: Bool, _ notices: inout [String]) -> [NamedContext] {
    let entries = configuration.clusters
    guard !common.context.isEmpty || !isDemo && !entries.isEmpty else {
      return loaded.contexts.map { NamedContext($0, nil) }
    }
    let contexts = Dictionary(loaded.contexts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    if !common.context.isEmpty {
      return common.context.compactMap { name in
        contexts[name].map { context in NamedContext(context, entries.first { $0.context == name }) }
      }
    }
    return entries.compactMap { entry in
      if let context = contexts[entry.context] { return NamedContext(context, entry) }
      notices.append("the configuration names context \(entry.context), which the kubeconfig does not define")
      return nil
    }
  }

  /// The contexts, for who only asks them once.
  func contexts(_ parts: Parts, _ notices: inout [String]) throws(SetupError) -> [NamedContext] {
    let loaded = try first { () throws(KubeconfigError) in try kubeconfig(parts, parts.helpers?(environment)) }
    notices += loaded.warnings
    return chosen(from: loaded, isDemo: false, &notices)
  }
}
