import CGit2

/// What is followed in a repository.
public enum GitReference: Sendable, Hashable {
  /// The remote's default branch.
  case head
  case branch(String)
  case tag(String)
  /// A full name: `refs/heads/main`, `refs/pull/7/head`.
  case name(String)

  /// As people write it: `main`, `tag v1`, `refs/pull/7/head`, `HEAD`.
  public var word: String {
    switch self {
    case .head: "HEAD"
    case .branch(let name): name
    case .tag(let name): "tag \(name)"
    case .name(let name): name
    }
  }

  /// The name on the remote.
  var remoteName: String {
    switch self {
    case .head: "HEAD"
    case .branch(let name): "refs/heads/\(name)"
    case .tag(let name): "refs/tags/\(name)"
    case .name(let name): name
    }
  }

  /// The name in the mirror: the same, but HEAD keeps its own.
  var localName: String { self == .head ? "refs/driftglass/head" : remoteName }

  /// - Throws: `GitError` of kind `noSuchReference` for a name that Git does not allow (they come from cluster objects).
  func check(in address: RepositoryAddress) throws(GitError) {
    var isValid: Int32 = 0
    let name = remoteName
    guard git_reference_name_is_valid(&isValid, name) == 0, isValid == 1, self == .head || name.hasPrefix("refs/"),
      !name.utf8.contains(0), name.utf8.count <= 1024
    else {
      throw GitError(
        .noSuchReference, "\(address.url): '\(word.prefix(100))' is not the name of a branch, tag or reference")
    }
  }
}
