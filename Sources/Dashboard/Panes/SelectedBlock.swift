import Cells
import FoundationEssentials
import GitOps

/// The block in the middle: what can be said about the selected row of the focused pane without leaving it.
struct SelectedBlock {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    let inner = area.inset(dx: 1, dy: 0)
    for (index, line) in lines(width: inner.width, height: area.height).prefix(area.height).enumerated() {
      surface.line(line, in: inner.row(index))
    }
  }

  /// `ks flux-system/apps`, for the title of the block.
  var title: SafeText? {
    switch state[state.focus].selected {
    case .reconciler(let ref), .fold(let ref): SafeText(untrusted: Names.label(ref))
    case .cluster(let id), .unreachable(let id): "cluster \(untrusted: id.name)"
    case .repo(let id): "repo \(untrusted: id.ref)"
    case .namespace(let name): "namespace \(untrusted: name)"
    case .drift(let id): "\(untrusted: id.object.kind) \(untrusted: id.object.path)"
    case .log, .coverage, nil: nil
    }
  }

  func lines(width: Int, height: Int) -> [[Span]] {
    switch state[state.focus].selected {
    case .reconciler(let ref), .fold(let ref):
      return state.reconciler(ref).map { reconciler($0, width: width, height: height) } ?? []
    case .cluster(let id), .unreachable(let id): return state.cluster(id).map { cluster($0) } ?? []
    case .repo(let id): return state.snapshot.repos.first { $0.id == id }.map(repo) ?? []
    case .namespace(let name): return namespace(name)
    case .drift(let id): return state.driftRow(id).map { drift($0, height: height) } ?? []
    case .log(let sequence): return state.logLine(sequence).map { log($0, width: width) } ?? []
    case .coverage: return coverage(height: height)
    case nil: return [[Span("Nothing selected.", .dim)]]
    }
  }

  private func reconciler(_ row: ReconcilerRow, width: Int, height: Int) -> [[Span]] {
    let text = ReconcilerText(row: row, state: state)
    let isCalm = row.resource.health == .ready
    var lines = [commit(row)]
    let message = text.message
    if !message.isEmpty {
      var spans = [Span(untrusted: message, isCalm ? .dim : .text)]
      if !row.resource.reason.isEmpty, row.resource.reason != message, !isCalm {
        spans.insert(Span("\(untrusted: row.resource.reason)  ", row.state(at: state.now).look.role), at: 0)
      }
      let room = isCalm ? 1 : max(1, height - 1)
      let wrapped = Paragraph(lines: [spans]).wrapped(to: width, repertoire: state.repertoire)
      // What does not fit is cut with a mark, in the line that is drawn last.
      lines += wrapped.count > room ? Array(wrapped.prefix(room - 1)) + [joined(wrapped.dropFirst(room - 1))] : wrapped
    }
    if let last = lastLine(about: row.ref) { lines.append(last) }
    return lines + [feeding(row)]
  }

  private func joined(_ lines: ArraySlice<[Span]>) -> [Span] { Array(lines.prefix(2).joined(separator: [Span(" ")])) }

  /// The commit in effect, and what was tried after it.
  private func commit(_ row: ReconcilerRow) -> [Span] {
    var spans: [Span]
    if let commit = row.commit {
      spans = CommitText.spans(commit, at: state.now)
    } else if let shown = row.resource.inEffect.shown {
      spans = [Span("in effect ", .dim), Span(untrusted: shown.short, .commit)]
      if let chart = row.resource.release?.chart { spans.append(Span("  \(untrusted: chart)", .dim)) }
    } else if row.resource.role == .reconciler {
      spans = [Span("nothing applied yet", .dim)]
    } else {
      let facts = row.resource.facts.map { SafeText("\(untrusted: $0.column) \(untrusted: $0.text)") }
      spans = facts.enumerated().map { Span(($0 == 0 ? "" : "  ·  ") + $1) }
    }
    if let attempted = row.resource.attempted, let shown = row.resource.inEffect.shown, !attempted.matches(shown) {
      spans += [Span("  ·  attempted ", .dim), Span(untrusted: attempted.short, .commit)]
    }
    return spans
  }

  /// Where it takes its state from and how often.
  private func feeding(_ row: ReconcilerRow) -> [Span] {
    var parts: [SafeText] = []
    if let source = row.resource.source { parts.append("from \(untrusted: source.kind) \(untrusted: source.name)") }
    if let path = row.resource.path { parts.append(SafeText(untrusted: path, limit: 200)) }
    if row.objects > 0 { parts.append(SafeText(untrusted: Format.count(row.objects, "object"))) }
    if row.resource.interval != nil { parts.append("every \(untrusted: Format.interval(row.resource.interval))") }
    if row.resource.health != .suspended, row.resource.nextRun != nil {
      parts.append("next \(untrusted: Format.remaining(until: row.resource.nextRun, at: state.now))")
    }
    return [Span(parts.joined(separator: "  ·  "), .dim)]
  }

  private func lastLine(about ref: ObjectRef) -> [Span]? {
    guard let line = state.snapshot.log.last(where: { $0.object == ref && $0.kind != .notice }) else { return nil }
    let kind: SafeText = line.kind == .event ? "last event " : "last log "
    let age = Format.age(line.time, at: state.now)
    return [
      Span(kind, .dim), Span("\(untrusted: age)  ", .logTime),
      Span(SafeText(untrusted: Names.oneLine(line.message, limit: 600), limit: 600), line.level.role),
    ]
  }

  private func cluster(_ row: ClusterRow) -> [[Span]] {
    var first = [
      Span(row.link.look.sign, row.link.look.role), Span(" \(untrusted: row.link.word)", row.link.look.role),
    ]
    if let since = row.unconfirmedSince {
      first.append(Span(", last seen \(untrusted: Format.age(since, at: state.now)) ago", .linkStale))
    }
    first.append(Span("  \(untrusted: row.server)", .dim))
    if let version = row.version { first.append(Span("  \(untrusted: version)", .dim)) }
    if let provider = row.provider { first.append(Span("  \(untrusted: provider)", .dim)) }
    var lines = [first]
    if let reason = row.why { lines.append([Span(untrusted: Names.oneLine(reason, limit: 400))]) }
    let counts: SafeText = "\(untrusted: Format.count(row.reconcilers, "reconciler")), \(row.failed) failed"
    lines.append([Span(counts, .dim)] + row.marks.map { Span("  \(untrusted: $0)", .noticeWarning) })
    if let sight = row.limitedSight { lines.append([Span(untrusted: sight, .linkForbidden)]) }
    return lines
  }

  private func repo(_ row: RepoRow) -> [[Span]] {
    var lines = [[Span(untrusted: row.url), Span("  \(untrusted: row.ref)", .dim)]]
    if let head = row.head { lines.append([Span("HEAD ", .dim)] + CommitText.spans(head, at: state.now)) }
    if row.link.isTrouble {
      lines.insert(
        [
          Span(untrusted: row.link.word, row.link.look.role),
          Span(untrusted: row.staleSince.map { " " + Format.age($0, at: state.now) } ?? "", row.link.look.role),
          Span("  \(untrusted: Names.oneLine(row.why ?? "", limit: 600))"),
        ], at: 1)
    }
    return lines
  }

  private func namespace(_ name: String) -> [[Span]] {
    guard let line = state.lists.namespaces.first(where: { $0.name == name }) else { return [] }
    let clusters = line.clusters.prefix(8).map { SafeText(untrusted: $0.name) }.joined(separator: ", ")
    return [
      [Span(untrusted: Format.count(line.objects, "managed object")), Span(" in \(clusters)", .dim)],
      line.drift.counted > 0 ? line.drift.badge : [Span("nothing differs from Git", .dim)],
    ]
  }

  private func drift(_ row: DriftRow, height: Int) -> [[Span]] {
    var lines = DriftText(state: state).explained(row)
    if height < 3, lines.count >= 3 { lines.removeFirst() }
    if let note = row.note { lines.append([Span(untrusted: note, .dim)]) }
    lines.append([Span("\(untrusted: row.cause.word), first seen \(untrusted: seen(row)) ago", .dim)])
    return lines
  }

  private func seen(_ row: DriftRow) -> String { Format.age(row.firstSeen, at: state.now) }

  private func log(_ line: LogLine, width: Int) -> [[Span]] {
    Paragraph(lines: [LogPane.spans(line, state)]).wrapped(to: width, repertoire: state.repertoire)
  }

  private func coverage(height: Int) -> [[Span]] {
    let coverage = state.snapshot.coverage
    var lines = [
      [Span(DriftPane.coverageWords(coverage) ?? "nothing compared yet"), Span("  Enter lists the rest", .dim)]
    ]
    lines += coverage.undetermined.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(height - 1).map {
      [Span("\(untrusted: Format.count($0.value)) undetermined: \(untrusted: $0.key)", .driftUndetermined)]
    }
    return lines
  }
}
