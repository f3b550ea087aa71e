import Cells
import FoundationEssentials
import GitOps

/// The text of the screen above home. Long ones hold references and are put into words line by line when they are seen.
struct Document: Sendable {
  enum Line: Sendable, Hashable {
    case spans([Span])
    /// Index into the snapshot's log.
    case log(Int)
    /// Index into the loaded text.
    case yaml(Int)
  }

  struct Row: Sendable, Hashable {
    let line: Int
    /// Which part of a wrapped line.
    let part: Int
  }

  private(set) var lines: [Line] = []
  private(set) var rows: [Row] = []
  var hasManagedFields = false
  private var key: Key?

  private struct Key: Equatable {
    let generation: UInt64
    let subject: Screen.Subject
    let tab: Screen.Tab
    let showsManagedFields: Bool
    let width: Int
    let wraps: Bool
    /// The second, where ages are shown; 0 elsewhere.
    let second: Double
    let loaded: LoadedText?
    let notices: Int
    let sent: Int
    let answers: Int
  }

  mutating func refresh(_ state: State, width: Int) {
    guard let screen = state.screen else { return }
    let isYAML = screen.tab == .yaml
    let isStill = isYAML || screen.subject == .help
    let isLong = isYAML || screen.tab == .logs || screen.tab == .events
    let key = Key(
      generation: isStill ? 0 : state.generation, subject: screen.subject, tab: screen.tab,
      showsManagedFields: screen.showsManagedFields, width: width, wraps: state.wide,
      second: isLong || isStill ? 0 : state.now.timeIntervalSince1970.rounded(.down),
      loaded: isYAML ? screen.object.flatMap { state.loaded[$0] } : nil,
      notices: screen.subject == .actions ? state.history.count : 0,
      sent: state.sent.count, answers: state.answers)
    guard key != self.key else { return }
    self.key = key
    var page = Page(state: state, width: width)
    page.write(screen)
    lines = page.lines
    hasManagedFields = page.hasManagedFields
    rows = []
    rows.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      var parts = 1
      if state.wide, isLong, width > 0 {
        let length = Document.spans(line, state).reduce(0) { $0 + $1.text.width }
        parts = max(1, (length + width - 1) / width)
      }
      for part in 0..<parts { rows.append(Row(line: index, part: part)) }
    }
  }

  /// A line as it is drawn.
  static func spans(_ line: Line, _ state: State) -> [Span] {
    switch line {
    case .spans(let spans): return spans
    case .log(let index):
      return state.snapshot.log.indices.contains(index) ? LogPane.spans(state.snapshot.log[index], state) : []
    case .yaml(let index):
      guard let ref = state.screen?.object, case .text(let lines, _) = state.loaded[ref]?.content,
        lines.indices.contains(index)
      else { return [] }
      return YAMLText.spans(lines[index])
    }
  }

  /// A line as plain text, to search in.
  static func text(_ line: Line, _ state: State) -> String {
    spans(line, state).map(\.text.string).joined()
  }

  func draw(_ state: State, in area: Rect, on surface: inout Surface) {
    guard let screen = state.screen else { return }
    let needle = screen.search.isEmpty ? nil : Needle(screen.search)
    let top = max(0, screen.scroll.top)
    for row in 0..<area.height where top + row < rows.count {
      let place = rows[top + row]
      let line = area.row(row)
      let spans = Document.spans(lines[place.line], state)
      let column = state.wide ? place.part * area.width : screen.scroll.column
      if column == 0, !state.wide {
        surface.line(spans, in: line)
      } else {
        surface.line(spans, in: line, scrolled: column)
      }
      if let needle, needle.isIn(Document.text(lines[place.line], state)) { surface.restyle(line, role: .match) }
    }
  }
}

/// How a line of YAML looks: the key stands out from the value.
enum YAMLText {
  static func spans(_ line: String) -> [Span] {
    let text = line.count > 4000 ? String(line.prefix(4000)) : line
    guard let colon = keyEnd(text) else { return [Span(SafeText(untrusted: text), .yamlString)] }
    let value = text[text.index(after: colon)...]
    let isNumber = Double(value.drop { $0 == " " }) != nil
    return [
      Span(SafeText(untrusted: String(text[...colon])), .yamlKey),
      Span(SafeText(untrusted: String(value)), isNumber ? .yamlNumber : .yamlString),
    ]
  }

  /// The colon that ends a plain key, when the line has one.
  private static func keyEnd(_ text: String) -> String.Index? {
    for index in text.indices {
      switch text[index] {
      case ":":
        let next = text.index(after: index)
        return next == text.endIndex || text[next] == " " ? index : nil
      case "\"", "'", "{", "[", "#": return nil
      default: continue
      }
    }
    return nil
  }
}
