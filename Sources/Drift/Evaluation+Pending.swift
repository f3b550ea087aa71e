import GitOps
import Structured

/// Three ways per field: the revision in effect against HEAD is `pending` (`drift.md` R8).
extension Evaluation {
  /// HEAD's version of the object, and what live does not satisfy of it.
  struct Ahead {
    let desired: DesiredObject
    let differences: [(difference: Difference, pointer: String)]

    /// Whether live is already as HEAD wants it there.
    func satisfied(_ pointer: String) -> Bool { !differences.contains { $0.pointer.overlaps(pointer) } }
  }

  /// Nil unless HEAD says something else than the revision in effect.
  func aheadOf(_ desired: DesiredObject, _ root: JSONNode) -> Ahead? {
    guard case .object(let head)? = input.head, head.packed != desired.packed else { return nil }
    let differences = Comparison.differences(of: head, from: root, schema: schema).map {
      (difference: $0, pointer: FieldPath($0.steps, live: root, desired: $0.desired).pointer)
    }
    return Ahead(desired: head, differences: differences)
  }

  func pending(
    _ desired: DesiredObject, _ root: JSONNode, _ ahead: Ahead?, _ verdict: Verdict
  ) -> [DriftRow] {
    if case .absent? = input.head {
      let note = input.reconciler.prunes ? "HEAD no longer has it: it will be deleted" : "HEAD no longer has it"
      return [whole(.pending, .gitAhead, fate: .pending, note: note)]
    }
    guard let ahead else { return [] }
    var rows: [DriftRow] = []
    let current = SecretValues.merged(desired)
    for (difference, _) in ahead.differences where difference.form != .unknownField {
      // What the revision in effect says too is drift, not pending.
      if let same = current.follow(difference.steps, live: root), let new = difference.desired, same == new { continue }
      let origin = difference.desired.flatMap { ahead.desired.place(of: $0.origin) }
      rows.append(
        verdict.ahead(difference.steps, desired: difference.desired, live: difference.live, origin: origin))
    }
    let type = schema.root(group: desired.groupKind.group, version: desired.version, kind: desired.groupKind.kind)
    let newer = SecretValues.merged(ahead.desired)
    for field in RemovedFields.between(current, newer, live: root, root: type, schema: schema) {
      rows.append(verdict.ahead(field.steps, desired: nil, live: field.live, origin: nil))
    }
    return rows
  }
}

extension PackedNode {
  /// Follows the steps of a difference; elements with keys are found by them.
  func follow(_ steps: [PathStep], live: JSONNode) -> PackedNode? {
    var here = self
    var there: JSONNode? = live
    for step in steps {
      switch step {
      case .key(let key):
        guard let next = here[key] else { return nil }
        here = next
        there = there?[key]
      case .item(let index, let keys):
        guard index >= 0, let element = there?[index], here.isList else { return nil }
        let match = here.elements.first { candidate in
          keys.allSatisfy { key in
            let mine = candidate[key.name].flatMap { Scalar($0) }?.text ?? key.fallback
            return mine == element[key.name].flatMap { Scalar($0) }?.text ?? key.fallback
          }
        }
        guard let match else { return nil }
        here = match
        there = element
      case .member(let index), .element(let index):
        guard index >= 0, let next = here[index] else { return nil }
        here = next
        there = there?[index]
      }
    }
    return here
  }
}
