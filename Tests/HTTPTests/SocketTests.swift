import Synchronization
import TestKit
import Testing

@testable import HTTP

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the system is told about every connection.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  #if canImport(Glibc)
    @Test func A9_E_W13_aPeerThatIsGoneIsFoundWithinSeventySeconds() async throws {
      let server = try ScenarioServer { _, _ in .lines([], then: .hold) }
      defer { server.stop() }
      let made = Mutex<[Int32]>([])
      var system = SystemCalls()
      let real = system.socket
      system.socket = { family, type, number in
        let descriptor = real(family, type, number)
        if family == AF_INET { made.withLock { $0.append(descriptor) } }
        return descriptor
      }
      let network = Network(system: system)
      let request = Request(
        .get, server.url + "/", target: .apiServer(base: server.url), channel: .stream, timeouts: .stream)
      guard case .streaming(let response) = try await network.stream(request, gate: .open) else {
        Issue.record("no stream")
        return
      }
      let descriptor = try #require(made.withLock { $0.first })
      func option(_ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, level, name, &value, &size)
        return value
      }
      #expect(option(SOL_SOCKET, SO_KEEPALIVE) == 1)
      let tcp = Int32(IPPROTO_TCP)
      // Nothing is sent on an idle watch: the first probe after 30 s, the last one 30 s later.
      #expect(option(tcp, TCP_KEEPIDLE) + option(tcp, TCP_KEEPINTVL) * option(tcp, TCP_KEEPCNT) <= 70)
      #expect(option(tcp, TCP_KEEPIDLE) == 30)
      #expect(option(tcp, TCP_KEEPCNT) == 3)
      #expect(option(tcp, TCP_USER_TIMEOUT) == 30_000)
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
      response.close()
    }
  #endif

  @Test func E_W15_aResetIsAnEndOfTheStream() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    try #require(isReady)
    let base = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    let request = Request(.get, base + "/", target: .apiServer(base: base), channel: .stream, timeouts: .stream)
    let network = Network()
    let start = Task { try await network.stream(request, gate: .open) }
    // The connection is in the queue by the time the request is there to be read.
    let connection = await Task.detached { accept(listener, nil, nil) }.value
    var room = [UInt8](repeating: 0, count: 4096)
    _ = recv(connection, &room, room.count, 0)
    let answer = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n2\r\ntw\r\n".utf8)
    _ = send(connection, answer, answer.count, 0)
    guard case .streaming(let response) = try await start.value else {
      Issue.record("no stream")
      return
    }
    #expect(try await response.nextLine() == Array("one".utf8))
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close(connection)
    let error = await #expect(throws: HTTPError.self) { try await response.nextLine() }
    #expect(error?.kind == .cut)
    #expect(error?.cause == "the connection was lost: connection reset by peer")
  }
}
