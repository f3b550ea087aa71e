import CGit2
import FoundationEssentials
import GitOps

/// Commits and references of one open repository. Borrowed: valid while the repository is.
struct History {
  let repository: OpaquePointer
  /// For messages.
  let name: String

  static let maximumPaths = 100_000
  private static let maximumSubject = 1024
  private static let maximumAuthor = 256

  private func reading<T: ~Copyable>(_ body: () throws(GitFailure) -> T) throws(GitError) -> T {
    do throws(GitFailure) {
      return try body()
    } catch {
      throw GitError(reading: name, error)
    }
  }

  /// What a reference points to, an annotated tag itself; nil when the mirror does not have it.
  func target(of reference: GitReference) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = git_reference_name_to_id(&id, repository, reference.localName)
    if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue { return nil }
    if code < 0 { throw GitError(reading: name, GitFailure(code: code)) }
    return ObjectID(id)
  }

  /// The commit that a reference points to; nil when the mirror does not have it, or it points to something else.
  func head(_ reference: GitReference) throws(GitError) -> ObjectID? {
    guard let target = try target(of: reference) else { return nil }
    return try reading { () throws(GitFailure) in
      let object = try lookUp(target, GIT_OBJECT_ANY)
      var peeled: OpaquePointer?
      guard git_object_peel(&peeled, object.pointer, GIT_OBJECT_COMMIT) == 0, let peeled else { return nil }
      defer { git_object_free(peeled) }
      return git_object_id(peeled).map { ObjectID($0.pointee) }
    }
  }

  func contains(_ id: ObjectID) -> Bool { (try? lookUp(id, GIT_OBJECT_COMMIT)) != nil }

  /// - Throws: `GitError` of kind `gone` unless the text names a commit that is here.
  func known(_ commit: String) throws(GitError) -> ObjectID {
    guard let id = ObjectID(commit) else {
      throw GitError(.gone(revision: commit), "\(name): '\(commit.prefix(80))' is not a commit id")
    }
    do throws(GitFailure) {
      _ = try lookUp(id, GIT_OBJECT_COMMIT)
    } catch {
      if error.isNotFound || error.code == GIT_EINVALID.rawValue {
        throw GitError(
          .gone(revision: commit), "\(name): revision \(commit.prefix(7)) is gone: it is not in the fetched history")
      }
      throw GitError(reading: name, error)
    }
    return id
  }

  func summary(_ id: ObjectID) throws(GitError) -> CommitSummary {
    let commit = try reading { () throws(GitFailure) in try lookUp(id, GIT_OBJECT_COMMIT) }
    let message = git_commit_message(commit.pointer)
    let author = git_commit_author(commit.pointer)?.pointee
    let seconds = Double(author?.when.time ?? 0)
    return CommitSummary(
      id: id.text, author: Self.line(author?.name, limit: Self.maximumAuthor),
      // The years 1970 to 9999: anything else in a commit is nonsense, and would not fit a column.
      time: Date(timeIntervalSince1970: min(max(seconds, 0), 253_402_300_799)),
      subject: Self.line(message, limit: Self.maximumSubject), isSigned: isSigned(id))
  }

  /// The first line that is not empty, cut, broken UTF-8 repaired.
  private static func line(_ text: UnsafePointer<CChar>?, limit: Int) -> String {
    guard let text else { return "" }
    var bytes: [UInt8] = []
    var next = text
    while next.pointee != 0, bytes.count < limit {
      let byte = UInt8(bitPattern: next.pointee)
      if byte == 10 || byte == 13 {
        if !bytes.isEmpty { break }
      } else {
        bytes.append(byte)
      }
      next += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func tree(of commit: ObjectID) throws(GitError) -> ObjectID {
    try reading { () throws(GitFailure) in
      let commit = try lookUp(commit, GIT_OBJECT_COMMIT)
      guard let id = git_commit_tree_id(commit.pointer) else { throw GitFailure(code: -1) }
      return ObjectID(id.pointee)
    }
  }

  func ahead(base: ObjectID, head: ObjectID) throws(GitError) -> Int {
    var base = base.raw
    var head = head.raw
    var ahead = 0
    var behind = 0
    let code = git_graph_ahead_behind(&ahead, &behind, repository, &head, &base)
    if code < 0 { throw GitError(reading: name, GitFailure(code: code)) }
    return ahead
  }

  func log(after base: ObjectID?, upTo head: ObjectID, limit: Int) throws(GitError) -> [CommitSummary] {
    let ids = try reading { () throws(GitFailure) -> [ObjectID] in
      let walk = try Handle(freedBy: git_revwalk_free) { git_revwalk_new($0, repository) }
      try GitFailure.check(
        git_revwalk_sorting(walk.pointer, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue))
      var raw = head.raw
      try GitFailure.check(git_revwalk_push(walk.pointer, &raw))
      if var hidden = base?.raw { try GitFailure.check(git_revwalk_hide(walk.pointer, &hidden)) }
      var ids: [ObjectID] = []
      while ids.count < limit {
        let code = git_revwalk_next(&raw, walk.pointer)
        if code == GIT_ITEROVER.rawValue { break }
        try GitFailure.check(code)
        ids.append(ObjectID(raw))
      }
      return ids
    }
    var log: [CommitSummary] = []
    for id in ids { log.append(try summary(id)) }
    return log
  }

  func changes(from old: ObjectID, to new: ObjectID) throws(GitError) -> PathChanges {
    let oldTree = try tree(of: old)
    let newTree = try tree(of: new)
    if oldTree == newTree { return PathChanges() }
    var walk = TreeComparison(limit: Self.maximumPaths)
    let isWithin = try reading { () throws(GitFailure) in
      try walk.compare(
        try lookUp(oldTree, GIT_OBJECT_TREE), try lookUp(newTree, GIT_OBJECT_TREE), at: "", depth: 0, in: self)
    }
    guard isWithin else { throw GitError(.limit, "\(name): more than \(Self.maximumPaths) paths differ") }
    return walk.changes
  }

  fileprivate func lookUp(_ id: ObjectID, _ type: git_object_t) throws(GitFailure) -> Handle {
    var raw = id.raw
    return try Handle(freedBy: git_object_free) { git_object_lookup($0, repository, &raw, type) }
  }
}

/// Walks two trees at once, into directories that differ only: libgit2's own comparison reads all of both.
private struct TreeComparison {
  let limit: Int
  var changes = PathChanges()

  init(limit: Int) { self.limit = limit }

  /// - Returns: false when more differs than the limit.
  mutating func compare(
    _ old: borrowing Handle, _ new: borrowing Handle, at path: String, depth: Int, in history: History
  ) throws(GitFailure) -> Bool {
    guard depth <= GitTree.maximumDepth else { return false }
    var before: [String: OpaquePointer] = [:]
    for index in 0..<git_tree_entrycount(old.pointer) {
      guard let entry = git_tree_entry_byindex(old.pointer, index) else { continue }
      before[String(cString: git_tree_entry_name(entry))] = entry
    }
    for index in 0..<git_tree_entrycount(new.pointer) {
      guard let entry = git_tree_entry_byindex(new.pointer, index) else { continue }
      let name = String(cString: git_tree_entry_name(entry))
      guard let other = before.removeValue(forKey: name) else {
        guard try whole(entry, name, at: path, depth, history) else { return false }
        continue
      }
      if git_oid_equal(git_tree_entry_id(entry), git_tree_entry_id(other)) != 0,
        git_tree_entry_filemode(entry) == git_tree_entry_filemode(other)
      {
        continue
      }
      let isTree = (git_tree_entry_type(entry) == GIT_OBJECT_TREE, git_tree_entry_type(other) == GIT_OBJECT_TREE)
      switch isTree {
      case (true, true):
        let trees = (try history.tree(entry), try history.tree(other))
        guard
          try compare(
            try history.lookUp(trees.1, GIT_OBJECT_TREE), try history.lookUp(trees.0, GIT_OBJECT_TREE),
            at: path + name + "/", depth: depth + 1, in: history)
        else { return false }
      case (false, false):
        let isModified =
          git_tree_entry_type(entry) == GIT_OBJECT_BLOB && git_tree_entry_type(other) == GIT_OBJECT_BLOB
          && (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
            == (git_tree_entry_filemode(other) == GIT_FILEMODE_LINK)
        if isModified { changes.modified.insert(path + name) } else { changes.appeared.insert(path + name) }
      default:
        guard try whole(other, name, at: path, depth, history), try whole(entry, name, at: path, depth, history) else {
          return false
        }
      }
      guard changes.modified.count + changes.appeared.count <= limit else { return false }
    }
    for (name, entry) in before {
      guard try whole(entry, name, at: path, depth, history) else { return false }
    }
    return changes.modified.count + changes.appeared.count <= limit
  }

  /// Everything in an entry that only one of the trees has.
  private mutating func whole(
    _ entry: OpaquePointer, _ name: String, at path: String, _ depth: Int, _ history: History
  ) throws(GitFailure) -> Bool {
    guard depth <= GitTree.maximumDepth else { return false }
    guard git_tree_entry_type(entry) == GIT_OBJECT_TREE else {
      changes.appeared.insert(path + name)
      return changes.appeared.count <= limit
    }
    let tree = try history.lookUp(try history.tree(entry), GIT_OBJECT_TREE)
    for index in 0..<git_tree_entrycount(tree.pointer) {
      guard let inner = git_tree_entry_byindex(tree.pointer, index) else { continue }
      let innerName = String(cString: git_tree_entry_name(inner))
      guard try whole(inner, innerName, at: path + name + "/", depth + 1, history) else { return false }
    }
    return true
  }
}

extension History {
  fileprivate func tree(_ entry: OpaquePointer) throws(GitFailure) -> ObjectID {
    guard let id = git_tree_entry_id(entry) else { throw GitFailure(code: -1) }
    return ObjectID(id.pointee)
  }
}
