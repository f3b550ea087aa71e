import Drift
import GitOps
import Kube

extension Engine {
  /// The clusters to watch from now on, in the order of the screen. One that is new is dialled, one that is gone is
  /// forgotten with all that is known of it, one whose fingerprint changed is both.
  public func setClusters(_ wanted: [ClusterOptions]) {
    var next: [ClusterID: ClusterOptions] = [:]
    for cluster in wanted where next[cluster.id] == nil { next[cluster.id] = cluster }
    for (id, state) in clusters where next[id]?.fingerprint != state.options.fingerprint { forget(id) }
    for (id, cluster) in next where clusters[id] == nil {
      generations += 1
      clusters[id] = ClusterState(options: cluster, generation: generations)
    }
    var seen: Set<ClusterID> = []
    order = wanted.map(\.id).filter { seen.insert($0).inserted }
    targetsMayHaveMoved()
    sessionSignal.yield()
    markDirty()
  }

  /// Drops everything that came from a cluster; its session ends by itself when it is not wanted any more.
  private func forget(_ cluster: ClusterID) {
    clusters[cluster] = nil
    dropObjects(of: cluster)
    for ref in probes.keys where ref.cluster == cluster { probes[ref] = nil }
    seenBefore = seenBefore.filter { $0.cluster != cluster }
    rights = rights.filter { $0.key.cluster != cluster }
  }

  private func dropObjects(of cluster: ClusterID) {
    for stream in Array(store.streams) where stream.cluster == cluster {
      for ref in store.close(stream).removed {
        autoscalerChanged(nil, ref)
        recordChanged(nil, ref)
        forgetOrphan(ref)
        if let old = resources.removeValue(forKey: ref) {
          sortedResources = nil
          resourceRemoved(old)
        }
      }
    }
  }

  /// Keeps one session for each cluster that can be connected to.
  func sessionLoop() async {
    var running: [ClusterID: (generation: UInt64, task: Task<Void, Never>)] = [:]
    sessionSignal.yield()
    for await _ in sessionWakeUps {
      for (id, session) in running where clusters[id]?.generation != session.generation {
        session.task.cancel()
        await session.task.value
        // What it delivered after its cluster was forgotten.
        dropObjects(of: id)
        running[id] = nil
      }
      for (id, state) in clusters where running[id] == nil && state.reader != nil {
        let session = ClusterSession(cluster: state.options, engine: self)
        running[id] = (state.generation, Task { await session.run() })
      }
    }
    for session in running.values { session.task.cancel() }
    for session in running.values { await session.task.value }
  }
}

// What the sessions of clusters ask for and report.
extension Engine {
  func isSettled(_ cluster: ClusterID) -> Bool {
    !watchesToPlan.contains(cluster) && clusters[cluster]?.isSettled ?? true
  }
  func missingSchemas(of cluster: ClusterID) -> Set<String> { clusters[cluster].map(missingSchemas) ?? [] }

  /// Streaming lists came with 1.27, behind a gate (wire-facts 9.4): what is older is not asked.
  func mayStream(_ cluster: ClusterID) -> Bool {
    let parts = clusters[cluster]?.version?.split(separator: ".") ?? []
    guard parts.count > 1, let minor = Int(parts[1].prefix { $0.isNumber }) else { return false }
    return parts[0] != "v1" || minor >= 27
  }

  /// Something arrived, or will not: perhaps the last of the first picture.
  func lookAtPicture(of cluster: ClusterID) {
    if clusters[cluster]?.hasPicture == false, isSettled(cluster) { pictureArrived(of: cluster) }
  }

  private func pictureArrived(of cluster: ClusterID) {
    guard let postponed = clusters[cluster]?.pictureArrived() else { return }
    for reconciler in postponed.sorted() { renderQueue.add(reconciler) }
    // Schemas are looked for where streams are.
    clusters[cluster]?.replan()
  }

  func hasPicture(of cluster: ClusterID) -> Bool { clusters[cluster]?.hasPicture ?? true }

  func planUpdates(of cluster: ClusterID) -> AsyncStream<Set<StreamID>> {
    clusters[cluster]?.planUpdates() ?? AsyncStream { $0.finish() }
  }

  func chores(of cluster: ClusterID) -> AsyncStream<ClusterChore> {
    let (stream, signal) = AsyncStream.makeStream(of: ClusterChore.self, bufferingPolicy: .bufferingNewest(16))
    clusters[cluster]?.chores = signal
    if clusters[cluster]?.visibility.narrowed.isEmpty == false { signal.yield(.findNamespaces) }
    return stream
  }

  func discoveryRequests(of cluster: ClusterID) -> AsyncStream<Void> {
    let (stream, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    clusters[cluster]?.discoverySignal = signal
    return stream
  }

  func discoverSoon(_ cluster: ClusterID) { clusters[cluster]?.discoverySignal?.yield() }

  /// A session begins: what an earlier one watched and this one will not is forgotten.
  func keepOnly(_ plan: Set<StreamID>, of cluster: ClusterID) {
    guard let state = clusters[cluster] else { return }
    let old = Set(state.links.keys).union(store.streams.filter { $0.cluster == cluster })
    for stream in old.subtracting(plan) { closed(stream) }
  }

  /// A watch ended because nobody wants it any more.
  func closed(_ stream: StreamID) {
    clusters[stream.cluster]?.closed(stream)
    let delta = store.close(stream)
    for ref in delta.removed { objectRemoved(ref) }
    markDirty()
  }

  func dialled(_ cluster: ClusterID, version: String, discovery: Discovery) {
    clusters[cluster]?.version = version
    clusters[cluster]?.freshness.lived(at: .now)
    take(discovery, of: cluster)
    let generation = clusters[cluster]?.generation
    Task {
      // One list that does not come holds up nothing else.
      try? await Task.sleep(for: Self.picturePatience)
      if clusters[cluster]?.generation == generation { pictureArrived(of: cluster) }
    }
  }

  private static let picturePatience: Duration = .seconds(1)

  func dialFailed(_ cluster: ClusterID, _ link: Link) {
    clusters[cluster]?.dial = link
    guard clusters[cluster]?.discovery != nil else { return markDirty() }
    // It was there before: rows of it are on screen.
    heartbeatFailed(cluster, link.reason ?? link.word)
  }

  /// The session of a cluster is over, and another one may follow: nothing is connected in between.
  func sessionEnded(_ cluster: ClusterID) {
    for stream in clusters[cluster].map({ Array($0.links.keys) }) ?? [] {
      _ = clusters[cluster]?.setLink(stream, .connecting, at: .now)
    }
    freshnessChanged()
  }

  /// What is served was looked at again.
  /// - Returns: whether something that was served is missing, so that another look is due soon.
  func discovered(_ cluster: ClusterID, _ discovery: Discovery) -> Bool {
    take(discovery, of: cluster)
    // A kind that was not there when its watch asked may be there now.
    let isAbsent = clusters[cluster]?.links.values.contains(.absent) ?? false
    if isAbsent { clusters[cluster]?.reader?.pulse.send(.retry(within: .zero)) }
    return clusters[cluster]?.kinds.areInDoubt ?? false
  }

  private func take(_ discovery: Discovery, of cluster: ClusterID) {
    let deleted = clusters[cluster]?.deletedDefinitions ?? []
    let isFirst = clusters[cluster]?.discovery == nil
    let isNew = clusters[cluster]?.kinds.take(discovery, deleted: deleted, at: .now) ?? false
    if isNew || isFirst { served(by: cluster) }
    if clusters[cluster]?.kinds.areInDoubt == true { discoverSoon(cluster) }
  }

  private func served(by cluster: ClusterID) {
    updateWatches(of: cluster)
    clusters[cluster]?.replan()
    for resource in resources.values where resource.role == .reconciler && place(of: resource) == cluster {
      compareAll(resource.ref)
    }
    markDirty()
  }

  /// CustomResourceDefinitions came, changed or went.
  /// - Parameters:
  ///   - changed: their names, `plural.group`.
  ///   - deleted: those of them that are gone.
  func definitionsChanged(_ cluster: ClusterID, _ changed: Set<String>, deleted: Set<String>) {
    guard let known = clusters[cluster]?.schemasKnown else { return }
    let groups = Set(changed.map { String($0.drop { $0 != "." }.dropFirst()) })
    clusters[cluster]?.schemasKnown = known.filter { !groups.contains(String($0.prefix { $0 != "/" })) }
    clusters[cluster]?.deletedDefinitions.subtract(changed)
    clusters[cluster]?.deletedDefinitions.formUnion(deleted)
    discoverSoon(cluster)
  }

  // Few rights

  func narrow(_ stream: StreamID, because reason: String) {
    guard stream.namespace == nil, let state = clusters[stream.cluster],
      state.discovery?.resource(for: stream.groupKind, version: stream.version)?.namespaced == true
    else { return }
    if case .fields = stream.selector { return }
    // Without autoscalers less is known of causes: nobody has to be told where else they may be looked for.
    if stream.selector == .everything, Autoscaler.kinds.contains(stream.groupKind), state.visibility.narrowed.isEmpty {
      return
    }
    if clusters[stream.cluster]?.visibility.narrow(stream.groupKind, stream.plural, because: reason) == true {
      clusters[stream.cluster]?.chores?.yield(.findNamespaces)
    } else {
      clusters[stream.cluster]?.replan()
    }
    markDirty()
  }

  func namespacesFound(_ cluster: ClusterID, _ namespaces: [NamespaceRules]) {
    clusters[cluster]?.visibility.found(namespaces)
    clusters[cluster]?.replan()
    lookAtPicture(of: cluster)
    markDirty()
  }

  func narrowedKinds(of cluster: ClusterID) -> [GroupKind] {
    clusters[cluster].map { Array($0.visibility.narrowed.keys) } ?? []
  }

  func widen(_ cluster: ClusterID, _ groupKind: GroupKind) {
    clusters[cluster]?.visibility.widen(groupKind)
    clusters[cluster]?.replan()
    markDirty()
  }
}
