import FoundationEssentials
import GitOps

/// Status and objects arrive on different streams: a new row is provisional for a while (`drift.md`, Settling).
public enum Settling {
  /// How long a new row is provisional at least.
  public static let delay: TimeInterval = 5

  /// Carries over when rows were first seen, and marks those that have not settled: new ones for five seconds or until the
  /// reconciler stops progressing, whichever is later, unless a person owns the field.
  /// - Parameter earlier: the rows of the same object from the evaluation before.
  /// - Returns: the rows, and when to look again if nothing else happens.
  public static func settled(
    _ rows: [DriftRow], earlier: [DriftRow], isProgressing: Bool, now: Date
  ) -> (rows: [DriftRow], again: Date?) {
    var before: [DriftRow.ID: DriftRow] = [:]
    for row in earlier { before[row.id] = row }
    var again: Date?
    let settled = rows.map { row -> DriftRow in
      var row = row
      let old = before[row.id]
      // A row that did not count until now begins to count now.
      if let old, old.driftClass.isCounted == row.driftClass.isCounted { row.firstSeen = old.firstSeen }
      guard row.driftClass.isCounted, row.cause != .human else {
        row.provisional = false
        return row
      }
      if let old, old.driftClass.isCounted, !old.provisional {
        row.provisional = false
        return row
      }
      let due = row.firstSeen.addingTimeInterval(delay)
      row.provisional = isProgressing || now < due
      if now < due { again = min(again ?? due, due) }
      return row
    }
    return (settled, again)
  }
}
