import Cells
import GitOps

/// Clusters, repositories and namespaces: facts and what belongs to them.
extension Page {
  mutating func writeCluster(_ id: ClusterID) {
    guard let row = state.cluster(id) else { return line([Span("\(untrusted: id.name) is gone. q goes back.")]) }
    fact(
      "Link", [Span(row.link.look.sign, row.link.look.role), Span(" \(untrusted: row.link.word)", row.link.look.role)])
    fact("Why", row.why)
    let never = row.link == .live ? "now" : "never"
    fact("Last seen", row.confirmed.map { Format.age($0, at: state.now) + " ago" } ?? never)
    for (kind, since) in row.staleKinds.sorted(by: { $0.key.kind < $1.key.kind }) {
      fact("Stale", "\(kind.kind), not confirmed for \(Format.age(since, at: state.now))", .linkStale)
    }
    fact("Server", row.server)
    fact("Version", row.version ?? "not known")
    fact("Provider", row.provider ?? "not recognised")
    fact("Reconcilers", "\(Format.count(row.reconcilers)), \(Format.count(row.failed)) failed")
    fact("Drift", row.drift.badge.isEmpty ? [Span("none known", .dim)] : row.drift.badge)
    if row.readOnly { fact("Access", "read-only by configuration") }
    if let helper = row.helper { fact("Helper", helper) }
    for mark in row.marks { fact("Mark", mark, .noticeWarning) }
    writeSight(row)
    guard !row.links.isEmpty else { return }
    heading("Streams")
    let name = min(40, (row.links.map(\.name.count).max() ?? 0) + 2)
    for stream in row.links {
      let look = stream.link.look
      self.row([
        ([Span(look.sign, look.role), Span(" \(untrusted: stream.name)")], name + 2),
        ([Span(untrusted: stream.link.word, look.role)], 12),
        ([Span(untrusted: stream.link == .absent ? "" : Format.count(stream.objects, "object"), .dim)], 16),
        ([Span(untrusted: reason(of: stream.link), .dim)], 0),
      ])
    }
  }

  /// What a user with few rights sees, and what not.
  private mutating func writeSight(_ row: ClusterRow) {
    guard let visible = row.visible else { return }
    fact("Sees", visible.isEmpty ? "no namespace" : visible.joined(separator: ", "), .linkForbidden)
    fact("Not seen", "\(row.narrowed.joined(separator: ", ")) of all other namespaces: no permission to list them")
  }

  private func reason(of link: Link) -> String {
    if link == .absent { return "this cluster does not serve the kind" }
    if case .stale(let since) = link {
      return "not confirmed for \(Format.span(state.now.timeIntervalSince1970 - since))"
    }
    return Names.oneLine(link.reason ?? "", limit: 400)
  }

  mutating func writeRepo(_ id: RepoRow.ID) {
    guard let row = state.snapshot.repos.first(where: { $0.id == id }) else {
      return line([Span("Nothing follows this repository any more. q goes back.")])
    }
    fact("Address", row.url)
    fact("Follows", row.ref)
    fact(
      "Link",
      [
        Span(row.link.look.sign, row.link.look.role), Span(" \(untrusted: row.link.word)", row.link.look.role),
        Span(untrusted: row.staleSince.map { " for \(Format.age($0, at: state.now))" } ?? "", row.link.look.role),
      ])
    fact("Why", row.why.map { Names.oneLine($0, limit: 600) })
    if let head = row.head { fact("HEAD", CommitText.spans(head, at: state.now)) } else { fact("HEAD", "not known") }
    fact("In effect", row.inEffect.map { String($0.prefix(7)) } ?? "nothing yet", .commit)
    if let ahead = row.ahead { fact("Ahead", ahead == 0 ? "no" : Format.count(ahead, "commit")) }
    writeSources(row.sources)
    writeReconcilers("Reconcilers that follow it", state.snapshot.reconcilers.filter { $0.repo == id })
  }

  private mutating func writeSources(_ sources: [ObjectRef]) {
    guard !sources.isEmpty else { return }
    heading("Sources")
    for ref in sources.prefix(200) {
      let object = state.snapshot.sources.first { $0.ref == ref }
      row([
        ([Span(untrusted: ref.cluster.name)], 18), ([Span("\(untrusted: ref.kind) \(untrusted: ref.path)")], 44),
        (
          [
            Span(untrusted: object?.health.word ?? "", .dim),
            Span("  \(untrusted: object?.artifact?.short ?? "")", .commit),
          ], 0
        ),
      ])
    }
  }

  mutating func writeNamespace(_ name: String) {
    let rows = state.snapshot.namespaces.filter { $0.name == name }
    guard !rows.isEmpty else { return line([Span("Nothing is managed in \(untrusted: name) any more. q goes back.")]) }
    for row in rows {
      fact(
        SafeText(untrusted: row.cluster.name, limit: 40),
        [Span("\(untrusted: Format.count(row.objects, "managed object"))  ")] + row.drift.badge)
    }
    let members = Set(rows.flatMap(\.reconcilers))
    writeReconcilers("Reconcilers", state.snapshot.reconcilers.filter { members.contains($0.ref) })
    let drift = state.snapshot.drift.filter { Lists.isListed($0.driftClass) && $0.object.namespace == name }
    if !drift.isEmpty {
      heading("Drift")
      writeDriftRows(drift)
    }
    writeUnmanaged(rows.map { NamespacePlace(cluster: $0.cluster, name: name) })
  }

  /// What lives beside the managed objects and nothing answers for.
  private mutating func writeUnmanaged(_ places: [NamespacePlace]) {
    heading("Not managed")
    if places.allSatisfy(\.isSystem) { return line([Span("Not looked for: a namespace of the cluster itself.", .dim)]) }
    let found = places.compactMap { state.unmanaged[$0] }
    let objects = found.flatMap { $0?.objects ?? [] }
    for object in objects.prefix(Self.unmanagedLimit) {
      row([
        ([Span(untrusted: object.ref.cluster.name)], 18),
        ([Span("\(untrusted: object.ref.kind) \(untrusted: object.ref.name)")], 58),
        ([Span(untrusted: object.created.map { Format.age($0, at: state.now) + " old" } ?? "", .dim)], 0),
      ])
    }
    if objects.count > Self.unmanagedLimit {
      line([Span("… \(untrusted: Format.count(objects.count - Self.unmanagedLimit)) more", .dim)])
    }
    if found.contains(where: { $0 == nil }) {
      line([Span("looking …", .dim)])
    } else if objects.isEmpty {
      line([Span("Nothing: each object that was looked at has a reconciler, a release or an owner.", .dim)])
    }
    if let oldest = found.compactMap({ $0?.time }).min() {
      line([
        Span("Looked up \(untrusted: Format.age(oldest, at: state.now)) ago; opening the page again looks anew.", .dim)
      ])
    }
    for reason in found.flatMap({ $0?.incomplete ?? [] }) {
      line([Span("not seen: \(untrusted: Names.oneLine(reason, limit: 300))", .noticeWarning)])
    }
  }

  private static let unmanagedLimit = 500

  private mutating func writeReconcilers(_ title: SafeText, _ rows: [ReconcilerRow]) {
    guard !rows.isEmpty else { return }
    heading(title)
    for index in Order.sorted(rows, SortOrder(), at: state.now).prefix(500) {
      let text = ReconcilerText(row: rows[index], state: state)
      row([
        (text.stateSpans, 15), (text.cluster(), 18), (text.name(), 36), (text.inEffect, 11), (text.drift, 7),
        (text.why, 0),
      ])
    }
  }
}
