import Drift
import FoundationEssentials
import GitOps
import Kube

/// An object that Argo CD calls different, or of which it is told to leave a part alone, as it was read last.
enum LookedUp: Sendable {
  case asking(before: Object?)
  case read(Object)
  /// Why not, for people.
  case unreadable(String)

  var object: Object? {
    switch self {
    case .asking(let object): object
    case .read(let object): object
    case .unreadable: nil
    }
  }
}

/// Argo CD's own word on each object (`drift.md` R9): out of sync with the revision that was last sent is drift, out of sync
/// with another one is what Git has meanwhile. Which field it is, and whose, is read from the object itself: only those that
/// Argo CD names are asked for.
extension Engine {
  /// More objects of one Application than anybody reads through; the others have Argo CD's word alone.
  private static let mostLookups = 100

  /// An Application came or changed.
  func lookUpDifferences(of resource: Resource) {
    guard resource.ref.groupKind == ApplicationAdapter.kind.groupKind else { return }
    takeVerdicts(of: resource)
    guard let place = place(of: resource), let reader = reader(of: place) else { return }
    let outOfSync = Set(resource.outOfSync.map { ref($0, place) })
    for ref in differing(resource, place).prefix(Self.mostLookups) {
      if case .asking = lookedUp[ref] { continue }
      // What is only ignored is shown to whoever asks for it: once is enough.
      if lookedUp[ref] != nil, !outOfSync.contains(ref) { continue }
      guard mayRead(ref.groupKind), let discovery = discovery(of: place),
        let served = servedResource(ref.groupKind, preferring: [:], in: discovery)
      else { continue }
      lookedUp[ref] = .asking(before: lookedUp[ref]?.object)
      Task { found(ref, of: resource.ref, await Self.read(ref, served, reader)) }
    }
  }

  private nonisolated static func read(
    _ ref: ObjectRef, _ served: ServedResource, _ reader: KubeReader
  ) async -> LookedUp {
    do throws(APIError) {
      let object = try await reader.get(ref, version: served.version, plural: served.plural)
      return .read((try? SecretValues.hashed(object)) ?? object)
    } catch {
      return .unreadable(error.description)
    }
  }

  private func found(_ ref: ObjectRef, of application: ObjectRef, _ answer: LookedUp) {
    // It went meanwhile.
    guard let resource = resources[application], membership[application]?.contains(ref) == true else {
      lookedUp[ref] = nil
      return workDone()
    }
    lookedUp[ref] = answer
    if let object = answer.object, clusters[ref.cluster]?.schemasKnown.contains(object.apiVersion) == false {
      clusters[ref.cluster]?.replan()
    }
    takeVerdicts(of: resource)
    workDone()
  }

  /// A schema came: fields can be compared that could not.
  func explainVerdicts(in cluster: ClusterID) {
    for resource in resources.values where resource.ref.groupKind == ApplicationAdapter.kind.groupKind {
      if place(of: resource) == cluster { takeVerdicts(of: resource) }
    }
  }

  private func differing(_ resource: Resource, _ place: ClusterID) -> [ObjectRef] {
    guard !isAhead(resource) else { return [] }
    let outOfSync = Set(resource.outOfSync.map { ref($0, place) })
    let rules = ignoreDifferences(of: resource)
    let ignored =
      rules.isEmpty ? [] : (membership[resource.ref] ?? []).filter { ref in rules.contains { $0.covers(ref) } }
    return outOfSync.union(ignored).sorted()
  }

  private func ignoreDifferences(of resource: Resource) -> [ArgoIgnore] {
    (try? store.object(resource.ref)?.document()).map(ArgoIgnore.entries) ?? []
  }

  private func isAhead(_ resource: Resource) -> Bool {
    resource.compared != nil && resource.compared != resource.inEffect.shown
  }

  private func ref(_ entry: InventoryEntry, _ place: ClusterID) -> ObjectRef {
    ObjectRef(cluster: place, groupKind: entry.groupKind, namespace: entry.namespace, name: entry.name)
  }

  func takeVerdicts(of resource: Resource) {
    guard resource.ref.groupKind == ApplicationAdapter.kind.groupKind, let place = place(of: resource) else { return }
    let earlier = verdicts[resource.ref] ?? [:]
    var rows: [ObjectRef: [DriftRow]] = [:]
    for member in membership[resource.ref] ?? [] { rows[member] = [] }
    let rules = ignoreDifferences(of: resource)
    for ref in differing(resource, place) { rows[ref] = fields(of: ref, resource, rules) }
    for entry in resource.outOfSync {
      let ref = ref(entry, place)
      if rows[ref]?.contains(where: { $0.driftClass.isCounted }) == true { continue }
      rows[ref, default: []].append(whole(ref, entry, resource))
    }
    for (ref, list) in rows {
      let known = Dictionary(
        (earlier[ref] ?? []).map { ($0.id, $0.firstSeen) }, uniquingKeysWith: { first, _ in first })
      rows[ref] = list.map { row in
        var row = row
        if let firstSeen = known[row.id] { row.firstSeen = firstSeen }
        return row
      }
    }
    guard rows != earlier else { return }
    for ref in lookedUp.keys where earlier[ref] != nil && rows[ref] == nil { lookedUp[ref] = nil }
    verdicts[resource.ref] = rows
    summaries[resource.ref] = nil
    markDirty()
  }

  /// Argo CD's word alone.
  private func whole(_ ref: ObjectRef, _ entry: InventoryEntry, _ resource: Resource) -> DriftRow {
    let isAhead = isAhead(resource)
    let fate: Fate =
      isAhead
      ? (resource.corrects || resource.prunes ? .pending : .stays(reason: "it waits for a sync"))
      : resource.corrects ? .reverts(by: nil) : .stays(reason: "the Application does not heal itself")
    return DriftRow(
      object: ref, version: entry.version, reconciler: resource.ref, path: "", pointer: "",
      driftClass: isAhead ? .pending : .drifted, cause: isAhead ? .gitAhead : .verdict("Argo CD says OutOfSync"),
      fate: fate, desired: nil, live: nil, certainty: .likely, firstSeen: options.now())
  }

  /// What differs from what was sent last, as far as the object itself tells; rows of Argo CD's own rules among them.
  private func fields(of ref: ObjectRef, _ resource: Resource, _ rules: [ArgoIgnore]) -> [DriftRow] {
    guard let object = lookedUp[ref]?.object,
      clusters[ref.cluster]?.schemasKnown.contains(object.apiVersion) == true
    else { return [] }
    var input = DriftInput(
      object: ref, version: object.version, reconciler: resource, desired: .unknown(reason: ""),
      live: .present(object, labelled: true), now: options.now())
    input.ignore = options.ignore + rules.filter { $0.covers(ref) }.flatMap { $0.rules(of: resource.ref.name) }
    return driftRows(input, schema: schema(of: ref.cluster)).filter { $0.driftClass != .undetermined }
  }
}
