import FoundationEssentials
import GitOps

/// Trouble first (`product.md`): the lower, the further up.
enum Order {
  static func rank(_ row: ReconcilerRow, at now: Date) -> Int {
    switch row.state(at: now) {
    case .failed: 1
    case .missing, .drifted: row.drift.staying > 0 ? 2 : 4
    case .contested: 3
    case .waiting: 5
    case .progressing, .deleting: 6
    case .overdue: 7
    case .pending: 8
    case .suspended: 9
    case .unknown: 10
    case .ready: 11
    }
  }

  static func rank(_ row: DriftRow) -> Int {
    if row.driftClass == .pending { return 6 }
    if row.provisional { return 5 }
    if row.driftClass == .contested || row.fate == .contested { return 2 }
    if case .stays = row.fate { return 1 }
    if case .reverts = row.fate { return 4 }
    return 3
  }

  /// Indices of `rows` in order. The default is trouble first, the newest of equal trouble first, calm rows by name.
  static func sorted(_ rows: [ReconcilerRow], _ order: SortOrder, at now: Date) -> [Int] {
    let keys = rows.indices.map { index in
      Key(
        rank: order.column == nil || order.column == .state ? rank(rows[index], at: now) : 0,
        number: number(rows[index], order, at: now), text: text(rows[index], order))
    }
    return sorted(keys, order) { a, b in less(rows[a].ref, rows[b].ref) }
  }

  static func sorted(_ rows: [DriftRow], among indices: [Int], _ order: SortOrder) -> [Int] {
    let keys = indices.map {
      Key(rank: rank(rows[$0], order), number: number(rows[$0], order), text: text(rows[$0], order))
    }
    let positions = sorted(keys, order) { a, b in
      let (a, b) = (indices[a], indices[b])
      return rows[a].object == rows[b].object ? rows[a].path < rows[b].path : less(rows[a].object, rows[b].object)
    }
    return positions.map { indices[$0] }
  }

  private static func rank(_ row: DriftRow, _ order: SortOrder) -> Int { order.column == nil ? rank(row) : 0 }

  private static func number(_ row: DriftRow, _ order: SortOrder) -> Double {
    switch order.column {
    case nil, .since: finite(-row.firstSeen.timeIntervalSince1970)
    case .fate: Double(rank(row))
    default: 0
    }
  }

  private static func text(_ row: DriftRow, _ order: SortOrder) -> String {
    guard let column = order.column, column != .since, column != .fate else { return "" }
    return row.text(of: column) ?? ""
  }

  private struct Key {
    let rank: Int
    let number: Double
    let text: String
  }

  private static func sorted(_ keys: [Key], _ order: SortOrder, tie: (Int, Int) -> Bool) -> [Int] {
    keys.indices.sorted { a, b in
      let (first, second) = order.descending ? (b, a) : (a, b)
      if keys[first].rank != keys[second].rank { return keys[first].rank < keys[second].rank }
      if keys[first].number != keys[second].number { return keys[first].number < keys[second].number }
      if keys[first].text != keys[second].text { return keys[first].text < keys[second].text }
      return tie(a, b)
    }
  }

  private static func number(_ row: ReconcilerRow, _ order: SortOrder, at now: Date) -> Double {
    let newest = -(row.resource.since?.timeIntervalSince1970 ?? 0)
    switch order.column {
    case nil, .state: return row.state(at: now).isTrouble ? finite(newest) : 0
    case .since: return finite(newest)
    case .drift: return -Double(row.drift.counted)
    case .next: return finite(row.resource.nextRun?.timeIntervalSince1970 ?? .greatestFiniteMagnitude)
    case .head:
      if case .ahead(let commits) = row.head { return -Double(commits ?? 1) }
      return row.head == .same ? 0 : 1
    default: return 0
    }
  }

  private static func text(_ row: ReconcilerRow, _ order: SortOrder) -> String {
    switch order.column {
    case .cluster: row.ref.cluster.name
    case .name: row.ref.name
    case .kind: Names.short(row.ref.groupKind)
    case .namespace: row.ref.namespace
    default: ""
    }
  }

  private static func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }

  /// By namespace and name before the kind, as people look for them.
  private static func less(_ a: ObjectRef, _ b: ObjectRef) -> Bool {
    if a.cluster != b.cluster { return a.cluster < b.cluster }
    if a.namespace != b.namespace { return a.namespace < b.namespace }
    if a.name != b.name { return a.name < b.name }
    return a.groupKind < b.groupKind
  }
}
