import GitOps
import Kube

/// Keeps what a server serves up to date: a kind that is defined, changes its versions or goes away while the program runs is
/// watched, watched in another version, or not any more.
struct DiscoveryKeeper: Sendable {
  let cluster: ClusterID
  let reader: KubeReader
  let engine: Engine

  private static let definition = GroupKind(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition")
  /// A definition is established before it is served: it is looked at soon, and once more.
  private static let looks: [Duration] = [.seconds(1), .seconds(4)]
  /// While something is in doubt: a server that was just started serves its custom resources within seconds.
  private static let firstWait: Duration = .seconds(1)
  private static let longestWait: Duration = .seconds(15)
  /// Without any sign (A15).
  private static let interval: Duration = .seconds(300)

  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await watchDefinitions() }
      group.addTask {
        while !Task.isCancelled {
          try? await Task.sleep(for: Self.interval)
          await engine.discoverSoon(cluster)
        }
      }
      for await _ in await engine.discoveryRequests(of: cluster) {
        await lookAgain()
      }
      group.cancelAll()
    }
  }

  /// Looks until nothing is in doubt, less and less often.
  private func lookAgain() async {
    var wait = Self.firstWait
    for first in Self.looks {
      try? await Task.sleep(for: first)
      if Task.isCancelled { return }
      guard await look() else { continue }
      while !Task.isCancelled {
        try? await Task.sleep(for: wait)
        if await look() == false { return }
        wait = min(wait * 2, Self.longestWait)
      }
    }
  }

  /// - Returns: whether something is in doubt. A server that does not answer now is asked again at the next occasion; what
  ///   was known stays.
  private func look() async -> Bool {
    guard let discovery = try? await reader.discover() else { return false }
    return await engine.discovered(cluster, discovery)
  }

  /// Metadata is enough: what a definition says is read through discovery.
  private func watchDefinitions() async {
    guard let served = await engine.discovery(of: cluster)?.resource(for: Self.definition) else { return }
    let stream = StreamID(
      cluster: cluster, groupKind: Self.definition, version: served.version, plural: served.plural)
    let versions = KnownVersions()
    await Watcher(stream: stream, reader: reader, options: Watcher.Options(asMetadata: true)).run { change in
      let changed: (all: Set<String>, deleted: Set<String>)
      switch change {
      case .replaceAll(_, let objects): changed = await versions.replace(with: objects)
      case .upsert(_, let object): changed = await versions.update(object, exists: true)
      case .remove(_, let object): changed = await versions.update(object, exists: false)
      case .link: return
      }
      if !changed.all.isEmpty { await engine.definitionsChanged(cluster, changed.all, deleted: changed.deleted) }
    }
  }

  /// The versions of the definitions, to tell a change from a list that says the same again.
  private actor KnownVersions {
    private var versions: [String: String]?

    /// - Returns: the names that are not as they were; nothing at the first list.
    func replace(with objects: [Object]) -> (all: Set<String>, deleted: Set<String>) {
      let next = Dictionary(objects.map { ($0.ref.name, $0.resourceVersion) }) { _, last in last }
      defer { versions = next }
      guard let versions else { return ([], []) }
      let changed = Set(versions.keys).union(next.keys).filter { versions[$0] != next[$0] }
      return (changed, changed.filter { next[$0] == nil })
    }

    func update(_ object: Object, exists: Bool) -> (all: Set<String>, deleted: Set<String>) {
      let name = object.ref.name
      let version = exists ? object.resourceVersion : nil
      guard versions?[name] != version else { return ([], []) }
      versions?[name] = version
      return ([name], exists ? [] : [name])
    }
  }
}
