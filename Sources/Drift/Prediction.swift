import GitOps
import Structured

/// What a server-side dry run says of rows that were found without one (`drift.md` B.5).
public enum Prediction {
  /// Whether an apply of the object can be asked for: all of its values are known here, and none of them is secret.
  public static func isPossible(for desired: DesiredObject) -> Bool {
    desired.groupKind != SecretValues.kind && desired.undetermined.isEmpty && !desired.packed.holdsSecret
  }

  /// Whether a dry run can say something of the row: one field, which Git sets.
  public static func concerns(_ row: DriftRow) -> Bool {
    row.driftClass.isCounted && !row.pointer.isEmpty && row.desired != nil
  }

  /// The rows where what the server would make of the apply takes the place of what Git says.
  public static func rows(of predicted: Object, _ input: DriftInput, schema: SchemaTable) throws(ParseError)
    -> [DriftRow]
  {
    guard let desired = input.desired.object else { return [] }
    let root = try predicted.document().root
    var changed = input
    changed.desired = .object(
      DesiredObject(
        groupKind: desired.groupKind, version: desired.version, namespace: desired.namespace, name: desired.name,
        root: YAMLNode(json: JSON(root)), files: FileIndex()))
    changed.head = nil
    return driftRows(changed, schema: schema)
  }

  /// What the rows are after the dry run: where an apply changes nothing the difference is the server's own, and what it
  /// would change besides is drift too.
  public static func confirmed(_ rows: [DriftRow], by predicted: [DriftRow]) -> [DriftRow] {
    let changes = predicted.filter { concerns($0) || $0.driftClass == .mutated }
    var result = rows.map { row in
      guard concerns(row) else { return row }
      var row = row
      if changes.contains(where: { $0.pointer.overlaps(row.pointer) }) {
        row.certainty = .certain
        row.note = row.note ?? "a server-side dry run changes it"
      } else {
        row.driftClass = .mutated
        row.cause = .admission
        row.fate = .unknown
        row.note = "a server-side dry run changes nothing here"
      }
      return row
    }
    for change in changes where concerns(change) && !rows.contains(where: { $0.pointer.overlaps(change.pointer) }) {
      var change = change
      change.note = "found by a server-side dry run"
      result.append(change)
    }
    return result
  }
}
