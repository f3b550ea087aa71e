#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the network asks of the system where a test must be able to answer: the rest is libcurl's.
struct SystemCalls: Sendable {
  /// The addresses of a name; nil: the system's resolver is asked.
  var addresses: @Sendable (String) -> [String]? = { _ in nil }
  /// `socket(2)`.
  var socket: @Sendable (_ family: Int32, _ type: Int32, _ protocol: Int32) -> Int32 = { family, type, number in
    #if canImport(Glibc)
      // Programs that are started meanwhile have no use for it.
      Glibc.socket(family, type | Int32(SOCK_CLOEXEC.rawValue), number)
    #else
      Darwin.socket(family, type, number)
    #endif
  }
  /// `pipe(2)`: both ends, or nil with `errno` set.
  var pipe: @Sendable () -> (read: Int32, write: Int32)? = {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      guard Glibc.pipe(&ends) == 0 else { return nil }
    #else
      guard Darwin.pipe(&ends) == 0 else { return nil }
    #endif
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    return (ends[0], ends[1])
  }

  /// Whether there is a descriptor left for a socket: libcurl does not tell this from other failures.
  var hasDescriptors: Bool {
    let descriptor = socket(AF_UNIX, SystemCalls.stream, 0)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0 || !SystemCalls.isExhaustion(errno)
  }

  static func isExhaustion(_ number: Int32) -> Bool { number == EMFILE || number == ENFILE }

  static let noDescriptors = "no file descriptors left"

  private static var stream: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }
}
