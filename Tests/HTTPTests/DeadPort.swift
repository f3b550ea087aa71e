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

  /// - Parameters:
  ///   - isFull: the queue is full too, so that not even a connection comes about.
  ///   - port: 0 takes a free one.
  init(isFull: Bool, family: Int32 = AF_INET, port wanted: UInt16 = 0) throws {
    let listener = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    var storage = sockaddr_storage()
    var length = socklen_t(
      family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
    var fillers: [Int32] = []
    let isReady = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        // Both kinds of addresses have family and port in the same place.
        $0.pointee.sin_family = sa_family_t(family)
        $0.pointee.sin_port = wanted.bigEndian
        if family == AF_INET { $0.pointee.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian }
      }
      if family == AF_INET6 {
        pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_addr = in6addr_loopback }
      }
      return pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        guard bind(listener, bare, length) == 0, listen(listener, isFull ? 0 : 128) == 0,
          getsockname(listener, bare, &length) == 0
        else { return false }
        for _ in 0..<(isFull ? 8 : 0) {
          let filler = socket(family, Int32(SOCK_STREAM.rawValue), 0)
          _ = fcntl(filler, F_SETFL, O_NONBLOCK)
          _ = connect(filler, bare, length)
          fillers.append(filler)
        }
        return true
      }
    }
    guard isReady else {
      close(listener)
      throw Missed("no port")
    }
    self.listener = listener
    self.fillers = fillers
    port = withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }

  deinit { for descriptor in fillers + [listener] { close(descriptor) } }
}
