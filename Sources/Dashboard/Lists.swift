import FoundationEssentials
import GitOps

/// What the lists show, by index into the snapshot: filtered, scoped, sorted and folded once per change, never in `view`.
struct Lists: Sendable {
  var clusters: [Int] = []
  var repos: [Int] = []
  var namespaces: [NamespaceLine] = []
  var reconcilers: [ReconcilerLine] = []
  var drift: [Int] = []
  var log: [Int] = []

  // Facts about the whole snapshot.
  var totals = Totals()
  var clusterIndex: [ClusterID: Int] = [:]
  var reconcilerIndex: [ObjectRef: Int] = [:]
  /// Counted and pending drift rows of a reconciler, worst first.
  var driftOf: [ObjectRef: [Int]] = [:]
  /// Rows of the drift pane in its own order.
  private var driftOrder: [Int] = []
  /// How many reconcilers name this one in `dependsOn`.
  var dependants: [ObjectRef: Int] = [:]
  /// Whether some reconciler's objects live in another cluster.
  var hasTargets = false
  /// Characters of the longest cluster and name, for the columns.
  var clusterWidth = 0
  var nameWidth = 0
  /// Rows that the filter or `!` hides, by pane.
  var hidden: [Pane: Int] = [:]
  /// Expressions that took too long, by pane.
  var gaveUp: Set<Pane> = []
  /// When a suspension passes its end, the order changes.
  var validUntil = Date.distantFuture

  /// What each list was made from; a list is made again when its key is another.
  private var factsKey: UInt64?
  private var keys: [Pane: Key] = [:]

  private struct Key: Equatable {
    let generation: UInt64
    let round: Int
    let scope: Scope
    let filter: Filter
    let order: SortOrder
    let troubleOnly: Bool
    let unfolded: Set<ObjectRef>
  }

  private var round = 0

  /// Makes one list again when anything that it is made from changed. Panes are refreshed in their order: what is selected
  /// in one of 1-3 narrows those behind it.
  mutating func refresh(_ pane: Pane, _ state: State) {
    let snapshot = state.snapshot
    if factsKey != state.generation || state.now >= validUntil {
      factsKey = state.generation
      round &+= 1
      gatherFacts(snapshot, at: state.now)
    }
    let scope = state.scope
    let narrowed: Scope =
      switch pane {
      case .clusters: Scope()
      case .repos: Scope(cluster: scope.cluster)
      case .namespaces: Scope(cluster: scope.cluster, repo: scope.repo)
      case .reconcilers, .drift, .log: scope
      }
    let key = Key(
      generation: state.generation, round: round, scope: narrowed, filter: state.filter(pane), order: state.order(pane),
      troubleOnly: state.troubleOnly, unfolded: pane == .reconcilers ? state.unfolded : [])
    guard keys[pane] != key else { return }
    keys[pane] = key
    gaveUp.remove(pane)
    switch pane {
    case .clusters: clusters = makeClusters(snapshot, key)
    case .repos: repos = makeRepos(snapshot, key)
    case .namespaces: namespaces = makeNamespaces(snapshot, key)
    case .reconcilers: reconcilers = makeReconcilers(snapshot, key, at: state.now)
    case .drift: drift = makeDrift(snapshot, key)
    case .log: log = makeLog(snapshot, key)
    }
  }

  /// The first reconciler, below the lines of clusters that do not answer.
  var firstRow: Int? {
    reconcilers.firstIndex { if case .row = $0 { true } else { false } }
  }

  func count(of pane: Pane) -> Int {
    switch pane {
    case .clusters: clusters.count
    case .repos: repos.count
    case .namespaces: namespaces.count
    case .reconcilers: reconcilers.count
    case .drift: drift.count
    case .log: log.count
    }
  }

  func id(of pane: Pane, at index: Int, in snapshot: Snapshot) -> RowID {
    switch pane {
    case .clusters: .cluster(snapshot.clusters[clusters[index]].id)
    case .repos: .repo(snapshot.repos[repos[index]].id)
    case .namespaces: .namespace(namespaces[index].name)
    case .reconcilers:
      switch reconcilers[index] {
      case .row(let row, _): .reconciler(snapshot.reconcilers[row].ref)
      case .fold(let root, _, _): .fold(snapshot.reconcilers[root].ref)
      case .unreachable(let cluster): .unreachable(snapshot.clusters[cluster].id)
      }
    case .drift: .drift(snapshot.drift[drift[index]].id)
    case .log: .log(snapshot.log[log[index]].sequence)
    }
  }

  private mutating func gatherFacts(_ snapshot: Snapshot, at now: Date) {
    totals = Totals(snapshot.reconcilers, at: now)
    totals.drift += snapshot.orphans
    validUntil = .distantFuture
    clusterIndex = Dictionary(
      snapshot.clusters.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    reconcilerIndex.removeAll(keepingCapacity: true)
    dependants.removeAll(keepingCapacity: true)
    (hasTargets, clusterWidth, nameWidth) = (false, 0, 0)
    let rows = snapshot.reconcilers
    for index in rows.indices {
      reconcilerIndex[rows[index].ref] = index
      measure(rows[index].ref, target: rows[index].target, isElsewhere: rows[index].resource.target != nil)
      for ref in rows[index].resource.dependsOn { dependants[ref, default: 0] += 1 }
      if let until = rows[index].resource.suspension?.until, until > now { validUntil = min(validUntil, until) }
    }
    driftOf.removeAll(keepingCapacity: true)
    let drift = snapshot.drift
    let listed = drift.indices.filter { Self.isListed(drift[$0].driftClass) }
    driftOrder = Order.sorted(drift, among: listed, SortOrder())
    for index in driftOrder { driftOf[drift[index].reconciler, default: []].append(index) }
  }

  private mutating func measure(_ ref: ObjectRef, target: ClusterID?, isElsewhere: Bool) {
    var cluster = ref.cluster.name.utf8.count
    if isElsewhere || (target != nil && target != ref.cluster) {
      hasTargets = true
      cluster += 1 + (target?.name.utf8.count ?? 1)
    }
    clusterWidth = max(clusterWidth, cluster)
    nameWidth = max(nameWidth, ref.name.utf8.count + ref.namespace.utf8.count + 4)
  }

  /// Whether the drift pane lists it; the others are behind `o`.
  static func isListed(_ kind: DriftClass) -> Bool { kind.isCounted || kind == .pending }

  private mutating func filtered<Row: Filterable>(
    _ rows: [Int], _ pane: Pane, _ key: Key, row: (Int) -> Row
  ) -> [Int] {
    let (kept, gaveUp) = key.filter.select(rows, row: row)
    if gaveUp { self.gaveUp.insert(pane) }
    hidden[pane] = rows.count - kept.count
    return kept
  }

  private mutating func makeClusters(_ snapshot: Snapshot, _ key: Key) -> [Int] {
    var rows = filtered(Array(snapshot.clusters.indices), .clusters, key) { snapshot.clusters[$0] }
    if key.order.column == .drift {
      rows.sort { snapshot.clusters[$0].drift.counted > snapshot.clusters[$1].drift.counted }
    } else if key.order.column == .name {
      rows.sort { snapshot.clusters[$0].id < snapshot.clusters[$1].id }
    }
    return key.order.descending ? rows.reversed() : rows
  }

  private mutating func makeRepos(_ snapshot: Snapshot, _ key: Key) -> [Int] {
    let inScope = snapshot.repos.indices.filter { index in
      guard let cluster = key.scope.cluster else { return true }
      return snapshot.repos[index].sources.contains { $0.cluster == cluster }
    }
    let rows = filtered(inScope, .repos, key) { snapshot.repos[$0] }
    return key.order.descending ? rows.reversed() : rows
  }

  private mutating func makeNamespaces(_ snapshot: Snapshot, _ key: Key) -> [NamespaceLine] {
    var followers: Set<ObjectRef>?
    if let repo = key.scope.repo {
      followers = Set(snapshot.reconcilers.lazy.filter { $0.repo == repo }.map(\.ref))
    }
    var lines: [String: NamespaceLine] = [:]
    for row in snapshot.namespaces {
      if let cluster = key.scope.cluster, row.cluster != cluster { continue }
      if let followers, !row.reconcilers.contains(where: followers.contains) { continue }
      var line = lines[row.name] ?? NamespaceLine(name: row.name)
      line.objects += row.objects
      line.drift += row.drift
      line.clusters.append(row.cluster)
      lines[row.name] = line
    }
    let sorted = lines.values.sorted { a, b in
      let (troubleA, troubleB) = (a.drift.counted > 0, b.drift.counted > 0)
      return troubleA != troubleB && key.order.column != .name ? troubleA : a.name < b.name
    }
    let rows = filtered(Array(sorted.indices), .namespaces, key) { sorted[$0] }.map { sorted[$0] }
    return key.order.descending ? rows.reversed() : rows
  }

  private mutating func makeReconcilers(_ snapshot: Snapshot, _ key: Key, at now: Date) -> [ReconcilerLine] {
    let all = snapshot.reconcilers
    // What stands beside reconcilers is shown when it is asked for, in trouble, or suspended.
    let asksForKind = key.filter.asks(for: .kind)
    let ordered = Order.sorted(all, key.order, at: now).filter { index in
      guard key.scope.isAll || key.scope.contains(all[index]) else { return false }
      return all[index].resource.role == .reconciler || asksForKind || all[index].standsOut(at: now)
    }
    var rows = filtered(ordered, .reconcilers, key) { ReconcilerEntry(row: all[$0], now: now) }
    if key.troubleOnly { rows.removeAll { !all[$0].state(at: now).isTrouble } }
    hidden[.reconcilers] = ordered.count - rows.count

    let present = Set(rows)
    var waiting: [Int: [Int]] = [:]
    var folded: Set<Int> = []
    for index in rows {
      guard let blocker = all[index].blockedBy, let root = reconcilerIndex[blocker], root != index,
        present.contains(root), all[root].blockedBy == nil
      else { continue }
      waiting[root, default: []].append(index)
      folded.insert(index)
    }
    var lines: [ReconcilerLine] = []
    // With nothing to stand above, the words of an empty pane say which clusters do not answer.
    let allDown = ordered.isEmpty && snapshot.clusters.allSatisfy(\.isUnreachable)
    if key.order.column == nil, key.filter.isEmpty, !allDown {
      for (index, cluster) in snapshot.clusters.enumerated() where cluster.isUnreachable {
        if key.scope.cluster == nil || key.scope.cluster == cluster.id { lines.append(.unreachable(index)) }
      }
    }
    for index in rows where !folded.contains(index) {
      lines.append(.row(index, depth: 0))
      guard let dependants = waiting[index] else { continue }
      let open = key.unfolded.contains(all[index].ref)
      lines.append(.fold(root: index, count: dependants.count, open: open))
      if open { lines += dependants.map { .row($0, depth: 1) } }
    }
    return lines
  }

  private mutating func makeDrift(_ snapshot: Snapshot, _ key: Key) -> [Int] {
    let drift = snapshot.drift
    let inScope = key.scope.isAll ? driftOrder : driftOrder.filter { contains(drift[$0], key.scope, snapshot) }
    var rows = filtered(inScope, .drift, key) { drift[$0] }
    if key.troubleOnly { rows.removeAll { !drift[$0].counts } }
    hidden[.drift] = inScope.count - rows.count
    return key.order == SortOrder() ? rows : Order.sorted(drift, among: rows, key.order)
  }

  private mutating func makeLog(_ snapshot: Snapshot, _ key: Key) -> [Int] {
    let log = snapshot.log
    let inScope =
      key.scope.isAll ? Array(log.indices) : log.indices.filter { contains(log[$0], key.scope, snapshot) }
    var rows = filtered(inScope, .log, key) { log[$0] }
    if key.troubleOnly { rows.removeAll { log[$0].level != .warning && log[$0].level != .error } }
    hidden[.log] = inScope.count - rows.count
    return rows
  }

  /// Whether a drift row lies in a scope.
  func contains(_ row: DriftRow, _ scope: Scope, _ snapshot: Snapshot) -> Bool {
    if let cluster = scope.cluster, row.object.cluster != cluster, row.reconciler.cluster != cluster { return false }
    if let namespace = scope.namespace, row.object.namespace != namespace, row.reconciler.namespace != namespace {
      return false
    }
    if let repo = scope.repo {
      guard let index = reconcilerIndex[row.reconciler] else { return false }
      return snapshot.reconcilers[index].repo == repo
    }
    return true
  }

  private func contains(_ line: LogLine, _ scope: Scope, _ snapshot: Snapshot) -> Bool {
    if let cluster = scope.cluster, line.cluster != cluster { return false }
    if let namespace = scope.namespace, line.object?.namespace != namespace { return false }
    if let repo = scope.repo {
      guard let object = line.object else { return false }
      if let index = reconcilerIndex[object] { return snapshot.reconcilers[index].repo == repo }
      return snapshot.repos.first { $0.id == repo }?.sources.contains(object) ?? false
    }
    return true
  }
}

extension ClusterRow {
  /// No proof of life: its rows may be old.
  var isUnreachable: Bool {
    switch link {
    case .stale, .authNeeded, .stopped: true
    // A server that was reached and refuses one kind is there: that kind's rows say so themselves.
    case .retrying: version == nil
    case .connecting, .live, .forbidden, .absent, .polling: false
    }
  }

  /// Since when nothing of it is confirmed; nil while it is, or when it never was.
  var unconfirmedSince: Date? { staleSince ?? (isUnreachable ? confirmed : nil) }

  /// Why it is not live.
  var why: String? { link.reason ?? problem }

  /// Something of it may not be seen: what is not on screen may be there.
  var isSeenInPart: Bool { visible != nil || link.isForbidden || links.contains { $0.link.isForbidden } }

  /// `sees shop, payments only`: nil when all of it can be seen.
  var limitedSight: String? {
    guard let visible else { return nil }
    if visible.isEmpty { return "sees no namespace" }
    let names = visible.prefix(3).joined(separator: ", ")
    return "sees \(names)\(visible.count > 3 ? " and \(visible.count - 3) more namespaces" : "") only"
  }
}
