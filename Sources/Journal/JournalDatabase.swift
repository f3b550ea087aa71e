import FoundationEssentials
import GRDB
import GitOps

/// The statements of the journal. Values are always bound.
enum JournalDatabase {
  static let maximumMessage = 1024
  private static let maximumText = 4096

  static func insert(_ transition: Transition, _ stamp: Stamp, into database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO transitions (wall, mono, process, cluster, api_group, kind, namespace, name, uid, from_state, to_state,
          reason, message, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let object = transition.object
    try statement.execute(arguments: [
      transition.time.microseconds, stamp.mono, Stamp.process, object.cluster.name, object.group, object.kind,
      object.namespace, object.name, transition.uid, transition.from, transition.to,
      transition.reason.cut(to: maximumMessage), transition.message.cut(to: maximumMessage), transition.revision,
    ])
  }

  static func insert(
    _ action: ActionRecord, before: String, after: String, _ stamp: Stamp, into database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO actions (wall, mono, process, mutation, verb, cluster, api_group, kind, namespace, name, uid, before,
          after, request, equivalent, token, stage, outcome)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let mutation = action.mutation
    let target = mutation.target
    try statement.execute(arguments: [
      action.changed.microseconds, stamp.mono, Stamp.process, Int64(bitPattern: mutation.id), mutation.verb.rawValue,
      target.cluster.name, target.group, target.kind, target.namespace, target.name, mutation.uid,
      before.cut(to: maximumText), after.cut(to: maximumText), action.request.cut(to: maximumText),
      action.equivalent.cut(to: maximumText), action.token, action.stage.rawValue,
      action.message.cut(to: maximumMessage),
    ])
  }

  /// Newest first.
  static func transitions(
    of object: ObjectRef?, since: Date?, limit: Int, in database: Database
  ) throws -> [RecordedTransition] {
    let (condition, arguments) = condition(object, since, limit)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, wall, process, cluster, api_group, kind, namespace, name, uid, from_state, to_state, reason,
          message, revision FROM transitions \(condition) ORDER BY sequence DESC LIMIT ?
        """, arguments: arguments)
    var found: [RecordedTransition] = []
    while let row = try rows.next() {
      found.append(
        RecordedTransition(
          sequence: row[0], process: row[2],
          transition: Transition(
            time: Date(microseconds: row[1]), object: self.object(in: row, from: 3), uid: row[8], from: row[9],
            to: row[10],
            reason: row[11], message: row[12], revision: row[13])))
    }
    return found
  }

  /// Newest first.
  static func actions(
    of object: ObjectRef?, since: Date?, limit: Int, in database: Database
  ) throws -> [RecordedAction] {
    let (condition, arguments) = condition(object, since, limit)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, wall, process, cluster, api_group, kind, namespace, name, uid, mutation, verb, before, after,
          request, equivalent, token, stage, outcome FROM actions \(condition) ORDER BY sequence DESC LIMIT ?
        """, arguments: arguments)
    var found: [RecordedAction] = []
    while let row = try rows.next() {
      found.append(
        RecordedAction(
          sequence: row[0], time: Date(microseconds: row[1]), process: row[2],
          mutation: UInt64(bitPattern: row[9] as Int64), verb: row[10], target: self.object(in: row, from: 3),
          uid: row[8],
          before: row[11], after: row[12], request: row[13], equivalent: row[14], token: row[15], stage: row[16],
          outcome: row[17]))
    }
    return found
  }

  private static func condition(
    _ object: ObjectRef?, _ since: Date?, _ limit: Int
  ) -> (String, StatementArguments) {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    if let object {
      conditions.append("cluster = ? AND api_group = ? AND kind = ? AND namespace = ? AND name = ?")
      arguments += [object.cluster.name, object.group, object.kind, object.namespace, object.name]
    }
    if let since {
      conditions.append("wall >= ?")
      arguments += [since.microseconds]
    }
    arguments += [max(0, limit)]
    return (conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "), arguments)
  }

  private static func object(in row: Row, from index: Int) -> ObjectRef {
    ObjectRef(
      cluster: ClusterID(row[index]), group: row[index + 1], kind: row[index + 2], namespace: row[index + 3],
      name: row[index + 4])
  }
}
