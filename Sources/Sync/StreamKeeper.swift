import Drift
import GitOps
import Kube

/// Keeps one watch for each stream that the engine plans for a cluster.
actor StreamKeeper {
  private let cluster: ClusterID
  private let reader: KubeReader
  private let engine: Engine
  private var running: [StreamID: Task<Void, Never>] = [:]
  /// Streams that nobody wants any more, each with those that take its place: it stays until they have listed, so that
  /// nothing is gone in between.
  private var leaving: [StreamID: Set<StreamID>] = [:]
  private var hasStarted = false

  /// More streams than this are listed every minute instead of watched (A14).
  static let maximumWatches = 300

  init(cluster: ClusterID, reader: KubeReader, engine: Engine) {
    self.cluster = cluster
    self.reader = reader
    self.engine = engine
  }

  func run() async {
    let schemas = SchemaLoader(cluster: cluster, reader: reader, engine: engine)
    await withDiscardingTaskGroup { group in
      group.addTask { await schemas.run() }
      var isFirst = true
      for await plan in await engine.planUpdates(of: cluster) {
        if isFirst { await engine.keepOnly(plan, of: cluster) }
        isFirst = false
        await follow(plan)
        schemas.look()
      }
      group.cancelAll()
    }
    for task in running.values { task.cancel() }
    for task in running.values { await task.value }
  }

  private func follow(_ plan: Set<StreamID>) async {
    for stream in plan { leaving[stream] = nil }
    for stream in running.keys where !plan.contains(stream) && leaving[stream] == nil {
      let successors = plan.filter { $0.succeeds(stream) && running[$0] == nil }
      if successors.isEmpty { await close(stream) } else { leaving[stream] = successors }
    }
    let mayStream = await engine.mayStream(cluster)
    // In an order that is always the same: what is beyond the limit must not depend on chance.
    for stream in plan.filter({ running[$0] == nil }).sorted(by: StreamID.isMoreUseful) {
      let polls = running.count >= Self.maximumWatches
      running[stream] = Task { await watch(stream, stream.options(mayStream: mayStream, polls: polls)) }
    }
  }

  private func close(_ stream: StreamID) async {
    leaving[stream] = nil
    guard let task = running.removeValue(forKey: stream) else { return }
    task.cancel()
    await task.value
    await engine.closed(stream)
  }

  nonisolated private func watch(_ stream: StreamID, _ options: Watcher.Options) async {
    let watcher = Watcher(stream: stream, reader: reader, options: options)
    if stream.groupKind == ClusterState.event {
      let seen = SeenEvents()
      await watcher.run { change in
        switch change {
        case .replaceAll(_, let objects): await self.engine.append(seen.new(objects))
        case .upsert(_, let object): await self.engine.append(seen.new([object]))
        case .remove: break
        case .link: await self.engine.apply(change)
        }
      }
      return
    }
    let holdsSecrets = stream.groupKind == Engine.secret
    await watcher.run { change in
      await self.engine.apply(holdsSecrets ? change.hashingSecrets() : change)
      switch change {
      case .replaceAll, .link(_, .forbidden), .link(_, .absent): await self.arrived(stream)
      case .upsert, .remove, .link: break
      }
    }
  }

  /// A stream has all there is to see.
  private func arrived(_ stream: StreamID) async {
    for (old, waiting) in leaving where waiting.contains(stream) {
      leaving[old] = waiting.subtracting([stream])
      if leaving[old]?.isEmpty == true {
        leaving[old] = nil
        // Not from inside the watch that it replaces: that would wait for itself.
        Task { await close(old) }
      }
    }
    if !hasStarted, await engine.isSettled(cluster) {
      hasStarted = true
      reader.budget.hasStarted()
    }
  }
}

extension StreamID {
  fileprivate func options(mayStream: Bool, polls: Bool) -> Watcher.Options {
    // Of Helm's records only the labels are wanted: what they hold is large and secret.
    let isOfRecords = groupKind == Engine.secret && selector == .labels(HelmRecord.selector)
    return Watcher.Options(mayStream: mayStream, polls: polls, asMetadata: isOfRecords)
  }

  /// Whether this stream takes another one's place: the same objects in another version, or the same kind more or less
  /// narrowed.
  fileprivate func succeeds(_ old: StreamID) -> Bool {
    groupKind == old.groupKind && selector == old.selector
      && (namespace == old.namespace || namespace == nil || old.namespace == nil)
  }

  /// Reconcilers and sources before what they manage.
  fileprivate static func isMoreUseful(_ a: StreamID, _ b: StreamID) -> Bool {
    func rank(_ stream: StreamID) -> (Int, String, String, String) {
      let isOwn = KindAdapters.adapter(for: stream.groupKind) != nil && stream.selector == .everything
      return (isOwn ? 0 : 1, stream.plural, stream.namespace ?? "", stream.title)
    }
    return rank(a) < rank(b)
  }
}

extension Change {
  /// Secrets are kept as hashes of their values, and nothing else of them (C12). What cannot be hashed is not kept.
  fileprivate func hashingSecrets() -> Change {
    switch self {
    case .replaceAll(let stream, let objects):
      .replaceAll(stream, objects.compactMap { try? SecretValues.hashed($0) })
    case .upsert(let stream, let object):
      (try? SecretValues.hashed(object)).map { .upsert(stream, $0) } ?? .remove(stream, object)
    case .remove, .link: self
    }
  }
}
