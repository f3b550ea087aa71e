import FoundationEssentials
import GitOps

/// A line of the reconciler list, by index into the snapshot.
enum ReconcilerLine: Sendable, Hashable {
  /// `depth` 1: waits for the row above it and is unfolded.
  case row(Int, depth: Int)
  /// "39 waiting on it", under the reconciler with that index.
  case fold(root: Int, count: Int, open: Bool)
  /// A cluster that does not answer: index into the clusters.
  case unreachable(Int)
}

/// A namespace of the same name in every cluster of the scope.
struct NamespaceLine: Sendable, Hashable {
  let name: String
  var objects = 0
  var drift = DriftCounts()
  var clusters: [ClusterID] = []
}

extension DriftCounts {
  static func += (a: inout DriftCounts, b: DriftCounts) {
    a.drifted += b.drifted
    a.contested += b.contested
    a.missing += b.missing
    a.extra += b.extra
    a.touched += b.touched
    a.pending += b.pending
    a.undetermined += b.undetermined
    a.staying += b.staying
  }
}

/// What the header counts, over all clusters. Provisional rows are in none of it.
struct Totals: Sendable, Hashable {
  var reconcilers = 0
  var failed = 0
  var suspended = 0
  var overdue = 0
  var waiting = 0
  var pending = 0
  var drift = DriftCounts()

  init() {}

  init(_ rows: [ReconcilerRow], at now: Date) {
    // By index throughout: rows are large, and taking one out of the array copies it.
    for index in rows.indices {
      drift += rows[index].drift
      if rows[index].resource.role == .reconciler { reconcilers += 1 }
      switch rows[index].resource.health {
      case .failed: failed += 1
      case .waiting: waiting += 1
      case .suspended:
        suspended += 1
        if rows[index].resource.suspension?.overdue(at: now) == true { overdue += 1 }
      case .progressing, .ready, .deleting, .unknown: break
      }
      if rows[index].drift.pending > 0 || rows[index].head.isAhead { pending += 1 }
    }
  }

  /// Rows that differ without being fought over.
  var drifted: Int { drift.counted - drift.contested }
  var isCalm: Bool { failed == 0 && drift.counted == 0 && suspended == 0 && waiting == 0 && pending == 0 }
}
