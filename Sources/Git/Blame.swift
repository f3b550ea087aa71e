import CGit2
import FoundationEssentials
import GitOps

extension History {
  /// The file at a path in a commit; nil when there is none.
  func blob(at path: String, in commit: ObjectID) throws(GitError) -> ObjectID? {
    let root = try tree(of: commit)
    var raw = root.raw
    var tree: OpaquePointer?
    guard git_tree_lookup(&tree, repository, &raw) == 0, let tree else { return nil }
    defer { git_tree_free(tree) }
    var entry: OpaquePointer?
    guard git_tree_entry_bypath(&entry, tree, path) == 0, let entry else { return nil }
    defer { git_tree_entry_free(entry) }
    guard git_tree_entry_type(entry) == GIT_OBJECT_BLOB, let id = git_tree_entry_id(entry) else { return nil }
    return ObjectID(id.pointee)
  }

  /// The commit that wrote one line of a file as it is in `commit` (libgit2: git_blame_file); nil when the file has no such
  /// line. Follows no renames: what a move changed is the move's.
  func blame(_ path: String, line: Int, at commit: ObjectID) throws(GitError) -> CommitSummary? {
    var options = git_blame_options()
    guard git_blame_options_init(&options, UInt32(GIT_BLAME_OPTIONS_VERSION)) == 0 else { return nil }
    options.newest_commit = commit.raw
    options.min_line = line
    options.max_line = line
    var blame: OpaquePointer?
    let code = git_blame_file(&blame, repository, path, &options)
    guard code == 0, let blame else {
      if code == GIT_ENOTFOUND.rawValue { return nil }
      throw GitError(reading: name, GitFailure(code: code))
    }
    defer { git_blame_free(blame) }
    guard let hunk = git_blame_get_hunk_byline(blame, line) else { return nil }
    return try summary(ObjectID(hunk.pointee.final_commit_id))
  }

  /// How many lines a file has; 0 for one that is not there.
  func lineCount(of blob: ObjectID) -> Int {
    var raw = blob.raw
    var file: OpaquePointer?
    guard git_blob_lookup(&file, repository, &raw) == 0, let file else { return 0 }
    defer { git_blob_free(file) }
    guard let bytes = git_blob_rawcontent(file) else { return 0 }
    let content = UnsafeRawBufferPointer(start: bytes, count: Int(git_blob_rawsize(file)))
    return content.count { $0 == 10 } + (content.last.map { $0 == 10 ? 0 : 1 } ?? 0)
  }

  /// Whether a commit carries a signature; whose, and whether it is good, is not looked at.
  func isSigned(_ id: ObjectID) -> Bool {
    var raw = id.raw
    var signature = git_buf()
    var content = git_buf()
    defer {
      git_buf_dispose(&signature)
      git_buf_dispose(&content)
    }
    return git_commit_extract_signature(&signature, &content, repository, &raw, nil) == 0
  }
}

/// What was found out about lines, by the file's content: a line of the same content was written by the same commit.
struct BlameCache: Sendable {
  struct Key: Hashable, Sendable {
    let blob: ObjectID
    let path: String
    let line: Int
  }

  private var known: [Key: CommitSummary?] = [:]
  private static let limit = 4096

  subscript(_ key: Key) -> CommitSummary?? { known[key] }

  mutating func insert(_ summary: CommitSummary?, for key: Key) {
    if known.count >= Self.limit { known = [:] }
    known.updateValue(summary, forKey: key)
  }
}

extension Mirror {
  /// The commit that wrote one line of a file as it is in `commit`; nil when there is no such file or line. On a queue of
  /// its own: history may be long, and nobody who reads trees waits for it.
  /// - Throws: `GitError` of kind `gone`, `corrupt`, `io`.
  public func blame(_ path: String, line: Int, at commit: String) async throws(GitError) -> CommitSummary? {
    try await guarded { () throws(GitError) in try await historian.blame(path, line: line, at: commit) }
  }
}

extension MirrorReader {
  func blame(_ path: String, line: Int, at commit: String) throws(GitError) -> CommitSummary? {
    let key = try read { history throws(GitError) -> BlameCache.Key? in
      try history.blob(at: path, in: history.known(commit)).map { BlameCache.Key(blob: $0, path: path, line: line) }
    }
    guard let key, line > 0 else { return nil }
    if let known = blames[key] { return known }
    let found = try read { history throws(GitError) -> CommitSummary? in
      // libgit2 takes a line beyond the end for the last one.
      guard line <= history.lineCount(of: key.blob) else { return nil }
      return try history.blame(path, line: line, at: history.known(commit))
    }
    blames.insert(found, for: key)
    return found
  }
}
