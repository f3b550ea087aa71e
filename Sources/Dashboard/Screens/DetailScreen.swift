import Cells
import GitOps

/// The frame of every screen above home: a title, tabs where there are several, and the text.
struct DetailScreen {
  let state: State
  let layout: Layout
  let screen: Screen

  func draw(on surface: inout Surface) {
    surface.box(layout.body, title: title, Style(.borderFocus))
    if screen.tabs.count > 1 { drawTabs(in: layout.body.inside.inset(dx: 1, dy: 0).row(0), on: &surface) }
    state.document.draw(state, in: layout.text, on: &surface)
    drawPosition(on: &surface)
  }

  private var title: [Span] {
    let name: SafeText
    var cluster: ClusterID?
    switch screen.subject {
    case .reconciler(let ref):
      name = SafeText(untrusted: Names.label(ref), limit: 200)
      cluster = ref.cluster
    case .object(let ref):
      name = "\(untrusted: ref.kind) \(untrusted: ref.path)"
      cluster = ref.cluster
    case .cluster(let id): name = "cluster \(untrusted: id.name)"
    case .repo(let id): name = "repo \(untrusted: id.url) \(untrusted: id.ref)"
    case .namespace(let namespace): name = "namespace \(untrusted: namespace)"
    case .help: name = "Help"
    case .actions: name = "Action log"
    case .coverage(let ref): name = ref.map { "Not counted: \(untrusted: Names.label($0))" } ?? "Not counted"
    case .text(let what, _): name = "Copy: \(untrusted: what.title.description)"
    }
    var spans = [Span(" \(name) ", .title, .bold)]
    if let cluster { spans += [Span("── ", .borderFocus), Span("\(untrusted: cluster.name) ", .scope)] }
    if let ref = screen.object, case .reconciler = screen.subject, let row = state.reconciler(ref) {
      spans += [Span("── ", .borderFocus)] + ReconcilerText(row: row, state: state).stateSpans + [Span(" ")]
    }
    if !screen.search.isEmpty { spans += [Span("── ", .borderFocus), Span("/\(untrusted: screen.search) ", .filter)] }
    return spans
  }

  private func drawTabs(in area: Rect, on surface: inout Surface) {
    var spans: [Span] = []
    for tab in screen.tabs {
      let isActive = tab == screen.tab
      var text = SafeText(untrusted: tab.title.description)
      if tab == .drift, let ref = screen.object, let row = state.reconciler(ref), row.drift.counted > 0 {
        text += " \(row.drift.counted)"
      }
      spans += [
        Span(isActive ? "[\(text)]" : " \(text) ", isActive ? .tabActive : .tab, isActive ? .bold : []), Span(" "),
      ]
    }
    surface.line(spans, in: area)
  }

  /// `12-40 of 120` in the lower edge, when not everything is in sight.
  private func drawPosition(on surface: inout Surface) {
    let count = state.document.rows.count
    guard count > layout.text.height, layout.text.height > 0 else { return }
    let top = screen.scroll.top
    let last = min(count, top + layout.text.height)
    let text: SafeText = " \(top + 1)-\(last) of \(untrusted: Format.count(count)) "
    let edge = Rect(x: layout.body.x + 2, y: layout.body.bottom - 1, width: layout.body.width - 4, height: 1)
    surface.text(text, in: edge, .dim, alignment: .right)
  }
}
