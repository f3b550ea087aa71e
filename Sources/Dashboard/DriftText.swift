import Cells
import FoundationEssentials
import GitOps

/// The words of drift rows (`drift.md` C), for the pane, the selected block and the detail screen alike.
struct DriftText {
  let state: State

  /// `spec.replicas  git 3  live 5  kubectl (scale)`, or what became of a whole object. In little room the beginning of the
  /// path gives way first, then the owner; the leaf and the values stay.
  func what(_ row: DriftRow, room: Int = .max) -> [Span] {
    // A label that says who owns the object is a fact about the whole object.
    guard !row.path.isEmpty, row.cause != .labelRemoved else { return whole(row) }
    var values = self.values(row.desired, row.live)
    let holder = owner(row).map { [Span("  "), Span($0, .dim)] } ?? []
    let leaf = min(row.path.count, max(Names.leaf(row.path).count + 1, 16))
    if (values + holder).width + leaf <= room {
      return [Span(untrusted: Self.shortened(row.path, to: room - (values + holder).width))] + values + holder
    }
    if values.width + leaf > room, let desired = row.desired, let live = row.live {
      let (git, there) = Self.distinct(Names.oneLine(desired, limit: 400), Names.oneLine(live, limit: 400))
      values = self.values(git, there)
    }
    return [Span(untrusted: Self.shortened(row.path, to: room - values.width))] + values
  }

  private func values(_ desired: String?, _ live: String?) -> [Span] {
    [Span("  git ", .dim), Span(value(desired), .git), Span("  live ", .dim), Span(value(live), .live)]
  }

  private func whole(_ row: DriftRow) -> [Span] {
    let seen = Format.minute(row.firstSeen, offset: state.zone)
    var text: SafeText =
      switch row.cause {
      case .terminating: "terminating, first seen \(untrusted: seen)"
      case .neverCreated: "never created, first seen \(untrusted: seen)"
      case .labelRemoved: "label removed, first seen \(untrusted: seen)"
      case .notInGit: "not in Git, first seen \(untrusted: seen)"
      case .gitAhead: row.live == nil ? "Git will create it" : "Git will change it"
      case .reason(let reason): SafeText(untrusted: reason, limit: 300)
      case .ignored(let rule): "ignored: \(untrusted: rule)"
      default: "\(untrusted: row.driftClass.rawValue), first seen \(untrusted: seen)"
      }
    if let note = row.note { text += "; " + SafeText(untrusted: note, limit: 300) }
    return [Span(text, row.driftClass.look.role)]
  }

  /// Who holds the field: `kubectl (scale)`.
  func owner(_ row: DriftRow) -> SafeText? {
    guard let owner = row.owner else { return row.cause == .unknownOwner ? "owner not recorded" : nil }
    let manager = SafeText(untrusted: owner.manager, limit: 80)
    return owner.subresource.isEmpty ? manager : "\(manager) (\(untrusted: owner.subresource))"
  }

  func value(_ text: String?) -> SafeText {
    guard let text else { return "nothing" }
    return text.isEmpty ? "\"\"" : SafeText(untrusted: Names.oneLine(text, limit: 400), limit: 400)
  }

  /// `reverts ≤26s`, `stays`; of a cluster that does not answer only since when.
  func fate(_ row: DriftRow) -> Span {
    if let since = staleSince(row) { return Span("stale \(untrusted: Format.age(since, at: state.now))", .stale) }
    if row.provisional { return Span("settling", .provisional) }
    switch row.fate {
    case .reverts(let by):
      guard let by else { return Span("reverts", .dim) }
      return Span("reverts ≤\(untrusted: Format.remaining(until: by, at: state.now))", .dim)
    case .stays: return Span("stays", .driftDrifted)
    case .contested: return Span("contested", .driftContested)
    case .pending: return Span("pending", .driftPending)
    case .unknown: return Span("unknown", .dim)
    }
  }

  /// Since when nobody confirms it, when its cluster does not answer.
  func staleSince(_ row: DriftRow) -> Date? {
    guard let cluster = state.cluster(row.object.cluster) else { return nil }
    return cluster.unconfirmedSince ?? cluster.staleKinds[row.object.groupKind]
  }

  /// The role of the whole row when it must not look like a fact.
  func wholeRowRole(_ row: DriftRow) -> Role? {
    if staleSince(row) != nil { return .stale }
    if row.provisional { return .provisional }
    return row.driftClass == .pending ? .dim : nil
  }

  /// The three lines that explain a row: its path and fate; what Git says and since which commit; what is there and by whom.
  func explained(_ row: DriftRow) -> [[Span]] {
    var head: [Span] = [Span(row.driftClass.look.sign, row.driftClass.look.role), Span(" ")]
    if row.path.isEmpty {
      head += whole(row)
    } else {
      head.append(Span(untrusted: row.path, .text, .bold))
    }
    head += [Span("  "), fate(row)]
    if case .stays(let reason) = row.fate, !reason.isEmpty { head.append(Span(": \(untrusted: reason)", .dim)) }
    if row.certainty == .likely { head.append(Span("  likely", .dim)) }
    guard !row.path.isEmpty || row.commit != nil || row.owner != nil else { return [head] }
    let (git, live) = row.path.isEmpty ? presence(row) : emphasised(row)
    let variables = state.blames(of: row).filter { $0.variable != nil }.map { line -> [Span] in
      [Span("       ${\(untrusted: line.variable ?? "")}", .dim)] + Self.written(line, at: state.now)
    }
    return [head, [Span("  git  ", .dim)] + git + origin(row)] + variables
      + [[Span("  live ", .dim)] + live + holder(row)]
  }

  /// `  ← 1a2b3c4 "raise cart replicas"  A. Author  9m  apps/web.yaml:14`
  static func written(_ line: LineBlame, at now: Date) -> [Span] {
    [Span("  ← ", .dim)] + CommitText.spans(line.commit, at: now) + [Span("  \(untrusted: line.place)", .dim)]
  }

  private func origin(_ row: DriftRow) -> [Span] {
    if let line = state.blames(of: row).ofValue { return Self.written(line, at: state.now) }
    var spans: [Span] = []
    if let commit = row.commit { spans = [Span("  ← ", .dim)] + CommitText.spans(commit, at: state.now) }
    if let place = row.origin { spans += [Span(spans.isEmpty ? "  ← " : "  ", .dim), Span(untrusted: place, .dim)] }
    return spans
  }

  private func holder(_ row: DriftRow) -> [Span] {
    guard let owner = row.owner else {
      return row.cause == .unknownOwner ? [Span("  ← owner not recorded", .dim)] : []
    }
    var text: SafeText = "  ← \(untrusted: owner.manager) · \(untrusted: owner.operation)"
    if !owner.subresource.isEmpty { text += " of \(untrusted: owner.subresource)" }
    text += owner.time.map { " · ≤ \(untrusted: Format.age($0, at: state.now)) ago" } ?? " · time not recorded"
    return [Span(text, .dim)]
  }

  /// Of a whole object: who has it.
  private func presence(_ row: DriftRow) -> (git: [Span], live: [Span]) {
    let isExtra = row.driftClass == .extra
    let git: SafeText = isExtra ? "does not have it" : "has it"
    let live: SafeText =
      isExtra || row.cause == .terminating || row.cause == .labelRemoved || row.live != nil
      ? "has it" : "does not have it"
    return ([Span(git, .git)], [Span(live, .live)])
  }

  /// Both values, with the part that differs in bold.
  private func emphasised(_ row: DriftRow) -> (git: [Span], live: [Span]) {
    guard let desired = row.desired, let live = row.live, !desired.isEmpty, !live.isEmpty else {
      return ([Span(value(row.desired), .git, .bold)], [Span(value(row.live), .live, .bold)])
    }
    let a = Array(Names.oneLine(desired, limit: 400))
    let b = Array(Names.oneLine(live, limit: 400))
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
    func parts(_ text: [Character], _ role: Role) -> [Span] {
      [
        Span(untrusted: String(text[..<start]), role),
        Span(untrusted: String(text[start..<(text.count - end)]), role, .bold),
        Span(untrusted: String(text[(text.count - end)...]), role),
      ].filter { !$0.text.isEmpty }
    }
    return (parts(a, .git), parts(b, .live))
  }

  /// Shortened in the middle by whole components, never the leaf: `spec…containers[app].image`, `…image`.
  static func shortened(_ path: String, to room: Int) -> String {
    guard path.count > room else { return path }
    let parts = Names.components(path)
    guard let first = parts.first, let leaf = parts.last, parts.count > 1 else { return path }
    var tail = leaf
    for part in parts.dropFirst().dropLast().reversed() {
      guard part.count + 1 + tail.count + 1 <= room else { break }
      tail = part + "." + tail
    }
    return first.count + 1 + tail.count <= room ? "\(first)…\(tail)" : "…\(tail)"
  }

  /// Two values without the beginning that they share, cut at a separator: `…6.5.4` and `…6.5.3-hotfix`.
  static func distinct(_ a: String, _ b: String) -> (String, String) {
    var length = 0
    for (index, (x, y)) in zip(a, b).enumerated() {
      guard x == y else { break }
      if x == ":" || x == "/" || x == "@" || x == "=" || x == " " { length = index + 1 }
    }
    return length > 2 ? ("…" + a.dropFirst(length), "…" + b.dropFirst(length)) : (a, b)
  }
}

/// How a commit reads in one line: `1a2b3c4 "raise cart replicas"  A. Author  9m`.
enum CommitText {
  static func spans(_ commit: CommitSummary, at now: Date) -> [Span] {
    [
      Span(untrusted: commit.short, .commit), Span(" \"\(untrusted: Names.oneLine(commit.subject, limit: 200))\""),
      Span(
        "  \(untrusted: Names.oneLine(commit.author, limit: 80))  \(untrusted: Format.age(commit.time, at: now))", .dim),
    ] + (commit.isSigned ? [Span("  signed", .dim)] : [])
  }
}
