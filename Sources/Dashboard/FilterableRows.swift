import FoundationEssentials
import GitOps

/// A reconciler as filters see it; `state` depends on the clock (a suspension may be past its end).
struct ReconcilerEntry: Filterable {
  let row: ReconcilerRow
  let now: Date

  static let searched: [Column] = [.name, .namespace, .kind, .cluster, .state, .reason, .why, .effect]
  var labels: [String: String] { row.resource.labels }

  func text(of column: Column) -> String? {
    switch column {
    case .state: row.state(at: now).word
    case .cluster:
      row.target.map { $0 == row.ref.cluster ? $0.name : "\(row.ref.cluster) \($0)" } ?? row.ref.cluster.name
    case .kind: "\(Names.short(row.ref.groupKind)) \(row.ref.kind)"
    case .namespace: row.ref.namespace
    case .name, .reconciler: row.ref.name
    case .repo, .url: row.repo?.url
    case .ref: row.repo?.ref
    case .effect: row.resource.inEffect.shown?.text
    case .head: row.headCommit
    case .why, .message: row.undetermined ?? row.resource.message
    case .source: row.resource.source?.path
    case .path: row.resource.path
    case .reason: row.resource.reason
    case .owner: row.resource.suspension?.by
    case .drift: row.drift.counted > 0 ? "drift" : ""
    case .since, .next, .class, .cause, .fate, .live, .git, .level, .link, .version, .provider: nil
    }
  }
}

extension DriftRow: Filterable {
  static var searched: [Column] { [.name, .namespace, .kind, .cluster, .reconciler, .path, .owner, .class, .cause] }

  func text(of column: Column) -> String? {
    switch column {
    case .cluster: object.cluster.name
    case .kind: "\(Names.short(object.groupKind)) \(object.kind)"
    case .namespace: object.namespace
    case .name: object.name
    case .reconciler: "\(Names.short(reconciler.groupKind)) \(reconciler.path)"
    case .path: path
    case .owner: owner.map { "\($0.manager) \($0.subresource)" } ?? (cause == .unknownOwner ? cause.word : nil)
    case .class, .state, .drift: driftClass.rawValue
    case .cause, .reason, .why: cause.word
    case .fate, .next: fate.word
    case .git: desired
    case .live: live
    case .message: note
    case .source: origin
    case .since, .repo, .effect, .head, .level, .link, .version, .provider, .url, .ref: nil
    }
  }
}

extension LogLine: Filterable {
  static var searched: [Column] { [.cluster, .source, .name, .reason, .message] }

  func text(of column: Column) -> String? {
    switch column {
    case .cluster: cluster.name
    case .source: source
    case .name: object?.name
    case .namespace: object?.namespace
    case .kind: object.map { "\(Names.short($0.groupKind)) \($0.kind)" }
    case .reason, .state: reason
    case .message, .why: message
    case .level: level.rawValue
    case .class: kind.rawValue
    default: nil
    }
  }
}

extension ClusterRow: Filterable {
  static var searched: [Column] { [.name, .provider, .version, .link] }

  func text(of column: Column) -> String? {
    switch column {
    case .name, .cluster: id.name
    case .provider: provider
    case .version: version
    case .link, .state: link.word
    case .url: server
    case .reason, .why, .message: link.reason
    default: nil
    }
  }
}

extension RepoRow: Filterable {
  static var searched: [Column] { [.name, .ref, .url, .link] }

  func text(of column: Column) -> String? {
    switch column {
    case .name, .repo: name
    case .url: url
    case .ref: ref
    case .link, .state: link.word
    case .head: head?.id
    case .effect: inEffect
    case .reason, .why, .message: self.reason
    default: nil
    }
  }
}

extension NamespaceLine: Filterable {
  static var searched: [Column] { [.name] }

  func text(of column: Column) -> String? { column == .name || column == .namespace ? name : nil }
}
