import Foundation

/// The directory of the journal: this user's alone, on a local file system (C11, F4).
enum PrivateDirectory {
  /// File systems where SQLite's write-ahead log is not safe.
  private static let remoteFileSystems: Set<Substring> = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph"]

  /// Makes the directory, and the ones above it that are missing, with mode 0700. One that exists is checked through its
  /// descriptor and never changed.
  /// - Throws: `JournalError` with what to do.
  static func make(_ path: String) throws(JournalError) {
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    if access(path, F_OK) != 0, !parent.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: "/" + parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    if mkdir(path, 0o700) != 0, errno != EEXIST {
      throw JournalError("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw JournalError("\(path) is not a directory of its own (\(String(cString: strerror(errno)))); move it away")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw JournalError("\(path) cannot be looked at: \(String(cString: strerror(errno)))")
    }
    guard status.st_uid == geteuid() else {
      throw JournalError("\(path) belongs to another user; move it away")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw JournalError("\(path) is open to other users; run: chmod 700 \(path)")
    }
    if let type = fileSystem(of: status.st_dev), remoteFileSystems.contains(type) || type.hasPrefix("fuse") {
      throw JournalError("\(path) is on a \(type) file system, where the journal is not safe")
    }
  }

  /// The type of the file system of a device (linux: proc_pid_mountinfo(5)); nil when it is not listed.
  private static func fileSystem(of device: dev_t) -> Substring? {
    // glibc: gnu_dev_major and gnu_dev_minor, which are macros.
    let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
    let minor = device & 0xff | (device >> 12) & ~0xff
    let number = "\(major):\(minor)"
    guard let bytes = whole("/proc/self/mountinfo") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 6, fields[2] == number, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
        continue
      }
      return fields[dash + 1]
    }
    return nil
  }
  /// All of a file that the kernel makes as it is read. It says that it has no size, and Foundation then reads one page.
  static func whole(_ path: String) -> Data? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    return try? file.readToEnd()
  }
}
