/// The directories of a repository that may have become an artifact (`flux push artifact --path`).
public enum ArtifactRoots {
  private static let limit = 300
  private static let depthLimit = 5

  /// Where `spec.path` of a Kustomization leads from each of them, the repository itself first.
  public static func paths(for path: String, in tree: some FileTree) -> [String] {
    let inner = TreePath.clamp(path)
    var found: [String] = []
    var pending = [(path: "", depth: 0)]
    var next = 0
    while next < pending.count, found.count < limit {
      let (directory, depth) = pending[next]
      next += 1
      let target = inner.isEmpty ? directory : TreePath.join(directory, inner)
      if target.isEmpty || tree.entry(target) == .directory { found.append(target) }
      guard depth < depthLimit, pending.count < 10 * limit else { continue }
      for (name, entry) in tree.list(directory) where entry == .directory {
        pending.append((TreePath.join(directory, name), depth + 1))
      }
    }
    return found
  }
}
