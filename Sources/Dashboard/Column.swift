/// The names that `column:value` filters and `:sort` take.
enum Column: String, Sendable, Hashable, CaseIterable {
  case state, since, cluster, kind, namespace, name, repo, effect, head, drift, next, why, source, path, reason
  case reconciler, `class`, cause, fate, owner, live, git, level, message, link, version, provider, url, ref

  /// Other words for the same: what users of kubectl and k9s type.
  static let aliases: [String: Column] = [
    "ns": .namespace, "status": .state, "health": .state, "age": .since, "revision": .effect, "rev": .effect,
    "manager": .owner, "desired": .git, "branch": .ref, "context": .cluster,
  ]

  init?(word: String) {
    let word = word.lowercased()
    guard let column = Column(rawValue: word) ?? Column.aliases[word] else { return nil }
    self = column
  }

  /// What `:sort` offers in a pane.
  static func sortable(in pane: Pane) -> [Column] {
    switch pane {
    case .reconcilers: [.state, .since, .cluster, .name, .kind, .head, .drift, .next]
    case .drift: [.since, .cluster, .reconciler, .name, .path, .fate, .owner]
    case .clusters, .repos, .namespaces: [.name, .drift]
    case .log: []
    }
  }
}
