#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads configuration files: regular files of at most 1 MiB, never blocking on a pipe or a device (E-K02).
enum SmallFile {
  struct Unreadable: Error {
    /// Reads behind the file's name: `is a directory`.
    let reason: String
    let isMissing: Bool
  }

  struct Contents {
    let bytes: [UInt8]
    let isWritableByOthers: Bool
    let isOwnedByOther: Bool
  }

  static let limit = 1 << 20

  static func read(_ path: String) throws(Unreadable) -> Contents {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Unreadable(reason: "is a directory", isMissing: false)
    default: throw Unreadable(reason: "is not a regular file", isMissing: false)
    }
    guard status.st_size <= limit else { throw tooLarge }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Self.read(descriptor, &chunk)
      if count < 0 { throw failure(errno) }
      if count == 0 { break }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw tooLarge }
    }
    return Contents(
      bytes: bytes, isWritableByOthers: status.st_mode & S_IWOTH != 0,
      isOwnedByOther: status.st_uid != geteuid() && status.st_uid != 0)
  }

  private static func read(_ descriptor: Int32, _ chunk: inout [UInt8]) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
      #else
        let count = Darwin.read(descriptor, &chunk, chunk.count)
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  private static var tooLarge: Unreadable { Unreadable(reason: "is larger than 1 MiB", isMissing: false) }

  private static func failure(_ number: Int32) -> Unreadable {
    switch number {
    case ENOENT, ENOTDIR: Unreadable(reason: "does not exist", isMissing: true)
    case EACCES, EPERM: Unreadable(reason: "may not be read", isMissing: false)
    default: Unreadable(reason: "cannot be read (\(String(cString: strerror(number)).lowercased()))", isMissing: false)
    }
  }
}
