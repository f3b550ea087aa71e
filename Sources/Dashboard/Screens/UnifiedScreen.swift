import Cells
import GitOps

extension Page {
  /// An object reduced to what differs (`drift.md` C): `-` is what lives, `+` what Git says; who wrote it on the right, or
  /// below where there is no room.
  mutating func writeUnifiedView(_ ref: ObjectRef) {
    let rows = state.snapshot.drift.filter { $0.object == ref }
    guard !rows.isEmpty else { return line([Span("Nothing differs from Git any more.", .healthReady)]) }
    guard let explanation = state.explained[ref]?.explanation else {
      return line([Span("Comparing \(untrusted: Names.label(ref))…", .dim)])
    }
    guard !explanation.lines.isEmpty else { return write(rows) }
    line([Span("- live", .live), Span("  "), Span("+ Git", .git), Span("  what an apply would do", .dim)])
    let known = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    // What stands below a difference where the margin is too narrow comes after its last line.
    var below: [[Span]] = []
    for (index, text) in explanation.lines.enumerated() {
      if text.row != nil || text.sign == .fold || text.sign == .context { flush(&below) }
      let row = text.row.flatMap { known[$0] }
      let margin = row.map { self.margin($0) } ?? []
      add(.spans(spans(text, row, margin: width >= 120 ? margin : [])))
      if width < 120, !margin.isEmpty { below = [[Span("     ← ", .dim)] + margin] }
      if index == explanation.lines.count - 1 { flush(&below) }
    }
    let whole = rows.filter { $0.pointer.isEmpty || $0.driftClass == .pending }
    guard !whole.isEmpty else { return }
    blank()
    write(whole)
  }

  /// What has no place in the object.
  private mutating func write(_ rows: [DriftRow]) {
    let texts = DriftText(state: state)
    for row in rows { for spans in texts.explained(row) { add(.spans(spans)) } }
  }

  private mutating func flush(_ below: inout [[Span]]) {
    for spans in below { add(.spans(spans)) }
    below = []
  }

  /// `▲k - replicas: 5`: the class and who wrote it, then the sign.
  private func spans(_ text: DiffLine, _ row: DriftRow?, margin: [Span]) -> [Span] {
    var spans: [Span] = []
    if let row {
      let initial = row.owner?.manager.first { $0.isLetter }.map(String.init) ?? " "
      spans = [Span(row.driftClass.look.sign, row.driftClass.look.role), Span("\(untrusted: initial) ", .dim)]
    } else {
      spans = [Span("   ")]
    }
    let content = SafeText(untrusted: text.text, limit: 2000)
    switch text.sign {
    case .context: spans.append(Span("  \(content)"))
    case .live: spans.append(Span("- \(content)", .live))
    case .git: spans.append(Span("+ \(content)", .git))
    case .fold: spans.append(Span("  \(content)", .dim))
    }
    let room = width - spans.width - margin.width
    if !margin.isEmpty, room >= 2 {
      spans.append(Span(SafeText(untrusted: String(repeating: " ", count: room))))
      spans += margin
    }
    return spans
  }

  /// Who wrote what Git says there: commit and age.
  private func margin(_ row: DriftRow) -> [Span] {
    guard let commit = state.blames(of: row).ofValue?.commit ?? row.commit else { return [] }
    let who = Names.oneLine(commit.author, limit: 20)
    return [
      Span(untrusted: commit.short, .commit),
      Span("  \(untrusted: who)  \(untrusted: Format.age(commit.time, at: state.now))", .dim),
    ]
  }
}
