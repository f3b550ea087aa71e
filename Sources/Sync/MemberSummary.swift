import GitOps

/// What a snapshot says of one reconciler's objects, added up once and kept until one of them changes: a change to one object
/// must not walk over ten thousand.
struct MemberSummary: Sendable {
  struct Place: Sendable {
    var objects = 0
    var drift = DriftCounts()
  }

  private(set) var drift = DriftCounts()
  /// All rows of all classes by rank, what counts first; within a rank by object and path.
  private(set) var shelves: [Int: [DriftRow]] = [:]
  private(set) var objects = 0
  /// Objects that were compared and are not undetermined.
  private(set) var known = 0
  /// Reason → objects.
  private(set) var undetermined: [String: Int] = [:]
  /// Namespaces by name; cluster-scoped objects are in none.
  private(set) var places: [String: Place] = [:]

  init(members: Set<ObjectRef>, verdicts: [ObjectRef: [DriftRow]]) {
    objects = members.count
    for member in members {
      if member.namespace.isEmpty { continue }
      places[member.namespace, default: Place()].objects += 1
      for row in verdicts[member] ?? [] { places[member.namespace]?.drift.add(row) }
    }
    for (ref, object) in verdicts {
      // A row of the reconciler itself is of no object that it manages.
      if members.contains(ref) { known += 1 }
      if object.isEmpty { continue }
      for row in object {
        drift.add(row)
        shelves[Self.rank(row), default: []].append(row)
      }
      for case .reason(let reason) in object.filter({ $0.driftClass == .undetermined }).map(\.cause) {
        known -= 1
        undetermined[reason, default: 0] += 1
        break
      }
    }
    for rank in shelves.keys {
      shelves[rank]?.sort { a, b in a.object == b.object ? a.pointer < b.pointer : a.object < b.object }
    }
  }

  private static func rank(_ row: DriftRow) -> Int {
    (row.driftClass.isCounted ? 0 : 100) + (row.provisional ? 50 : 0)
      + (DriftClass.allCases.firstIndex(of: row.driftClass) ?? 0)
  }
}

/// The kinds of one reconciler's objects, each with the versions in which Git names them and how often.
struct MemberKinds: Sendable {
  /// Where they live.
  let cluster: ClusterID
  /// The label that the engine puts on what it applies.
  let label: String
  private(set) var versions: [GroupKind: [String: Int]] = [:]

  init(cluster: ClusterID, label: String, members: Set<ObjectRef>, desired: [ObjectRef: DesiredObject]?) {
    self.cluster = cluster
    self.label = label
    for member in members {
      if let object = desired?[member] {
        versions[member.groupKind, default: [:]][object.version, default: 0] += 1
      } else if versions[member.groupKind] == nil {
        versions[member.groupKind] = [:]
      }
    }
  }
}
