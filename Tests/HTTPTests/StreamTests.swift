import HTTP
import TestKit
import Testing

@Suite struct StreamTests {
  /// Its transfers end with it: it has to outlive them.
  private let network = Network()

  private func open(_ server: ScenarioServer, change: (inout Request) -> Void = { _ in }) async throws
    -> StreamingResponse
  {
    var request = Request(
      .get, server.url + "/watch", target: .apiServer(base: server.url), channel: .stream, timeouts: .stream)
    change(&request)
    guard case .streaming(let response) = try await network.stream(request, gate: .open) else {
      throw Missed("no stream")
    }
    return response
  }

  @Test func handsOutLinesAsTheyArrive() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { _, _ in .feed(feed) }
    defer { server.stop() }
    let response = try await open(server)
    feed.line("one")
    #expect(try await response.nextLine() == Array("one".utf8))
    feed.bytes(Array("tw".utf8))
    feed.bytes(Array("o\nthr".utf8))
    #expect(try await response.nextLine() == Array("two".utf8))
    feed.end(.complete)
    #expect(try await response.nextLine() == nil)
    #expect(response.received == 11)
  }

  @Test func deliversAnUnfinishedLastLineOnlyWhenAskedTo() async throws {
    let server = try ScenarioServer { _, _ in .raw(Array("HTTP/1.1 200 OK\r\n\r\na\nb".utf8), then: .cut) }
    defer { server.stop() }
    let log = try await open(server) { $0.deliversUnterminatedLine = true }
    #expect(try await log.nextLine() == Array("a".utf8))
    #expect(try await log.nextLine() == Array("b".utf8))
    #expect(try await log.nextLine() == nil)
    let watch = try await open(server)
    #expect(try await watch.nextLine() == Array("a".utf8))
    #expect(try await watch.nextLine() == nil)
  }

  @Test func tellsACutFromAnEnd() async throws {
    let server = try ScenarioServer { _, _ in .lines(["one"], then: .cut) }
    defer { server.stop() }
    let response = try await open(server)
    #expect(try await response.nextLine() == Array("one".utf8))
    let error = await #expect(throws: HTTPError.self) { try await response.nextLine() }
    #expect(error?.kind == .cut)
  }

  @Test func givesTheWholeAnswerWhenItIsNoSuccess() async throws {
    let server = try ScenarioServer { _, _ in .json("{\n\"kind\":\"Status\"\n}", status: 410) }
    defer { server.stop() }
    let request = Request(.get, server.url + "/watch", target: .apiServer(base: server.url), channel: .stream)
    guard case .answer(let response) = try await network.stream(request, gate: .open) else {
      Issue.record("a stream")
      return
    }
    #expect(response.status == 410)
    #expect(String(decoding: response.body, as: UTF8.self) == "{\n\"kind\":\"Status\"\n}")
  }

  @Test func pausesWhatIsNotReadAndLosesNothing() async throws {
    // 64 MiB into a reader that does not read: far more than the sockets' buffers hold.
    let line = String(repeating: "x", count: 64 << 10)
    let count = 1024
    let feed = ScenarioServer.Feed()
    for number in 0..<count { feed.line("\(number) \(line)") }
    feed.end(.complete)
    let server = try ScenarioServer { request, _ in request.path == "/watch" ? .feed(feed) : .json("{}") }
    defer { server.stop() }
    let response = try await open(server)
    #expect(try await response.nextLine()?.starts(with: Array("0 x".utf8)) == true)
    // While it is paused the same network serves others, and the paused one has not taken all.
    let other = Request(.get, server.url + "/other", target: .apiServer(base: server.url))
    for _ in 0..<10 { #expect(try await network.send(other, gate: .open).status == 200) }
    #expect(response.received < 16 << 20)
    for number in 1..<count {
      #expect(try await response.nextLine()?.starts(with: Array("\(number) x".utf8)) == true)
    }
    #expect(try await response.nextLine() == nil)
  }

  @Test func handsOutBytesAsTheyComeWhenLinesAreNotCut() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { _, _ in .feed(feed) }
    defer { server.stop() }
    // No line is this long: the limit is none for bytes.
    let response = try await open(server) {
      $0.cutsLines = false
      $0.limits.line = 4
    }
    let bytes: [UInt8] = [0, 10, 13, 10, 255, 7, 7, 7]
    feed.bytes(bytes)
    feed.end(.complete)
    var received: [UInt8] = []
    while let chunk = try await response.nextChunk() {
      #expect(!chunk.isEmpty)
      received += chunk
    }
    #expect(received == bytes)
  }

  @Test func pausesBytesThatAreNotReadAndLosesNone() async throws {
    let feed = ScenarioServer.Feed()
    let piece = [UInt8](repeating: 7, count: 64 << 10)
    for _ in 0..<512 { feed.bytes(piece) }
    feed.end(.complete)
    let server = try ScenarioServer { _, _ in .feed(feed) }
    defer { server.stop() }
    let response = try await open(server) { $0.cutsLines = false }
    var count = try await response.nextChunk()?.count ?? 0
    #expect(response.received < 16 << 20)
    while let chunk = try await response.nextChunk() { count += chunk.count }
    #expect(count == 512 * piece.count)
  }

  @Test func E_W09_A21_limitsALine() async throws {
    let server = try ScenarioServer { _, _ in .lines(["short", String(repeating: "x", count: 3000)], then: .hold) }
    defer { server.stop() }
    let response = try await open(server) { $0.limits.line = 2000 }
    #expect(try await response.nextLine() == Array("short".utf8))
    let error = await #expect(throws: HTTPError.self) { try await response.nextLine() }
    #expect(error?.kind == .tooLarge)
    await server.departed(1)
  }

  @Test func closingEndsTheReaderAndTheTransfer() async throws {
    let server = try ScenarioServer { _, _ in .lines([], then: .hold) }
    defer { server.stop() }
    let response = try await open(server)
    let reader = Task { try await response.nextLine() }
    response.close()
    await #expect(throws: HTTPError.self) { try await reader.value }
    await server.departed(1)
  }

  @Test func cancellingTheReaderEndsTheTransfer() async throws {
    let server = try ScenarioServer { _, _ in .lines(["one"], then: .hold) }
    defer { server.stop() }
    let response = try await open(server)
    #expect(try await response.nextLine() == Array("one".utf8))
    let reader = Task { try await response.nextLine() }
    reader.cancel()
    await #expect(throws: HTTPError.self) { try await reader.value }
    await server.departed(1)
  }

  @Test func lettingGoOfTheAnswerEndsTheTransfer() async throws {
    let server = try ScenarioServer { _, _ in .lines(["one"], then: .hold) }
    defer { server.stop() }
    var response: StreamingResponse? = try await open(server)
    #expect(try await response?.nextLine() == Array("one".utf8))
    response = nil
    await server.departed(1)
  }

  @Test func E_W11_aStreamThatDoesNotStartIsGivenUp() async throws {
    let server = try ScenarioServer { _, _ in .silence }
    defer { server.stop() }
    let error = await #expect(throws: HTTPError.self) {
      _ = try await open(server) { $0.timeouts.start = .milliseconds(50) }
    }
    #expect(error?.kind == .timeout)
  }

  @Test func manyStreamsRunBesideEachOther() async throws {
    let server = try ScenarioServer { request, _ in .lines(["\(request.target)"], then: .hold) }
    defer { server.stop() }
    var responses: [StreamingResponse] = []
    for _ in 0..<120 { responses.append(try await open(server)) }
    for response in responses { #expect(try await response.nextLine() == Array("/watch".utf8)) }
    responses = []
    await server.departed(120)
  }
}
