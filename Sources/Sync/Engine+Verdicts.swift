import FoundationEssentials
import GitOps

extension Engine {
  /// Argo CD's own word on each object (`drift.md` R9): out of sync with the revision that was last sent is drift, out of
  /// sync with another one is what Git has meanwhile.
  func takeVerdicts(of resource: Resource) {
    guard resource.ref.groupKind == ApplicationAdapter.kind.groupKind, let place = place(of: resource) else { return }
    let isAhead = resource.compared != nil && resource.compared != resource.inEffect.shown
    let fate: Fate =
      isAhead
      ? (resource.corrects || resource.prunes ? .pending : .stays(reason: "it waits for a sync"))
      : resource.corrects ? .reverts(by: nil) : .stays(reason: "the Application does not heal itself")
    let earlier = verdicts[resource.ref] ?? [:]
    var rows: [ObjectRef: [DriftRow]] = [:]
    for member in membership[resource.ref] ?? [] { rows[member] = [] }
    for entry in resource.outOfSync {
      let ref = ObjectRef(cluster: place, groupKind: entry.groupKind, namespace: entry.namespace, name: entry.name)
      let firstSeen = earlier[ref]?.first?.firstSeen ?? options.now()
      rows[ref] = [
        DriftRow(
          object: ref, version: entry.version, reconciler: resource.ref, path: "", pointer: "",
          driftClass: isAhead ? .pending : .drifted,
          cause: isAhead ? .gitAhead : .verdict("Argo CD says OutOfSync"), fate: fate, desired: nil, live: nil,
          certainty: .likely, firstSeen: firstSeen)
      ]
    }
    guard rows != earlier else { return }
    verdicts[resource.ref] = rows
    summaries[resource.ref] = nil
  }
}
