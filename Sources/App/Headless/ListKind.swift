import FoundationEssentials
import GitOps
import Structured

/// What `driftglass get` can list.
enum ListKind: String, CaseIterable, Sendable {
  case clusters, repos, namespaces, reconcilers, drift
  /// What provides desired state, and what works beside reconcilers.
  case sources, companions
  /// Everything that is told to rest, in every cluster and engine.
  case suspended
  /// Objects beside managed ones that nothing answers for.
  case unmanaged
}

/// One listing of a snapshot: the same rows as a table for people and as JSON for machines.
struct Listing: Sendable {
  let headings: [String]
  var rows: [[String]] = []
  var items: [JSON] = []

  /// - Parameter now: for ages and states.
  init(_ kind: ListKind, of snapshot: Snapshot, _ unmanaged: [Unmanaged] = [], at now: Date) {
    switch kind {
    case .clusters:
      headings = ["NAME", "SERVER", "VERSION", "PROVIDER", "LINK", "RECONCILERS", "DRIFTED"]
      for row in snapshot.clusters {
        rows.append([
          row.id.name, row.server, row.version ?? "-", row.provider ?? "-", row.link.word, String(row.reconcilers),
          String(row.drift.counted),
        ])
        items.append([
          "name": .string(row.id.name), "server": .string(row.server), "version": .optional(row.version),
          "provider": .optional(row.provider), "link": .string(row.link.word),
          "reconcilers": .integer(row.reconcilers), "drifted": .integer(row.drift.counted),
        ])
      }
    case .repos:
      headings = ["URL", "REF", "HEAD", "IN EFFECT", "AHEAD", "LINK"]
      for row in snapshot.repos {
        rows.append([
          row.url, row.ref, row.head?.short ?? "-", row.inEffect.map { String($0.prefix(7)) } ?? "-",
          row.ahead.map(String.init) ?? "-", row.link.word,
        ])
        items.append([
          "url": .string(row.url), "ref": .string(row.ref), "head": .optional(row.head?.id),
          "inEffect": .optional(row.inEffect), "ahead": row.ahead.map(JSON.integer) ?? .null,
          "link": .string(row.link.word),
        ])
      }
    case .namespaces:
      headings = ["CLUSTER", "NAME", "OBJECTS", "DRIFTED"]
      for row in snapshot.namespaces {
        rows.append([row.cluster.name, row.name, String(row.objects), String(row.drift.counted)])
        items.append([
          "cluster": .string(row.cluster.name), "name": .string(row.name), "objects": .integer(row.objects),
          "drifted": .integer(row.drift.counted),
        ])
      }
    case .reconcilers:
      headings = ["CLUSTER", "KIND", "NAMESPACE", "NAME", "STATE", "IN EFFECT", "DRIFT", "REASON", "MESSAGE"]
      for row in snapshot.reconcilers where row.resource.role == .reconciler { append(row, at: now) }
    case .sources, .companions:
      headings = ["CLUSTER", "KIND", "NAMESPACE", "NAME", "STATE", "SINCE", "FACTS", "REASON", "MESSAGE"]
      let role: Role = kind == .sources ? .source : .companion
      for row in snapshot.reconcilers where row.resource.role == role { append(supporting: row, at: now) }
    case .suspended:
      headings = ["CLUSTER", "KIND", "NAMESPACE", "NAME", "BY", "SINCE", "UNTIL", "WHY"]
      for pause in snapshot.paused { append(pause, at: now) }
    case .drift:
      headings = ["CLUSTER", "CLASS", "KIND", "OBJECT", "PATH", "DESIRED", "LIVE", "OWNER", "FATE"]
      for row in snapshot.drift { append(row) }
    case .unmanaged:
      headings = ["CLUSTER", "NAMESPACE", "KIND", "NAME", "CREATED"]
      for object in unmanaged.flatMap(\.objects) { append(object) }
    }
  }

  private mutating func append(_ row: ReconcilerRow, at now: Date) {
    let resource = row.resource
    rows.append([
      resource.ref.cluster.name, KindAdapters.short(resource.ref.groupKind), resource.ref.namespace, resource.ref.name,
      row.state(at: now).word, resource.inEffect.shown?.short ?? "-", String(row.drift.counted),
      resource.reason.isEmpty ? "-" : resource.reason,
      Self.firstLine(row.undetermined.map { "undetermined: \($0)" } ?? resource.message, limit: 80),
    ])
    items.append([
      "cluster": .string(resource.ref.cluster.name), "target": .optional(row.target?.name),
      "kind": .string(resource.ref.kind), "namespace": .string(resource.ref.namespace),
      "name": .string(resource.ref.name), "state": .string(row.state(at: now).word),
      "reason": .string(resource.reason), "message": .string(resource.message), "since": .date(resource.since),
      "inEffect": .optional(resource.inEffect.shown?.text), "attempted": .optional(resource.attempted?.text),
      "head": .optional(row.headCommit), "nextRun": .date(resource.nextRun), "drifted": .integer(row.drift.counted),
      "undetermined": .optional(row.undetermined),
    ])
  }

  private mutating func append(supporting row: ReconcilerRow, at now: Date) {
    let resource = row.resource
    var facts = resource.facts.map { ($0.column, $0.text) }
    if facts.isEmpty, let url = resource.url { facts = [("url", url)] }
    rows.append([
      resource.ref.cluster.name, KindAdapters.short(resource.ref.groupKind),
      resource.ref.namespace, resource.ref.name, row.state(at: now).word,
      resource.since.map { Timestamp.format($0) } ?? "-",
      Self.firstLine(facts.isEmpty ? "-" : facts.map { "\($0) \($1)" }.joined(separator: ", "), limit: 60),
      resource.reason.isEmpty ? "-" : resource.reason, Self.firstLine(resource.message, limit: 80),
    ])
    items.append([
      "cluster": .string(resource.ref.cluster.name), "kind": .string(resource.ref.kind),
      "namespace": .string(resource.ref.namespace), "name": .string(resource.ref.name),
      "state": .string(row.state(at: now).word), "reason": .string(resource.reason),
      "message": .string(resource.message), "since": .date(resource.since),
      "revision": .optional(resource.artifact?.text),
      "facts": .object(JSONObject(facts.map { ($0, .string($1)) })),
    ])
  }

  private mutating func append(_ pause: Pause, at now: Date) {
    let (ref, suspension) = (pause.object, pause.suspension)
    rows.append([
      ref.cluster.name, KindAdapters.short(ref.groupKind), ref.namespace, ref.name,
      suspension.by ?? "-", suspension.since.map { Timestamp.format($0) } ?? "-",
      suspension.until.map { Timestamp.format($0) + (suspension.overdue(at: now) ? " (overdue)" : "") } ?? "-",
      Self.firstLine([pause.how, suspension.reason].compactMap { $0 }.joined(separator: "; "), limit: 80),
    ])
    items.append([
      "cluster": .string(ref.cluster.name), "group": .string(ref.group), "kind": .string(ref.kind),
      "namespace": .string(ref.namespace), "name": .string(ref.name), "how": .string(pause.how),
      "by": .optional(suspension.by), "reason": .optional(suspension.reason), "since": .date(suspension.since),
      "until": .date(suspension.until), "overdue": .bool(suspension.overdue(at: now)),
      "reconciler": .optional(pause.reconciler.map { "\($0.kind)/\($0.path)" }),
    ])
  }

  private mutating func append(_ row: DriftRow) {
    rows.append([
      row.object.cluster.name, row.driftClass.rawValue, row.object.kind, row.object.path,
      row.path.isEmpty ? "-" : row.path, Self.firstLine(row.desired ?? "-", limit: 40),
      Self.firstLine(row.live ?? "-", limit: 40), Self.owner(row.owner), row.fate.word,
    ])
    let owner: JSON =
      row.owner.map {
        [
          "manager": .string($0.manager), "operation": .string($0.operation),
          "subresource": $0.subresource.isEmpty ? .null : .string($0.subresource), "time": .date($0.time),
        ]
      } ?? .null
    let commit: JSON =
      row.commit.map {
        [
          "id": .string($0.id), "author": .string($0.author), "time": .date($0.time), "subject": .string($0.subject),
        ]
      } ?? .null
    items.append([
      "cluster": .string(row.object.cluster.name),
      "reconciler": .string("\(row.reconciler.kind)/\(row.reconciler.path)"),
      "object": [
        "group": .string(row.object.group), "version": .string(row.version), "kind": .string(row.object.kind),
        "namespace": .string(row.object.namespace), "name": .string(row.object.name),
      ],
      "path": .string(row.path), "pointer": .string(row.pointer), "class": .string(row.driftClass.rawValue),
      "cause": .string(row.cause.word), "fate": .string(row.fate.word), "desired": .optional(row.desired),
      "live": .optional(row.live), "owner": owner, "commit": commit, "certainty": .string(row.certainty.rawValue),
      "fateTime": .date(row.fate.time), "fateReason": .optional(row.fate.reason), "origin": .optional(row.origin),
      "note": .optional(row.note), "patch": .optional(row.patch), "firstSeen": .date(row.firstSeen),
      "provisional": .bool(row.provisional),
    ])
  }

  private mutating func append(_ object: UnmanagedObject) {
    let ref = object.ref
    rows.append([
      ref.cluster.name, ref.namespace, ref.kind, ref.name, object.created.map { Timestamp.format($0) } ?? "-",
    ])
    items.append([
      "cluster": .string(ref.cluster.name),
      "object": [
        "group": .string(ref.group), "version": .string(object.version), "kind": .string(ref.kind),
        "namespace": .string(ref.namespace), "name": .string(ref.name),
      ],
      "created": .date(object.created),
    ])
  }

  /// How much could be known, and why not more.
  static func coverage(_ coverage: Coverage) -> JSON {
    [
      "known": .integer(coverage.known), "total": .integer(coverage.total),
      "undetermined": .object(
        JSONObject(coverage.undetermined.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
    ]
  }

  private static func owner(_ owner: FieldOwner?) -> String {
    guard let owner else { return "not recorded" }
    return owner.subresource.isEmpty ? owner.manager : "\(owner.manager) (\(owner.subresource))"
  }

  private static func firstLine(_ text: String, limit: Int) -> String {
    let line = text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }
}

extension JSON {
  /// `null` stands for unknown.
  static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
  static func date(_ date: Date?) -> JSON { date.map { .string(Timestamp.format($0)) } ?? .null }
}
