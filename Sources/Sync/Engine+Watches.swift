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

  /// Which kinds of managed objects to watch in a cluster: one label-selected stream a kind and engine, so that nothing
  /// unmanaged is downloaded, and one stream for each object that lost its label.
  func updateWatches(of cluster: ClusterID) {
    guard let state = clusters[cluster], let discovery = state.discovery else { return }
    var versions: [GroupKind: [String: Int]] = [:]
    var selectors: [GroupKind: Set<String>] = [:]
    for (reconciler, members) in membership where reconciler.cluster == cluster {
      guard let label = Self.ownerLabels(of: reconciler)?.name else { continue }
      let set = desired[reconciler]?.set
      for member in members where KindAdapters.adapter(for: member.groupKind) == nil && mayRead(member.groupKind) {
        selectors[member.groupKind, default: []].insert(label)
        if let object = set?.objects[member] {
          versions[member.groupKind, default: [:]][object.version, default: 0] += 1
        }
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

  /// The label-selected streams that hold objects of this kind for this reconciler.
  func stream(for object: ObjectRef, under reconciler: ObjectRef) -> StreamID? {
    guard let label = Self.ownerLabels(of: reconciler)?.name else { return nil }
    return clusters[object.cluster]?.wanted.first { $0.groupKind == object.groupKind && $0.selector == .labels(label) }
  }

  /// A list is complete: what is not in it may be missing.
  func streamListed(_ stream: StreamID) {
    for (ref, reconcilers) in owners where ref.cluster == stream.cluster && ref.groupKind == stream.groupKind {
      if case .unanswered = probes[ref] { probes[ref] = nil }
      for reconciler in reconcilers { compareQueue.add(Pair(reconciler: reconciler, object: ref)) }
    }
  }

  /// Compares everything that one reconciler wants or has.
  func compareAll(_ reconciler: ObjectRef) {
    for object in membership[reconciler] ?? [] { compareQueue.add(Pair(reconciler: reconciler, object: object)) }
  }

  func dialled(_ cluster: ClusterID, version: String, discovery: Discovery) {
    clusters[cluster]?.version = version
    clusters[cluster]?.discovery = discovery
    clusters[cluster]?.confirmedAt = options.now()
    updateWatches(of: cluster)
    for resource in resources.values where resource.ref.cluster == cluster && resource.role == .reconciler {
      compareAll(resource.ref)
    }
    markDirty()
  }

  func dialFailed(_ cluster: ClusterID, _ link: Link) {
    clusters[cluster]?.dial = link
    markDirty()
  }

  func schema(of cluster: ClusterID) -> SchemaTable { clusters[cluster]?.schema ?? SchemaTable() }

  /// A schema was read and compiled; `groupVersions` are those it answers for, whether it knows anything of them or not.
  func schemaArrived(_ cluster: ClusterID, _ schema: SchemaTable, groupVersions: Set<String>) {
    clusters[cluster]?.schema = schema
    clusters[cluster]?.schemasKnown.formUnion(groupVersions)
    for ref in owners.keys where ref.cluster == cluster { compareOwners(of: ref) }
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
