import Foundation

/// A TCP port on 127.0.0.1 that nobody else gets while this lives, though nobody listens on it: connections are refused
/// until a server that reuses addresses takes it (Go's do, and `openssl s_server`). A port that was merely free a moment ago
/// may be another test's by now.
public final class ReservedPort: Sendable {
  public let port: UInt16
  let descriptor: Int32

  public init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Missed("no socket: \(String(cString: strerror(errno)))") }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        bind(descriptor, bare, length) == 0 && getsockname(descriptor, bare, &length) == 0
      }
    }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
    guard isBound else { throw Missed("no free port: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }
}
