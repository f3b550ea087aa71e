import FoundationEssentials
import GitOps
import Structured

/// The row of an object that an engine applied for an owner that is gone; nil while it is being deleted.
public func orphanRow(_ object: Object, of owner: ObjectRef, now: Date) -> DriftRow? {
  guard object.deleted == nil, let root = try? object.document().root else { return nil }
  let kept = Switches(root).kept
  return DriftRow(
    object: object.ref, version: object.version, reconciler: owner, path: "", pointer: "",
    driftClass: kept == nil ? .extra : .excluded, cause: kept.map { .ignored(rule: $0) } ?? .notInGit,
    fate: kept == nil ? .stays(reason: "\(owner.kind) \(owner.path) is gone") : .unknown, desired: nil, live: nil,
    certainty: .likely, firstSeen: now)
}

/// Missing, terminating, extra (`drift.md` B.4).
extension Evaluation {
  func absent(seenBefore: Bool) -> [DriftRow] {
    let wasThere = seenBefore || input.isInInventory
    switch input.desired {
    case .unknown:
      // The inventory knows what was applied, whatever can be rendered.
      guard input.isInInventory else { return [] }
      return [counted(.missing, .deleted, fate: fate.corrected, certainty: .likely)]
    case .absent:
      guard case .object? = input.head else { return [] }
      return [whole(.pending, .gitAhead, fate: .pending, note: "HEAD adds it")]
    case .object(let desired):
      if let switchedOff = switchedOff(desired.packed) { return [switchedOff] }
      if case .nothing = input.reconciler.inEffect { return [whole(.pending, .gitAhead, fate: .pending)] }
      if isCompleted(desired) { return [whole(.excluded, .ignored(rule: "completed"))] }
      if case .either = input.reconciler.inEffect, !wasThere || isOnlyInNewer {
        return [whole(.pending, .partial, fate: .pending)]
      }
      if case .absent? = input.head {
        return [
          counted(.missing, wasThere ? .deleted : .neverCreated, fate: .pending, note: "HEAD no longer has it")
        ]
      }
      return [counted(.missing, wasThere ? .deleted : .neverCreated, fate: fate.corrected)]
    }
  }

  private var isOnlyInNewer: Bool { if case .absent? = input.alternative { true } else { false } }

  /// A Job that cleans up after itself, a hook: gone because it did its work.
  private func isCompleted(_ desired: DesiredObject) -> Bool {
    if Switches(desired.packed).isHook { return true }
    guard desired.groupKind == GroupKind(group: "batch", kind: "Job") else { return false }
    return desired.packed.value(at: "spec", "ttlSecondsAfterFinished").map { !$0.isNull } ?? false
  }

  /// The row of an object that Git itself takes out of the engine's hands.
  func switchedOff(_ root: PackedNode) -> DriftRow? {
    let switches = Switches(root)
    if isHelm {
      return switches.isHelmDetectionOff ? whole(.excluded, .ignored(rule: "driftDetection: disabled")) : nil
    }
    return switches.off.map { whole(.excluded, .ignored(rule: $0)) }
  }

  func terminating(_ object: Object, _ root: JSONNode) -> DriftRow {
    let finalizers = root.value(at: "metadata", "finalizers")?.elements?.compactMap(\.string) ?? []
    let since = object.deleted.map { " since " + Timestamp.format($0) } ?? ""
    let note =
      finalizers.isEmpty
      ? "terminating\(since)" : "terminating\(since), held by \(finalizers.prefix(5).joined(separator: ", "))"
    if case .nothing = input.reconciler.inEffect { return whole(.pending, .terminating, fate: .pending, note: note) }
    let stays: Fate =
      finalizers.isEmpty ? .unknown : .stays(reason: "held by \(finalizers.prefix(5).joined(separator: ", "))")
    return counted(.missing, .terminating, fate: stays, note: note)
  }

  /// Live, and not in Git: to be pruned, kept on purpose, or an orphan. Labels alone prove nothing: copies carry them too.
  func extra(_ object: Object, _ root: JSONNode, labelled: Bool) -> [DriftRow] {
    if case .nothing = input.reconciler.inEffect { return [] }
    if case .object? = input.head { return [whole(.pending, .gitAhead, fate: .pending, note: "HEAD adds it")] }
    // The inventory of a HelmRelease lists the chart's CRDs, which no release manifest contains; hooks are in neither.
    let switches = Switches(root)
    if isHelm, object.ref.kind == "CustomResourceDefinition" || switches.isHook { return [] }
    if labelled, otherOwner(of: object) != nil { return [] }
    let ownership = Ownership(root, managers: input.managers, own: input.own)
    let isListed = input.isInInventory
    let isOrphan =
      labelled && ownership.hasOwnApply && (root.value(at: "metadata", "ownerReferences")?.count ?? 0) == 0
    guard isListed || isOrphan else { return [] }
    if let rule = switches.kept ?? switches.off { return [whole(.excluded, .ignored(rule: rule))] }
    if object.deleted != nil { return [whole(.pending, .terminating, fate: .pending, note: "being deleted")] }
    if case .either = input.reconciler.inEffect, case .object? = input.alternative {
      return [whole(.pending, .partial, fate: .pending)]
    }
    let outlook: Fate =
      !isListed
      ? .stays(reason: "not in the inventory") : !labelled ? .stays(reason: "it lost its owner's label") : fate.pruned
    return [counted(.extra, .notInGit, fate: outlook)]
  }

  /// The label by which the engine finds its objects, and what it says of this reconciler.
  var ownerLabel: (name: String, namespace: String)? {
    let group = input.reconciler.ref.group
    guard isHelm || isKustomize else { return nil }
    return ("\(group)/name", "\(group)/namespace")
  }

  /// Another reconciler of the same kind, when the labels name one.
  func otherOwner(of object: Object) -> String? {
    guard let keys = ownerLabel, let name = object.labels[keys.name] else { return nil }
    let namespace = object.labels[keys.namespace] ?? input.reconciler.ref.namespace
    if name == input.reconciler.ref.name, namespace == input.reconciler.ref.namespace { return nil }
    return "\(namespace)/\(name)"
  }
}
