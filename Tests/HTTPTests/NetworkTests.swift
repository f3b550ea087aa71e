import Foundation
import HTTP
import TestKit
import Testing

@Suite struct NetworkTests {
  private let network = Network()

  private func get(_ server: ScenarioServer, _ path: String = "/", channel: Request.Channel = .short) -> Request {
    Request(
      .get, server.url + path, target: .apiServer(base: server.url), channel: channel,
      timeouts: channel == .stream ? .stream : Timeouts())
  }

  private func error(_ body: () async throws(HTTPError) -> Void) async -> HTTPError? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test func readsWholeAnswersOverOneConnection() async throws {
    let server = try ScenarioServer { _, number in
      .answer(number == 0 ? 200 : 404, headers: ["X-Number: \(number)"], body: Array("body \(number)".utf8))
    }
    defer { server.stop() }
    let first = try await network.send(get(server, "/a?b=c"), gate: .open)
    let second = try await network.send(get(server), gate: .open)
    #expect(first.status == 200)
    #expect(first.headers["x-number"] == "0")
    #expect(String(decoding: first.body, as: UTF8.self) == "body 0")
    #expect(second.status == 404)
    #expect(server.requests.map(\.target) == ["/a?b=c", "/"])
    #expect(server.connections == 1)
  }

  @Test func sendsMethodsHeadersAndBodiesAsGiven() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    for method in Request.Method.allCases {
      var request = get(server)
      request.method = method
      request.headers = [("Content-Type", "application/merge-patch+json"), ("Authorization", "Bearer abc")]
      request.body = method == .get ? nil : Array("{\"a\":\"ü\"}".utf8)
      _ = try await network.send(request, gate: .open)
    }
    #expect(server.requests.map(\.method) == ["GET", "POST", "PATCH", "PUT", "DELETE"])
    #expect(server.requests.map(\.text) == ["", "{\"a\":\"ü\"}", "{\"a\":\"ü\"}", "{\"a\":\"ü\"}", "{\"a\":\"ü\"}"])
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer abc" })
    #expect(server.requests.allSatisfy { $0.headers["content-type"] == "application/merge-patch+json" })
    #expect(server.requests.allSatisfy { $0.headers["expect"] == nil })
  }

  @Test func sendsNothingThatTheGateRefuses() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    var request = get(server, "/api/v1/namespaces/a/pods/b")
    request.method = .delete
    let error = await error { () throws(HTTPError) in _ = try await network.send(request, gate: .readOnly()) }
    #expect(error?.kind == .refusedByGate)
    #expect(server.connections == 0)
  }

  /// To another host, back to itself, to what only answers on the inside.
  @Test(arguments: [301, 302, 303, 307, 308])
  func E_P10_A19_followsNoRedirect(status: Int) async throws {
    let other = try ScenarioServer { _, _ in .json("{}") }
    let places = [
      "\(other.url)/stolen", "//127.0.0.1:\(other.port)/", "/again", "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
    ]
    let server = try ScenarioServer { _, number in
      .answer(status, headers: ["Location: \(places[number])"], body: [])
    }
    defer {
      server.stop()
      other.stop()
    }
    for (number, place) in places.enumerated() {
      var request = get(server)
      request.headers = [("Authorization", "Bearer s3cret")]
      let response = try await network.send(request, gate: .open)
      #expect(response.status == status)
      #expect(response.headers["location"] == place)
      #expect(server.requests.count == number + 1)
    }
    #expect(other.connections == 0)
  }

  @Test func unpacksGzip() async throws {
    // printf 'packed' | gzip -n
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 2, 3, 0x2b, 0x48, 0x4c, 0xce, 0x4e, 0x4d, 1, 0, 0x10, 0xb4, 0xf6, 0x21, 6, 0, 0,
      0,
    ]
    let server = try ScenarioServer { _, _ in .answer(200, headers: ["Content-Encoding: gzip"], body: packed) }
    defer { server.stop() }
    let response = try? await network.send(get(server), gate: .open)
    #expect(server.requests.first?.headers["accept-encoding"] == "gzip")
    #expect(response.map { String(decoding: $0.body, as: UTF8.self) } == "packed")
  }

  @Test func E_P07_limitsTheBodyByItsBytes() async throws {
    let server = try ScenarioServer { _, _ in .answer(200, body: [UInt8](repeating: 0x61, count: 3 << 20)) }
    defer { server.stop() }
    var request = get(server)
    request.limits.body = 2 << 20
    let error = await error { () throws(HTTPError) in _ = try await network.send(request, gate: .open) }
    #expect(error?.kind == .tooLarge)
    #expect(error?.description == "127.0.0.1:\(server.port): the answer is larger than 2 MiB")
  }

  @Test(arguments: [
    (100_000, 1, "the answer's headers are larger than 256 KiB"),
    (5000, 90, "the answer's headers are larger than 256 KiB"),
    (1, 1 << 20, "a header line of the answer is too long"),
  ])
  func E_P09_A21_limitsHeaders(count: Int, length: Int, words: String) async throws {
    let many = (0..<count).map { "X-\($0): \(String(repeating: "v", count: length))" }
    let server = try ScenarioServer { _, _ in .answer(200, headers: many, body: []) }
    defer { server.stop() }
    let error = await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) }
    #expect(error?.kind == .tooLarge)
    #expect(error?.cause == words)
  }

  @Test func E_P09_interimAnswersWithoutEndAreLimited() async throws {
    let one = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
    let server = try ScenarioServer { _, _ in
      .raw(Array(String(repeating: one, count: 20_000).utf8), then: .hold)
    }
    defer { server.stop() }
    let error = await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) }
    #expect(error?.kind == .tooLarge)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", HTTPError.Kind.cut),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc", .cut),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc", .cut),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", .cut),
    ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", .notHTTP),
    ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", .cut),
    ("HTTP/1.1 200 OK\r\nContent-Encoding: snappy\r\nContent-Length: 3\r\n\r\nabc", .cut), ("", .cut),
    ("SSH-2.0-OpenSSH_9.2\r\n", .notHTTP),
  ])
  func E_P09_E_P07_namesBrokenAnswers(bytes: String, kind: HTTPError.Kind) async throws {
    let server = try ScenarioServer { _, _ in .raw(Array(bytes.utf8), then: .cut) }
    defer { server.stop() }
    let error = await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) }
    #expect(error?.kind == kind)
    #expect(error?.host == "127.0.0.1:\(server.port)")
  }

  @Test func E_P09_whatIsBeyondTheLengthIsNotRead() async throws {
    // The rest must not be taken for the answer to the next request.
    let server = try ScenarioServer { _, number in
      number == 0
        ? .raw(
          Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 201 Smuggled\r\nContent-Length: 0\r\n\r\n".utf8),
          then: .complete)
        : .json("{}")
    }
    defer { server.stop() }
    let first = try await network.send(get(server), gate: .open)
    #expect(String(decoding: first.body, as: UTF8.self) == "{}")
    for _ in 0..<2 { #expect(try await network.send(get(server), gate: .open).status == 200) }
  }

  @Test func E_P07_aBombOfGzipStopsAtTheLimit() async throws {
    // 80 MiB of zeros in 80 KiB; the limit is that of a list page.
    let folder = try TemporaryFolder()
    try await Program.check([
      "sh", "-c", "head -c 83886080 /dev/zero | gzip -n >\"$0\"", folder.file("bomb"),
    ])
    let bomb = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("bomb"))))
    let server = try ScenarioServer { _, _ in .answer(200, headers: ["Content-Encoding: gzip"], body: bomb) }
    defer { server.stop() }
    let error = await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) }
    #expect(error?.kind == .tooLarge)
    #expect(error?.cause == "the answer is larger than 64 MiB")
  }

  @Test func A16_aReplacedClientCertificateUsesNoOldConnection() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, _ in request.path == "/watch" ? .feed(feed) : .json("{}") }
    defer { server.stop() }
    func request(_ certificate: String, _ path: String = "/", _ channel: Request.Channel = .short) -> Request {
      var request = get(server, path, channel: channel)
      request.tls.certificate = Array(certificate.utf8)
      return request
    }
    for _ in 0..<2 { _ = try await network.send(request("old"), gate: .open) }
    #expect(server.connections == 1)
    guard case .streaming(let watch) = try await network.stream(request("old", "/watch", .stream), gate: .open) else {
      Issue.record("no stream")
      return
    }
    _ = try await network.send(request("new"), gate: .open)
    #expect(server.connections == 3)
    // Nor does the old one again, once it is known that the connections are not to be used.
    network.renewConnections(to: server.url)
    _ = try await network.send(request("old"), gate: .open)
    #expect(server.connections == 4)
    feed.line("goes on until its owner ends it")
    #expect(try await watch.nextLine() != nil)
    watch.close()
    feed.end(.hold)
  }

  @Test func E_N04_saysThatNobodyListens() async throws {
    let nobody = try ReservedPort()
    defer { withExtendedLifetime(nobody) {} }
    let base = "http://127.0.0.1:\(nobody.port)"
    let error = await error { () throws(HTTPError) in
      _ = try await network.send(Request(.get, base + "/version", target: .apiServer(base: base)), gate: .open)
    }
    #expect(error?.kind == .connect)
    #expect(error?.description == "127.0.0.1:\(nobody.port): connection refused")
  }

  @Test func E_N02_saysThatTheServerDoesNotSpeakTLS() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let base = "https://127.0.0.1:\(server.port)"
    let error = await error { () throws(HTTPError) in
      _ = try await network.send(Request(.get, base + "/", target: .apiServer(base: base)), gate: .open)
    }
    #expect(error?.kind == .tls)
  }

  @Test func E_N02_E_N04_givesUpOnAHandshakeThatDoesNotGoOn() async throws {
    let dead = try DeadPort(isFull: false)
    let base = "https://127.0.0.1:\(dead.port)"
    var request = Request(.get, base + "/", target: .apiServer(base: base))
    request.timeouts.handshake = .milliseconds(50)
    // The second waits for the first one's connection, and fails with it.
    let all = await withTaskGroup(of: HTTPError?.self) { group in
      for _ in 0..<5 {
        group.addTask { [request] in
          await error { () throws(HTTPError) in _ = try await network.send(request, gate: .open) }
        }
      }
      return await group.reduce(into: [HTTPError?]()) { $0.append($1) }
    }
    #expect(all.allSatisfy { $0?.kind == .tls && $0?.cause == "the TLS handshake did not finish within 50 ms" })
  }

  @Test func E_N04_givesUpOnAHostThatDoesNotAnswerAtAll() async throws {
    let dead = try DeadPort(isFull: true)
    let base = "https://127.0.0.1:\(dead.port)"
    var request = Request(.get, base + "/", target: .apiServer(base: base))
    request.timeouts.connect = .milliseconds(50)
    let error = await error { () throws(HTTPError) in _ = try await network.send(request, gate: .open) }
    #expect(error?.kind == .connect)
    #expect(error?.cause == "not reachable: no connection within 50 ms")
  }

  @Test func E_N04_givesUpOnSilence() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    defer { server.stop() }
    var request = get(server)
    request.timeouts.start = .milliseconds(50)
    let error = await error { () throws(HTTPError) in _ = try await network.send(request, gate: .open) }
    #expect(error?.kind == .timeout)
    #expect(error?.cause == "no answer within 50 ms")
    await server.departed(1)
  }

  @Test func E_N06_givesUpWhenBytesStopComing() async throws {
    let server = try ScenarioServer { _, _ in .lines(["one"], then: .hold) }
    defer { server.stop() }
    var request = get(server)
    request.timeouts.idle = .milliseconds(50)
    let error = await error { () throws(HTTPError) in _ = try await network.send(request, gate: .open) }
    #expect(error?.cause == "no byte for 50 ms")
  }

  @Test func E_N04_aSilentServerDoesNotHoldUpAnother() async throws {
    let silent = try ScenarioServer { _, _ in .silence }
    let lively = try ScenarioServer { _, _ in .json("{}") }
    defer {
      silent.stop()
      lively.stop()
    }
    let waiting = (0..<50).map { _ in Task { try await network.send(get(silent), gate: .open) } }
    await silent.arrived(40)
    for _ in 0..<20 { #expect(try await network.send(get(lively), gate: .open).status == 200) }
    for task in waiting { task.cancel() }
    for task in waiting { #expect(await task.result.isCancelled) }
  }

  @Test func cancellingATaskEndsItsTransfer() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    defer { server.stop() }
    let task = Task { try await network.send(get(server), gate: .open) }
    await server.arrived(1)
    task.cancel()
    #expect(await task.result.isCancelled)
    await server.departed(1)
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await network.send(get(server), gate: .open)
    }
    task.cancel()
    #expect(await task.result.isCancelled)
    #expect(try await network.send(get(server), gate: .open).status == 200)
    #expect(server.requests.count == 1)
  }

  @Test func writesAreNotRepeatedOnADeadConnection() async throws {
    // The server answers once, then closes the kept connection when the next request arrives on it.
    let server = try ScenarioServer { request, _ in
      request.method == "GET" ? .json("{}") : .raw([], then: .cut)
    }
    defer { server.stop() }
    _ = try await network.send(get(server), gate: .open)
    var write = get(server)
    write.method = .patch
    write.body = Array("{}".utf8)
    let error = await error { () throws(HTTPError) in _ = try await network.send(write, gate: .open) }
    #expect(error?.kind == .cut)
    #expect(server.requests.map(\.method) == ["GET", "PATCH"])
  }

  @Test func goesThroughAProxyAndSaysWhatItRefuses() async throws {
    let proxy = try ScenarioServer { request, _ in
      request.method == "CONNECT" ? .answer(407, type: "text/html", body: []) : .json("{}")
    }
    defer { proxy.stop() }
    func request(_ base: String, proxy: String) -> Request {
      Request(.get, base + "/version", target: .apiServer(base: base), proxy: proxy)
    }
    let address = "http://user:p4ss@127.0.0.1:\(proxy.port)"
    // A tunnel also where the server speaks no TLS: the proxy sees nothing of the request.
    let plain = await error { () throws(HTTPError) in
      _ = try await network.send(request("http://plain.example.com", proxy: address), gate: .open)
    }
    #expect(plain?.kind == .connect)
    #expect(proxy.requests[0].target == "plain.example.com:80")
    let error = await error { () throws(HTTPError) in
      _ = try await network.send(request("https://tls.example.com", proxy: address), gate: .open)
    }
    #expect(proxy.requests[1].target == "tls.example.com:443")
    #expect(error?.kind == .connect)
    #expect(
      error?.description.hasPrefix("tls.example.com:443: the proxy refused: ") == true, "\(error?.description ?? "")")
    let odd = await self.error { () throws(HTTPError) in
      _ = try await network.send(
        request("https://tls.example.com", proxy: "ftp://user:p4ss@127.0.0.1:\(proxy.port)"), gate: .open)
    }
    #expect(odd?.kind == .connect)
    for text in [error, odd].compactMap({ $0?.description }) { #expect(!text.contains("p4ss")) }
  }

  @Test func refusesAfterShutdown() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    defer { server.stop() }
    let running = Task { try await network.send(get(server), gate: .open) }
    await server.arrived(1)
    network.shutdown()
    #expect(await running.result.isCancelled)
    let error = await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) }
    #expect(error?.kind == .cancelled)
  }

  /// What was posted in the same moment as the end was taken with it and never answered.
  @Test func answersEverybodyWhoAsksWhileItShutsDown() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    defer { server.stop() }
    for _ in 0..<50 {
      let network = Network()
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<20 {
          group.addTask { [self] in
            await error { () throws(HTTPError) in _ = try await network.send(get(server), gate: .open) } != nil
          }
        }
        group.addTask {
          network.shutdown()
          return true
        }
        for await isAnswered in group { #expect(isAnswered) }
      }
    }
  }
}

extension Result where Success == Response, Failure == any Error {
  var isCancelled: Bool {
    if case .failure(let error) = self { (error as? HTTPError)?.kind == .cancelled } else { false }
  }
}
