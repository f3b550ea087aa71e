import CGit2

/// A repository on this machine that contains a path: what a command line names.
public enum LocalRepository {
  /// The top of the work tree that a directory is in; nil when it is in none.
  /// - Parameter path: absolute.
  public static func top(of path: String) -> String? {
    guard (try? GitLibrary.prepare()) != nil, let repository = try? open(path) else { return nil }
    return git_repository_workdir(repository.pointer).map { text in
      let path = String(cString: text)
      return path.hasSuffix("/") && path.utf8.count > 1 ? String(path.dropLast()) : path
    }
  }

  /// Runs `body` with the tree of a revision, as git writes them: `HEAD~2`, `main`, `v1.2`, a commit.
  /// - Throws: `GitError` when there is no repository, no such revision, or its tree cannot be read completely.
  public static func withTree<T, Failure: Error>(
    containing path: String, at revision: String, _ body: (GitTree) throws(Failure) -> T
  ) throws(GitError) -> Result<T, Failure> {
    try GitLibrary.prepare()
    let repository = try opened(path)
    let root = try Self.root(of: revision, in: repository.pointer, path)
    let tree = GitTree(repository: repository.pointer, root: root, name: path)
    defer { tree.close() }
    let result = Result { () throws(Failure) in try body(tree) }
    if let failure = tree.failure { throw failure }
    return result
  }

  private static func opened(_ path: String) throws(GitError) -> Handle {
    do throws(GitFailure) {
      return try open(path)
    } catch {
      throw GitError(.io, "\(path) is in no Git repository of this user")
    }
  }

  private static func root(
    of revision: String, in repository: OpaquePointer, _ path: String
  ) throws(GitError) -> ObjectID {
    do throws(GitFailure) {
      let object = try Handle(freedBy: git_object_free) {
        git_revparse_single($0, repository, revision + "^{tree}")
      }
      guard let id = git_object_id(object.pointer) else { throw GitFailure(code: -1) }
      return ObjectID(id.pointee)
    } catch {
      throw GitError(.gone(revision: revision), "\(path): there is no revision \(revision)")
    }
  }

  private static func open(_ path: String) throws(GitFailure) -> Handle {
    try Handle(freedBy: git_repository_free) { git_repository_open_ext($0, path, 0, nil) }
  }
}
