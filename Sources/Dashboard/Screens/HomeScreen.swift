import Cells
import GitOps

/// The six panes and the selected block.
struct HomeScreen {
  let state: State
  let layout: Layout

  func draw(on surface: inout Surface) {
    ScopeLine(state: state).draw(in: layout.scopeLine, on: &surface)
    drawFrames(on: &surface)
    for (pane, area) in layout.panes { draw(pane, in: area, on: &surface) }
    if !layout.selected.isEmpty { SelectedBlock(state: state).draw(in: layout.selected, on: &surface) }
  }

  private func draw(_ pane: Pane, in area: Rect, on surface: inout Surface) {
    switch pane {
    case .clusters, .repos, .namespaces: ScopePanes(state: state).draw(pane, in: area, on: &surface)
    case .reconcilers: ReconcilersPane(state: state).draw(in: area, on: &surface)
    case .drift: DriftPane(state: state).draw(in: area, on: &surface)
    case .log: LogPane(state: state).draw(in: area, on: &surface)
    }
  }

  private func drawFrames(on surface: inout Surface) {
    let areas = Array(layout.panes.values) + (layout.selected.isEmpty ? [] : [layout.selected])
    for area in areas { surface.box(area.inset(dx: -1, dy: -1)) }
    // The focused frame comes after the others, since panes share edges; titles stand on all of them.
    if let area = layout.panes[state.focus] { surface.box(area.inset(dx: -1, dy: -1), Style(.borderFocus)) }
    for (pane, area) in layout.panes { draw(title(pane), above: area, on: &surface) }
    guard !layout.selected.isEmpty else { return }
    var spans = [Span(" selected ", .dim)]
    if let title = SelectedBlock(state: state).title { spans += [Span("── ", .border), Span("\(title) ", .title)] }
    draw(spans, above: layout.selected, on: &surface)
  }

  private func draw(_ title: [Span], above area: Rect, on surface: inout Surface) {
    surface.line(title, in: Rect(x: area.x, y: area.y - 1, width: area.width, height: 1))
  }

  private func title(_ pane: Pane) -> [Span] {
    let isFocused = pane == state.focus
    let line = Span("── ", Style(isFocused ? .borderFocus : .border))
    var spans = name(pane, isFocused)
    func add(_ text: SafeText, _ role: Role) {
      if pane.isScope, spans.count == 1 { spans.append(Span(" ")) }
      spans += [line, Span(text + " ", role)]
    }
    if !pane.isScope { add(scopeWords, .scope) }
    switch pane {
    case .reconcilers:
      add(orderWords(pane) ?? "trouble first", .dim)
      if let sight { add(sight, .linkForbidden) }
    case .drift:
      if let words = orderWords(pane) { add(words, .dim) }
      if let words = DriftPane.coverageWords(state.snapshot.coverage) {
        let isOpen = state[.drift].selected == .coverage
        add(
          words,
          isOpen
            ? .selection : state.snapshot.coverage.known < state.snapshot.coverage.total ? .driftUndetermined : .dim)
      }
    case .log: if !state.follows { add("not following, f follows", .dim) }
    case .clusters, .repos, .namespaces: break
    }
    if state.troubleOnly, !pane.isScope { add("trouble only", .filter) }
    let filter = state.filter(pane)
    if !filter.isEmpty { add("/\(untrusted: filter.text)", .filter) }
    if let problem = filter.problem { add(SafeText(untrusted: problem), .noticeError) }
    if state.lists.gaveUp.contains(pane) { add("the expression takes too long: all rows shown", .noticeError) }
    return spans
  }

  /// What of the clusters in scope cannot be seen: rows that are not there are not there to be seen only.
  private var sight: SafeText? {
    let rows = state.snapshot.clusters.filter { row in
      row.visible != nil && (state.scope.cluster == nil || state.scope.cluster == row.id)
    }
    guard let first = rows.first, let words = first.limitedSight else { return nil }
    if rows.count > 1 { return "\(untrusted: Format.count(rows.count)) clusters seen in part" }
    let isAlone = state.snapshot.clusters.count == 1 || state.scope.cluster != nil
    return isAlone ? SafeText(untrusted: words) : "\(untrusted: first.id.name) \(untrusted: words)"
  }

  /// `4 Reconcilers`; on small screens the shared pane names both of its tabs.
  private func name(_ pane: Pane, _ isFocused: Bool) -> [Span] {
    func one(_ pane: Pane, _ role: Role) -> Span {
      let gap: SafeText = pane.isScope ? "" : " "
      return Span(
        "\(pane.rawValue) \(untrusted: pane.title.description)\(gap)", role, role == .title && isFocused ? .bold : [])
    }
    guard layout.shape == .compact, pane == .drift || pane == .log else { return [one(pane, .title)] }
    return [one(.drift, pane == .drift ? .tabActive : .tab), one(.log, pane == .log ? .tabActive : .tab)]
  }

  private var scopeWords: SafeText {
    let scope = state.scope
    var parts: [SafeText] = []
    if let cluster = scope.cluster { parts.append(SafeText(untrusted: cluster.name, limit: 40)) }
    if let repo = scope.repo {
      let name = state.snapshot.repos.first { $0.id == repo }?.name ?? repo.url
      parts.append(SafeText(untrusted: name, limit: 40))
    }
    if let namespace = scope.namespace { parts.append(SafeText(untrusted: namespace, limit: 40)) }
    return parts.isEmpty ? "all" : parts.joined(separator: " › ")
  }

  private func orderWords(_ pane: Pane) -> SafeText? {
    let order = state.order(pane)
    guard let column = order.column else { return nil }
    return "by \(untrusted: column.rawValue)\(order.descending ? ", reversed" : "")"
  }
}
