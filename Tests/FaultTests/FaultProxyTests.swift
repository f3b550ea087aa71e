import Foundation
import TestKit
import Testing

/// The proxy's toxics, seen by a client on a plain socket.
@Suite struct FaultProxyTests {
  private static let body = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private func server() throws -> ScenarioServer {
    try ScenarioServer { _, _ in .raw(Self.body, then: .cut) }
  }

  /// Connects, asks once, and reads until the connection ends.
  private static func fetch(_ port: UInt16) async -> (bytes: [UInt8], error: Int32) {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let client = RawClient(port)
        client.ask()
        continuation.resume(returning: client.readToTheEnd())
      }
    }
  }

  @Test func withoutToxicsEverythingPasses() async throws {
    let server = try server()
    let proxy = try FaultProxy(to: server.port)
    #expect(await Self.fetch(proxy.port).bytes == Self.body)
    #expect(proxy.accepted == 1)
    proxy.close()
    server.stop()
  }

  @Test func slicesLatencyAndBandwidthLoseNothing() async throws {
    let server = try server()
    let proxy = try FaultProxy(to: server.port, pace: 10)
    let clock = ContinuousClock()
    for (toxics, least) in [
      ([Toxic.slices(1...5)], Duration.zero), ([.latency(.seconds(2), jitter: .seconds(1))], .milliseconds(100)),
      // 40,000 bytes, of which a tenth of a second's worth may come at once.
      ([.bandwidth(bytesPerSecond: 20_000)], .milliseconds(150)),
      ([.slices(1...5), .latency(.milliseconds(10), jitter: .milliseconds(10))], .zero),
    ] {
      proxy.set(toxics, .down)
      let began = clock.now
      #expect(await Self.fetch(proxy.port).bytes == Self.body, "\(toxics)")
      #expect(began.duration(to: clock.now) >= least, "\(toxics)")
    }
    proxy.close()
    server.stop()
  }

  @Test func aLimitCutsAtTheSamePlaceForTheSameSeed() async throws {
    let server = try server()
    func lengths(_ seed: UInt64) async throws -> [Int] {
      let proxy = try FaultProxy(to: server.port, seed: seed)
      defer { proxy.close() }
      proxy.set([.limit(1...39_000)], .down)
      var lengths: [Int] = []
      for _ in 0..<5 { lengths.append(await Self.fetch(proxy.port).bytes.count) }
      return lengths
    }
    let first = try await lengths(3)
    #expect(try await lengths(3) == first)
    #expect(try await lengths(4) != first)
    #expect(Set(first).count > 3 && first.allSatisfy { (1...39_000).contains($0) })
    server.stop()
  }

  @Test func aResetIsAReset() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    let proxy = try FaultProxy(to: server.port, pace: 10)
    proxy.set([.reset(after: .milliseconds(10)...Duration.seconds(1))], .up)
    #expect(await Self.fetch(proxy.port).error == ECONNRESET)
    proxy.close()
    server.stop()
  }

  /// A connection of this process that lived on in a program kept its other end waiting, and its port taken.
  @Test func aProgramThatIsStartedMeanwhileInheritsNoConnection() async throws {
    let server = try server()
    let client = RawClient(server.port)
    client.ask()
    try await eventually("the connection", within: .seconds(20)) { server.requests.count == 1 ? true : nil }
    let open = try await Program.check(["ls", "-l", "/proc/self/fd"])
    #expect(open.contains("/output"))
    #expect(!open.contains("socket:"), "\(open)")
    server.stop()
  }

  @Test func aHoldKeepsEverythingBackUntilItIsTakenAway() async throws {
    let server = try server()
    let proxy = try FaultProxy(to: server.port)
    proxy.set([.hold(forGood: false)], .up)
    async let answer = Self.fetch(proxy.port)
    try await eventually("the connection", within: .seconds(20)) { proxy.open == 1 ? true : nil }
    #expect(server.requests.isEmpty)
    proxy.clear()
    #expect(await answer.bytes == Self.body)
    proxy.close()
    server.stop()
  }

  @Test func aHoldForGoodLastsAndSparesNewConnections() async throws {
    let server = try server()
    let proxy = try FaultProxy(to: server.port)
    proxy.set([.hold(forGood: true)], .up)
    let held = RawClient(proxy.port)
    held.ask()
    try await eventually("the connection", within: .seconds(20)) { proxy.open == 1 ? true : nil }
    proxy.clear()
    #expect(await Self.fetch(proxy.port).bytes == Self.body)
    #expect(server.requests.count == 1)
    proxy.close()
    server.stop()
  }

  @Test func aSlowCloseComesLater() async throws {
    let server = try server()
    let proxy = try FaultProxy(to: server.port, pace: 10)
    proxy.set([.slowClose(.seconds(2))], .down)
    let clock = ContinuousClock()
    let began = clock.now
    #expect(await Self.fetch(proxy.port).bytes == Self.body)
    #expect(began.duration(to: clock.now) >= .milliseconds(200))
    proxy.close()
    server.stop()
  }
}

/// A blocking socket.
private final class RawClient: Sendable {
  private let descriptor: Int32

  init(_ port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // A client that waits for ever would keep all tests from ending.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let descriptor = descriptor
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  deinit { close(descriptor) }

  func ask() {
    let bytes = Array("GET / HTTP/1.1\r\nHost: test\r\n\r\n".utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func readToTheEnd() -> (bytes: [UInt8], error: Int32) {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0 { return (all, errno) }
      if count == 0 { return (all, 0) }
      all += buffer[..<count]
    }
  }
}
