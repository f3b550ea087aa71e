import Foundation
import Kube

/// `struct sock_fprog` of linux/filter.h.
private struct FilterProgram {
  var length: UInt16
  var instructions: UnsafePointer<UInt64>
}

/// One connection through a fault proxy: a socket to the client, one to the server, and what is on its way between them.
final class ProxiedConnection {
  /// The n-th of its proxy.
  private let number: Int
  private let client: Int32
  private let server: Int32
  private let pace: Double
  private var random: SeededRandom
  private var up: Flow
  private var down: Flow
  private var generation = -1
  private var isForGood = false
  private var resetAt: Double?
  private(set) var isOver = false

  init(number: Int, client: Int32, random: SeededRandom, pace: Double) {
    self.number = number
    self.client = client
    self.pace = pace
    self.random = random
    server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    up = Flow(from: client, to: server, pace: pace)
    down = Flow(from: server, to: client, pace: pace)
    for descriptor in [client, server] {
      FaultProxy.unblock(descriptor)
      var on: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  func connect(to port: UInt16) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0, errno != EINPROGRESS { reset() }
  }

  /// Takes over new settings.
  func adopt(_ settings: FaultProxy.Settings, now: Double) {
    if isOver || generation == settings.generation { return }
    generation = settings.generation
    if settings.deafened.contains(number) { deafen() }
    if isForGood { return }
    resetAt = nil
    up.clear()
    down.clear()
    for (direction, toxics) in [
      (FaultProxy.Direction.up, settings.toxics[.up] ?? []), (.down, settings.toxics[.down] ?? []),
    ] {
      for toxic in toxics {
        switch toxic {
        case .hold(forGood: true): isForGood = true
        case .reset(let range):
          let (low, high) = (range.lowerBound / .milliseconds(1), range.upperBound / .milliseconds(1))
          resetAt = now + Double.random(in: low...high, using: &random) / pace
        default: break
        }
        if direction == .up { up.take(toxic, &random) } else { down.take(toxic, &random) }
      }
    }
  }

  /// Passes on what is due, and ends what is over.
  func act(now: Double) {
    if isOver { return }
    if let resetAt, resetAt <= now { return reset() }
    up.forward(now, &random)
    down.forward(now, &random)
    if up.isBroken || down.isBroken { return reset() }
    if up.isCut || down.isCut || (up.isFinished && down.isFinished) { end() }
  }

  var interests: [pollfd] {
    if isOver { return [] }
    var events: [Int32: Int16] = [:]
    for flow in [up, down] {
      if flow.wantsToRead { events[flow.source, default: 0] |= Int16(POLLIN) }
      if flow.isBlocked { events[flow.sink, default: 0] |= Int16(POLLOUT) }
    }
    return events.map { pollfd(fd: $0.key, events: $0.value, revents: 0) }
  }

  /// In milliseconds of the monotonic clock.
  var nextAction: Double? { [resetAt, up.nextAction, down.nextAction].compactMap { $0 }.min() }

  func take(_ ready: [Int32: Int16], now: Double) {
    if isOver { return }
    if let events = ready[client], events & Int16(POLLIN | POLLHUP | POLLERR) != 0 { up.read(now, &random) }
    if let events = ready[server], events & Int16(POLLIN | POLLHUP | POLLERR) != 0 { down.read(now, &random) }
    if let events = ready[client], events & Int16(POLLOUT) != 0 { down.isBlocked = false }
    if let events = ready[server], events & Int16(POLLOUT) != 0 { up.isBlocked = false }
  }

  /// RST in both directions.
  func reset() {
    if isOver { return }
    var now = linger(l_onoff: 1, l_linger: 0)
    for descriptor in [client, server] {
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
    end()
  }

  private func end() {
    isOver = true
    close(client)
    close(server)
  }

  /// A filter on the socket that accepts no packet: what TCP never sees it does not acknowledge.
  private func deafen() {
    // Nothing comes from there either.
    isForGood = true
    for flow in [\ProxiedConnection.up, \.down] { self[keyPath: flow].hold() }
    #if canImport(Glibc)
      // `ret #0` as a `struct sock_filter` (linux/filter.h), whose code is in its lowest bytes.
      var refuse = UInt64(0x06).littleEndian
      withUnsafePointer(to: &refuse) { pointer in
        var program = FilterProgram(length: 1, instructions: pointer)
        setsockopt(client, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<FilterProgram>.size))
      }
    #endif
  }
}
