import Cells
import FoundationEssentials
import GitOps

/// What a pane says when it has no rows: why, and what can be done about it.
struct EmptyWords {
  let state: State

  func draw(_ pane: Pane, in area: Rect, on surface: inout Surface) {
    let lines = Paragraph(lines: words(pane)).wrapped(to: area.width - 2, repertoire: state.repertoire)
    Paragraph(lines: lines).draw(on: &surface, in: area.inset(dx: 1, dy: 0))
  }

  func words(_ pane: Pane) -> [[Span]] {
    if let hidden = hiddenWords(pane) { return hidden }
    switch pane {
    case .reconcilers: return reconcilers
    case .drift: return drift
    case .log: return [[Span("No log lines or events here yet.", .dim)]]
    case .clusters, .repos, .namespaces: return []
    }
  }

  private func hiddenWords(_ pane: Pane) -> [[Span]]? {
    let hidden = state.lists.hidden[pane] ?? 0
    guard hidden > 0 else { return nil }
    let filter = state.filter(pane)
    if !filter.isEmpty {
      return [
        [Span("Nothing matches "), Span(untrusted: filter.text, .filter)],
        [Span("\(untrusted: Format.count(hidden, "row")) hidden by it. Esc takes the filter away.", .dim)],
      ]
    }
    return [
      [Span("No trouble here.", .healthReady)],
      [Span("\(untrusted: Format.count(hidden, "other row")) hidden. ! shows everything.", .dim)],
    ]
  }

  private var reconcilers: [[Span]] {
    let clusters = state.snapshot.clusters.filter { state.scope.cluster == nil || state.scope.cluster == $0.id }
    if clusters.isEmpty { return noCluster }
    if clusters.allSatisfy(\.isUnreachable) { return allDown(clusters) }
    if clusters.allSatisfy({ $0.link == .connecting }) { return connecting(clusters) }
    if clusters.contains(where: { $0.link.isForbidden || $0.links.contains { $0.link.isForbidden } }) {
      return forbidden(clusters)
    }
    if let limited = limited(clusters) { return limited }
    if !state.scope.isAll {
      return [[Span("No reconciler in this scope.")], [Span("Esc shows all clusters and namespaces again.", .dim)]]
    }
    if !state.snapshot.isComplete { return connecting(clusters) }
    return [
      [Span("No Flux objects in \(untrusted: Format.count(clusters.count, "cluster")).")],
      [Span("A Kustomization or HelmRelease shows here as soon as it is created: flux bootstrap, flux create.", .dim)],
    ]
  }

  private var noCluster: [[Span]] {
    if !state.snapshot.isComplete, state.searched.isEmpty { return [[Span("Starting…", .dim)]] }
    var lines = [[Span("No cluster to look at.")], [Span("No kubeconfig with a context was found. Looked for:", .dim)]]
    lines += state.searched.prefix(6).map { [Span("  \(untrusted: $0)", .dim)] }
    lines.append([Span("Name one with --kubeconfig or KUBECONFIG, or start driftglass demo for a first look.", .dim)])
    return lines
  }

  private func connecting(_ clusters: [ClusterRow]) -> [[Span]] {
    let names = clusters.prefix(4).map { SafeText(untrusted: $0.id.name) }.joined(separator: ", ")
    let others: SafeText = clusters.count > 4 ? " and \(clusters.count - 4) more" : ""
    return [[Span("Reading \(names)\(others)…")], [Span("Rows appear as the clusters answer.", .dim)]]
  }

  private func allDown(_ clusters: [ClusterRow]) -> [[Span]] {
    var lines = [[Span(clusters.count == 1 ? "The cluster does not answer." : "No cluster answers.", .healthFailed)]]
    for cluster in clusters.prefix(6) {
      var text: SafeText = "  \(untrusted: cluster.id.name): \(untrusted: cluster.link.word)"
      if let reason = cluster.why { text += ", \(untrusted: Names.oneLine(reason, limit: 200))" }
      if let since = cluster.unconfirmedSince {
        text += ", last seen \(untrusted: Format.age(since, at: state.now)) ago"
      }
      lines.append([Span(text)])
    }
    if clusters.contains(where: \.wantsLogin) {
      lines.append([Span("L gives the helper the terminal, to log in.", .dim)])
    }
    lines.append([Span("It is tried again by itself; Ctrl-r tries now. Enter on a cluster shows its links.", .dim)])
    return lines
  }

  /// Nothing in what may be seen is not nothing.
  private func limited(_ clusters: [ClusterRow]) -> [[Span]]? {
    let rows = clusters.filter { $0.visible != nil }
    guard !rows.isEmpty, state.scope.namespace == nil else { return nil }
    var lines = [[Span("No reconciler in the namespaces that you may see.", .linkForbidden)]]
    for row in rows.prefix(4) {
      lines.append([Span("  \(untrusted: row.id.name) \(untrusted: row.limitedSight ?? "")")])
    }
    lines.append([
      Span("Others need list and watch on \(untrusted: rows[0].narrowed.joined(separator: ", ")).", .dim)
    ])
    return lines
  }

  private func forbidden(_ clusters: [ClusterRow]) -> [[Span]] {
    var lines = [[Span("You may not read the reconcilers here.", .linkForbidden)]]
    for cluster in clusters {
      let links = cluster.links.filter(\.link.isForbidden)
      for stream in links.prefix(3) {
        lines.append([
          Span("  \(untrusted: cluster.id.name) \(untrusted: stream.name): \(untrusted: stream.link.reason ?? "")")
        ])
      }
      if links.isEmpty, case .forbidden(let reason) = cluster.link {
        lines.append([Span("  \(untrusted: cluster.id.name): \(untrusted: Names.oneLine(reason, limit: 200))")])
      }
    }
    lines.append([
      Span("Ask for get, list and watch on them. It is tried again every five minutes; Ctrl-r tries now.", .dim)
    ])
    return lines
  }

  private var drift: [[Span]] {
    let coverage = state.snapshot.coverage
    if coverage.total == 0, state.snapshot.clusters.contains(where: \.isSeenInPart) {
      return [[Span("No managed object that you may see.", .linkForbidden)]]
    }
    if coverage.total == 0 {
      return [[Span(state.snapshot.isComplete ? "No managed objects to compare." : "Comparing…", .dim)]]
    }
    if coverage.known < coverage.total {
      return [
        [Span("Nothing differs among the objects that are known. "), Span("o lists what is not known and why.", .dim)]
      ]
    }
    return [[Span("Nothing differs from Git.", .healthReady)]]
  }
}

extension Link {
  var isForbidden: Bool { if case .forbidden = self { true } else { false } }
}
