import GitOps

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
        if let old = resources.removeValue(forKey: ref) { resourceRemoved(old) }
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
