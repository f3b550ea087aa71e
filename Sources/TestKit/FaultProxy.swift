import Foundation
import Kube
import Synchronization

/// A TCP proxy on loopback between a client and a server, with toxics that can be set and taken away while connections
/// are open. One thread serves all of them with `poll(2)`. All random choices follow from the seed: the n-th connection
/// meets the same ones in every run.
public final class FaultProxy: Sendable {
  public enum Direction: Sendable, Hashable { case up, down }

  struct Settings: Sendable {
    var toxics: [Direction: [Toxic]] = [:]
    /// Changes with every setting, so that each connection meets a new one afresh.
    var generation = 0
    /// Numbers of the connections whose packets are thrown away.
    var deafened = 0..<0
    var isClosed = false
  }

  private let settings = Mutex(Settings())
  private let counts = Mutex<(accepted: Int, open: Int, generation: Int)>((0, 0, 0))
  private let wakeUp: (read: Int32, write: Int32)
  private let listener: Int32
  public let port: UInt16

  public var url: String { "http://127.0.0.1:\(port)" }
  /// Connections that clients made so far, and those that are open.
  public var accepted: Int { counts.withLock { $0.accepted } }
  public var open: Int { counts.withLock { $0.open } }

  /// - Parameters:
  ///   - upstream: the server's port on 127.0.0.1.
  ///   - seed: decides every random choice.
  ///   - pace: how many times faster than the wall's the test's clock runs.
  public init(to upstream: UInt16, seed: UInt64 = 1, pace: Int = 1) throws {
    (listener, port) = try Self.listen()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Missed("no pipe: \(String(cString: strerror(errno)))") }
    wakeUp = (ends[0], ends[1])
    for end in [ends[0], ends[1], listener] { Self.unblock(end) }
    let loop = FaultProxyLoop(
      listener: listener, wakeUp: ends[0], upstream: upstream, seed: seed, pace: pace,
      settings: { [weak self] in
        guard let self else { return nil }
        let settings = self.settings.withLock { $0 }
        return settings.isClosed ? nil : settings
      },
      count: { [weak self] accepted, open, generation in
        self?.counts.withLock { $0 = (accepted, open, generation) }
      })
    Thread.detachNewThread { loop.run() }
  }

  deinit { close() }

  /// Replaces the toxics of one direction. Connections that are open meet them too.
  public func set(_ toxics: [Toxic], _ direction: Direction) {
    change { settings in
      settings.toxics[direction] = toxics
    }
  }

  /// Takes all toxics away.
  public func clear() { change { $0.toxics = [:] } }

  /// From now on the kernel throws away every packet that clients send on the connections that are open: no
  /// acknowledgement, no FIN, no RST, as when a network goes away. New connections work.
  public func deafen() { change { $0.deafened = 0..<accepted + 1 } }

  /// Whether all open connections have taken over the last setting.
  public var isSettled: Bool { settings.withLock { $0.generation } == counts.withLock { $0.generation } }

  /// Resets every connection and stops.
  public func close() { change { $0.isClosed = true } }

  private func change(_ body: (inout Settings) -> Void) {
    settings.withLock { settings in
      if settings.isClosed { return }
      body(&settings)
      settings.generation += 1
      // Within the lock: the thread closes the pipe when it has seen the proxy closed.
      var byte: UInt8 = 1
      _ = write(wakeUp.write, &byte, 1)
      if settings.isClosed { _ = Foundation.close(wakeUp.write) }
    }
  }

  private static func listen() throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw Missed("no socket: \(String(cString: strerror(errno)))") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bare in
        bind(listener, bare, length) == 0 && Foundation.listen(listener, 256) == 0
          && getsockname(listener, bare, &length) == 0
      }
    }
    guard isBound else { throw Missed("no port: \(String(cString: strerror(errno)))") }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  static func unblock(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
}
