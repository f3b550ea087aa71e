import Cells
import FoundationEssentials
import GitOps

/// Pane 6: controllers' log lines, events and what Driftglass noticed, in order of arrival.
struct LogPane {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    let position = state[.log]
    let count = state.lists.log.count
    guard count > 0 else {
      EmptyWords(state: state).draw(.log, in: area, on: &surface)
      return
    }
    for row in 0..<area.height where position.top + row < count {
      let index = position.top + row
      let line = area.row(row)
      let spans = Self.spans(state.snapshot.log[state.lists.log[index]], state)
      let text = line.split(left: 1).rest
      if state.logColumn == 0 {
        surface.line(spans, in: text)
      } else {
        surface.line(spans, in: text, scrolled: state.logColumn)
      }
      if index == position.index, state.focus == .log {
        surface.text("▸", in: line, Style(.selection, .bold))
        surface.restyle(line, adding: .selected)
      }
    }
  }

  /// `12:03:58 prod-eu kustomize-controller apps  HealthCheckFailed  timeout: …`.
  static func spans(_ line: LogLine, _ state: State) -> [Span] {
    var spans = [
      Span(untrusted: Format.clock(line.time, offset: state.zone), .logTime),
      Span(" \(untrusted: line.cluster.name)", .logSource), Span(" \(untrusted: line.source)", .logSource),
    ]
    if let object = line.object { spans.append(Span(" \(untrusted: object.name)")) }
    let isTrouble = line.level == .warning || line.level == .error
    if isTrouble, line.reason.isEmpty { spans.append(Span("  \(untrusted: line.level.rawValue)", line.level.role)) }
    if !line.reason.isEmpty { spans.append(Span("  \(untrusted: line.reason)", line.level.role)) }
    spans.append(Span("  "))
    spans.append(
      Span(SafeText(untrusted: Names.oneLine(line.message), limit: 2000), isTrouble ? line.level.role : .log))
    return spans
  }
}
