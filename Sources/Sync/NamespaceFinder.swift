import GitOps
import Kube

/// Finds out where a user with few rights may look: in the namespaces that the configuration names, else in those whose rules
/// allow a list, else in the context's own.
struct NamespaceFinder: Sendable {
  let cluster: ClusterOptions
  let reader: KubeReader
  let engine: Engine

  /// Rights come and go (A15).
  private static let recheck: Duration = .seconds(300)
  private static let maximumNamespaces = 500
  private static let atOnce = 8

  /// Until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await widen()
      await engine.namespacesFound(cluster.id, await find())
      try? await Task.sleep(for: Self.recheck)
    }
  }

  private func find() async -> [NamespaceRules] {
    if !cluster.namespaces.isEmpty { return await rules(of: cluster.namespaces) }
    guard let names = await names() else { return [NamespaceRules(namespace: reader.access.namespace, rules: nil)] }
    return await rules(of: names).filter(\.mayListAnything)
  }

  /// All namespaces; nil when they may not be listed.
  private func names() async -> [String]? {
    let stream = StreamID(
      cluster: cluster.id, groupKind: GroupKind(group: "", kind: "Namespace"), version: "v1", plural: "namespaces")
    guard let namespaces = try? await reader.listAll(stream) else { return nil }
    return Array(namespaces.map(\.ref.name).sorted().prefix(Self.maximumNamespaces))
  }

  private func rules(of names: [String]) async -> [NamespaceRules] {
    await withTaskGroup(of: NamespaceRules.self) { group in
      var found: [NamespaceRules] = []
      for (index, name) in names.enumerated() {
        if index >= Self.atOnce, let rules = await group.next() { found.append(rules) }
        group.addTask {
          // A review that is refused proves nothing: looking shows what may be seen.
          NamespaceRules(namespace: name, rules: try? await reader.rules(in: name))
        }
      }
      for await rules in group { found.append(rules) }
      return found.sorted { $0.namespace < $1.namespace }
    }
  }

  /// Kinds that may be listed in the whole cluster by now.
  private func widen() async {
    guard let discovery = await engine.discovery(of: cluster.id) else { return }
    for groupKind in await engine.narrowedKinds(of: cluster.id) {
      guard let resource = discovery.resource(for: groupKind) else { continue }
      let question = AccessQuestion(verb: "list", group: groupKind.group, resource: resource.plural)
      if await reader.canI(question).isAllowed { await engine.widen(cluster.id, groupKind) }
    }
  }
}
