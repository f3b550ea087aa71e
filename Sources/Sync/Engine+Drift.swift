import Drift
import FoundationEssentials
import GitOps
import Kube

/// One comparison to make, with everything it needs: it runs off the engine. By reference: it goes there and back.
final class CompareRequest: Sendable {
  let pair: Engine.Pair
  let input: DriftInput
  let schema: SchemaTable
  /// What the verdict depends on; a verdict on something older is dropped.
  let desiredKey: DesiredKey
  let resourceVersion: String?
  let commit: CommitSummary?

  init(
    pair: Engine.Pair, input: DriftInput, schema: SchemaTable, desiredKey: DesiredKey, resourceVersion: String?,
    commit: CommitSummary?
  ) {
    self.pair = pair
    self.input = input
    self.schema = schema
    self.desiredKey = desiredKey
    self.resourceVersion = resourceVersion
    self.commit = commit
  }

  /// The verdict, with the commit in effect on each row.
  func rows() -> [DriftRow] {
    driftRows(input, schema: schema).map { row in
      var row = row
      if row.commit == nil { row.commit = commit }
      return row
    }
  }
}

extension Engine {
  func compareLoop() async {
    await work(compareQueue.wakeUps, width: 2, take: { $0.takeCompares() }) { batches in
      for batch in batches {
        let results = batch.map { ($0, $0.rows()) }
        await self.deliver(results)
      }
    }
  }

  private func takeCompares() -> [[CompareRequest]] {
    while true {
      let pairs = compareQueue.take(128)
      guard !pairs.isEmpty else { return [] }
      let requests = pairs.compactMap(compareRequest)
      compareQueue.done(pairs.count - requests.count)
      if !requests.isEmpty { return [requests] }
      workDone()
    }
  }

  private func deliver(_ results: [(CompareRequest, [DriftRow])]) {
    compareQueue.done(results.count)
    comparisons += results.count
    var changed = false
    for (request, rows) in results where accept(request, rows) { changed = true }
    if changed { scheduleSettling() }
    workDone()
  }

  /// - Returns: whether the rows differ from those before.
  private func accept(_ request: CompareRequest, _ rows: [DriftRow]) -> Bool {
    let pair = request.pair
    guard let state = desired[pair.reconciler], owners[pair.object] != nil else { return false }
    guard state.key == request.desiredKey else {
      // What it looked at may be new, and nothing else may ask again.
      compare(pair.object, under: pair.reconciler)
      return false
    }
    if let current = store.object(pair.object), current.resourceVersion != request.resourceVersion {
      // The newer state may differ in its status alone, and then nothing else asks again.
      compare(pair.object, under: pair.reconciler)
      return false
    }
    let old = verdicts[pair.reconciler]?[pair.object]
    if let old, !old.isEmpty, old.allSatisfy({ $0.commit == request.commit }) {
      var seen = reverts[pair] ?? Reverts()
      seen.take(rows, earlier: old, now: options.now())
      reverts[pair] = seen.isEmpty ? nil : seen
    }
    let settled = settle(
      confirmed(rows, request), old: old ?? [], reconciler: resources[pair.reconciler], isRebasing: state.isRefreshing)
    if !rows.contains(where: { $0.driftClass.isCounted }) {
      satisfied[pair.reconciler, default: []].insert(pair.object)
    }
    guard old != settled else { return false }
    verdicts[pair.reconciler, default: [:]][pair.object] = settled
    summaries[pair.reconciler] = nil
    return true
  }

  /// Rows that are made here: of a reconciler itself, and of what nobody answers for.
  func deliver(_ rows: [DriftRow], of object: ObjectRef, under reconciler: ObjectRef) {
    let old = verdicts[reconciler]?[object] ?? []
    let settled = settle(rows, old: old, reconciler: resources[reconciler], isRebasing: false)
    guard old != settled else { return }
    verdicts[reconciler, default: [:]][object] = settled.isEmpty ? nil : settled
    summaries[reconciler] = nil
    scheduleSettling()
    markDirty()
  }

  private func settle(_ rows: [DriftRow], old: [DriftRow], reconciler: Resource?, isRebasing: Bool) -> [DriftRow] {
    let isProgressing = isRebasing || reconciler?.health == .progressing
    return Settling.settled(rows, earlier: old, isProgressing: isProgressing, now: options.now()).rows
  }

  /// One timer for the next row that may settle.
  private func scheduleSettling() {
    guard settleTimer == nil else { return }
    settleTimer = Task {
      try? await Task.sleep(for: .seconds(1))
      settleAgain()
    }
  }

  private func settleAgain() {
    settleTimer = nil
    var open = false
    for (reconciler, objects) in verdicts {
      for (object, rows) in objects where rows.contains(where: \.provisional) {
        let state = desired[reconciler]
        let settled = settle(
          rows, old: rows, reconciler: resources[reconciler], isRebasing: state?.isRefreshing ?? false)
        verdicts[reconciler]?[object] = settled
        summaries[reconciler] = nil
        open = open || settled.contains(where: \.provisional)
      }
    }
    if open { scheduleSettling() }
    markDirty()
  }

  /// Nil when nothing can be said yet: something it needs is still on its way and will ask again.
  func compareRequest(_ pair: Pair) -> CompareRequest? {
    guard let resource = resources[pair.reconciler], let state = desired[pair.reconciler], let set = state.set,
      let discovery = clusters[pair.object.cluster]?.discovery, var live = live(pair)
    else { return nil }
    var resourceVersion: String?
    if case .present(let watched, let labelled) = live {
      guard let object = converted(watched, to: set.objects[pair.object]?.version ?? watched.version) else {
        return nil
      }
      live = .present(object, labelled: labelled)
      // Of what the watch holds, also where another version was read later: it is what the verdict is held against.
      resourceVersion = watched.resourceVersion
      guard clusters[pair.object.cluster]?.schemasKnown.contains(object.apiVersion) == true else { return nil }
    }
    let wanted = set.objects[pair.object]
    let version = wanted?.version ?? set.head?[pair.object]?.version ?? inventoryVersion(pair, resource) ?? ""
    var input = DriftInput(
      object: pair.object, version: version, reconciler: resource, desired: Self.desired(set.objects, pair.object),
      live: live, now: options.now())
    input.alternative = set.alternative.map { Self.desired($0, pair.object) }
    input.head = set.head.map { Self.desired($0, pair.object) }
    input.fought = reverts[pair]?.fought(at: input.now) ?? []
    input.inputsChanged = haveVariablesChanged(since: resource.lastRun, of: pair.reconciler)
    input.sawEqual = satisfied[pair.reconciler]?.contains(pair.object) ?? false
    input.previous = set.previous[pair.object]
    input.newerRelease = newerRelease(of: resource)
    input.autoscalers = (autoscaled[pair.object] ?? []).sorted().compactMap { autoscalers[$0] }
    // Asked of the few objects only whose replicas Git sets.
    if wanted?.packed["spec"]?["replicas"] != nil { input.seesAutoscalers = seesAutoscalers(of: pair.object) }
    input.ignore = options.ignore + ignoreRules(of: set, pair)
    input.isVersionServed = wanted == nil || discovery.versions(of: pair.object.groupKind).contains(version)
    return CompareRequest(
      pair: pair, input: input, schema: schema(of: pair.object.cluster), desiredKey: state.key,
      resourceVersion: resourceVersion,
      commit: set.commit)
  }

  /// What the reconciler itself is told not to correct of an object.
  private func ignoreRules(of set: DesiredSet, _ pair: Pair) -> [IgnoreRule] {
    guard !set.ignore.isEmpty, let object = set.objects[pair.object] else { return [] }
    let field = pair.reconciler.kind == "HelmRelease" ? "spec.driftDetection.ignore" : "spec.ignore"
    let source = "\(field) of \(pair.reconciler.kind) \(pair.reconciler.name)"
    return set.ignore.filter { $0.covers(object) }.flatMap(\.paths).map {
      IgnoreRule(kind: nil, path: $0, manager: nil, source: source)
    }
  }

  private static func desired(_ objects: [ObjectRef: DesiredObject], _ ref: ObjectRef) -> Desired {
    objects[ref].map(Desired.object) ?? .absent
  }

  private func inventoryVersion(_ pair: Pair, _ resource: Resource) -> String? {
    resource.inventory.first {
      $0.groupKind == pair.object.groupKind && $0.namespace == pair.object.namespace && $0.name == pair.object.name
    }?.version
  }

  /// What is known of an object, asking when it is not in the watches.
  private func live(_ pair: Pair) -> Live? {
    let ref = pair.object
    guard mayRead(ref.groupKind) else { return .unknown(reason: Self.secretsNotRead) }
    if let object = store.object(ref) {
      seenBefore.insert(ref)
      return .present(object, labelled: isLabelled(object, pair.reconciler))
    }
    guard let cluster = clusters[ref.cluster], let discovery = cluster.discovery else { return nil }
    guard !discovery.versions(of: ref.groupKind).isEmpty else {
      return .unknown(reason: "the cluster does not serve \(ref.groupKind)")
    }
    if let reason = blindness(of: ref) { return .unknown(reason: reason) }
    let stream = stream(for: ref, under: pair.reconciler)
    if let stream {
      switch cluster.links[stream] {
      case .forbidden(let reason): return .unknown(reason: "no permission to list \(stream.plural): \(reason)")
      default: break
      }
      guard cluster.listed.contains(stream) else { return nil }
    } else if KindAdapters.adapter(for: ref.groupKind) == nil {
      return nil
    }
    switch probes[ref] {
    case .absent(let seen): return .absent(seenBefore: seen)
    case .present(let object): return .present(object, labelled: false)
    case .unknown(let reason): return .unknown(reason: reason)
    case .asking, .unanswered: return nil
    case nil:
      probes[ref] = .asking
      probeQueue.add(ref)
      return nil
    }
  }

  private func isLabelled(_ object: Object, _ reconciler: ObjectRef) -> Bool {
    Self.ownerLabels(of: reconciler)?.owner(of: object) == reconciler.moved(to: object.ref.cluster)
  }

  /// Group versions that managed objects use and whose schema was not asked for yet.
  func missingSchemas(of state: ClusterState) -> Set<String> {
    var versions: Set<String> = []
    for stream in state.wanted.union(state.ownStreams) {
      let group = stream.groupKind.group
      versions.insert(group.isEmpty ? stream.version : "\(group)/\(stream.version)")
    }
    for (ref, other) in otherVersions where ref.cluster == state.options.id {
      versions.insert(ref.group.isEmpty ? other.version : "\(ref.group)/\(other.version)")
    }
    for (ref, found) in lookedUp where ref.cluster == state.options.id {
      if let object = found.object { versions.insert(object.apiVersion) }
    }
    return versions.subtracting(state.schemasKnown)
  }

  func probeLoop() async {
    await work(probeQueue.wakeUps, width: 8, take: { $0.takeProbe() }) { refs in
      for ref in refs { await self.probe(ref) }
    }
  }

  private func takeProbe() -> [ObjectRef] { probeQueue.take(1) }

  nonisolated private func probe(_ ref: ObjectRef) async {
    guard let (reader, resource) = await probeTarget(ref) else { return await probed(ref, nil) }
    do throws(APIError) {
      let object = try await reader.get(ref, version: resource.version, plural: resource.plural)
      await probed(ref, .present((try? SecretValues.hashed(object)) ?? object))
    } catch {
      if error.isNotFound {
        await probed(ref, .absent(seenBefore: await wasSeen(ref)))
      } else if error.isForbidden {
        await probed(ref, .unknown("no permission to get \(ref.kind) \(ref.path)"))
      } else {
        await probed(ref, nil)
      }
    }
  }

  private func probeTarget(_ ref: ObjectRef) -> (KubeReader, ServedResource)? {
    guard let state = clusters[ref.cluster], let reader = state.reader, let discovery = state.discovery,
      let resource = servedResource(
        ref.groupKind, preferring: state.watchedVersion(of: ref.groupKind).map { [$0: 1] } ?? [:], in: discovery)
    else { return nil }
    return (reader, resource)
  }

  private func wasSeen(_ ref: ObjectRef) -> Bool { seenBefore.contains(ref) }

  /// `nil`: no answer. Asking again at once would be a storm against a server that is down.
  private func probed(_ ref: ObjectRef, _ answer: Probe?) {
    probeQueue.done(1)
    defer { workDone() }
    guard owners[ref] != nil, store.object(ref) == nil else {
      probes[ref] = nil
      return
    }
    probes[ref] = answer ?? .unanswered
    if case .present = answer { updateWatches(of: ref.cluster) }
    if answer == nil { askLater(ref) } else { compareOwners(of: ref) }
  }

  private func askLater(_ ref: ObjectRef) {
    Task {
      try? await Task.sleep(for: .seconds(30))
      askAgain(ref)
    }
  }

  /// Forgets that there was no answer, so that the next comparison asks.
  func askAgain(_ ref: ObjectRef) {
    guard case .unanswered = probes[ref] else { return }
    probes[ref] = nil
    compareOwners(of: ref)
  }
}
