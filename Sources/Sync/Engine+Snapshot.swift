import Drift
import FoundationEssentials
import GitOps

extension Engine {
  /// Everything as it stands now.
  func makeSnapshot() -> Snapshot {
    let now = options.now()
    let uptime = ContinuousClock.now
    let graph = Graph(resources.values)
    var snapshot = Snapshot()
    snapshot.repos = repos.values.map(repoRow).sorted { ($0.name, $0.url, $0.ref) < ($1.name, $1.url, $1.ref) }
    var namespaces: [NamespaceKey: NamespaceRow] = [:]
    var clusterCounts: [ClusterID: ClusterCounts] = [:]
    var clusterRows: [ClusterID: ClusterRow] = [:]
    for (id, state) in clusters { clusterRows[id] = clusterRow(state, at: uptime, date: now) }
    // By rank, and within a rank in the order of references: filling shelves compares nothing and moves no row twice.
    var shelves: [[ReconcilerRow]] = Array(repeating: [], count: Self.ranks)
    var driftShelves: [Int: [DriftRow]] = [:]
    for ref in resourceOrder() {
      guard let resource = resources[ref] else { continue }
      guard resource.role == .reconciler else {
        if resource.role == .source { snapshot.sources.append(resource) }
        let row = reconcilerRow(resource, MemberSummary(members: [], verdicts: [:]), graph: graph, clusterRows)
        shelves[Self.rank(row, now)].append(row)
        if resource.health == .failed { clusterCounts[resource.ref.cluster, default: ClusterCounts()].failed += 1 }
        continue
      }
      let summary = summary(of: resource.ref)
      let row = reconcilerRow(resource, summary, graph: graph, clusterRows)
      count(row, summary, into: &namespaces)
      clusterCounts[resource.ref.cluster, default: ClusterCounts()].add(row)
      coverage(of: row, summary, into: &snapshot.coverage)
      shelves[Self.rank(row, now)].append(row)
      for (rank, rows) in summary.shelves { driftShelves[rank, default: []] += rows }
    }
    for owner in Set(orphans.values).sorted() {
      let summary = summary(of: owner)
      clusterCounts[owner.cluster, default: ClusterCounts()].drift.add(summary.drift)
      snapshot.orphans.add(summary.drift)
      for (rank, rows) in summary.shelves {
        driftShelves[rank, default: []] += rows
        for row in rows where !row.object.namespace.isEmpty {
          let key = NamespaceKey(cluster: owner.cluster, name: row.object.namespace)
          namespaces[key, default: NamespaceRow(cluster: key.cluster, name: key.name)].drift.add(row)
        }
      }
    }
    for shelf in shelves { snapshot.reconcilers += shelf }
    for rank in driftShelves.keys.sorted() { snapshot.drift += driftShelves[rank] ?? [] }
    snapshot.namespaces = namespaces.values.sorted { ($0.cluster, $0.name) < ($1.cluster, $1.name) }
    snapshot.clusters = order.compactMap { clusterRows[$0] }.map { row in
      var row = row
      if let counts = clusterCounts[row.id] {
        row.reconcilers = counts.reconcilers
        row.failed = counts.failed
        row.drift = counts.drift
      }
      return row
    }
    snapshot.log = log.lines
    snapshot.actions = actions
    snapshot.notices = notices
    snapshot.isComplete = isComplete
    return snapshot
  }

  private struct NamespaceKey: Hashable {
    let cluster: ClusterID
    let name: String
  }

  private struct ClusterCounts {
    var reconcilers = 0
    var failed = 0
    var drift = DriftCounts()

    mutating func add(_ row: ReconcilerRow) {
      reconcilers += 1
      if row.resource.health == .failed { failed += 1 }
      drift.add(row.drift)
    }
  }

  private func summary(of reconciler: ObjectRef) -> MemberSummary {
    if let known = summaries[reconciler] { return known }
    let summary = MemberSummary(members: membership[reconciler] ?? [], verdicts: verdicts[reconciler] ?? [:])
    summaries[reconciler] = summary
    return summary
  }

  private func reconcilerRow(
    _ resource: Resource, _ summary: MemberSummary, graph: Graph, _ clusterRows: [ClusterID: ClusterRow]
  ) -> ReconcilerRow {
    let cluster = clusterRows[resource.ref.cluster]
    let ref = resource.ref
    let state = desired[ref]
    let set = state?.set
    let repo = resource.source.flatMap { repoOfSource[$0] }
    var row = ReconcilerRow(resource: resource, target: place(of: resource), repo: repo)
    row.head = set?.headState ?? .unknown
    row.headCommit = repo.flatMap { repos[$0]?.row.head?.id }
    row.headStaleSince = repo.flatMap { repos[$0]?.row.staleSince }
    row.commit = set?.commit
    row.drift = summary.drift
    if case .undetermined(let reason) = state?.value { row.undetermined = reason }
    if let compared = resource.compared {
      // Argo CD reads Git itself.
      row.head = compared == resource.inEffect.shown ? .same : .ahead(nil)
      row.headCommit = compared.commit
      row.undetermined = whyNotAttached(resource)
    }
    row.objects = summary.objects
    row.namespaces = summary.places.keys.sorted()
    if let denial = rights[Rights(cluster: ref.cluster, question: RightsQuestion(resource: resource))] {
      for verb in Verb.allCases { row.denied[verb] = denial }
    }
    row.inFlight = actions.contains { $0.mutation.target == ref && $0.isOpen }
    let target = row.target.flatMap { $0 == ref.cluster ? cluster : clusterRows[$0] }
    row.staleSince = [
      cluster?.staleSince, cluster.flatMap { $0.staleKinds[ref.groupKind] }, target?.staleSince,
      target.flatMap { oldest(of: ref, in: $0.staleKinds) },
    ].compactMap { $0 }.min()
    row.blockedBy = graph.blockedBy[ref]
    row.blocking = graph.blocking[ref] ?? 0
    return row
  }

  /// Since when a kind that a reconciler manages is not confirmed.
  private func oldest(of reconciler: ObjectRef, in staleKinds: [GroupKind: Date]) -> Date? {
    guard !staleKinds.isEmpty else { return nil }
    let managed = memberKinds[reconciler].map { Array($0.versions.keys) } ?? []
    return managed.compactMap { staleKinds[$0] }.min()
  }

  private func count(
    _ row: ReconcilerRow, _ summary: MemberSummary, into namespaces: inout [NamespaceKey: NamespaceRow]
  ) {
    guard let target = row.target else { return }
    for (name, place) in summary.places {
      let key = NamespaceKey(cluster: target, name: name)
      var namespace = namespaces[key] ?? NamespaceRow(cluster: target, name: name)
      namespace.objects += place.objects
      namespace.drift.add(place.drift)
      namespace.reconcilers.append(row.ref)
      namespaces[key] = namespace
    }
  }

  private func coverage(of row: ReconcilerRow, _ summary: MemberSummary, into coverage: inout Coverage) {
    if let reason = row.undetermined {
      let objects = max(1, row.objects)
      coverage.total += objects
      coverage.undetermined[reason, default: 0] += objects
      return
    }
    coverage.total += row.objects
    coverage.known += summary.known
    coverage.undetermined.merge(summary.undetermined, uniquingKeysWith: +)
  }

  private func clusterRow(_ state: ClusterState, at uptime: ContinuousClock.Instant, date: Date) -> ClusterRow {
    var links: [StreamRow] = []
    for (stream, link) in state.links {
      links.append(StreamRow(name: stream.title, link: link, objects: store.refs(in: stream).count))
    }
    let link = state.link(at: uptime, date: date)
    var row = ClusterRow(
      id: state.options.id, server: state.options.server, version: state.version,
      provider: Provider.name(version: state.version, server: state.options.server), link: link,
      readOnly: state.options.readOnly, marks: state.options.marks + skewMark(state),
      links: links.sorted { $0.name < $1.name }, helper: state.reader?.access.credentials.login?.command)
    row.problem = state.freshness.reason
    if link != .live, let life = state.freshness.lastLife { row.confirmed = ClusterState.date(life, uptime, date) }
    row.staleKinds = state.staleKinds(at: uptime, date: date)
    row.visible = state.visibility.visible
    row.narrowed = state.visibility.narrowed.keys
      .map { state.discovery?.resource(for: $0)?.plural ?? $0.kind }.sorted()
    return row
  }

  /// More than 30 seconds between the clocks (A18): ages on screen are wrong by as much.
  private func skewMark(_ state: ClusterState) -> [String] {
    guard let skew = state.reader?.connection.skew, abs(skew) > 30 else { return [] }
    // Coarse, so that a drift of seconds is no news.
    let minutes = Int(min(abs(skew) / 60, 1e6).rounded())
    let amount = minutes == 0 ? "30 s" : minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h"
    return ["its clock is \(amount) \(skew > 0 ? "ahead of" : "behind") this machine's"]
  }

  private func repoRow(_ state: RepoState) -> RepoRow {
    var row = state.row
    let followers = resources.values.filter { resource in
      resource.role == .reconciler && resource.source.flatMap { repoOfSource[$0] } == row.id
    }
    let sets = followers.compactMap { desired[$0.ref]?.set }
    var ahead: Int?
    for set in sets {
      switch set.headState {
      case .same: ahead = max(ahead ?? 0, 0)
      case .ahead(let count?): if count >= (ahead ?? 0) { ahead = count }
      case .ahead(nil), .unknown: break
      }
    }
    row.ahead = ahead
    let oldest = sets.filter { $0.commit != nil }.max { Self.distance($0.headState) < Self.distance($1.headState) }
    row.inEffect = oldest?.commit?.id
    return row
  }

  private static func distance(_ head: HeadState) -> Int {
    switch head {
    case .same, .unknown: 0
    case .ahead(let count): count ?? 1
    }
  }

  private static let ranks = 12

  private static func rank(_ row: ReconcilerRow, _ now: Date) -> Int {
    let state = row.state(at: now)
    // What stays comes before what reverts by itself (`product.md`, trouble first).
    if state == .drifted || state == .missing { return row.drift.staying > 0 ? 1 : 4 }
    switch state {
    case .failed: return 0
    case .contested: return 3
    case .waiting: return 5
    case .progressing, .deleting: return 6
    case .overdue: return 7
    case .pending: return 8
    case .suspended: return 9
    case .unknown: return 10
    case .ready, .drifted, .missing: return 11
    }
  }

  /// All resources by reference; made anew when one came or went.
  private func resourceOrder() -> [ObjectRef] {
    let order = sortedResources ?? resources.keys.sorted()
    sortedResources = order
    return order
  }

  /// Every stream was seen once and every verdict that can be made was made.
  var isComplete: Bool {
    guard watchesToPlan.isEmpty, compareQueue.isIdle, renderQueue.isIdle, probeQueue.isIdle, versionQueue.isIdle,
      confirmQueue.isIdle, !kubeconfigs.values.contains(.asked),
      !lookedUp.values.contains(where: { if case .asking = $0 { true } else { false } })
    else { return false }
    for state in clusters.values {
      guard state.isSettled else { return false }
      if state.discovery != nil, !missingSchemas(of: state).isEmpty { return false }
    }
    return repos.values.allSatisfy { $0.isSeen && !$0.isBusy } && !desired.values.contains { $0.isRefreshing }
  }
}

extension DriftCounts {
  mutating func add(_ other: DriftCounts) {
    drifted += other.drifted
    contested += other.contested
    missing += other.missing
    extra += other.extra
    touched += other.touched
    pending += other.pending
    undetermined += other.undetermined
    staying += other.staying
  }
}

extension StreamID {
  private var place: String { namespace.map { " in \($0)" } ?? "" }

  /// `deployments`, `deployments (managed by helm)`: for the links page.
  var title: String {
    switch selector {
    case .everything: plural + place
    case .labels(HelmRecord.selector): "\(plural) (releases)" + place
    case .labels(let label): (label.hasPrefix("helm") ? "\(plural) (Helm)" : "\(plural) (Flux)") + place
    case .fields(let field): "\(plural) (\(field))" + place
    }
  }
}
