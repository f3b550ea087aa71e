import CGit2
import GitOps

/// Reads a mirror on a queue of its own, with the repository open for itself.
actor MirrorReader {
  private nonisolated let layout: BareLayout
  /// For messages.
  private nonisolated let name: String
  private nonisolated let executor = QueueExecutor(label: "git.read")
  private var repository: Handle?
  /// All reconcilers of a repository ask the same after a commit.
  private var lastChanges: (old: String, new: String, changes: PathChanges)?

  /// Who wrote which line.
  var blames = BlameCache()

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ layout: BareLayout, name: String) {
    self.layout = layout
    self.name = name
  }

  func read<T: Sendable>(_ body: (History) throws(GitError) -> T) throws(GitError) -> T {
    try body(History(repository: opened(), name: name))
  }

  func changes(from old: String, to new: String) throws(GitError) -> PathChanges {
    if let last = lastChanges, last.old == old, last.new == new { return last.changes }
    let changes = try read { history throws(GitError) in
      try history.changes(from: history.known(old), to: history.known(new))
    }
    lastChanges = (old, new, changes)
    return changes
  }

  func withTree<T: Sendable, Failure: Error>(
    at commit: String, _ body: @Sendable (GitTree) throws(Failure) -> T
  ) throws(GitError) -> Result<T, Failure> {
    try read { history throws(GitError) in
      let root = try history.tree(of: history.known(commit))
      let tree = GitTree(repository: history.repository, root: root, name: name)
      defer { tree.close() }
      let result = Result { () throws(Failure) in try body(tree) }
      if let failure = tree.failure { throw failure }
      return result
    }
  }

  private func opened() throws(GitError) -> OpaquePointer {
    if let open = repository?.pointer { return open }
    guard layout.exists else { throw GitError(.io, "\(name): it was not fetched yet") }
    guard layout.isIntact else {
      throw GitError(.corrupt, "\(name): its mirror was changed by somebody else; it is fetched anew")
    }
    do throws(GitFailure) {
      let handle = try layout.open()
      let pointer = handle.pointer
      repository = consume handle
      return pointer
    } catch {
      throw GitError(reading: name, error)
    }
  }

  func close() { repository = nil }
}
