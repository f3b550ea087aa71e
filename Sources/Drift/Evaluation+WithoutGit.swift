import FoundationEssentials
import GitOps
import Structured

/// Where the desired state is not known (`drift.md` R9): what `kubectl apply` sent last, else what people wrote.
extension Evaluation {
  func withoutGit(_ object: Object, _ root: JSONNode, _ reason: String) -> [DriftRow] {
    if case .nothing = input.reconciler.inEffect { return [] }
    if object.deleted != nil, input.isInInventory { return [terminating(object, root)] }
    let ownership = Ownership(root, managers: input.managers, own: input.own)
    let verdict = Verdict(evaluation: self, ownership: ownership, live: root, object: object, otherOwner: nil)
    if let sent = LastApplied.node(of: root), sent.kind == .object,
      !ownership.hasOwn || !ownership.hasOwnApply && !isHelm
    {
      let desired = DesiredObject(
        groupKind: input.object.groupKind, version: object.version, namespace: input.object.namespace,
        name: input.object.name, root: YAMLNode(json: JSON(sent)), files: FileIndex())
      return Comparison.differences(of: desired, from: root, schema: schema).map { difference in
        var row = verdict.row(difference, desired)
        row.certainty = .likely
        return row
      }
    }
    var walk = SurplusWalk(schema: schema, ownership: ownership, lastApplied: nil, created: object.created)
    walk.ignoresDesired = true
    let type = schema.root(group: input.object.group, version: object.version, kind: input.object.kind)
    let lastApply = ownership.entries.filter { $0.party == .own }.compactMap(\.owner.time).max()
    for entry in ownership.entries where entry.party == .human && entry.apiVersion == object.apiVersion {
      // A scale has no time; anything else has to be later than the last apply.
      let isLater = entry.owner.time.map { time in lastApply.map { time > $0 } ?? true } ?? false
      if isLater || entry.owner.subresource == "scale" {
        walk.walk(entry, live: root, desired: nil, root: type)
      }
    }
    let rows = walk.found.map { verdict.touched($0) }
    return rows.isEmpty ? [undetermined(reason)] : rows
  }
}
