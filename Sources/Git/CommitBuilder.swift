import CGit2
import FoundationEssentials

/// Writes commits straight into a bare repository, without a working tree: the demo world and tests make history with
/// it. It knows no remotes; nothing that fetches uses it.
public struct CommitBuilder: Sendable {
  public let path: String

  /// Makes an empty bare repository at an absolute path where nothing is yet.
  /// - Throws: `GitError` of kind `io`.
  public init(creatingBareAt path: String, branch: String = "main") throws(GitError) {
    try GitLibrary.prepare()
    try BareLayout(path: path).create(branch: branch)
    self.path = path
  }

  /// Continues in a bare repository that exists.
  /// - Throws: `GitError` when there is none.
  public init(openingBareAt path: String) throws(GitError) {
    try GitLibrary.prepare()
    self.path = path
    _ = try working { (_: OpaquePointer) throws(GitFailure) in true }
  }

  /// The commit of a branch; nil while it has none.
  public func head(_ branch: String = "main") throws(GitError) -> String? {
    try working { repository throws(GitFailure) in try Self.tip(branch, in: repository)?.text }
  }

  /// Commits onto a branch and gives the commit's id.
  /// - Parameter changes: path → content; nil removes. Everything else stays as the parent has it.
  /// - Parameter parent: nil: the branch's own commit, or none for the first. Another one rewrites the branch, as a
  ///   forced push does.
  /// - Throws: `GitError` of kind `io` or `corrupt`.
  @discardableResult
  public func commit(
    _ changes: [String: [UInt8]?], to branch: String = "main", parent: String? = nil, subject: String,
    author: String = "A. Author", email: String = "author@example.com", time: Date
  ) throws(GitError) -> String {
    try working { repository throws(GitFailure) in
      var base = parent.flatMap(ObjectID.init)
      if base == nil { base = try Self.tip(branch, in: repository) }
      let tree = try Self.tree(changes, on: base, in: repository)
      let seconds = Int64(clampingDouble: time.timeIntervalSince1970)
      let id = try Self.write(
        tree: tree, parent: base, subject: subject, author: author, email: email, seconds: seconds, in: repository)
      try Self.move("refs/heads/\(branch)", to: id, in: repository)
      return id.text
    }
  }

  private func working<T>(_ body: (OpaquePointer) throws(GitFailure) -> T) throws(GitError) -> T {
    do throws(GitFailure) {
      let repository = try BareLayout(path: path).open()
      return try body(repository.pointer)
    } catch {
      throw GitError(.io, "\(path): \(error.detail)")
    }
  }

  private static func tip(_ branch: String, in repository: OpaquePointer) throws(GitFailure) -> ObjectID? {
    var id = git_oid()
    let code = git_reference_name_to_id(&id, repository, "refs/heads/\(branch)")
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try GitFailure.check(code)
    return ObjectID(id)
  }

  private static func tree(
    _ changes: [String: [UInt8]?], on parent: ObjectID?, in repository: OpaquePointer
  ) throws(GitFailure) -> ObjectID {
    let index = try Handle(freedBy: git_index_free) { git_index_new($0) }
    if var parent = parent?.raw {
      let commit = try Handle(freedBy: git_commit_free) { git_commit_lookup($0, repository, &parent) }
      let tree = try Handle(freedBy: git_tree_free) { git_commit_tree($0, commit.pointer) }
      try GitFailure.check(git_index_read_tree(index.pointer, tree.pointer))
    }
    for (path, content) in changes.sorted(by: { $0.key < $1.key }) {
      guard let content else {
        try GitFailure.check(git_index_remove(index.pointer, path, 0))
        continue
      }
      var entry = git_index_entry()
      try GitFailure.check(git_blob_create_from_buffer(&entry.id, repository, content, content.count))
      entry.mode = UInt32(GIT_FILEMODE_BLOB.rawValue)
      let code = path.withCString { name in
        entry.path = name
        return git_index_add(index.pointer, &entry)
      }
      try GitFailure.check(code)
    }
    var id = git_oid()
    try GitFailure.check(git_index_write_tree_to(&id, index.pointer, repository))
    return ObjectID(id)
  }

  /// Any bytes are allowed as subject and author: tests need commits that nobody honest writes.
  static func write(
    tree: ObjectID, parent: ObjectID?, subject: String, author: String, email: String, seconds: Int64,
    in repository: OpaquePointer
  ) throws(GitFailure) -> ObjectID {
    let who = "\(author) <\(email)> \(seconds) +0000"
    let parents = parent.map { "parent \($0.text)\n" } ?? ""
    let text = "tree \(tree.text)\n\(parents)author \(who)\ncommitter \(who)\n\n\(subject)\n"
    return try write(Array(text.utf8), as: .commit, in: repository)
  }

  enum ObjectType: Int32 { case commit = 1, tree, blob, tag }

  /// Stores an object as it is given, without looking whether it makes sense.
  static func write(
    _ bytes: [UInt8], as type: ObjectType, in repository: OpaquePointer
  ) throws(GitFailure) -> ObjectID {
    let store = try Handle(freedBy: git_odb_free) { git_repository_odb($0, repository) }
    var id = git_oid()
    try GitFailure.check(
      git_odb_write(&id, store.pointer, bytes, bytes.count, git_object_t(rawValue: type.rawValue)))
    return ObjectID(id)
  }

  static func move(_ reference: String, to id: ObjectID, in repository: OpaquePointer) throws(GitFailure) {
    var raw = id.raw
    let moved = try Handle(freedBy: git_reference_free) {
      git_reference_create($0, repository, reference, &raw, 1, nil)
    }
    _ = moved.pointer
  }
}

extension Int64 {
  fileprivate init(clampingDouble value: Double) {
    self = value.isFinite ? Int64(Swift.min(Swift.max(value, -9e15), 9e15)) : 0
  }
}
