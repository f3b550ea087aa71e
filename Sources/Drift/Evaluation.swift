import FoundationEssentials
import GitOps
import Structured

/// Compares one object with what Git says of it. The rows are the verdict: none that counts means in sync
/// (`drift.md` B.0). Pure; costs a parse of the live object and a walk over the desired one.
public func driftRows(_ input: DriftInput, schema: SchemaTable) -> [DriftRow] {
  var evaluation = Evaluation(input, schema)
  return evaluation.rows()
}

/// Whether live satisfies everything that Git says. Terminating objects satisfy nothing.
public func satisfies(_ desired: DesiredObject, _ live: Object, schema: SchemaTable) -> Bool {
  guard live.deleted == nil, let document = try? live.document() else { return false }
  return Comparison.differences(of: desired, from: document.root, schema: schema, stopsEarly: true).isEmpty
}

/// One object's evaluation.
struct Evaluation {
  let input: DriftInput
  let schema: SchemaTable
  var fate: FatePrediction

  init(_ input: DriftInput, _ schema: SchemaTable) {
    self.input = input
    self.schema = schema
    fate = FatePrediction(reconciler: input.reconciler, now: input.now)
    fate.isReleaseChanged = input.newerRelease != nil
  }

  var isHelm: Bool { input.reconciler.ref.group == "helm.toolkit.fluxcd.io" }
  var isKustomize: Bool { input.reconciler.ref.group == "kustomize.toolkit.fluxcd.io" }

  mutating func rows() -> [DriftRow] {
    switch input.live {
    case .unknown(let reason): return [undetermined(reason)]
    case .absent(let seenBefore): return absent(seenBefore: seenBefore)
    case .present(let object, let labelled):
      let document: JSONDocument
      do { document = try object.document() } catch {
        return [undetermined("the live object cannot be read: \(error.description)")]
      }
      switch input.desired {
      case .unknown(let reason): return withoutGit(object, document.root, reason)
      case .absent: return extra(object, document.root, labelled: labelled)
      case .object(let desired):
        return compared(desired, object, document.root, labelled: labelled)
      }
    }
  }

  /// A row about the whole object.
  func whole(
    _ driftClass: DriftClass, _ cause: DriftCause, fate: Fate = .unknown, certainty: Certainty = .certain,
    note: String? = nil
  ) -> DriftRow {
    DriftRow(
      object: input.object, version: input.version, reconciler: input.reconciler.ref, path: "", pointer: "",
      driftClass: driftClass, cause: cause, fate: fate, desired: nil, live: nil, certainty: certainty,
      firstSeen: input.now, origin: input.desired.object.flatMap { $0.place(of: $0.packed.origin) }, note: note)
  }

  func undetermined(_ reason: String, note: String? = nil) -> DriftRow {
    whole(.undetermined, .reason(reason), note: note)
  }

  /// A row about the whole object that a rule of the user may take out of the count.
  func counted(
    _ driftClass: DriftClass, _ cause: DriftCause, fate: Fate, certainty: Certainty = .certain, note: String? = nil
  ) -> DriftRow {
    if let rule = input.ignore.first(where: { $0.matches(kind: input.object.kind, pointer: "", owner: nil) }) {
      return whole(.excluded, .ignored(rule: rule.text), note: note)
    }
    return whole(driftClass, cause, fate: fate, certainty: certainty, note: note)
  }
}
