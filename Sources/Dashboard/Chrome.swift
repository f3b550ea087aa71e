import Cells
import FoundationEssentials
import GitOps

/// The first line: how things stand in all clusters, and what this run may do.
struct Header {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    surface.fill(area, Style(.header))
    let inner = Rect(x: area.x + 1, y: area.y, width: area.width - 2, height: 1)
    for level in 0... {
      let (left, right) = (self.left(level), self.right(level))
      let (leftWidth, rightWidth) = (surface.width(of: left), surface.width(of: right))
      guard leftWidth + rightWidth + 2 <= inner.width || level == 5 else { continue }
      surface.line(left, in: inner)
      surface.line(right, in: inner.split(right: min(inner.width, rightWidth)).right, alignment: .right)
      return
    }
  }

  /// The higher the level, the shorter: first the name goes, then words of what is less urgent, then all words.
  private func left(_ level: Int) -> [Span] {
    var spans: [Span] = level < 1 ? [Span("Driftglass", .headerBrand, .bold), Span("  ", .header)] : []
    let totals = state.lists.totals
    if totals.reconcilers > 0, totals.isCalm {
      return spans + [
        Span("●\(untrusted: Format.count(totals.reconcilers))", .healthReady),
        Span(level < 4 ? " as Git says" : "", .header),
      ]
    }
    func add(_ sign: SafeText, _ number: Int, _ word: SafeText, _ role: Role, wordUntil: Int) {
      guard number > 0 else { return }
      if let last = spans.last, last.text.string != "  " { spans.append(Span(" ", .header)) }
      spans.append(Span("\(sign)\(untrusted: Format.count(number))", role, .bold))
      if level < wordUntil { spans.append(Span(" \(word)", role)) }
    }
    add("✕", totals.failed, "failed", .healthFailed, wordUntil: 4)
    add("▲", totals.drifted, "drifted", .driftDrifted, wordUntil: 3)
    add("⇄", totals.drift.contested, "contested", .driftContested, wordUntil: 2)
    add("◌", totals.waiting, "waiting", .healthWaiting, wordUntil: 2)
    add("‖", totals.suspended, "suspended", .healthSuspended, wordUntil: 2)
    add("→", totals.pending, "pending", .driftPending, wordUntil: 2)
    return spans
  }

  private func right(_ level: Int) -> [Span] {
    var parts: [[Span]] = []
    if let clusters = unreachable { parts.append(clusters) }
    if let repos = staleRepos(level) { parts.append(repos) }
    if let clusters = marked { parts.append(clusters) }
    if level < 5 { parts.append([Span(untrusted: Format.clock(state.now, offset: state.zone), .header)]) }
    if state.isDemo { parts.append([Span("DEMO", .demo, .bold)]) }
    if let since = state.pausedSince {
      let age: SafeText = level < 3 ? " \(untrusted: Format.age(since, at: state.now))" : ""
      parts.append([Span("PAUSED\(age)", .noticeWarning, .bold)])
    }
    switch state.mode {
    case .normal: break
    case .readOnly(let reason): parts.append(mode("READ-ONLY", reason, level))
    case .locked(let reason): parts.append(mode("LOCKED", reason, level))
    }
    let gap: SafeText = level < 1 ? "   " : "  "
    return Array(parts.joined(separator: [Span(gap, .header)]))
  }

  private func mode(_ word: SafeText, _ reason: String, _ level: Int) -> [Span] {
    level < 2
      ? [Span(word, .readonly, .bold), Span(" (\(untrusted: reason))", .readonly)] : [Span(word, .readonly, .bold)]
  }

  /// `fleet STALE 6m`: what Git says may be old; several at once are a number, with the age of the oldest.
  private func staleRepos(_ level: Int) -> [Span]? {
    let rows = state.snapshot.repos.compactMap { row in row.staleSince.map { (name: row.name, since: $0) } }
    guard let oldest = rows.min(by: { $0.since < $1.since }) else { return nil }
    if level > 3 { return [Span("GIT STALE", .linkStale, .bold)] }
    let name = rows.count > 1 ? "\(rows.count) REPOS" : oldest.name
    return [
      Span(SafeText(untrusted: name, limit: 20), .linkStale),
      Span(" STALE \(untrusted: Format.age(oldest.since, at: state.now))", .linkStale, .bold),
    ]
  }

  /// `edge-7 !TLS`: what is not safe is never out of sight (A19).
  private var marked: [Span]? {
    let rows = state.snapshot.clusters.filter { !$0.marks.isEmpty }
    guard let first = rows.first, let mark = first.badges.first else { return nil }
    let name = rows.count == 1 ? SafeText(untrusted: first.id.name, limit: 20) : "\(rows.count) clusters"
    return [Span(name, .noticeWarning), Span(" \(mark)", .noticeWarning, .bold)]
  }

  /// `edge-7 STALE 6m`; several at once are a number.
  private var unreachable: [Span]? {
    let rows = state.snapshot.clusters.filter(\.isUnreachable)
    guard let first = rows.first else { return staleKind }
    if rows.count > 1 {
      let all = rows.count == state.snapshot.clusters.count
      let count: SafeText = all ? "ALL \(rows.count)" : "\(rows.count)"
      return [Span("\(count) CLUSTERS UNREACHABLE", .linkStale, .bold)]
    }
    let word = first.link.word.uppercased()
    let age = first.unconfirmedSince.map { " " + Format.age($0, at: state.now) } ?? ""
    return [
      Span(SafeText(untrusted: first.id.name, limit: 20), .linkStale),
      Span(" \(untrusted: word)\(untrusted: age)", .linkStale, .bold),
    ]
  }
}

extension Header {
  /// `prod-eu kustomizations STALE 2m`: the cluster lives, and one of its kinds is not confirmed.
  private var staleKind: [Span]? {
    let rows = state.snapshot.clusters.filter { !$0.staleKinds.isEmpty }
    guard let first = rows.first, let oldest = first.staleKinds.min(by: { $0.value < $1.value }) else { return nil }
    let others = rows.reduce(0) { $0 + $1.staleKinds.count } - 1
    let more: SafeText = others > 0 ? " +\(others)" : ""
    return [
      Span(SafeText(untrusted: first.id.name, limit: 20), .linkStale),
      Span(" \(untrusted: oldest.key.kind)\(more)", .linkStale),
      Span(" STALE \(untrusted: Format.age(oldest.value, at: state.now))", .linkStale, .bold),
    ]
  }
}

/// The last line: a notice, or the keys that are worth knowing now.
struct Footer {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    let inner = Rect(x: area.x + 1, y: area.y, width: area.width - 2, height: 1)
    // The answer to a key stays until the next one, whatever happens meanwhile.
    if let notice = state.notices.last(where: { $0.lasting == .untilKey }) ?? state.notices.last {
      surface.line([Span(notice.text, notice.level.role)], in: inner)
      return
    }
    var reason: String?
    var x = inner.x
    for command in fitting(inner.width, surface) {
      let availability = command.availability(in: state)
      if case .denied(let why) = availability, reason == nil, case .change = command.access { reason = why }
      let spans = words(command, isReady: availability == .ready)
      x += surface.line(spans, in: Rect(x: x, y: inner.y, width: inner.right - x, height: 1)) + 2
    }
    guard let reason = reason.map({ SafeText(untrusted: $0, limit: 300) }) else { return }
    let room = Rect(x: x, y: inner.y, width: inner.right - x, height: 1)
    if room.width >= min(reason.width, 32) { surface.text(reason, in: room, .dim, alignment: .right) }
  }

  private func words(_ command: Command, isReady: Bool) -> [Span] {
    let key = state.keymap.keys(of: command.id).first?.sign ?? ""
    return [
      Span(key, isReady ? .key : .dim, isReady ? .bold : []),
      Span(" \(untrusted: command.title.description)", isReady ? .keyHint : .dim),
    ]
  }

  /// As many hints as there is room for, in order; the least wanted go first.
  private func fitting(_ width: Int, _ surface: Surface) -> [Command] {
    var commands = hints.filter { !state.keymap.keys(of: $0.id).isEmpty }
    func needed() -> Int { commands.reduce(-2) { $0 + 2 + surface.width(of: words($1, isReady: true)) } }
    while needed() > width, commands.count > 1 {
      let least = commands.indices.dropFirst().min { commands[$0].hint < commands[$1].hint }
      commands.remove(at: least ?? commands.count - 1)
    }
    return commands
  }

  /// Hinted commands that mean something here, the most urgent one first.
  var hints: [Command] {
    let commands = Commands.all.filter { command in
      let availability = command.availability(in: state)
      guard command.hint > 0, availability != .hidden else { return false }
      // Offered only where it helps.
      if command.id == .login, availability != .ready { return false }
      return command.scope == .everywhere || command.scope == (state.screens.isEmpty ? .list : .detail)
    }
    guard let urgent, let index = commands.firstIndex(where: { $0.id == urgent }) else { return commands }
    return [commands[index]] + commands[..<index] + commands[(index + 1)...]
  }

  private var urgent: Command.ID? {
    guard let row = state.target else { return nil }
    if row.resource.health == .suspended { return .state }
    if row.resource.health == .failed { return .reconcile }
    if state.focus == .drift || row.drift.counted > 0, state.screens.isEmpty { return .diff }
    return .reconcile
  }
}

/// The line that stands for panes 1-3 on small screens.
struct ScopeLine {
  let state: State

  func draw(in area: Rect, on surface: inout Surface) {
    guard !area.isEmpty else { return }
    let scope = state.scope
    let repo = scope.repo.flatMap { id in state.snapshot.repos.first { $0.id == id }?.name }
    let badges = scope.cluster.flatMap(state.cluster)?.badges ?? []
    var spans = [Span(untrusted: scope.cluster?.name ?? "all clusters", .scope)]
    spans += badges.map { Span(" \($0)", .noticeWarning) }
    spans += [
      Span(" › ", .dim),
      Span(untrusted: repo ?? "all repos", .scope), Span(" › ", .dim),
      Span(untrusted: scope.namespace ?? "all namespaces", .scope),
    ]
    if state.troubleOnly { spans.append(Span("  trouble only", .filter)) }
    let keys = [Command.ID.focusClusters, .focusRepos, .focusNamespaces]
      .compactMap { state.keymap.keys(of: $0).first?.sign }.joined(separator: " ")
    let inner = area.inset(dx: 1, dy: 0)
    let used = surface.line(spans, in: inner)
    surface.text("\(keys) change it", in: inner.split(left: used + 2).rest, .dim, alignment: .right)
  }
}
