import TestKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A loopback port that takes connections into its queue and never serves one.
final class DeadPort: Sendable {
  let port: UInt16
  private let listener: Int32
  private let fillers: [Int32]

  /// - Parameter isFull: the queue is full too, so that not even a connection comes about.
  init(isFull: Bool) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var fillers: [Int32] = []
    let isReady = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        guard bind(listener, bare, length) == 0, listen(listener, isFull ? 0 : 128) == 0,
          getsockname(listener, bare, &length) == 0
        else { return false }
        for _ in 0..<(isFull ? 8 : 0) {
          let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
          _ = fcntl(filler, F_SETFL, O_NONBLOCK)
          _ = connect(filler, bare, length)
          fillers.append(filler)
        }
        return true
      }
    }
    guard isReady else { throw Missed("no port") }
    self.listener = listener
    self.fillers = fillers
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { for descriptor in fillers + [listener] { close(descriptor) } }
}
