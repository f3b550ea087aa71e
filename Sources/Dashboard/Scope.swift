import GitOps

/// What panes 1-3 narrow panes 4-6 to. Nil parts narrow nothing.
struct Scope: Sendable, Hashable {
  var cluster: ClusterID?
  var repo: RepoRow.ID?
  var namespace: String?

  var isAll: Bool { cluster == nil && repo == nil && namespace == nil }

  func contains(_ row: ReconcilerRow) -> Bool {
    if let cluster, row.ref.cluster != cluster, row.target != cluster { return false }
    if let repo, row.repo != repo { return false }
    if let namespace, row.ref.namespace != namespace, !row.namespaces.contains(namespace) { return false }
    return true
  }
}

extension State {
  var scope: Scope {
    var scope = Scope()
    if case .cluster(let id) = self[.clusters].selected { scope.cluster = id }
    if case .repo(let id) = self[.repos].selected { scope.repo = id }
    if case .namespace(let name) = self[.namespaces].selected { scope.namespace = name }
    return scope
  }
}
