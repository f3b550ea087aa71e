import FoundationEssentials
import GitOps
import Structured

/// Field by field: what differs, what was added, what HEAD will change.
extension Evaluation {
  mutating func compared(
    _ desired: DesiredObject, _ object: Object, _ root: JSONNode, labelled: Bool
  ) -> [DriftRow] {
    if let row = switchedOff(desired.packed) { return [row] }
    if object.deleted != nil { return [terminating(object, root)] }
    let switches = Switches(desired.packed)
    if switches.isOnlyCreated { return [whole(.excluded, .ignored(rule: "ssa: IfNotPresent"))] }
    if !input.isVersionServed { return [undetermined("apiVersion not served", note: desired.apiVersion)] }
    pauseByLive(root)

    var differences = Comparison.differences(of: desired, from: root, schema: schema)
    if differences.contains(where: { $0.form != .unknownField }), object.version != desired.version {
      // Another version may be another shape: nothing is certain until the right one is read (R10).
      return [undetermined("read as \(object.apiVersion), Git says \(desired.apiVersion)")]
    }
    let ownership = Ownership(root, managers: input.managers, own: input.own)
    var rows: [DriftRow] = []
    let other = labelled ? otherOwner(of: object) : nil
    if let keys = ownerLabel, !labelled || other != nil {
      differences.removeAll { $0.isLabel(keys.name) || $0.isLabel(keys.namespace) }
      rows.append(ownerLabelRow(keys.name, ownership, other: other))
    }
    let found =
      object.version == desired.version
      ? surplus(desired, object, root, ownership, keepsAdditions: switches.keepsAdditions) : Found()
    // Most objects: what follows would copy a lot for nothing.
    if differences.isEmpty, rows.isEmpty, found.isEmpty, input.head == nil { return [] }
    let verdict = Verdict(
      evaluation: self, ownership: ownership, live: root, object: object, otherOwner: other)
    let older = alternatives(root)
    let ahead = aheadOf(desired, root)
    for difference in differences {
      var row = verdict.row(difference, desired)
      if row.driftClass != .undetermined, mayBeOlder(row, older) { row.becomePending(.partial) }
      if row.driftClass.isCounted, ahead?.satisfied(row.pointer) == true {
        row.fate = .pending
        row.note = "HEAD says what lives"
      }
      rows.append(row)
    }
    rows += found.rows(verdict)
    if case .nothing = input.reconciler.inEffect {
      for index in rows.indices where rows[index].driftClass.isCounted || rows[index].driftClass == .mutated {
        rows[index].becomePending(.gitAhead)
      }
      return rows
    }
    return rows + pending(desired, root, ahead, verdict)
  }

  /// A switch on the live object alone is a suspension of this one object.
  private mutating func pauseByLive(_ root: JSONNode) {
    let switches = Switches(root)
    if isHelm {
      if switches.isHelmDetectionOff { fate.objectPause = "driftDetection: disabled on the live object" }
    } else if let off = switches.off ?? (switches.isOnlyCreated ? "ssa: IfNotPresent" : nil) {
      fate.objectPause = "\(off) on the live object"
    }
  }

  private func ownerLabelRow(_ key: String, _ ownership: Ownership, other: String?) -> DriftRow {
    let path = FieldPath([.key("metadata"), .key("labels"), .key(key)], live: nil, desired: nil)
    var row = whole(.drifted, .labelRemoved, fate: fate.corrected)
    row = DriftRow(
      object: row.object, version: row.version, reconciler: row.reconciler, path: path.text, pointer: path.pointer,
      driftClass: .drifted, cause: .labelRemoved, fate: fate.corrected, desired: input.reconciler.ref.name, live: other,
      certainty: ownership.isEmpty ? .likely : .certain, firstSeen: input.now,
      note: "the ownership label was removed; the object itself is still there")
    if let other {
      row.driftClass = .contested
      row.cause = .controller
      row.fate = .contested
      row.note = "also applied by \(input.reconciler.ref.kind) \(other)"
    }
    return row
  }

  /// Whether the apply under way explains the row: live is as the older revision has it. Where that one is not known, only
  /// a person's hand is certain.
  private func mayBeOlder(_ row: DriftRow, _ older: [String]?) -> Bool {
    if let older { return !older.contains { row.pointer.overlaps($0) } }
    guard case .either = input.reconciler.inEffect else { return false }
    if case .absent? = input.alternative { return false }
    return row.cause != .human
  }

  /// The pointers that the older of two possible revisions does not satisfy either; nil when there is only one.
  private func alternatives(_ root: JSONNode) -> [String]? {
    switch input.alternative {
    case .object(let older):
      return Comparison.differences(of: older, from: root, schema: schema).map {
        FieldPath($0.steps, live: root, desired: $0.desired).pointer
      }
    case .absent, .unknown, nil: return nil
    }
  }

  /// What live has and Git has not.
  private struct Found {
    var added: [Surplus] = []
    var removed: [RemovedFields.Field] = []

    var isEmpty: Bool { added.isEmpty && removed.isEmpty }

    func rows(_ verdict: Verdict) -> [DriftRow] {
      var rows = added.map { verdict.row($0) }
      for field in removed {
        let row = verdict.removed(field)
        if !rows.contains(where: { $0.pointer.overlaps(row.pointer) }) { rows.append(row) }
      }
      // Two managers may own the same addition.
      var seen = Set<String>()
      return rows.filter { seen.insert($0.pointer).inserted }
    }
  }

  /// Additions and removals (R6).
  private func surplus(
    _ desired: DesiredObject, _ object: Object, _ root: JSONNode, _ ownership: Ownership, keepsAdditions: Bool
  ) -> Found {
    if case .nothing = input.reconciler.inEffect { return Found() }
    let normal = SecretValues.merged(desired)
    let type = schema.root(group: desired.groupKind.group, version: desired.version, kind: desired.groupKind.kind)
    let lastApplied = LastApplied.node(of: root)
    var walk = SurplusWalk(
      schema: schema, ownership: ownership, lastApplied: lastApplied, created: object.created)
    for entry in ownership.entries where entry.apiVersion == object.apiVersion {
      let wanted = entry.party == .own ? entry.isApply : entry.party == .human && !keepsAdditions
      if wanted { walk.walk(entry, live: root, desired: normal, root: type) }
    }
    var found = Found(added: walk.found)
    // What was applied once and is gone from Git, where no apply of the engine tells.
    var before: [PackedNode] = []
    if !ownership.hasOwn, let lastApplied { before.append(PackedNode(YAMLNode(json: JSON(lastApplied)))) }
    if let previous = input.previous { before.append(SecretValues.merged(previous)) }
    for earlier in before {
      found.removed += RemovedFields.between(earlier, normal, live: root, root: type, schema: schema)
    }
    return found
  }
}

/// `kubectl apply`'s own record of what it sent.
enum LastApplied {
  static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

  static func node(of live: JSONNode) -> JSONNode? {
    guard let text = live["metadata"]?["annotations"]?[annotation]?.string else { return nil }
    return (try? JSONDocument(parsing: Array(text.utf8)))?.root
  }
}

extension Difference {
  func isLabel(_ key: String) -> Bool {
    guard steps.count == 3, case .key("metadata") = steps[0], case .key("labels") = steps[1], case .key(key) = steps[2]
    else { return false }
    return true
  }
}

extension String {
  /// Whether two pointers are the same or one leads through the other.
  func overlaps(_ other: String) -> Bool {
    self == other || hasPrefix(other + "/") || other.hasPrefix(self + "/")
  }
}

extension DriftRow {
  mutating func becomePending(_ cause: DriftCause) {
    driftClass = .pending
    self.cause = cause
    fate = .pending
  }
}
