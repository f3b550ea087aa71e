import Git

/// Where desired state is read from: the mirrors, and the rules by which this machine reads what controllers name.
public struct GitSources: Sendable {
  public let cache: MirrorCache
  public let rules: RepositoryRules

  public init(cache: MirrorCache, rules: RepositoryRules) {
    self.cache = cache
    self.rules = rules
  }

  /// The mirror of an address as a cluster object names it.
  /// - Throws: `GitError` when the address is refused.
  func mirror(of url: String) throws(GitError) -> (mirror: Mirror, location: RepositoryLocation) {
    let location = try rules.locate(url)
    return (cache.mirror(of: location), location)
  }
}
