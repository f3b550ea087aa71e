import CGit2
import FoundationEssentials
import Glibc

/// A bare repository on disk as we write it: exact configuration, no hooks, no alternates, nothing that points elsewhere.
struct BareLayout: Sendable {
  let path: String

  private static let configuration = """
    [core]
    \trepositoryformatversion = 0
    \tfilemode = false
    \tbare = true
    \tlogallrefupdates = false

    """
  /// Files that would make Git read another place.
  private static let foreign = ["commondir", "gitdir", "config.worktree", "objects/info/alternates", "shallow"]

  private func file(_ name: String) -> String { "\(path)/\(name)" }

  var exists: Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether everything that decides what Git does with it is exactly as `create` made it (D2, E-G10).
  var isIntact: Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0
    else { return false }
    guard lstat(file("config"), &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < 4096,
      FileManager.default.contents(atPath: file("config")) == Data(Self.configuration.utf8)
    else { return false }
    for directory in ["objects", "objects/pack", "refs"] {
      guard lstat(file(directory), &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    }
    return Self.foreign.allSatisfy { lstat(file($0), &status) != 0 }
  }

  /// Makes an empty repository at a path where nothing is yet. It is there as a whole or not at all: who looks meanwhile
  /// would take a part of it for damage.
  /// - Throws: `GitError` of kind `io`.
  func create(branch: String = "main") throws(GitError) {
    let part = BareLayout(path: "\(path).part-\(getpid())")
    _ = try? FileManager.default.removeItem(atPath: part.path)
    do throws(GitError) {
      try part.make(branch)
      guard !exists, rename(part.path, path) == 0 else {
        throw GitError(
          .io, "\(path) cannot be made: \(exists ? "something is there" : String(cString: strerror(errno)))")
      }
    } catch {
      _ = try? FileManager.default.removeItem(atPath: part.path)
      throw error
    }
  }

  private func make(_ branch: String) throws(GitError) {
    func make(_ name: String) throws(GitError) {
      if mkdir(file(name), 0o700) != 0 {
        throw GitError(.io, "\(file(name)) cannot be made: \(String(cString: strerror(errno)))")
      }
    }
    try make("")
    for name in ["objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tags"] { try make(name) }
    try write("ref: refs/heads/\(branch)\n", to: "HEAD")
    try write(Self.configuration, to: "config")
  }

  private func write(_ text: String, to name: String) throws(GitError) {
    let descriptor = Glibc.open(file(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw GitError(.io, "\(file(name)) cannot be written: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw GitError(.io, "\(file(name)) cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  /// Removes it; renamed first, so that a process that looks at the path sees all of it or nothing.
  func discard() throws(GitError) {
    let doomed = "\(path).discarded-\(getpid())"
    _ = try? FileManager.default.removeItem(atPath: doomed)
    if rename(path, doomed) != 0, errno != ENOENT {
      throw GitError(.io, "\(path) cannot be moved away: \(String(cString: strerror(errno)))")
    }
    _ = try? FileManager.default.removeItem(atPath: doomed)
  }

  /// Removes what an interrupted fetch left: temporary packs and locks older than any fetch may last (D6, D14).
  func removeLeftovers(olderThan seconds: Int) {
    let limit = time(nil) - seconds
    func sweep(_ directory: String, _ isLeftover: (String) -> Bool, depth: Int) {
      guard depth < 8, let names = try? FileManager.default.contentsOfDirectory(atPath: file(directory)) else { return }
      for name in names {
        let relative = directory.isEmpty ? name : "\(directory)/\(name)"
        var status = stat()
        guard lstat(file(relative), &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if directory.hasPrefix("refs") { sweep(relative, isLeftover, depth: depth + 1) }
        } else if isLeftover(name), status.st_mtim.tv_sec < limit {
          unlink(file(relative))
        }
      }
    }
    sweep(
      "objects/pack", { $0.hasPrefix("pack_git2_") || $0.hasPrefix("tmp_pack_") || $0.hasSuffix(".lock") }, depth: 0)
    sweep("refs", { $0.hasSuffix(".lock") }, depth: 0)
    sweep("", { $0.hasSuffix(".lock") }, depth: 0)
  }

  /// Opens it by exact path: nothing is searched for upwards, no working tree (D1).
  func open() throws(GitFailure) -> Handle {
    let flags =
      GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_BARE.rawValue
      | GIT_REPOSITORY_OPEN_NO_DOTGIT.rawValue
    return try Handle(freedBy: git_repository_free) { git_repository_open_ext($0, path, flags, nil) }
  }
}
