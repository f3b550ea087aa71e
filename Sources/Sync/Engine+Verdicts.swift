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
    guard resource.ref.groupKind == ApplicationAdapter.kind.groupKind, let place = place(of: resource) else { return }
    let differences = differences(of: resource, in: place)
    take(differences, of: resource)
    guard let reader = reader(of: place), let discovery = discovery(of: place) else { return }
    var requests: [(ObjectRef, ServedResource)] = []
    for ref in differences.refs.prefix(Self.mostLookups) {
      if case .asking = lookedUp[ref] { continue }
      // What is only ignored is shown to whoever asks for it: once is enough.
      if lookedUp[ref] != nil, differences.outOfSync[ref] == nil { continue }
      guard mayRead(ref.groupKind), let served = servedResource(ref.groupKind, preferring: [:], in: discovery) else {
        continue
      }
      lookedUp[ref] = .asking(before: lookedUp[ref]?.object)
      requests.append((ref, served))
    }
    if requests.isEmpty { return }
    Task { found(await Self.read(requests, reader), of: resource.ref) }
  }

  /// Several at once, within what the server is asked at all.
  private nonisolated static func read(
    _ requests: [(ObjectRef, ServedResource)], _ reader: KubeReader
  ) async -> [ObjectRef: LookedUp] {
    await withTaskGroup(of: (ObjectRef, LookedUp).self) { group in
      var answers: [ObjectRef: LookedUp] = [:]
      for (number, (ref, served)) in requests.enumerated() {
        if number >= 8, let (ref, answer) = await group.next() { answers[ref] = answer }
        group.addTask { (ref, await read(ref, served, reader)) }
      }
      for await (ref, answer) in group { answers[ref] = answer }
      return answers
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

  private func found(_ answers: [ObjectRef: LookedUp], of application: ObjectRef) {
    for (ref, answer) in answers {
      // It may have gone meanwhile.
      let isWanted = membership[application]?.contains(ref) == true
      lookedUp[ref] = isWanted ? answer : nil
      if isWanted, let object = answer.object,
        clusters[ref.cluster]?.schemasKnown.contains(object.apiVersion) == false
      {
        clusters[ref.cluster]?.replan()
      }
    }
    if let resource = resources[application], let place = place(of: resource) {
      take(differences(of: resource, in: place), of: resource)
    }
    workDone()
  }

  /// A schema came: fields can be compared that could not.
  func explainVerdicts(in cluster: ClusterID) {
    let applications = Set(lookedUp.keys.filter { $0.cluster == cluster }.flatMap { owners[$0] ?? [] })
    for case let resource? in applications.map({ resources[$0] })
    where resource.ref.groupKind == ApplicationAdapter.kind.groupKind {
      take(differences(of: resource, in: cluster), of: resource)
    }
  }

  /// What Argo CD says of an Application's objects, and what it is told to leave alone of them.
  private struct Differences {
    var outOfSync: [ObjectRef: InventoryEntry] = [:]
    var rules: [ArgoIgnore] = []
    /// Those of which more is to be known, in order.
    var refs: [ObjectRef] = []
  }

  private func differences(of resource: Resource, in place: ClusterID) -> Differences {
    var result = Differences()
    for entry in resource.outOfSync {
      let ref = ObjectRef(
        cluster: place, groupKind: entry.groupKind, namespace: entry.namespace, name: entry.name)
      result.outOfSync[ref] = entry
    }
    result.rules = (try? store.object(resource.ref)?.document()).map(ArgoIgnore.entries) ?? []
    if isAhead(resource) { return result }
    var refs = Set(result.outOfSync.keys)
    if !result.rules.isEmpty {
      let rules = result.rules
      refs.formUnion((membership[resource.ref] ?? []).filter { ref in rules.contains { $0.covers(ref) } })
    }
    result.refs = refs.sorted()
    return result
  }

  private func isAhead(_ resource: Resource) -> Bool {
    resource.compared != nil && resource.compared != resource.inEffect.shown
  }

  private func take(_ differences: Differences, of resource: Resource) {
    let earlier = verdicts[resource.ref] ?? [:]
    var rows: [ObjectRef: [DriftRow]] = [:]
    for member in membership[resource.ref] ?? [] { rows[member] = [] }
    for ref in differences.refs { rows[ref] = fields(of: ref, resource, differences.rules) }
    for (ref, entry) in differences.outOfSync {
      if rows[ref]?.contains(where: { $0.driftClass.isCounted }) == true { continue }
      rows[ref, default: []].append(whole(ref, entry, resource))
    }
    for (ref, list) in rows where !list.isEmpty {
      let known = Dictionary(
        (earlier[ref] ?? []).map { ($0.id, $0.firstSeen) }, uniquingKeysWith: { first, _ in first })
      rows[ref] = list.map { row in
        var row = row
        if let firstSeen = known[row.id] { row.firstSeen = firstSeen }
        return row
      }
    }
    guard rows != earlier else { return }
    for ref in earlier.keys where rows[ref] == nil { lookedUp[ref] = nil }
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
