import Cells
import GitOps

/// Pane 5: what differs from Git, by whom, and what will become of it.
struct DriftPane {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    let position = state[.drift]
    let count = state.lists.drift.count
    guard count > 0 else {
      EmptyWords(state: state).draw(.drift, in: area, on: &surface)
      return
    }
    let texts = DriftText(state: state)
    let showsCluster = state.scope.cluster == nil
    let visible = position.top..<max(position.top, min(count, position.top + area.height))
    let rows = visible.map { state.snapshot.drift[state.lists.drift[$0]] }
    let isFocused = state.focus == .drift
    let table = table(rows, showsCluster: showsCluster)
    let room = table.widths(in: area.width - 1)[table.columns.count - 1]
    table.draw(
      on: &surface, in: area, count: count, offset: position.top,
      selected: position.selected == .coverage || !isFocused ? nil : position.index, isFocused: isFocused
    ) { index in
      let row = rows[index - position.top]
      var cells = [[Span(row.driftClass.look.sign, row.driftClass.look.role)]]
      if showsCluster { cells.append([Span(untrusted: row.object.cluster.name)]) }
      // What and fate share a column, so that a short fate leaves its room to the values.
      let fate = texts.fate(row)
      let what = texts.what(row, room: room - fate.text.width - 1).cut(to: room - fate.text.width - 1)
      let gap = String(repeating: " ", count: max(0, room - what.width - fate.text.width))
      cells += [
        [Span(untrusted: Self.reconciler(row), .dim)],
        [Span(untrusted: "\(row.object.kind) \(row.object.path)")],
        what + [Span(untrusted: gap), fate],
      ]
      return Table.Row(.cells(cells), role: texts.wholeRowRole(row))
    }
  }

  private static func reconciler(_ row: DriftRow) -> String {
    "\(Names.short(row.reconciler.groupKind)) \(row.reconciler.name)"
  }

  private func table(_ rows: [DriftRow], showsCluster: Bool) -> Table {
    func widest(_ limit: Int, _ text: (DriftRow) -> String) -> Int {
      min(limit, rows.map { text($0).count }.max() ?? 0)
    }
    // On a narrow screen what differs has the room; names give way in the middle.
    let isWide = state.size.width >= 160
    var columns = [Table.Column("", minimum: 1)]
    if showsCluster {
      columns.append(Table.Column("", minimum: 7, ideal: widest(16) { $0.object.cluster.name }, priority: 2))
    }
    columns += [
      Table.Column("", minimum: 7, ideal: widest(isWide ? 24 : 14, Self.reconciler), priority: 3, truncation: .middle),
      Table.Column(
        "", minimum: 16, ideal: widest(isWide ? 48 : 24) { "\($0.object.kind) \($0.object.path)" }, truncation: .middle),
      Table.Column("", minimum: 24, isFlexible: true),
    ]
    return Table(columns, hasHeader: false)
  }

  /// `drift known for 96 % of 1,204 objects`.
  static func coverageWords(_ coverage: Coverage) -> SafeText? {
    guard coverage.total > 0 else { return nil }
    let percent = Format.percent(coverage.known, of: coverage.total)
    return "drift known for \(percent) % of \(untrusted: Format.count(coverage.total, "object"))"
  }
}
