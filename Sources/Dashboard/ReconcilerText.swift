import Cells
import FoundationEssentials
import GitOps

/// The words of a reconciler's row, one property a column.
struct ReconcilerText {
  let row: ReconcilerRow
  let state: State

  private var now: Date { state.now }

  var stateSpans: [Span] {
    let word = row.state(at: now)
    return [Span(word.look.sign, word.look.role), Span(" "), Span(untrusted: word.word, word.look.role)]
  }

  var since: Span { Span(untrusted: Format.age(row.resource.since, at: now), .dim) }

  /// The cluster, or `hub→target`; where that has no room, `→target`.
  func cluster(room: Int = .max) -> [Span] {
    let hub = Span(untrusted: row.ref.cluster.name)
    if let target = row.target, target != row.ref.cluster {
      let name = Span(untrusted: target.name)
      return (hub.text.width + 1 + name.text.width <= room ? [hub] : []) + [Span("→", .dim), name]
    }
    if row.target == nil, row.resource.target != nil { return [hub, Span("→?", .driftUndetermined)] }
    return [hub]
  }

  /// `ks flux-system/apps`; in little room the namespace gives way, not the name: `ks flux…/infra-controllers`.
  func name(room: Int = .max) -> [Span] {
    let kind = Span(untrusted: Names.short(row.ref.groupKind) + " ", .dim)
    let path = SafeText(untrusted: row.ref.path, limit: 600)
    let name = SafeText(untrusted: "/" + row.ref.name, limit: 600)
    let left = room - kind.text.width - name.width - 1
    guard kind.text.width + path.width > room, !row.ref.namespace.isEmpty, left >= 1 else { return [kind, Span(path)] }
    return [kind, Span("\(untrusted: String(row.ref.namespace.prefix(left)))…"), Span(name)]
  }

  /// The revision in effect, `*` while it is sent and not yet healthy.
  var inEffect: [Span] {
    guard let shown = row.resource.inEffect.shown else { return [Span("-", .dim)] }
    return [Span(untrusted: shown.short, .commit)] + (isUnproven ? [Span("*", .healthProgressing)] : [])
  }

  /// Sent to the cluster, not yet reported healthy.
  var isUnproven: Bool {
    if case .either = row.resource.inEffect { return true }
    guard let shown = row.resource.inEffect.shown else { return false }
    return row.resource.applied.map { !$0.matches(shown) } ?? true
  }

  var head: [Span] { [distance] + (row.headStaleSince == nil || row.head == .unknown ? [] : [Span("?", .linkStale)]) }

  private var distance: Span {
    switch row.head {
    case .same: Span("same", .dim)
    case .ahead(let commits): Span(commits.map { "+\($0)" } ?? "+?", .driftPending)
    case .unknown: Span("-", .dim)
    }
  }

  var drift: [Span] {
    if row.undetermined != nil { return [Span("?", .driftUndetermined)] }
    return row.drift.badge
  }

  var next: Span {
    if row.drift.staying > 0 { return Span("stays", .driftDrifted) }
    if row.resource.health == .suspended { return Span("-", .dim) }
    return Span(untrusted: Format.remaining(until: row.resource.nextRun, at: now), .dim)
  }

  /// The shortest true answer to "why is it in that state?".
  var why: [Span] {
    var spans: [Span] = []
    if let since = row.staleSince {
      spans.append(Span("stale \(untrusted: Format.age(since, at: now))  ", .linkStale))
    }
    if state.isInFlight(row) { spans.append(Span("request under way  ", .healthProgressing)) }
    spans += reason
    if row.staleSince == nil, let since = row.headStaleSince {
      spans.append(Span("\(spans.isEmpty ? "" : "  ")Git stale \(untrusted: Format.age(since, at: now))", .linkStale))
    }
    return spans
  }

  private var reason: [Span] {
    switch row.state(at: now) {
    case .failed: return [Span(untrusted: Names.waitedFor(row.resource.message) ?? message)]
    case .waiting:
      if let blocker = row.blockedBy {
        let name = blocker.namespace == row.ref.namespace ? blocker.name : blocker.path
        return [Span("waits for \(untrusted: name)", .dim)]
      }
      return [Span(untrusted: message)]
    case .missing, .contested, .drifted: return [Span(driftedFields)] + suspensionWords(prefix: "  ")
    case .suspended, .overdue: return suspensionWords(prefix: "")
    case .pending:
      if case .ahead(let commits) = row.head {
        let count: SafeText = commits.map { "\(untrusted: Format.count($0, "commit"))" } ?? "new commits"
        return [Span("\(count) behind", .dim)]
      }
      return [Span("\(untrusted: Format.count(row.drift.pending, "change")) to come", .dim)]
    case .progressing, .deleting, .unknown: return [Span(untrusted: message, .dim)]
    case .ready:
      if let reason = row.undetermined { return [Span(untrusted: reason, .driftUndetermined)] }
      if row.resource.role != .reconciler {
        // The first that it knows, besides what is in other columns.
        let facts = row.resource.facts.prefix(3).map { SafeText("\(untrusted: $0.column) \(untrusted: $0.text)") }
        return facts.enumerated().map { Span(($0 == 0 ? "" : ", ") + $1, .dim) }
      }
      return []
    }
  }

  /// The message of the condition that decided the state, in one line.
  var message: String {
    let text = Names.oneLine(row.resource.message, limit: 600)
    return text.isEmpty ? row.resource.reason : text
  }

  /// `replicas`, `image +2`: the leaves of the fields that differ.
  private var driftedFields: SafeText {
    let rows = state.lists.driftOf[row.ref]?.lazy.map { state.snapshot.drift[$0] }.filter(\.counts) ?? []
    guard let first = rows.first else { return "" }
    let name = first.path.isEmpty ? "\(first.object.kind) \(first.object.name)" : Names.leaf(first.path)
    let others = row.drift.counted - 1
    return others > 0 ? "\(untrusted: name) +\(others)" : SafeText(untrusted: name)
  }

  /// `incident, by op@host, 2h left`.
  func suspensionWords(prefix: SafeText) -> [Span] {
    guard row.resource.health == .suspended, let suspension = row.resource.suspension else { return [] }
    var parts: [SafeText] = []
    if let reason = suspension.reason, !reason.isEmpty { parts.append(SafeText(untrusted: reason, limit: 200)) }
    if let by = suspension.by, !by.isEmpty { parts.append("by \(untrusted: by)") }
    var spans = parts.isEmpty ? [] : [Span(prefix + parts.joined(separator: ", "), .dim)]
    if let until = suspension.until {
      let lead: SafeText = spans.isEmpty ? prefix : ", "
      if suspension.overdue(at: now) {
        spans.append(Span("\(lead)ended \(untrusted: Format.age(until, at: now)) ago, still suspended", .healthFailed))
      } else {
        spans.append(Span("\(lead)\(untrusted: Format.remaining(until: until, at: now)) left", .dim))
      }
    }
    return spans.isEmpty ? [Span(prefix + "by whom and why is not written down", .dim)] : spans
  }
}
