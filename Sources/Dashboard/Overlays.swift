import Cells
import FoundationEssentials
import GitOps

/// Draws what lies over the screen.
struct Overlays {
  let state: State
  let layout: Layout

  func draw(_ overlay: Overlay, on surface: inout Surface) {
    switch overlay {
    case .confirmation(let confirmation): draw(confirmation, on: &surface)
    case .menu(let menu): draw(menu, on: &surface)
    case .picker(let picker): draw(picker, on: &surface)
    case .prompt(let prompt): draw(prompt, on: &surface)
    case .quit:
      _ = popup("Quit Driftglass?", rows: [[Span("Enter quits, Esc stays.")]], width: 34, on: &surface)
    }
  }

  /// A box in the middle; returns its inside.
  private func popup(_ title: SafeText, rows: [[Span]], width: Int, on surface: inout Surface) -> Rect {
    let size = Size(width: min(width, layout.size.width), height: min(rows.count + 2, layout.size.height))
    let area = Rect(layout.size).centred(size)
    surface.fill(area, Style(.dialog))
    surface.box(area, title: [Span(" \(title) ", .dialogTitle, .bold)], Style(.dialogBorder))
    let inside = area.inside.inset(dx: 1, dy: 0)
    for (index, row) in rows.prefix(inside.height).enumerated() { surface.line(row, in: inside.row(index)) }
    return inside
  }

  private func draw(_ confirmation: Confirmation, on surface: inout Surface) {
    guard let row = state.reconciler(confirmation.target) else { return }
    let width = min(78, layout.size.width)
    let isTight = layout.size.height < 18
    var rows = Paragraph(lines: [question(confirmation, row)]).wrapped(to: width - 4, repertoire: state.repertoire)
    var tail = fields(confirmation)
    if !isTight {
      rows.append([])
      if !tail.isEmpty { tail.insert([], at: 0) }
      tail.append([])
    }
    tail.append(buttons(confirmation, width: width - 4))
    var consequences: [[Span]] = []
    for text in Consequence(state: state, verb: confirmation.verb, row: row).lines {
      let lines = Paragraph(lines: [[Span(text, .dialog)]]).wrapped(to: width - 6, repertoire: state.repertoire)
      for (index, line) in lines.enumerated() { consequences.append([Span(index == 0 ? "· " : "  ", .dialog)] + line) }
    }
    // The question and its keys stay in sight on the smallest screen; consequences give way, and say so.
    let room = max(1, layout.size.height - 2 - tail.count - rows.count)
    if consequences.count > room {
      consequences = consequences.prefix(room - 1) + [[Span("… more on a larger screen", .dialog)]]
    }
    rows += consequences
    let firstField = rows.count + (isTight ? 0 : 1)
    rows += tail
    let title = confirmation.verb.word.prefix(1).uppercased() + confirmation.verb.word.dropFirst()
    let inside = popup("\(untrusted: title)?", rows: rows, width: width, on: &surface)
    guard confirmation.fields.indices.contains(confirmation.focus) else { return }
    let x = inside.x + 9 + surface.width(of: SafeText(untrusted: confirmation.fields[confirmation.focus].text))
    let y = inside.y + firstField + confirmation.focus
    surface.cursor = Point(x: min(x, inside.right - 1), y: min(y, inside.bottom - 1))
  }

  private func question(_ confirmation: Confirmation, _ row: ReconcilerRow) -> [Span] {
    [
      Span("\(untrusted: confirmation.verb.word) ", .dialog, .bold),
      Span("\(untrusted: row.ref.kind) \(untrusted: row.ref.path) ", .dialog, .bold), Span("in cluster ", .dialog),
      Span(untrusted: row.ref.cluster.name, .dialog, .bold),
    ]
  }

  private func fields(_ confirmation: Confirmation) -> [[Span]] {
    guard !confirmation.fields.isEmpty else { return [] }
    var rows: [[Span]] = []
    for (index, field) in confirmation.fields.enumerated() {
      let label: SafeText = field.name == .reason ? "reason   " : "for      "
      let isFocused = index == confirmation.focus
      var spans = [Span(label, .dialog), Span(untrusted: field.text, isFocused ? .dialogField : .dialog)]
      if field.name == .span { spans += span(field.text) }
      rows.append(spans)
    }
    if let problem = confirmation.problem { rows.append([Span(untrusted: problem, .dialogDanger)]) }
    return rows
  }

  private func span(_ text: String) -> [Span] {
    if text.allSatisfy({ $0 == " " }) { return [Span("no end", .dim)] }
    guard let seconds = Format.parseSpan(text) else { return [] }
    let end = state.now.addingTimeInterval(seconds)
    return [Span("  until \(untrusted: Format.minute(end, offset: state.zone))", .dim)]
  }

  private func buttons(_ confirmation: Confirmation, width: Int) -> [Span] {
    var spans = [
      Span("Enter", .key, .bold), Span(" \(untrusted: confirmation.verb.word)   ", .dialog), Span("Esc", .key, .bold),
      Span(" leaves it", .dialog),
    ]
    let tab = [Span("   Tab", .key, .bold), Span(" next field", .dialog)]
    if !confirmation.fields.isEmpty, (spans + tab).width <= width { spans += tab }
    return spans
  }

  private func draw(_ menu: Menu, on surface: inout Surface) {
    let name = state.target.map { SafeText(untrusted: Names.label($0.ref), limit: 60) } ?? ""
    let title: SafeText =
      switch menu.topic {
      case .state: "State of \(name)"
      case .actions: name.isEmpty ? "Actions" : "Actions for \(name)"
      case .copy: "Copy"
      }
    let width = min(78, layout.size.width - 4)
    let rows = menu.items.enumerated().map { index, id in
      let command = Commands.command(id)
      let key = state.keymap.keys(of: id).first?.sign ?? ""
      var spans = [
        Span(index == menu.selected ? "▸ " : "  ", .selection, .bold),
        Span(key + SafeText(untrusted: String(repeating: " ", count: max(1, 7 - key.width))), .key),
      ]
      let words = SafeText(untrusted: command.title.description)
      if case .denied(let reason) = command.availability(in: state) {
        spans += [Span(words, .dim), Span("  \(untrusted: reason)", .dim)]
      } else {
        spans.append(Span(words, .dialog))
      }
      return spans
    }
    let inside = popup(title, rows: rows, width: width, on: &surface)
    if menu.selected < inside.height { surface.restyle(inside.row(menu.selected), adding: .selected) }
  }

  private func draw(_ picker: Picker, on surface: inout Surface) {
    let options = state.options(picker)
    let height = min(max(options.count, 1), max(3, layout.body.height - 6))
    let top = Scroll.offset(0, showing: picker.selected, count: options.count, height: height)
    let title: SafeText =
      switch picker.pane {
      case .clusters: "Cluster"
      case .repos: "Repo"
      default: "Namespace"
      }
    var rows: [[Span]] = [[Span("› ", .dim), Span(untrusted: picker.text, .dialogField)]]
    if options.isEmpty { rows.append([Span("nothing matches", .dim)]) }
    for index in top..<min(options.count, top + height) {
      rows.append([
        Span(index == picker.selected ? "▸ " : "  ", .selection, .bold), Span(untrusted: options[index].name, .dialog),
      ])
    }
    let longest = options.map(\.name.count).max() ?? 0
    let inside = popup(title, rows: rows, width: min(max(34, longest + 8), layout.size.width - 4), on: &surface)
    let line = 1 + picker.selected - top
    if !options.isEmpty, line < inside.height { surface.restyle(inside.row(line), adding: .selected) }
    let x = inside.x + 2 + surface.width(of: SafeText(untrusted: picker.text))
    surface.cursor = Point(x: min(x, inside.right - 1), y: inside.y)
  }

  private func draw(_ prompt: Prompt, on surface: inout Surface) {
    let area = layout.footer
    surface.fill(area)
    let sign: SafeText = prompt.purpose == .command ? ":" : "/"
    let line = state.effectiveLine(prompt)
    let used = surface.line(
      [Span(" \(sign)", .key, .bold), Span(untrusted: line, .filter)], in: area)
    surface.cursor = Point(x: min(area.x + used, area.right - 1), y: area.y)
    switch prompt.purpose {
    case .command: drawCandidates(prompt, on: &surface)
    case .filter(let pane):
      let room = area.split(left: used + 2).rest
      if let problem = state.filter(pane).problem {
        surface.text(SafeText(untrusted: problem), in: room, Style(.noticeError), alignment: .right)
      } else {
        surface.text("text  !not  column:value  label=value  @cluster  /regex", in: room, .dim, alignment: .right)
      }
    case .search: break
    }
  }

  private func drawCandidates(_ prompt: Prompt, on surface: inout Surface) {
    let candidates = Palette(state: state).candidates(prompt.text)
    guard !candidates.isEmpty else { return }
    let height = min(candidates.count, 8, max(1, layout.body.height - 4))
    let top = Scroll.offset(0, showing: prompt.choice, count: candidates.count, height: height)
    let width = min(layout.size.width, 76)
    let area = Rect(x: 0, y: layout.footer.y - height - 2, width: width, height: height + 2)
    surface.fill(area, Style(.dialog))
    surface.box(area, Style(.dialogBorder))
    let inside = area.inside.inset(dx: 1, dy: 0)
    for row in 0..<height where top + row < candidates.count {
      let candidate = candidates[top + row]
      let name = candidate.line.split(separator: " ", omittingEmptySubsequences: false).last.map(String.init) ?? ""
      let text = SafeText(untrusted: name, limit: 60)
      let gap = SafeText(untrusted: String(repeating: " ", count: max(2, 16 - text.width)))
      surface.line([Span(text, .key), Span(gap), Span(candidate.help, .dim)], in: inside.row(row))
      if prompt.choice == top + row { surface.restyle(inside.row(row), adding: .selected) }
    }
  }
}
