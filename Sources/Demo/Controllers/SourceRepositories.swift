import Git
import GitOps
import Synchronization

/// The Git repositories that the simulated source-controller reads, by the address that GitRepository objects name.
public final class SourceRepositories: Sendable {
  private let mirrors: MirrorCache
  private let rules: RepositoryRules
  private let artifacts = Mutex<[String: CommitFiles]>([:])

  private static let artifactLimit = 16

  /// - Parameters:
  ///   - paths: address → local bare repository.
  ///   - cache: absolute; where mirrors are kept.
  /// - Throws: `GitError` when an address or the cache cannot be used.
  public init(_ paths: [String: String], cache: String) throws(GitError) {
    var list: [RepositoryRules.Rule] = []
    for (url, path) in paths.sorted(by: { $0.key < $1.key }) {
      list.append(try RepositoryRules.Rule(match: url, url: path))
    }
    rules = RepositoryRules(list)
    mirrors = try MirrorCache(directory: cache)
  }

  /// Fetches and names the commit that a reference stands at.
  func head(_ url: String, _ reference: GitReference) async throws(GitError) -> CommitSummary {
    let mirror = mirrors.mirror(of: try rules.locate(url))
    return try await mirror.commit(try await mirror.fetch(reference))
  }

  /// The files of a commit that was fetched.
  func files(_ url: String, at commit: String) async throws(GitError) -> CommitFiles {
    if let known = artifacts.withLock({ $0[commit] }) { return known }
    let mirror = mirrors.mirror(of: try rules.locate(url))
    let files = try await mirror.withTree(at: commit) { tree in CommitFiles(tree) }.get()
    artifacts.withLock { artifacts in
      if artifacts.count >= Self.artifactLimit { artifacts = [:] }
      artifacts[commit] = files
    }
    return files
  }
}
