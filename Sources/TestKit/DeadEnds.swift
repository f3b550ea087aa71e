import Foundation
import Synchronization

/// A loopback port to which packets go and from which none come: the queue of its connections is full and nobody empties
/// it, so the system drops every further SYN (tcp(7): tcp_abort_on_overflow is off). For the one who connects that is a
/// host behind a firewall that drops.
public final class BlackHole: Sendable {
  public let port: UInt16
  private let listener: LoopbackListener
  private let fillers: [Int32]

  public init() throws {
    let listener = try LoopbackListener(backlog: 0)
    port = listener.port
    self.listener = listener
    // One more than the backlog is taken (listen(2)); the others stay on their way in.
    fillers = (0..<4).map { _ in
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      _ = LoopbackListener.withAddress(listener.port) { connect(filler, $0, $1) }
      return filler
    }
  }

  deinit { for filler in fillers { close(filler) } }
}

/// A loopback port that takes every connection and never says a word.
public final class SilentHost: Sendable {
  public let port: UInt16
  private let listener: LoopbackListener
  private let connections = Mutex<[Int32]>([])

  /// How many connections were made.
  public var count: Int { connections.withLock { $0.count } }

  public init() throws {
    let listener = try LoopbackListener()
    port = listener.port
    self.listener = listener
    let descriptor = listener.descriptor
    // It blocks, so it is not one of the concurrency pool's. It must not keep the host alive.
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        guard let self else {
          close(connection)
          return
        }
        self.connections.withLock { $0.append(connection) }
      }
    }
  }

  deinit {
    listener.shutDown()
    for connection in connections.withLock({ $0 }) { close(connection) }
  }
}

/// A socket that listens on loopback; closed with its owner.
final class LoopbackListener: Sendable {
  let port: UInt16
  let descriptor: Int32

  private let place: ReservedPort

  init(backlog: Int32 = 128) throws {
    place = try ReservedPort()
    port = place.port
    descriptor = place.descriptor
    guard listen(descriptor, backlog) == 0 else { throw Missed("cannot listen: \(String(cString: strerror(errno)))") }
  }

  /// Wakes whoever waits in `accept`.
  func shutDown() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  static func withAddress<T>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
