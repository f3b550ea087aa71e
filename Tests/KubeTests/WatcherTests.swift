import GitOps
import HTTP
import Kube
import Synchronization
import TestKit
import Testing

/// The watcher against a server that plays a scenario: which requests go out, and what the store holds in the end.
@Suite struct WatcherTests {
  /// A store as naive as can be.
  final class Model: Sendable {
    private struct State {
      var objects: [String: String] = [:]
      var links: [String] = []
      var waiters: [(want: String, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var contents: String {
      state.withLock { $0.objects.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" }.joined(separator: " ") }
    }
    var links: [String] { state.withLock { $0.links } }

    func apply(_ change: Change) {
      let due = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        switch change {
        case .replaceAll(_, let objects):
          state.objects = Dictionary(uniqueKeysWithValues: objects.map { ($0.ref.name, $0.resourceVersion) })
        case .upsert(_, let object): state.objects[object.ref.name] = object.resourceVersion
        case .remove(_, let object): state.objects[object.ref.name] = nil
        case .link(_, let link): state.links.append(link.word)
        }
        let text = state.objects.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" }.joined(separator: " ")
        let last = state.links.last ?? ""
        let due = state.waiters.filter { $0.want == text || $0.want == last }
        state.waiters.removeAll { $0.want == text || $0.want == last }
        return due.map(\.continuation)
      }
      for waiter in due { waiter.resume() }
    }

    /// Waits until the store holds exactly this, or the link has this word.
    func becomes(_ want: String) async {
      await withCheckedContinuation { continuation in
        let isSo = state.withLock { state in
          let text = state.objects.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" }.joined(separator: " ")
          if text == want || state.links.last == want { return true }
          state.waiters.append((want, continuation))
          return false
        }
        if isSo { continuation.resume() }
      }
    }
  }

  private let network = Network()
  private let clock = ManualClock()
  private let model = Model()

  private func run(_ server: ScenarioServer, credentials: any CredentialSource = FixedCredential()) throws -> Task<
    Void, Never
  > {
    let reader = try Samples.reader(server, network: network, gate: .readOnly(), credentials: credentials)
    let watcher = Watcher(stream: Samples.stream, reader: reader, clock: clock, seed: 11)
    return Task { [model] in await watcher.run { model.apply($0) } }
  }

  private func words(_ server: ScenarioServer) -> [String] {
    server.requests.map { request in
      let query = request.query
      if query["watch"] != nil { return "watch \(query["resourceVersion"] ?? "-")" }
      let version = query["resourceVersion"].map { " \($0)" } ?? ""
      let match = query["resourceVersionMatch"].map { " \($0)" } ?? ""
      let token = query["continue"].map { " continue \($0)" } ?? ""
      return "list\(version)\(match)\(token)\(query["limit"] == nil ? " whole" : "")"
    }
  }

  @Test func E_P17_aStreamThatBeginsAgainTakesNothingOlderThanWhatItHad() async throws {
    let server = try ScenarioServer { request, number in
      if request.query["watch"] != nil { return .silence }
      return Samples.list([Samples.json("a", "\(number)")], version: "L\(number)")
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    for round in 0..<2 {
      let watcher = Watcher(stream: Samples.stream, reader: reader, clock: clock, seed: 11)
      let task = Task { [model] in await watcher.run { model.apply($0) } }
      await server.arrived(2 * round + 2)
      task.cancel()
      await task.value
    }
    #expect(words(server) == ["list 0", "watch L0", "list L0 NotOlderThan", "watch L2"])
  }

  @Test func followsAListAndItsWatch() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, _ in
      request.query["watch"] == nil
        ? Samples.list([Samples.json("a", "1"), Samples.json("b", "2")], version: "L1") : .feed(feed)
    }
    defer { server.stop() }
    let task = try run(server)
    await model.becomes("a@1 b@2")
    feed.line(Samples.event("ADDED", Samples.json("c", "3")))
    feed.line(Samples.event("MODIFIED", Samples.json("a", "4")))
    feed.line(Samples.event("DELETED", Samples.json("b", "5")))
    await model.becomes("a@4 c@3")
    task.cancel()
    await task.value
    let watch = server.requests[1]
    #expect(watch.path == Samples.path)
    #expect(watch.query["allowWatchBookmarks"] == "true")
    #expect((240...290).contains(watch.query["timeoutSeconds"].flatMap { Int($0) } ?? 0))
    #expect(words(server) == ["list 0", "watch L1"])
    #expect(Set(model.links) == ["connecting", "live"])
    feed.end(.hold)
    await server.departed(1)
  }

  /// It used to ask again at once and for ever, which kept the program from ending.
  @Test(.timeLimit(.minutes(1))) func endsWhenTheNetworkIsShutDown() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, _ in
      request.query["watch"] == nil ? Samples.list([Samples.json("a", "1")], version: "L1") : .feed(feed)
    }
    defer { server.stop() }
    let own = Network()
    let reader = try Samples.reader(server, network: own, gate: .readOnly(), credentials: FixedCredential())
    let task = Task { [model] in
      await Watcher(stream: Samples.stream, reader: reader, clock: clock, seed: 11).run { model.apply($0) }
    }
    await model.becomes("a@1")
    feed.line(Samples.event("MODIFIED", Samples.json("a", "2")))
    await model.becomes("a@2")
    own.shutdown()
    await task.value
    feed.end(.hold)
  }

  @Test func E_W01_watchesAgainFromTheLastVersionWhereverTheStreamIsCut() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([], version: "L1")
      // Cut inside an object: what is not whole is not taken.
      case 1:
        .raw(
          Array(
            ("HTTP/1.1 200 OK\r\n\r\n" + Samples.event("ADDED", Samples.json("a", "w1")) + "\n"
              + Samples.event("ADDED", Samples.json("b", "w2")).prefix(60)).utf8), then: .cut)
      case 2: .lines([Samples.bookmark("w3")], then: .complete)
      case 3: .lines([Samples.event("ADDED", Samples.json("b", "w4"))], then: .cut)
      default: .lines([Samples.event("MODIFIED", Samples.json("b", "w5"))], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await model.becomes("a@w1 b@w5")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "watch L1", "watch w1", "watch w3", "watch w4"])
    #expect(Set(model.links) == ["connecting", "live"])
  }

  @Test func A2_readsListsPageByPageAndSwapsThemInWhole() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([Samples.json("a", "1")], version: "L", next: "t/1=")
      case 1: Samples.list([Samples.json("b", "2")], version: "L", next: "t/2=")
      case 2: Samples.list([Samples.json("c", "3")], version: "L")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await server.arrived(4)
    #expect(model.contents == "a@1 b@2 c@3")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "list continue t/1=", "list continue t/2=", "watch L"])
  }

  @Test func A7_E_P16_fetchesAllAtOnceWhenAContinueTokenExpires() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([Samples.json("a", "1")], version: "L", next: "t1")
      case 1: Samples.refusal(410, "Expired")
      case 2: Samples.list([Samples.json("a", "2"), Samples.json("b", "3")], version: "M")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await server.arrived(4)
    #expect(model.contents == "a@2 b@3")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "list continue t1", "list whole", "watch M"])
  }

  @Test(arguments: ["status", "event", "gone"])
  func A5_E_W02_E_P17_relistsWhenTheVersionExpired(how: String) async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([Samples.json("a", "1"), Samples.json("x", "1")], version: "L1")
      case 1:
        switch how {
        case "status": Samples.refusal(410, "Expired")
        case "event": .lines([Samples.event("ERROR", Samples.status(410, "Expired"))], then: .hold)
        default: .lines([Samples.event("ERROR", Samples.status(500, "Gone"))], then: .hold)
        }
      case 2: Samples.list([Samples.json("a", "2")], version: "L2")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await server.arrived(4)
    #expect(model.contents == "a@2")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "watch L1", "list L1 NotOlderThan", "watch L2"])
  }

  @Test func A6_listsWithoutAVersionWhenTheServerIsBehind() async throws {
    let behind =
      "{\"causes\":[{\"reason\":\"ResourceVersionTooLarge\",\"message\":\"Too large\"}],\"retryAfterSeconds\":1}"
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([], version: "L1")
      case 1: Samples.refusal(410, "Expired")
      case 2: Samples.refusal(504, "Timeout", details: behind)
      case 3: Samples.list([Samples.json("a", "1")], version: "L2")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await model.becomes("retrying")
    await clock.skip()
    await server.arrived(5)
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "watch L1", "list L1 NotOlderThan", "list", "watch L2"])
  }

  /// Skips a pause of the watcher, never the far end of a watch that is open for a moment.
  private func skipPause() async -> Duration {
    while true {
      await clock.sleepers(1)
      if let wake = clock.nextWake, wake < .seconds(200) {
        clock.advance(by: wake)
        return wake
      }
      await Task.yield()
    }
  }

  @Test func E_P08_E_P14_E_P15_keepsItsDataAndItsVersionThroughAnOutage() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([Samples.json("a", "1")], version: "L1")
      case 1: Samples.refusal(429, "TooManyRequests", headers: ["Retry-After: 7"])
      case 2: .answer(503, type: "text/html", body: Array("<html>down</html>".utf8))
      case 3: .answer(200, type: "text/html", body: Array("<html>log in</html>".utf8))
      case 4: .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8), then: .cut)
      default: .lines([Samples.event("ADDED", Samples.json("b", "2"))], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    var waits: [Duration] = []
    for _ in 0..<4 { waits.append(await skipPause()) }
    await model.becomes("a@1 b@2")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0"] + Array(repeating: "watch L1", count: 5))
    #expect(waits[0] >= .seconds(7) && waits[0] <= .milliseconds(8750))
    #expect(waits[1] >= .milliseconds(1600) && waits[1] <= .milliseconds(3200))
    #expect(waits[3] >= .milliseconds(6400) && waits[3] <= .milliseconds(12800))
    #expect(model.links == ["connecting", "live", "retrying", "retrying", "retrying", "live", "retrying", "live"])
  }

  @Test func E_P12_aForbiddenKindIsAskedForAgainAfterFiveMinutes() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.refusal(403, "Forbidden")
      case 1: Samples.list([Samples.json("a", "1")], version: "L1")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await model.becomes("forbidden")
    let wait = await clock.skip()
    #expect(wait >= .seconds(300) && wait <= .seconds(330))
    await model.becomes("live")
    task.cancel()
    await task.value
    #expect(model.contents == "a@1")
  }

  /// Gives a new token after each refusal.
  final class Renewing: CredentialSource {
    let count = Mutex(0)
    let limit: Int

    init(limit: Int) { self.limit = limit }

    func credential() async throws(APIError) -> Credential { .token("t\(count.withLock { $0 })") }

    func renewed(after credential: Credential) async throws(APIError) -> Credential? {
      count.withLock { $0 < limit ? ($0 += 1) : () }
      let new = try await self.credential()
      return new == credential ? nil : new
    }
  }

  @Test func E_P11_aRefusedCredentialIsRenewedOnceThenLeftAloneForAMinute() async throws {
    let server = try ScenarioServer { request, number in
      switch request.headers["authorization"] {
      case "Bearer t2": request.query["watch"] == nil ? Samples.list([], version: "L1") : .lines([], then: .hold)
      default: Samples.refusal(401, "Unauthorized")
      }
    }
    defer { server.stop() }
    let task = try run(server, credentials: Renewing(limit: 2))
    await model.becomes("auth needed")
    #expect(server.requests.count == 2)
    #expect(await clock.skip() >= .seconds(60))
    await server.arrived(5)
    task.cancel()
    await task.value
    #expect(
      server.requests.map { $0.headers["authorization"] ?? "" } == [
        "Bearer t0", "Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2",
      ])
  }

  @Test func A10_E_W14_aStreamThatWentSilentAfterABookmarkIsGivenUp() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([], version: "L1")
      case 1: .feed(feed)
      default: .lines([Samples.event("ADDED", Samples.json("a", "1"))], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await server.arrived(2)
    feed.line(Samples.bookmark("w1"))
    // The stream's own end, and the watch over its silence.
    await clock.sleepers(2)
    clock.advance(by: .seconds(149))
    #expect(server.requests.count == 2)
    clock.advance(by: .seconds(1))
    await model.becomes("a@1")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "watch L1", "watch w1"])
    feed.end(.cut)
  }

  @Test func endsAWatchThatTheServerDoesNotEnd() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([], version: "L1")
      case 1: .lines([], then: .hold)
      default: .lines([Samples.event("ADDED", Samples.json("a", "1"))], then: .hold)
      }
    }
    defer { server.stop() }
    let task = try run(server)
    await server.arrived(2)
    let life = await clock.skip()
    #expect(life >= .seconds(250) && life <= .seconds(300))
    await model.becomes("a@1")
    task.cancel()
    await task.value
    #expect(words(server) == ["list 0", "watch L1", "watch L1"])
  }

  @Test func E_P19_anObjectOfAnotherNamespaceIsNotTaken() async throws {
    let stream = StreamID(
      cluster: Samples.cluster, groupKind: Samples.kind, version: "v1", plural: "kustomizations", namespace: "shop")
    let server = try ScenarioServer { request, number in
      request.query["watch"] == nil
        ? Samples.list([Samples.json("a", "1", namespace: "shop"), Samples.json("b", "2")], version: "L1")
        : .lines(
          [
            Samples.event("ADDED", Samples.json("c", "3")),
            Samples.event("ADDED", Samples.json("d", "4", namespace: "shop")),
          ], then: .hold)
    }
    defer { server.stop() }
    let watcher = Watcher(
      stream: stream, reader: try Samples.reader(server, network: network), clock: clock, seed: 1)
    let task = Task { [model] in await watcher.run { model.apply($0) } }
    await model.becomes("a@1 d@4")
    task.cancel()
    await task.value
    #expect(server.requests[0].path == "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations")
  }

  @Test func aSlowTakerHoldsUpTheServerAndLosesNothing() async throws {
    let count = 2000
    let padding = String(repeating: "x", count: 20_000)
    let feed = ScenarioServer.Feed()
    for number in 0..<count {
      feed.line(
        Samples.event(
          "MODIFIED",
          "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"\(number)\",\"annotations\":{\"pad\":\"\(padding)\"}}}"))
    }
    let server = try ScenarioServer { request, _ in
      request.query["watch"] == nil ? Samples.list([], version: "L1") : .feed(feed)
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let watcher = Watcher(stream: Samples.stream, reader: reader, clock: clock, seed: 1)
    let seen = Mutex<[String]>([])
    let gate = AsyncStream.makeStream(of: Void.self)
    let task = Task { [model] in
      await watcher.run { change in
        guard case .upsert(_, let object) = change else { return }
        let isFirst = seen.withLock { seen in
          seen.append(object.resourceVersion)
          return seen.count == 1
        }
        if isFirst { for await _ in gate.stream { break } }
        model.apply(change)
      }
    }
    await server.arrived(2)
    gate.continuation.yield()
    await model.becomes("a@\(count - 1)")
    task.cancel()
    await task.value
    #expect(seen.withLock { $0 } == (0..<count).map(String.init))
    feed.end(.cut)
  }
}
