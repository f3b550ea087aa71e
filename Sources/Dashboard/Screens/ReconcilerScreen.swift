import Cells
import FoundationEssentials
import GitOps

extension Page {
  mutating func writeReconciler(_ ref: ObjectRef, _ screen: Screen) {
    guard let row = state.reconciler(ref) else {
      line([Span("\(untrusted: Names.label(ref)) is gone from \(untrusted: ref.cluster.name). q goes back.")])
      return
    }
    switch screen.tab {
    case .overview: writeOverview(row)
    case .drift: writeDrift(of: row)
    case .events: writeLines(about: ref, kind: .event)
    case .logs: writeLines(about: ref, kind: .log)
    case .yaml: writeYAML(ref, screen)
    }
  }

  private mutating func writeOverview(_ row: ReconcilerRow) {
    let text = ReconcilerText(row: row, state: state)
    let resource = row.resource
    var health = text.stateSpans + [Span(" for \(untrusted: Format.age(resource.since, at: state.now))", .dim)]
    if !resource.reason.isEmpty { health.append(Span("  \(untrusted: resource.reason)", .dim)) }
    fact("State", health)
    if let since = row.staleSince {
      fact(
        "Not confirmed", [Span("for \(untrusted: Format.age(since, at: state.now)): the rows may be old", .linkStale)])
    }
    fact("Message", Names.oneLine(resource.message, limit: 4000))
    if state.isInFlight(row) { fact("Request", [Span("one of ours is under way", .healthProgressing)]) }
    if resource.health == .suspended { writeSuspension(resource.suspension) }
    if let blocker = row.blockedBy { fact("Waits for", Names.label(blocker)) }
    if row.blocking > 0 { fact("Blocks", "\(Format.count(row.blocking)) waiting on it") }

    if let parent = resource.parent { fact("Made by", "\(parent.kind) \(parent.path)") }
    for known in resource.facts {
      fact(SafeText(untrusted: known.column.prefix(1).uppercased() + known.column.dropFirst(), limit: 40), known.text)
    }

    switch resource.role {
    case .reconciler:
      heading("Revision")
      writeRevisions(row, text)
      heading("What it applies")
      writeScope(row)
    case .source, .companion: writeProvision(row)
    }

    if !resource.conditions.isEmpty {
      heading("Conditions")
      for condition in resource.conditions { writeCondition(condition) }
    }
  }

  private mutating func writeSuspension(_ suspension: Suspension?) {
    fact("Suspended by", suspension?.by ?? "not written down")
    fact("Reason", suspension?.reason ?? "not written down")
    if let since = suspension?.since { fact("Since", "\(Format.age(since, at: state.now)) ago") }
    guard let suspension, let until = suspension.until else { return fact("Until", "no end: until someone resumes it") }
    if suspension.overdue(at: state.now) {
      fact("Until", "ended \(Format.age(until, at: state.now)) ago, still suspended", .healthFailed)
    } else {
      fact("Until", "\(Format.remaining(until: until, at: state.now)) left; nothing resumes it by itself")
    }
  }

  private mutating func writeRevisions(_ row: ReconcilerRow, _ text: ReconcilerText) {
    var inEffect = text.inEffect
    if let commit = row.commit { inEffect += [Span("  ")] + CommitText.spans(commit, at: state.now).dropFirst() }
    if text.isUnproven { inEffect.append(Span("  sent, not yet healthy", .healthProgressing)) }
    fact("In effect", inEffect)
    if let attempted = row.resource.attempted { fact("Attempted", attempted.text) }
    if let applied = row.resource.applied { fact("Last healthy", applied.text) }
    switch row.head {
    case .same: fact("HEAD", "the same")
    case .ahead(let commits):
      let ahead = commits.map { Format.count($0, "commit") + " ahead" } ?? "ahead"
      fact("HEAD", "\(row.headCommit.map { String($0.prefix(7)) + ", " } ?? "")\(ahead)", .driftPending)
    case .unknown: fact("HEAD", "not known")
    }
    if let since = row.headStaleSince {
      fact("Git", "STALE: HEAD was last read \(Format.age(since, at: state.now)) ago", .linkStale)
    }
    if let release = row.resource.release {
      fact("Release", "\(release.namespace)/\(release.name) v\(release.version), \(release.status), \(release.chart)")
    }
  }

  /// Of what is no reconciler: where it takes from, what it holds, when it runs.
  private mutating func writeProvision(_ row: ReconcilerRow) {
    let resource = row.resource
    fact("Address", resource.url)
    fact("Follows", resource.follows)
    if let artifact = resource.artifact { fact("Holds", artifact.text) }
    if let source = resource.source { fact("Takes from", "\(source.kind) \(source.path)") }
    if let last = resource.lastRun { fact("Last run", "\(Format.age(last, at: state.now)) ago") }
    if resource.interval != nil { fact("Interval", "every \(Format.interval(resource.interval))") }
  }

  private mutating func writeScope(_ row: ReconcilerRow) {
    let resource = row.resource
    if let source = resource.source {
      var spans = [Span("\(untrusted: source.kind) \(untrusted: source.path)")]
      if let object = state.snapshot.sources.first(where: { $0.ref == source }) {
        spans.append(Span("  \(untrusted: object.health.word)", .dim))
        if let url = object.url { spans.append(Span("  \(untrusted: url)", .dim)) }
        if let follows = object.follows { spans.append(Span("  \(untrusted: follows)", .dim)) }
        if object.health == .failed { spans.append(Span("  \(untrusted: object.message)", .healthFailed)) }
      }
      fact("Source", spans)
    }
    fact("Path", resource.path)
    if let target = row.target, target != row.ref.cluster {
      fact("Target", "\(row.ref.cluster.name) → \(target.name)")
    } else if row.target == nil, let target = resource.target {
      fact(
        "Target", "not attached (\(target.words)): nothing can be said about its objects", .driftUndetermined)
    }
    if row.objects > 0 {
      let places = row.namespaces.prefix(6).joined(separator: ", ")
      let others = row.namespaces.count > 6 ? " and \(row.namespaces.count - 6) more" : ""
      fact("Objects", "\(Format.count(row.objects))\(places.isEmpty ? "" : " in \(places)\(others)")")
    }
    fact("Drift", row.drift.badge.isEmpty ? [Span("none known", .dim)] : row.drift.badge)
    if let reason = row.undetermined { fact("Undetermined", reason, .driftUndetermined) }
    if resource.interval != nil {
      let next =
        resource.health == .suspended ? "" : ", next \(Format.remaining(until: resource.nextRun, at: state.now))"
      fact("Interval", "every \(Format.interval(resource.interval))\(next)")
    }
    let corrects = resource.corrects ? "undoes changes at its next run" : "does not undo changes"
    fact("Behaviour", "\(corrects), \(resource.prunes ? "prunes" : "does not prune") what leaves Git")
    if !resource.dependsOn.isEmpty {
      fact("Depends on", resource.dependsOn.prefix(12).map(Names.label).joined(separator: ", "))
    }
    let dependants = state.lists.dependants[row.ref] ?? 0
    if dependants > 0 { fact("Needed by", Format.count(dependants, "reconciler")) }
  }

  private mutating func writeCondition(_ condition: Condition) {
    let isTrouble = ["Stalled", "ErrorOccurred"].contains(condition.type) || condition.type.hasSuffix("Error")
    let isBad = condition.status == (isTrouble ? "True" : "False")
    let role: Role = isBad ? .healthFailed : condition.status == "Unknown" ? .healthProgressing : .healthReady
    var spans = [Span(untrusted: condition.status, role), Span("  \(untrusted: condition.reason)")]
    spans.append(Span("  \(untrusted: Format.age(condition.since, at: state.now))", .dim))
    spans.append(Span("  \(untrusted: Names.oneLine(condition.message, limit: 2000))", .dim))
    fact(SafeText(untrusted: condition.type, limit: 40), spans)
  }

  private mutating func writeDrift(of row: ReconcilerRow) {
    if let reason = row.undetermined {
      line([Span("Drift of it is undetermined: \(untrusted: reason)", .driftUndetermined)])
    }
    let rows = state.lists.driftOf[row.ref] ?? []
    if rows.isEmpty, row.undetermined == nil {
      line([Span("Nothing differs from Git.", .healthReady)])
      line([Span("o lists what is not counted: ignored, delegated, undetermined.", .dim)])
    }
    writeDriftRows(rows.map { state.snapshot.drift[$0] })
  }

  /// Rows grouped by object, in the order given.
  mutating func writeDriftRows(_ rows: [DriftRow]) {
    var order: [ObjectRef] = []
    var groups: [ObjectRef: [DriftRow]] = [:]
    for row in rows.prefix(2000) {
      if groups[row.object] == nil { order.append(row.object) }
      groups[row.object, default: []].append(row)
    }
    let texts = DriftText(state: state)
    for object in order {
      blank()
      line([
        Span("\(untrusted: object.kind) \(untrusted: object.path)", .title, .bold),
        Span("  \(untrusted: object.cluster.name)", .dim),
      ])
      for row in groups[object] ?? [] {
        for spans in texts.explained(row) { add(.spans([Span("  ")] + spans)) }
        if let note = row.note { line([Span(untrusted: note, .dim)], indent: 4) }
      }
    }
    if rows.count > 2000 { line([Span("… and \(untrusted: Format.count(rows.count - 2000)) more", .dim)]) }
  }

  /// Log lines or events about an object, oldest first.
  mutating func writeLines(about ref: ObjectRef, kind: LogLine.Kind) {
    for (index, line) in state.snapshot.log.enumerated() where line.kind == kind && line.object == ref {
      add(.log(index))
    }
    guard lines.isEmpty else { return }
    let name = SafeText(untrusted: Names.label(ref))
    if kind == .event {
      line([Span("No events about \(name). Clusters keep events for an hour.", .dim)])
    } else {
      line([Span("No log line about \(name) since this program started to follow the controllers.", .dim)])
    }
  }
}
