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
        for wait in Self.looks {
          try? await Task.sleep(for: wait)
          if Task.isCancelled { break }
          await look()
        }
      }
      group.cancelAll()
    }
  }

  private func look() async {
    // A server that does not answer now is asked again at the next occasion; what was known stays.
    guard let discovery = try? await reader.discover() else { return }
    await engine.discovered(cluster, discovery)
  }

  /// Metadata is enough: what a definition says is read through discovery.
  private func watchDefinitions() async {
    guard let served = await engine.discovery(of: cluster)?.resource(for: Self.definition) else { return }
    let stream = StreamID(
      cluster: cluster, groupKind: Self.definition, version: served.version, plural: served.plural)
    let versions = KnownVersions()
    await Watcher(stream: stream, reader: reader, options: Watcher.Options(asMetadata: true)).run { change in
      let changed: [String]
      switch change {
      case .replaceAll(_, let objects): changed = await versions.replace(with: objects)
      case .upsert(_, let object): changed = await versions.update(object, exists: true)
      case .remove(_, let object): changed = await versions.update(object, exists: false)
      case .link: return
      }
      // `kustomizations.kustomize.toolkit.fluxcd.io`
      let groups = Set(changed.map { String($0.drop { $0 != "." }.dropFirst()) })
      if !groups.isEmpty { await engine.definitionsChanged(cluster, groups: groups) }
    }
  }

  /// The versions of the definitions, to tell a change from a list that says the same again.
  private actor KnownVersions {
    private var versions: [String: String]?

    /// - Returns: the names that are not as they were; nothing at the first list.
    func replace(with objects: [Object]) -> [String] {
      let next = Dictionary(objects.map { ($0.ref.name, $0.resourceVersion) }) { _, last in last }
      defer { versions = next }
      guard let versions else { return [] }
      return Set(versions.keys).union(next.keys).filter { versions[$0] != next[$0] }
    }

    func update(_ object: Object, exists: Bool) -> [String] {
      let name = object.ref.name
      let version = exists ? object.resourceVersion : nil
      guard versions?[name] != version else { return [] }
      versions?[name] = version
      return [name]
    }
  }
}
