import Glibc

/// Reads small files without blocking on what is not a regular file (E-K02, E-C08).
enum RegularFile {
  enum Failure: Error, Equatable {
    case missing, notRegular, tooLarge(limit: Int), unreadable(String)

    var sentence: String {
      switch self {
      case .missing: "no such file"
      case .notRegular: "is not a regular file"
      case .tooLarge(let limit): "is larger than \(limit >> 10) KiB"
      case .unreadable(let reason): "cannot be read: \(reason)"
      }
    }
  }

  static func read(_ path: String, limit: Int) -> Result<[UInt8], Failure> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      return .failure(errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno))))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .failure(.unreadable(String(cString: strerror(errno)))) }
    guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notRegular) }
    guard status.st_size <= limit else { return .failure(.tooLarge(limit: limit)) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return .success(bytes) }
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(.unreadable(String(cString: strerror(errno))))
      }
      bytes += buffer[0..<count]
      if bytes.count > limit { return .failure(.tooLarge(limit: limit)) }
    }
  }
}
