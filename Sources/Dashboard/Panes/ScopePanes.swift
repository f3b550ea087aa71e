import Cells
import GitOps

/// Panes 1-3: what the clusters, repositories and namespaces are, one line each.
struct ScopePanes {
  let state: State
  private var snapshot: Snapshot { state.snapshot }

  func draw(_ pane: Pane, in area: Rect, on surface: inout Surface) {
    let position = state[pane]
    let count = state.lists.count(of: pane)
    guard count > 0 else {
      surface.text(emptyWords(pane), in: area.row(0).inset(dx: 1, dy: 0), .dim)
      return
    }
    table(pane).draw(
      on: &surface, in: area, count: count, offset: position.top,
      selected: position.selected == nil ? nil : position.index, isFocused: state.focus == pane
    ) { index in row(pane, index) }
  }

  private func emptyWords(_ pane: Pane) -> SafeText {
    if state.lists.hidden[pane] ?? 0 > 0 { return "nothing matches" }
    if !state.snapshot.isComplete { return "looking…" }
    if pane != .clusters, snapshot.clusters.contains(where: \.isSeenInPart) { return "none that you may see" }
    return switch pane {
    case .clusters: "no cluster"
    case .repos: "no Git source found"
    default: "no managed objects"
    }
  }

  private func table(_ pane: Pane) -> Table {
    let columns: [Table.Column] =
      switch pane {
      case .clusters:
        [
          Table.Column("", minimum: 9, isFlexible: true, truncation: .middle),
          Table.Column("", minimum: 4, ideal: 5, priority: 2), Table.Column("", minimum: 5, alignment: .right),
        ]
      case .repos:
        [
          Table.Column("", minimum: 8, isFlexible: true, truncation: .middle),
          Table.Column("", minimum: 7, priority: 1), Table.Column("", minimum: 3, ideal: 5, alignment: .right),
        ]
      default:
        [
          Table.Column("", minimum: 8, isFlexible: true, truncation: .middle),
          Table.Column("", minimum: 5, alignment: .right),
          Table.Column("", minimum: 3, ideal: 5, alignment: .right),
        ]
      }
    return Table(columns, hasHeader: false)
  }

  private func row(_ pane: Pane, _ index: Int) -> Table.Row {
    switch pane {
    case .clusters: cluster(snapshot.clusters[state.lists.clusters[index]])
    case .repos: repo(snapshot.repos[state.lists.repos[index]])
    default: namespace(state.lists.namespaces[index])
    }
  }

  private func cluster(_ row: ClusterRow) -> Table.Row {
    let name = [Span(row.link.look.sign, row.link.look.role), Span(" "), Span(untrusted: row.id.name)]
    // What is not safe about a cluster comes before what it runs on.
    let mark = row.badges.first.map { [Span($0, .noticeWarning)] }
    let role: Role? = row.isUnreachable ? .stale : nil
    if row.link.isTrouble, row.link.word.count > 5 {
      let marks = mark.map { [Span(" ")] + $0 } ?? []
      return Table.Row(.line(name + marks + [Span("  \(untrusted: row.link.word)", row.link.look.role)]), role: role)
    }
    var badge = row.drift.summary
    if row.link.isTrouble {
      badge = [Span(untrusted: row.link.word, row.link.look.role)]
    } else if row.failed > 0 {
      badge.insert(Span("✕\(row.failed)", .healthFailed), at: 0)
      if badge.count > 1 { badge.insert(Span(" "), at: 1) }
    }
    return Table.Row(.cells([name, mark ?? [Span(untrusted: row.provider ?? "", .dim)], badge]), role: role)
  }

  private func repo(_ row: RepoRow) -> Table.Row {
    let commit = row.inEffect.map { String($0.prefix(7)) } ?? row.head?.short ?? "-"
    let name = [Span(row.link.look.sign, row.link.look.role), Span(" "), Span(untrusted: row.name)]
    if row.staleSince != nil {
      // What was read last stays in sight, greyed.
      return Table.Row(
        .cells([name, [Span(untrusted: commit, .commit)], [Span(untrusted: row.link.word, .linkStale)]]), role: .stale)
    }
    if row.link.isTrouble {
      return Table.Row(.line(name + [Span("  \(untrusted: row.link.word)", row.link.look.role)]))
    }
    var ahead: [Span] = []
    if let commits = row.ahead, commits > 0 { ahead = [Span("+\(commits)", .driftPending)] }
    return Table.Row(.cells([name, [Span(untrusted: commit, .commit)], ahead]))
  }

  private func namespace(_ line: NamespaceLine) -> Table.Row {
    Table.Row(
      .cells([[Span(untrusted: line.name)], [Span(untrusted: Format.count(line.objects), .dim)], line.drift.summary]))
  }
}
