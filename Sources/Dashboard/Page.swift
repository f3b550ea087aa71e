import Cells
import FoundationEssentials
import GitOps

/// Collects the lines of one screen, wrapped to its width.
struct Page {
  let state: State
  let width: Int
  private(set) var lines: [Document.Line] = []
  var hasManagedFields = false

  /// Where values begin, behind their labels.
  static let label = 14

  init(state: State, width: Int) {
    self.state = state
    self.width = width
  }

  mutating func write(_ screen: Screen) {
    switch screen.subject {
    case .reconciler(let ref): writeReconciler(ref, screen)
    case .object(let ref): writeObject(ref, screen)
    case .cluster(let id): writeCluster(id)
    case .repo(let id): writeRepo(id)
    case .namespace(let name): writeNamespace(name)
    case .help: writeHelp()
    case .actions: writeActions()
    case .coverage(let ref): writeCoverage(ref)
    case .text(_, let text): writeText(text)
    }
  }

  mutating func add(_ line: Document.Line) { lines.append(line) }

  /// A line, wrapped when it is longer than the page.
  mutating func line(_ spans: [Span], indent: Int = 0) {
    let wrapped = wrap(spans, to: width - indent)
    let blank = SafeText(untrusted: String(repeating: " ", count: indent))
    for part in wrapped { lines.append(.spans(indent > 0 ? [Span(blank)] + part : part)) }
  }

  /// Broken into lines of at most `room` columns. Most lines fit: those are not taken apart.
  func wrap(_ spans: [Span], to room: Int) -> [[Span]] {
    let room = max(8, room)
    let isPlain = spans.allSatisfy { span in
      span.text.isASCII && !span.text.string.utf8.contains { $0 < 0x20 }
    }
    if isPlain, spans.width <= room { return [spans] }
    return Paragraph(lines: [spans]).wrapped(to: room, repertoire: state.repertoire)
  }

  mutating func blank() { if !lines.isEmpty { lines.append(.spans([])) } }

  mutating func heading(_ text: SafeText) {
    blank()
    lines.append(.spans([Span(text, .title, .bold)]))
  }

  /// ` Source        GitRepository flux-system/fleet`, the value wrapped under itself.
  mutating func fact(_ label: SafeText, _ value: [Span]) {
    guard value.contains(where: { !$0.text.isEmpty }) else { return }
    let wrapped = wrap(value, to: width - Page.label)
    for (index, part) in wrapped.enumerated() {
      let name = index == 0 ? label : ""
      let gap = String(repeating: " ", count: max(1, Page.label - name.width))
      lines.append(.spans([Span(name, .dim), Span(untrusted: gap)] + part))
    }
  }

  mutating func fact(_ label: SafeText, _ value: String?, _ role: Role = .text) {
    if let value { fact(label, [Span(untrusted: value, role)]) }
  }

  /// Cells under each other; the last one takes the rest of the line.
  mutating func row(_ cells: [(spans: [Span], width: Int)]) {
    var spans: [Span] = []
    for (index, cell) in cells.enumerated() {
      spans += cell.spans
      guard index < cells.count - 1 else { break }
      let used = cell.spans.reduce(0) { $0 + $1.text.width }
      spans.append(Span(untrusted: String(repeating: " ", count: max(1, cell.width - used))))
    }
    lines.append(.spans(spans))
  }
}
