import Drift
import GitOps
import Kube

extension Engine {
  /// The labels that a reconciler puts on what it applies.
  static func ownerLabels(of reconciler: ObjectRef) -> OwnerLabels? {
    KindAdapters.adapter(for: reconciler.groupKind)?.ownerLabels
  }

  static let secret = GroupKind(group: "", kind: "Secret")
  static let secretsNotRead = "Secrets are not read (secrets: metadata)"

  func mayRead(_ groupKind: GroupKind) -> Bool { options.readsSecrets || groupKind != Self.secret }

  /// What is to be watched may be something else now. It is worked out once after all that is being taken: a list of a
  /// hundred reconcilers asks a hundred times.
  func updateWatches(of cluster: ClusterID) {
    guard watchesToPlan.insert(cluster).inserted else { return }
    Task {
      watchesToPlan.remove(cluster)
      planWatches(of: cluster)
      lookAtPicture(of: cluster)
      markDirty()
    }
  }

  /// Which kinds of managed objects to watch in a cluster: one label-selected stream a kind and engine, so that nothing
  /// unmanaged is downloaded, and one stream for each object that lost its label.
  private func planWatches(of cluster: ClusterID) {
    guard let state = clusters[cluster], let discovery = state.discovery else { return }
    var versions: [GroupKind: [String: Int]] = [:]
    var selectors: [GroupKind: Set<String>] = [:]
    for kinds in memberKinds.values where kinds.cluster == cluster {
      for (kind, counts) in kinds.versions where KindAdapters.adapter(for: kind) == nil && mayRead(kind) {
        selectors[kind, default: []].insert(kinds.label)
        versions[kind, default: [:]].merge(counts, uniquingKeysWith: +)
      }
    }
    var wanted: Set<StreamID> = []
    for (groupKind, labels) in selectors {
      guard let resource = servedResource(groupKind, preferring: versions[groupKind] ?? [:], in: discovery) else {
        continue
      }
      for label in labels {
        wanted.insert(
          StreamID(
            cluster: cluster, groupKind: groupKind, version: resource.version, plural: resource.plural,
            selector: .labels(label)))
      }
    }
    for (ref, probe) in probes {
      guard ref.cluster == cluster, case .present = probe,
        let resource = servedResource(ref.groupKind, preferring: versions[ref.groupKind] ?? [:], in: discovery)
      else { continue }
      wanted.insert(
        StreamID(
          cluster: cluster, groupKind: ref.groupKind, version: resource.version, plural: resource.plural,
          selector: .fields("metadata.name=\(ref.name)"), namespace: ref.namespace.isEmpty ? nil : ref.namespace))
    }
    wanted.formUnion(variableStreams(of: cluster, discovery))
    if mayRead(Self.secret), let secrets = discovery.resource(for: Self.secret, version: "v1"),
      releasers.keys.contains(where: { $0.cluster == cluster })
    {
      wanted.insert(
        StreamID(
          cluster: cluster, groupKind: Self.secret, version: "v1", plural: secrets.plural,
          selector: .labels(HelmRecord.selector)))
    }
    if !versions.isEmpty {
      for kind in Autoscaler.kinds {
        guard let resource = servedResource(kind, preferring: versions[kind] ?? [:], in: discovery) else { continue }
        wanted.insert(
          StreamID(cluster: cluster, groupKind: kind, version: resource.version, plural: resource.plural))
      }
    }
    clusters[cluster]?.want(wanted)
  }

  /// The version that Git uses most while the server serves it, else the preferred one (`drift.md` R10).
  func servedResource(
    _ groupKind: GroupKind, preferring versions: [String: Int], in discovery: Discovery
  ) -> ServedResource? {
    let best = versions.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
    let served = discovery.versions(of: groupKind)
    guard let version = best.first(where: served.contains) ?? served.first else { return nil }
    return discovery.resource(for: groupKind, version: version)
  }

  /// The label-selected stream that holds, or would hold, an object for a reconciler: of the whole cluster or of the
  /// object's namespace. Nil when nothing of the kind is watched there.
  func stream(for object: ObjectRef, under reconciler: ObjectRef) -> StreamID? {
    guard let label = Self.ownerLabels(of: reconciler)?.name, let state = clusters[object.cluster],
      let whole = state.wanted.first(where: { $0.groupKind == object.groupKind && $0.selector == .labels(label) })
    else { return nil }
    let streams = state.visibility.streams(of: whole)
    return streams.first { $0.namespace == nil || $0.namespace == object.namespace }
  }

  /// Why an object's kind cannot be seen where it is; nil when it can.
  func blindness(of object: ObjectRef) -> String? {
    guard let state = clusters[object.cluster], let reason = state.visibility.narrowed[object.groupKind],
      let namespaces = state.visibility.namespaces
    else { return nil }
    let plural = state.discovery?.resource(for: object.groupKind)?.plural ?? ""
    let isVisible = namespaces.contains { $0.namespace == object.namespace && $0.mayList(object.group, plural) }
    return isVisible ? nil : "no permission to list \(plural): \(reason)"
  }

  /// A list is complete: what is not in it may be missing. What is in it, and was compared, is compared again by its change.
  func streamListed(_ stream: StreamID) {
    for (ref, reconcilers) in owners where ref.cluster == stream.cluster && ref.groupKind == stream.groupKind {
      if let namespace = stream.namespace, namespace != ref.namespace { continue }
      if case .unanswered = probes[ref] { probes[ref] = nil }
      let isThere = store.object(ref) != nil
      for reconciler in reconcilers where !isThere || verdicts[reconciler]?[ref]?.isEmpty != true {
        compare(ref, under: reconciler)
      }
    }
  }

  /// Compares what one reconciler wants or has: of what was compared and is as it should be only what was touched.
  /// - Parameter touched: nil: everything.
  func compareAll(_ reconciler: ObjectRef, touched: Set<ObjectRef>? = nil) {
    let known = verdicts[reconciler]
    for object in membership[reconciler] ?? [] {
      if let touched, !touched.contains(object), known?[object]?.isEmpty == true { continue }
      compare(object, under: reconciler)
    }
  }

  func schema(of cluster: ClusterID) -> SchemaTable { clusters[cluster]?.schema ?? SchemaTable() }

  /// A schema was read and compiled; `groupVersions` are those it answers for, whether it knows anything of them or not.
  /// - Parameter hasAll: the document was that of the whole server.
  func schemaArrived(_ cluster: ClusterID, _ schema: SchemaTable, groupVersions: Set<String>, hasAll: Bool = false) {
    clusters[cluster]?.schema = schema
    if hasAll, let discovery = clusters[cluster]?.discovery {
      clusters[cluster]?.schemasKnown = Set(discovery.resources.map(\.apiVersion))
    }
    clusters[cluster]?.schemasKnown.formUnion(groupVersions)
    for ref in owners.keys where ref.cluster == cluster { compareOwners(of: ref) }
    explainVerdicts(in: cluster)
    markDirty()
  }

  /// `denial`: the sentence why not; nil when allowed.
  func rightsArrived(_ cluster: ClusterID, _ question: RightsQuestion, denial: String?) {
    rights[Rights(cluster: cluster, question: question)] = denial
    markDirty()
  }

  struct Rights: Hashable {
    let cluster: ClusterID
    let question: RightsQuestion
  }
}
