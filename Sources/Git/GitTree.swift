import CGit2

/// The tree of one commit, read from the object store. Only valid inside the body that it was given to: afterwards it
/// is empty. Names are sorted bytewise, whatever Git's own order.
public final class GitTree {
  /// D8.
  static let maximumDepth = 64
  static let maximumEntries = 200_000
  /// Entries listed in all: few objects can make a tree with endlessly many paths.
  static let maximumListed = 1_000_000
  static let maximumPath = 4096
  static let maximumHops = 8
  /// Largest link target that is looked at.
  private static let maximumTarget = 4096

  private struct Entry {
    let name: String
    let entry: TreeEntry
    let id: ObjectID
  }
  private struct Directory {
    let entries: [Entry]
    let index: [String: Int]
  }

  private let name: String
  private let root: ObjectID
  private var repository: OpaquePointer?
  private var directories: [ObjectID: Directory] = [:]
  /// Directories by path, where no link led to them.
  private var places: [String: ObjectID] = [:]
  private var entryCount = 0
  private var listedCount = 0

  /// What was left out so far, in the order in which it was met, each once.
  public private(set) var findings: [TreeFinding] = []
  /// The first reason why the tree could not be read completely. Nothing that was made from it may be used then.
  private(set) var failure: GitError?

  init(repository: OpaquePointer, root: ObjectID, name: String) {
    self.repository = repository
    self.root = root
    self.name = name
  }

  func close() {
    repository = nil
    directories = [:]
    places = [:]
  }

  /// What is at a path from the root, without leading or trailing slash; empty for the root itself; nil when there is
  /// nothing, or a link leads nowhere.
  /// - Parameter followingLinks: inside the tree, at most eight in all. Otherwise a link is a link, with nothing behind it.
  public func entry(_ path: String, followingLinks: Bool = true) -> TreeEntry? {
    resolve(path, followingLinks: followingLinks)?.entry
  }

  /// The entries of a directory, links and submodules as what they are; empty when it is not a directory.
  public func list(_ directory: String) -> [(name: String, entry: TreeEntry)] {
    guard let found = resolve(directory), case .directory = found.entry else { return [] }
    let entries = load(found.id, path: directory).entries
    listedCount += entries.count
    guard listedCount <= Self.maximumListed else {
      failure = failure ?? GitError(.limit, "\(name): its tree has too many paths to walk")
      return []
    }
    return entries.map { ($0.name, $0.entry) }
  }

  /// The content of a file, links followed.
  /// - Parameter limit: bytes; D10's limit of one YAML file when nothing else is said.
  /// - Throws: `GitError` of kind `notFound` when no file is there, `limit` when it is larger, `corrupt`, `io`.
  public func read(_ path: String, limit: Int = 4 << 20) throws(GitError) -> [UInt8] {
    guard let found = resolve(path), case .file = found.entry else {
      if let failure { throw failure }
      throw GitError(.notFound, "\(name): no file \(path.prefix(200))")
    }
    return try blob(found.id, path: path, limit: limit)
  }

  private func resolve(
    _ path: String, followingLinks: Bool = true
  ) -> (entry: TreeEntry, id: ObjectID)? {
    guard path.utf8.count <= Self.maximumPath else { return nil }
    if let found = beside(path) { return found }
    // What is still to walk, the next component last; links push theirs onto it.
    var ahead = components(path)
    var walked: [(name: String, id: ObjectID)] = []
    let hasSteps = ahead.contains("..")
    var hops = 0
    var here: (entry: TreeEntry, id: ObjectID) = (.directory, root)
    while let component = ahead.popLast() {
      if component == ".." {
        guard !walked.isEmpty else { return nil }
        walked.removeLast()
        here = (.directory, walked.last?.id ?? root)
        continue
      }
      guard case .directory = here.entry, walked.count < Self.maximumDepth else { return nil }
      let directory = directories[here.id] ?? load(here.id, path: walked.map(\.name).joined(separator: "/"))
      guard let index = directory.index[component] else { return nil }
      let found = directory.entries[index]
      if found.entry == .link {
        guard followingLinks else { return ahead.isEmpty ? (.link, found.id) : nil }
        hops += 1
        guard hops <= Self.maximumHops,
          let target = try? blob(found.id, path: component, limit: Self.maximumTarget),
          let text = String(validating: target, as: UTF8.self), !text.hasPrefix("/"), !text.isEmpty
        else { return nil }
        ahead += components(text)
        continue
      }
      here = (found.entry, found.id)
      if found.entry == .directory {
        walked.append((component, found.id))
        if hops == 0, !hasSteps { places[walked.map(\.name).joined(separator: "/")] = found.id }
      } else if !ahead.isEmpty {
        return nil
      }
    }
    return here
  }

  /// What is in a directory that was walked to before; nil says nothing.
  private func beside(_ path: String) -> (entry: TreeEntry, id: ObjectID)? {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), let id = places[String(path[..<slash])],
      let directory = directories[id], let index = directory.index[String(path[path.utf8.index(after: slash)...])]
    else { return nil }
    let found = directory.entries[index]
    return found.entry == .link ? nil : (found.entry, found.id)
  }

  private func components(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }.filter { $0 != "." }
      .reversed()
  }

  private func load(_ id: ObjectID, path: String) -> Directory {
    if let known = directories[id] { return known }
    let empty = Directory(entries: [], index: [:])
    guard let repository, failure == nil else { return empty }
    do throws(GitFailure) {
      let tree = try Handle(freedBy: git_tree_free) { out in
        withUnsafePointer(to: id.raw) { git_tree_lookup(out, repository, $0) }
      }
      let count = git_tree_entrycount(tree.pointer)
      entryCount += count
      guard entryCount <= Self.maximumEntries else {
        failure = GitError(.limit, "\(name): its tree has more than \(Self.maximumEntries) entries")
        return empty
      }
      var entries: [Entry] = []
      entries.reserveCapacity(count)
      var seen: Set<String> = []
      for index in 0..<count {
        guard let raw = git_tree_entry_byindex(tree.pointer, index) else { continue }
        if let entry = entry(raw, in: path, seen: &seen) { entries.append(entry) }
      }
      entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      let index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
      let directory = Directory(entries: entries, index: index)
      directories[id] = directory
      return directory
    } catch {
      failure = GitError(reading: name, error)
      return empty
    }
  }

  /// One entry, or nil with a finding.
  private func entry(_ raw: OpaquePointer, in path: String, seen: inout Set<String>) -> Entry? {
    let bytes = git_tree_entry_name(raw).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    let shown = path.isEmpty ? "" : path + "/"
    let name = String(decoding: bytes, as: UTF8.self)
    func skip(_ reason: String) -> Entry? {
      let finding = TreeFinding(path: shown + name, reason: reason)
      if !findings.contains(finding) { findings.append(finding) }
      return nil
    }
    if let problem = EntryName.problem(bytes) { return skip(problem) }
    guard shown.utf8.count + name.utf8.count <= Self.maximumPath else { return skip("has a path that is too long") }
    // Names that differ in their bytes may be equal as text.
    guard seen.insert(name).inserted else { return skip("is there more than once") }
    guard let id = git_tree_entry_id(raw).map({ ObjectID($0.pointee) }) else { return skip("has no content") }
    let entry: TreeEntry
    switch git_tree_entry_filemode(raw) {
    case GIT_FILEMODE_TREE:
      guard shown.utf8.count(where: { $0 == UInt8(ascii: "/") }) < Self.maximumDepth else {
        failure = GitError(.limit, "\(self.name): its tree is deeper than \(Self.maximumDepth) directories")
        return nil
      }
      entry = .directory
    case GIT_FILEMODE_BLOB: entry = .file(blob: id.text, executable: false)
    case GIT_FILEMODE_BLOB_EXECUTABLE: entry = .file(blob: id.text, executable: true)
    case GIT_FILEMODE_LINK: entry = .link
    case GIT_FILEMODE_COMMIT:
      entry = .submodule(commit: id.text)
      _ = skip("is a submodule, which is not followed")
    default: return skip("has an unknown file mode")
    }
    return Entry(name: name, entry: entry, id: id)
  }

  private func blob(_ id: ObjectID, path: String, limit: Int) throws(GitError) -> [UInt8] {
    guard let repository else { throw GitError(.io, "\(name): its tree was closed") }
    var raw = id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    do throws(GitFailure) {
      let store = try Handle(freedBy: git_odb_free) { git_repository_odb($0, repository) }
      // The header first: nothing is unpacked to find out that it is too large.
      try GitFailure.check(git_odb_read_header(&size, &type, store.pointer, &raw))
      if type == GIT_OBJECT_BLOB, size <= limit {
        let object = try Handle(freedBy: git_odb_object_free) { git_odb_read($0, store.pointer, &raw) }
        let start = git_odb_object_data(object.pointer)
        return Array(UnsafeRawBufferPointer(start: start, count: git_odb_object_size(object.pointer)))
      }
    } catch {
      throw broken(GitError(reading: name, error))
    }
    guard type == GIT_OBJECT_BLOB else {
      throw broken(GitError(.corrupt, "\(name): \(path.prefix(200)) is not a file in the object store"))
    }
    throw GitError(.limit, "\(name): \(path.prefix(200)) has \(size) bytes, more than the \(limit) that are read")
  }

  /// Remembers that the tree could not be read completely.
  private func broken(_ error: GitError) -> GitError {
    if failure == nil { failure = error }
    return error
  }
}
