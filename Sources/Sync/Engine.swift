import Drift
import FoundationEssentials
import GitOps
import Journal
import Kube
import Structured

/// Owns what is known: live objects, desired state, verdicts, repositories. Everything that happens arrives here as a change
/// and leaves as a snapshot.
public actor Engine {
  let options: EngineOptions
  nonisolated let git: GitSources?
  nonisolated let dialSlots = DialSlots()
  nonisolated let artifacts = ArtifactKeeper()

  var store = Store()
  var clusters: [ClusterID: ClusterState] = [:]
  /// The clusters in the order of the screen.
  var order: [ClusterID] = []
  /// What the adapters say of their objects.
  var resources: [ObjectRef: Resource] = [:]
  /// Their references in order; nil when one came or went since.
  var sortedResources: [ObjectRef]?
  var repos: [RepoRow.ID: RepoState] = [:]
  /// Source object → the repository it follows.
  var repoOfSource: [ObjectRef: RepoRow.ID] = [:]
  var desired: [ObjectRef: DesiredState] = [:]
  /// Reconciler → object → rows. An object without rows in here was compared and is as Git wants it.
  var verdicts: [ObjectRef: [ObjectRef: [DriftRow]]] = [:]
  /// Object → the reconcilers that want it or have it in their inventory.
  var owners: [ObjectRef: [ObjectRef]] = [:]
  /// Reconciler → what it wants or has.
  var membership: [ObjectRef: Set<ObjectRef>] = [:]
  /// Reconciler → what `membership` and `verdicts` add up to; nothing here means that one of them changed.
  var summaries: [ObjectRef: MemberSummary] = [:]
  /// Reconciler → the kinds of its objects.
  var memberKinds: [ObjectRef: MemberKinds] = [:]
  /// Reconciler → the ConfigMaps and Secrets of its variables, and the other way round.
  var variableSources: [ObjectRef: [ObjectRef]] = [:]
  var variableUsers: [ObjectRef: Set<ObjectRef>] = [:]
  /// What each autoscaler says, and the other way round: target → its autoscalers.
  var autoscalers: [ObjectRef: Autoscaler] = [:]
  var autoscaled: [ObjectRef: Set<ObjectRef>] = [:]
  /// The records that Helm keeps of releases, by their own objects and by the release.
  var helmRecords: [ObjectRef: HelmRecord] = [:]
  var recordsOfRelease: [ReleaseID: Set<ObjectRef>] = [:]
  /// Release → the HelmRelease that says it made it.
  var releasers: [ReleaseID: ObjectRef] = [:]
  /// Clusters of which it is to be worked out what is to be watched.
  var watchesToPlan: Set<ClusterID> = []
  /// Secret with the kubeconfig of a target cluster → where that leads.
  var kubeconfigs: [ObjectRef: TargetAddress] = [:]
  /// Address of a server, as somebody writes it → the attached cluster; asked for every row of every snapshot.
  var clustersByAddress: [String: ClusterID?] = [:]
  /// Objects that Argo CD calls different.
  var lookedUp: [ObjectRef: LookedUp] = [:]
  var probes: [ObjectRef: Probe] = [:]
  var otherVersions: [ObjectRef: OtherVersion] = [:]
  /// Object → the owner that its labels name and that is gone.
  var orphans: [ObjectRef: ObjectRef] = [:]
  /// Objects that our own watch held at some time.
  var seenBefore: Set<ObjectRef> = []
  /// What was put back of which object.
  var reverts: [Pair: Reverts] = [:]
  /// What dry runs said, or are asked.
  var confirmations: [Pair: Confirmation] = [:]
  /// ConfigMap or Secret of variables → when it was written last.
  var variablesWritten: [ObjectRef: Date] = [:]
  /// Reconciler → objects that our own watch saw as Git wants them, since their desired state last changed.
  var satisfied: [ObjectRef: Set<ObjectRef>] = [:]
  var log = LogRing()
  var actions: [ActionRecord] = []
  /// Why the user may not patch a kind in a namespace; nothing here means that nothing forbids it.
  var rights: [Rights: String] = [:]
  var notices: [String] = []

  var compareQueue = WorkQueue<Pair>()
  /// How many were made so far.
  var comparisons = 0
  var renderQueue = WorkQueue<ObjectRef>()
  var probeQueue = WorkQueue<ObjectRef>()
  var versionQueue = WorkQueue<ObjectRef>()
  var confirmQueue = WorkQueue<Pair>()
  var settleTimer: Task<Void, Never>?
  var freshnessTimer: Task<Void, Never>?
  var publisher = Publisher()
  var handledWaiters: [String: [CheckedContinuation<Bool, Never>]] = [:]

  /// One object under one reconciler.
  struct Pair: Hashable, Sendable {
    let reconciler: ObjectRef
    let object: ObjectRef
  }

  /// - Parameter git: reads Git; nil where there is no cache to keep mirrors in, and then every desired state
  ///   from Git is undetermined.
  public init(options: EngineOptions, git: GitSources?) {
    self.options = options
    self.git = git
    order = options.clusters.map(\.id)
    for cluster in options.clusters { clusters[cluster.id] = ClusterState(options: cluster) }
  }

  /// Watches, fetches, renders and compares until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.sessionLoop() }
      group.addTask { await self.sleepLoop() }
      group.addTask { await self.renderLoop() }
      group.addTask { await self.compareLoop() }
      group.addTask { await self.probeLoop() }
      group.addTask { await self.versionLoop() }
      group.addTask { await self.confirmLoop() }
      group.addTask { await self.fetchLoop() }
      markDirty()
    }
  }

  /// The newest snapshot first, then each newer one; what is not read in time is skipped, never queued.
  public func snapshots() -> AsyncStream<Snapshot> {
    publisher.subscribe(current: makeSnapshot())
  }

  /// Dial and list again: what `Ctrl-r` does.
  public func refresh(_ cluster: ClusterID?) {
    for id in clusters.keys where cluster == nil || cluster == id { clusters[id]?.wakeUp() }
    askRepositories()
  }

  // Wakes the session loop.
  let (sessionWakeUps, sessionSignal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  /// Counts the clusters that were ever set: a session belongs to one of them.
  var generations: UInt64 = 0

  // Wakes the fetch loop.
  let (fetchWakeUps, fetchSignal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// Takes one change. Awaiting it is the back-pressure of the watches.
  func apply(_ change: Change) {
    if case .link(let stream, let link) = change {
      setLink(stream, link)
      return
    }
    let stream = change.stream
    guard clusters[stream.cluster] != nil else { return }
    // A first list changes what is known even when it is empty.
    let isList = if case .replaceAll = change { true } else { false }
    var before: Object?
    if case .upsert(_, let object) = change { before = store.object(object.ref) }
    if isList { clusters[stream.cluster]?.listed.insert(stream) }
    let delta = store.apply(change)
    for ref in delta.added { objectChanged(ref) }
    for ref in delta.changed { objectChanged(ref, from: before) }
    for ref in delta.removed { objectRemoved(ref) }
    if isList {
      streamListed(stream)
      ownersListed(stream)
      lookAtPicture(of: stream.cluster)
    }
    if !delta.isEmpty || isList { markDirty() }
  }

  private func setLink(_ stream: StreamID, _ link: Link) {
    let before = clusters[stream.cluster]?.links[stream] ?? .connecting
    guard clusters[stream.cluster]?.setLink(stream, link, at: .now) == true else { return }
    switch link {
    case .forbidden(let reason): narrow(stream, because: reason)
    case .absent: discoverSoon(stream.cluster)
    case .retrying: clusters[stream.cluster]?.chores?.yield(.heartbeat)
    default: break
    }
    freshnessChanged()
    lookAtPicture(of: stream.cluster)
    // What could not be seen may be seen now, and the other way round.
    let isManaged = stream.selector != .everything || KindAdapters.adapter(for: stream.groupKind) == nil
    if isManaged, before.isBlind || link.isBlind { streamListed(stream) }
  }

  /// - Parameter before: what it was, where that is known.
  private func objectChanged(_ ref: ObjectRef, from before: Object? = nil) {
    guard let object = store.object(ref) else { return }
    forgetProbe(of: object)
    if let adapter = KindAdapters.adapter(for: ref.groupKind) {
      let resource = adapter.describe(object)
      let old = resources.updateValue(resource, forKey: ref)
      if old == nil { sortedResources = nil }
      if old != resource { resourceChanged(old, resource) } else { specMayHaveChanged(resource) }
    }
    strayChanged(object)
    autoscalerChanged(object, ref)
    recordChanged(object, ref)
    if let before, before.ref == ref, wantsNoStatus(of: ref), object.differsInStatusOnly(from: before) { return }
    compareOwners(of: ref)
    variablesChanged(in: ref)
  }

  /// Git may set a status where it is no subresource.
  private func wantsNoStatus(of ref: ObjectRef) -> Bool {
    (owners[ref] ?? []).allSatisfy { desired[$0]?.set?.objects[ref]?.packed["status"] == nil }
  }

  /// An object followed by name stays followed until an owner's label is back.
  private func forgetProbe(of object: Object) {
    guard let probe = probes[object.ref] else { return }
    if case .present = probe {
      guard !OwnerLabels.owners(of: object).isEmpty else { return }
      probes[object.ref] = nil
      updateWatches(of: object.ref.cluster)
    } else {
      probes[object.ref] = nil
    }
  }

  func objectRemoved(_ ref: ObjectRef) {
    if let old = resources.removeValue(forKey: ref) {
      sortedResources = nil
      resourceRemoved(old)
    }
    autoscalerChanged(nil, ref)
    recordChanged(nil, ref)
    forgetOrphan(ref)
    // A DELETED of a label-selected watch may be a removed label: ask before anything is said.
    if owners[ref] != nil, clusters[ref.cluster]?.reader != nil {
      probes[ref] = .asking
      seenBefore.insert(ref)
      probeQueue.add(ref)
    }
    compareOwners(of: ref)
    variablesChanged(in: ref)
  }

  /// Compares an object again under every reconciler that has to do with it.
  func compareOwners(of ref: ObjectRef) {
    for reconciler in owners[ref] ?? [] { compare(ref, under: reconciler) }
  }

  /// Nothing can be said before it is known what is wanted; then everything is compared.
  func compare(_ object: ObjectRef, under reconciler: ObjectRef) {
    guard desired[reconciler]?.set != nil else { return }
    compareQueue.add(Pair(reconciler: reconciler, object: object))
  }

  /// A row does not show everything of a spec: patches, variables, what a source leaves out.
  private func specMayHaveChanged(_ resource: Resource) {
    switch resource.role {
    case .source:
      for follower in resources.values where follower.source == resource.ref { refreshDesired(follower) }
    case .companion: break
    case .reconciler:
      followVariables(of: resource)
      refreshDesired(resource)
    }
  }

  private func resourceChanged(_ old: Resource?, _ new: Resource) {
    noteTransition(old, new)
    advanceActions(new)
    switch new.role {
    case .source:
      follow(new)
      for resource in resources.values where resource.source == new.ref { refreshDesired(resource) }
      askRights(new)
    case .companion: askRights(new)
    case .reconciler:
      if old == nil { ownerChanged(new.ref) }
      followTarget(of: new)
      followVariables(of: new)
      refreshDesired(new)
      refreshMembership(new)
      lookUpDifferences(of: new)
      compareAll(new.ref, touched: touched(old, new))
      releaseChanged(old, new)
      askRights(new)
    }
  }

  /// Whether the user may do what can be done to it.
  private func askRights(_ resource: Resource) {
    guard KindAdapters.adapter(for: resource.ref.groupKind)?.verbs.isEmpty == false else { return }
    clusters[resource.ref.cluster]?.askRights(RightsQuestion(resource: resource))
  }

  /// The objects whose verdict a reconciler's status may change although they have no rows: status decides fate, cause and
  /// class of rows that are there, the inventory what else there is. Another revision in effect comes with what it renders.
  private func touched(_ old: Resource?, _ new: Resource) -> Set<ObjectRef>? {
    guard let place = place(of: new), let old, old.target == new.target,
      (old.inEffect.shown == nil) == (new.inEffect.shown == nil)
    else {
      return nil
    }
    guard old.inventory != new.inventory else { return [] }
    return Set(
      Set(old.inventory).symmetricDifference(new.inventory).map {
        ObjectRef(cluster: place, groupKind: $0.groupKind, namespace: $0.namespace, name: $0.name)
      })
  }

  func resourceRemoved(_ old: Resource) {
    switch old.role {
    case .source: unfollow(old.ref)
    case .companion: break
    case .reconciler:
      releaseChanged(old, nil)
      desired[old.ref] = nil
      verdicts[old.ref] = nil
      summaries[old.ref] = nil
      memberKinds[old.ref] = nil
      forgetVariables(of: old.ref)
      satisfied[old.ref] = nil
      for object in membership.removeValue(forKey: old.ref) ?? [] { disown(object, old.ref) }
      updateWatches(of: place(of: old) ?? old.ref.cluster)
      ownerChanged(old.ref)
    }
  }

  func disown(_ object: ObjectRef, _ reconciler: ObjectRef) {
    owners[object]?.removeAll { $0 == reconciler }
    if owners[object]?.isEmpty == true {
      owners[object] = nil
      lookedUp[object] = nil
      probes[object] = nil
      otherVersions[object] = nil
    }
    satisfied[reconciler]?.remove(object)
    let pair = Pair(reconciler: reconciler, object: object)
    reverts[pair] = nil
    confirmations[pair] = nil
  }

  /// Lines of logs and events.
  func append(_ lines: [LogLine]) {
    guard !lines.isEmpty else { return }
    log.add(lines)
    markDirty()
  }

  /// A sentence for the operator, once.
  public func notice(_ sentence: String) {
    guard !notices.contains(sentence) else { return }
    notices.append(sentence)
    markDirty()
  }

  private func noteTransition(_ old: Resource?, _ new: Resource) {
    guard let old, old.health != new.health || old.inEffect != new.inEffect else { return }
    options.journal?.append(
      Transition(
        time: options.now(), object: new.ref, uid: new.uid, from: old.health.rawValue, to: new.health.rawValue,
        reason: new.reason, message: new.message, revision: new.inEffect.shown?.text))
  }
}

extension Link {
  /// The stream cannot show what is there.
  fileprivate var isBlind: Bool {
    switch self {
    case .forbidden, .absent, .authNeeded, .stopped: true
    case .connecting, .live, .stale, .retrying, .polling: false
    }
  }
}

extension Change {
  var stream: StreamID {
    switch self {
    case .replaceAll(let stream, _), .upsert(let stream, _), .remove(let stream, _), .link(let stream, _): stream
    }
  }
}
