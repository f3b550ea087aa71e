import Cells
import GitOps

/// Pane 4: what makes the clusters follow Git, trouble first.
struct ReconcilersPane {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    let position = state[.reconcilers]
    let count = state.lists.reconcilers.count
    guard count > 0 else {
      EmptyWords(state: state).draw(.reconcilers, in: area, on: &surface)
      return
    }
    let table = self.table
    let widths = table.widths(in: area.width - 1)
    table.draw(
      on: &surface, in: area, count: count, offset: position.top,
      selected: position.selected == nil ? nil : position.index, isFocused: state.focus == .reconcilers
    ) { index in
      switch state.lists.reconcilers[index] {
      case .row(let row, let depth): self.row(state.snapshot.reconcilers[row], depth: depth, widths)
      case .fold(_, let count, let open): Self.fold(count, open: open)
      case .unreachable(let index): unreachable(state.snapshot.clusters[index])
      }
    }
  }

  private var shows: (cluster: Bool, revisions: Bool) {
    (state.scope.cluster == nil || state.lists.hasTargets, !state.wide)
  }

  private var table: Table {
    var columns = [
      Table.Column("STATE", minimum: 13), Table.Column("SINCE", minimum: 5, priority: 5, alignment: .right),
    ]
    if shows.cluster {
      columns.append(
        Table.Column("CLUSTER", minimum: 7, ideal: min(24, max(7, state.lists.clusterWidth)), priority: 3))
    }
    columns.append(
      Table.Column(
        "NAME", minimum: min(24, max(18, state.lists.nameWidth)), ideal: min(60, max(18, state.lists.nameWidth)))
    )
    if shows.revisions {
      columns += [
        Table.Column("IN EFFECT", minimum: 10, ideal: 12, priority: 7), Table.Column("HEAD", minimum: 4, priority: 9),
      ]
    }
    columns.append(Table.Column("DRIFT", minimum: 5, ideal: 6, priority: 2))
    if shows.revisions { columns.append(Table.Column("NEXT", minimum: 5, priority: 8)) }
    columns.append(Table.Column("WHY", minimum: 15, priority: 1, isFlexible: true))
    return Table(columns)
  }

  private func row(_ row: ReconcilerRow, depth: Int, _ widths: [Int]) -> Table.Row {
    let text = ReconcilerText(row: row, state: state)
    var cells = [text.stateSpans, [text.since]]
    if shows.cluster { cells.append(text.cluster(room: widths[2])) }
    let indent = 2 * depth
    cells.append((depth > 0 ? [Span("  ")] : []) + text.name(room: widths[shows.cluster ? 3 : 2] - indent))
    if shows.revisions {
      // Where HEAD has no column of its own, `+2` stands behind the revision.
      let head = widths[shows.cluster ? 5 : 4] == 0 && row.head.isAhead ? text.head : []
      cells += [text.inEffect + head, text.head]
    }
    cells.append(text.drift)
    if shows.revisions { cells.append([text.next]) }
    cells.append(text.why)
    return Table.Row(.cells(cells), role: row.staleSince == nil ? nil : .stale)
  }

  private static func fold(_ count: Int, open: Bool) -> Table.Row {
    var spans = [Span("  └ \(untrusted: Format.count(count)) waiting on it", .healthWaiting)]
    if !open { spans.append(Span("  → unfolds", .dim)) }
    return Table.Row(.line(spans))
  }

  private func unreachable(_ row: ClusterRow) -> Table.Row {
    let word = row.link.word.prefix(1).uppercased() + row.link.word.dropFirst()
    var spans = [
      Span(row.link.look.sign, row.link.look.role), Span(" "), Span(untrusted: word, row.link.look.role),
      Span("  cluster \(untrusted: row.id.name)", .text, .bold),
    ]
    if let since = row.unconfirmedSince {
      spans.append(Span("  not confirmed for \(untrusted: Format.age(since, at: state.now))", .linkStale))
    }
    if row.reconcilers > 0 {
      spans.append(Span("  \(untrusted: Format.count(row.reconcilers, "row")) may be old", .dim))
    }
    if let reason = row.why {
      spans.append(Span("  \(untrusted: Names.oneLine(reason, limit: 300))", .dim))
    }
    return Table.Row(.line(spans))
  }
}
