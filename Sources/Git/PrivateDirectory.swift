import FoundationEssentials
import Glibc

/// A directory that belongs to this user alone (C11).
public enum PrivateDirectory {
  /// Makes the directory, and the ones above it that are missing, with mode 0700. One that exists is checked through its
  /// descriptor and never changed.
  /// - Throws: `GitError` of kind `io` with what to do.
  public static func make(_ path: String) throws(GitError) {
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    if access(path, F_OK) != 0, !parent.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: "/" + parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    if mkdir(path, 0o700) != 0, errno != EEXIST {
      throw GitError(.io, "\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw GitError(.io, "\(path) is not a directory of its own (\(String(cString: strerror(errno)))); move it away")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw GitError(.io, "\(path) cannot be looked at: \(String(cString: strerror(errno)))")
    }
    guard status.st_uid == geteuid() else {
      throw GitError(.io, "\(path) belongs to another user; move it away, or name another cache directory")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw GitError(.io, "\(path) is open to other users; run: chmod 700 \(path)")
    }
  }
}
