import FoundationEssentials
import GitOps
import HTTP
import Structured
import Synchronization
import TestKit
import Testing

@testable import Kube

/// Watches that are cut, odd, or do not end (abuse list, E-W), down to what the store holds.
@Suite(.timeLimit(.minutes(2))) struct HostileWatchTests {
  private let network = Network()
  private let clock = ManualClock()

  /// The real store, and what became of it.
  private final class Live: Sendable {
    private struct State {
      var store = Store()
      var deltas: [StoreDelta] = []
      var waiters: [(want: String, continuation: CheckedContinuation<Void, Never>)] = []
      var links: [String] = []
    }
    private let state = Mutex(State())
    private let keepsDeltas: Bool

    init(keepsDeltas: Bool = true) { self.keepsDeltas = keepsDeltas }

    private static func text(_ state: State) -> String {
      state.store.refs.compactMap { state.store.object($0) }.map { "\($0.ref.name)@\($0.resourceVersion)" }.sorted()
        .joined(separator: " ")
    }

    var contents: String { state.withLock { Self.text($0) } }
    var deltas: [StoreDelta] { state.withLock { $0.deltas } }
    var links: [String] { state.withLock { $0.links } }

    func apply(_ change: Change) {
      let due = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        if case .link(_, let link) = change { state.links.append(link.word) }
        let delta = state.store.apply(change)
        guard keepsDeltas || state.store.refs.count < 21 else { return [] }
        if keepsDeltas { state.deltas.append(delta) }
        let now = [Self.text(state), state.links.last ?? ""]
        let due = state.waiters.filter { now.contains($0.want) }
        state.waiters.removeAll { now.contains($0.want) }
        return due.map(\.continuation)
      }
      for waiter in due { waiter.resume() }
    }

    /// Waits until the store holds exactly this, or the link has this word.
    func becomes(_ want: String) async {
      await withCheckedContinuation { continuation in
        let isSo = state.withLock { state in
          if Self.text(state) == want || state.links.last == want { return true }
          state.waiters.append((want, continuation))
          return false
        }
        if isSo { continuation.resume() }
      }
    }
  }

  private func run(_ server: ScenarioServer, _ live: Live, _ stream: StreamID = Samples.stream) throws -> Task<
    Void, Never
  > {
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    let watcher = Watcher(stream: stream, reader: reader, clock: clock, seed: 11)
    return Task { await watcher.run { live.apply($0) } }
  }

  /// Skips a pause of the watcher, never the far end of a watch that is open for a moment.
  @discardableResult
  private func skipPause(_ expected: ClosedRange<Duration> = .milliseconds(500) ... .seconds(200)) async -> Duration {
    while true {
      await clock.sleepers(1)
      if let wake = clock.nextWake, expected.contains(wake) {
        clock.advance(by: wake)
        return wake
      }
      await Task.yield()
    }
  }

  /// A list of `a`, then this answer to the first watch, then a watch on which nothing happens.
  private func play(_ watch: ScenarioServer.Reply) throws -> ScenarioServer {
    let hasWatched = Mutex(false)
    return try ScenarioServer { request, _ in
      if request.query["watch"] == nil { return Samples.list([Samples.json("a", "1")], version: "L1") }
      let isFirst = hasWatched.withLock { seen in
        defer { seen = true }
        return !seen
      }
      return isFirst ? watch : .lines([], then: .hold)
    }
  }

  @Test func E_W01_aLineThatIsCutAnywhereIsNoEvent() async throws {
    // With an escape and a character of several bytes, so that cuts inside of them are tried too.
    let lines = ["x", "y"].map { name in
      Samples.event("ADDED", "{\"metadata\":{\"name\":\"\(name)\",\"annotations\":{\"é\":\"\\u00e9\\n\"}}}")
    }
    let text = Array(lines.map { "\($0)\n" }.joined().utf8)
    let server = try ScenarioServer { request, _ in
      let count = request.query["resourceVersion"].flatMap { Int($0) } ?? 0
      return .raw(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + text.prefix(count), then: .cut)
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    for count in 1...text.count {
      let watch = try await reader.watch(Samples.stream, .changes(since: String(count)), timeoutSeconds: 250)
      var events = 0
      while let event = try await watch.next() {
        guard case .added = event else {
          Issue.record("\(event) after \(count) bytes")
          break
        }
        events += 1
      }
      #expect(events == text.prefix(count).count { $0 == 0x0A })
    }
  }

  @Test(arguments: [
    ("{\"kind\":\"Status\",\"code\":500}", "retrying"), ("{\"kind\":\"Status\",\"code\":403}", "forbidden"),
    ("{\"kind\":\"Status\",\"code\":429,\"details\":{\"retryAfterSeconds\":7}}", "retrying"),
    ("{\"kind\":\"Status\"}", "retrying"), ("null", "retrying"), ("{\"kind\":\"Pod\"}", "retrying"),
    ("\"no\"", "retrying"), ("{\"kind\":\"Status\",\"code\":401}", "auth needed"),
  ])
  func E_W03_anErrorEventEndsTheStreamAndKeepsTheData(object: String, word: String) async throws {
    let server = try play(.lines([Samples.event("ERROR", object)], then: .hold))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes(word)
    await server.departed(1)
    #expect(live.contents == "a@1")
    await skipPause(word == "forbidden" ? .seconds(300) ... .seconds(330) : .milliseconds(500) ... .seconds(200))
    await server.arrived(3)
    #expect(server.requests.last?.query["resourceVersion"] == "L1")
    task.cancel()
    await task.value
  }

  @Test func E_W04_theOrderOfTheStreamCountsNotThatOfVersions() async throws {
    let server = try play(
      .lines(
        [
          Samples.event("MODIFIED", Samples.json("a", "900")), Samples.event("MODIFIED", Samples.json("a", "50")),
          Samples.event("ADDED", Samples.json("b", "7")),
        ], then: .complete))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("a@50 b@7")
    await server.arrived(3)
    #expect(server.requests.last?.query["resourceVersion"] == "7")
    task.cancel()
    await task.value
  }

  @Test func E_W05_eventsThatRepeatOrContradictLeaveNoDoubles() async throws {
    let server = try play(
      .lines(
        [
          Samples.event("ADDED", Samples.json("a", "1")), Samples.event("ADDED", Samples.json("a", "1")),
          Samples.event("MODIFIED", Samples.json("b", "2")), Samples.event("DELETED", Samples.json("unknown", "3")),
          Samples.event("DELETED", Samples.json("a", "4")), Samples.event("DELETED", Samples.json("a", "4")),
          Samples.event("MODIFIED", Samples.json("a", "5")), Samples.event("ADDED", Samples.json("end", "6")),
        ], then: .hold))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("a@5 b@2 end@6")
    task.cancel()
    await task.value
    func names(_ refs: Set<ObjectRef>) -> String { refs.map(\.name).sorted().joined() }
    let words = live.deltas.filter { !$0.link }.map {
      $0.isEmpty ? "-" : "+\(names($0.added))~\(names($0.changed))-\(names($0.removed))"
    }
    #expect(words == ["+a~-", "-", "-", "+b~-", "-", "+~-a", "-", "+a~-", "+end~-"])
  }

  @Test func E_W06_bookmarksAreNoChange() async throws {
    let odd = [
      "{}", "{\"metadata\":null}", "{\"metadata\":{\"resourceVersion\":7}}",
      "{\"metadata\":{\"resourceVersion\":\"\"}}",
      "{\"metadata\":{\"resourceVersion\":\"None\"}}",
    ].map { Samples.event("BOOKMARK", $0) }
    let many = (0..<2000).map { Samples.bookmark("w\($0)") }
    let server = try play(.lines(many + odd, then: .complete))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await server.arrived(3)
    #expect(server.requests.last?.query["resourceVersion"] == "w1999")
    #expect(live.contents == "a@1")
    // The list, and links: nothing else was told.
    #expect(live.deltas.count { !$0.link } == 1)
    task.cancel()
    await task.value
  }

  @Test func E_W07_unknownEventsAreSkippedAndTooManyAreGotPast() async throws {
    let server = try play(
      .lines(
        Array(repeating: Samples.event("added", Samples.json("x", "2")), count: 99)
          + [Samples.event("MODIFIED", Samples.json("a", "3"))]
          + Array(repeating: Samples.event("NEWS", "{}"), count: 100), then: .hold))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("retrying")
    #expect(live.contents == "a@3")
    await skipPause()
    await server.arrived(4)
    let list = server.requests[2]
    #expect(list.query["watch"] == nil)
    #expect(list.query["resourceVersion"] == "3")
    task.cancel()
    await task.value
  }

  @Test func E_W09_aLineWithoutEndIsGivenUpAndGotPast() async throws {
    let feed = ScenarioServer.Feed()
    let piece = [UInt8](repeating: 0x78, count: 1 << 20)
    for _ in 0..<9 { feed.bytes(piece) }
    let server = try play(.feed(feed))
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("retrying")
    #expect(live.contents == "a@1")
    await skipPause()
    await server.arrived(4)
    #expect(server.requests[2].query["watch"] == nil)
    task.cancel()
    await task.value
    feed.end(.cut)
  }

  @Test func E_W09_aTrickleHoldsUpNobody() async throws {
    let slow = ScenarioServer.Feed()
    let trickle = try play(.feed(slow))
    let other = try play(.lines([Samples.event("MODIFIED", Samples.json("a", "2"))], then: .hold))
    defer {
      trickle.stop()
      other.stop()
    }
    let (first, second) = (Live(), Live())
    let tasks = [try run(trickle, first), try run(other, second)]
    await trickle.arrived(2)
    let line = Array(Samples.event("MODIFIED", Samples.json("a", "3")).utf8)
    for byte in line.dropLast(20) { slow.bytes([byte]) }
    await second.becomes("a@2")
    #expect(first.contents == "a@1")
    for byte in line.suffix(20) + [0x0A] { slow.bytes([byte]) }
    await first.becomes("a@3")
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    slow.end(.cut)
  }

  @Test func E_W10_aFloodOfEventsEndsInTheRightState() async throws {
    let lines = (0..<20_000).map { Samples.event("MODIFIED", Samples.json("o\($0 % 20)", "\($0)")) }
    let server = try play(.lines(lines + [Samples.event("DELETED", Samples.json("a", "end"))], then: .hold))
    defer { server.stop() }
    let live = Live(keepsDeltas: false)
    let task = try run(server, live)
    await live.becomes((19_980..<20_000).map { "o\($0 % 20)@\($0)" }.sorted().joined(separator: " "))
    task.cancel()
    await task.value
  }

  @Test func E_W16_afterASleepEveryStreamBeginsAgainFromItsVersion() async throws {
    let server = try play(.lines([Samples.bookmark("w7")], then: .hold))
    defer { server.stop() }
    let live = Live()
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    let watcher = Watcher(stream: Samples.stream, reader: reader, clock: clock, seed: 11)
    let task = Task { await watcher.run { live.apply($0) } }
    // Two guards sleep as soon as the bookmark was read: that of the stream's end, and that of its silence.
    await clock.sleepers(2)
    reader.suspect()
    await server.arrived(3)
    #expect(server.requests.last?.query["resourceVersion"] == "w7")
    #expect(live.contents == "a@1")
    task.cancel()
    await task.value
  }

  @Test func E_N03_credentialsThatEndWhileStreamingAreAskedForAndTheDataStays() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, number in
      switch number {
      case 0: Samples.list([Samples.json("a", "1")], version: "L1")
      case 1: .feed(feed)
      default: Samples.refusal(401, "Unauthorized")
      }
    }
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await server.arrived(2)
    feed.line(Samples.event("MODIFIED", Samples.json("a", "2")))
    feed.end(.cut)
    await live.becomes("auth needed")
    #expect(live.contents == "a@2")
    #expect(await skipPause() >= .seconds(60))
    task.cancel()
    await task.value
  }

  @Test func E_W11_aWatchHasThirtySecondsToStart() {
    #expect(Timeouts.stream.start == .seconds(30))
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "v")), at: .zero)
    let late = APIError(HTTPError(.timeout, host: "h:1", cause: "no answer within 30 s"))
    _ = machine.receive(.failed(late), at: .seconds(30))
    #expect(machine.link == .retrying(reason: "h:1: no answer within 30 s"))
    guard case .pause = machine.next() else {
      Issue.record("no pause")
      return
    }
    #expect(machine.next() == .watch(from: "v"))
  }

  @Test func E_P12_whatIsForbiddenInOneNamespaceIsSeenInAnother() async throws {
    func stream(_ namespace: String) -> StreamID {
      StreamID(
        cluster: Samples.cluster, groupKind: Samples.kind, version: "v1", plural: "kustomizations", namespace: namespace
      )
    }
    let server = try ScenarioServer { request, _ in
      if request.path.contains("/namespaces/shut/") { return Samples.refusal(403, "Forbidden") }
      return request.query["watch"] == nil
        ? Samples.list([Samples.json("a", "1", namespace: "open")], version: "L1") : .lines([], then: .hold)
    }
    defer { server.stop() }
    let live = Live()
    let shut = Live()
    let tasks = [try run(server, live, stream("open")), try run(server, shut, stream("shut"))]
    await live.becomes("a@1")
    await shut.becomes("forbidden")
    // No list came: that is not "no objects".
    #expect(shut.deltas.allSatisfy { $0.added.isEmpty && $0.removed.isEmpty && $0.link })
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  @Test func E_P12_listedButNotWatchedSaysSoAndKeepsItsObjects() async throws {
    let isAllowed = Atomic(false)
    let server = try ScenarioServer { request, _ in
      if request.query["watch"] == nil { return Samples.list([Samples.json("a", "1")], version: "L1") }
      return isAllowed.load(ordering: .relaxed)
        ? .lines([Samples.event("MODIFIED", Samples.json("a", "2"))], then: .hold) : Samples.refusal(403, "Forbidden")
    }
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("forbidden")
    #expect(live.contents == "a@1")
    isAllowed.store(true, ordering: .relaxed)
    await skipPause(.seconds(300) ... .seconds(330))
    await live.becomes("a@2")
    #expect(live.links.last == "live")
    task.cancel()
    await task.value
  }

  @Test func E_P16_pagesMayBeEmptyAndShrink() async throws {
    let server = try ScenarioServer { request, number in
      switch number {
      case 0:
        .json("{\"metadata\":{\"resourceVersion\":\"L\",\"continue\":\"t1\",\"remainingItemCount\":900},\"items\":[]}")
      case 1: Samples.list([Samples.json("a", "1")], version: "L", next: "t2")
      case 2: .json("{\"metadata\":{\"resourceVersion\":\"L\",\"remainingItemCount\":-3},\"items\":null}")
      default: .lines([], then: .hold)
      }
    }
    defer { server.stop() }
    let live = Live()
    let task = try run(server, live)
    await live.becomes("a@1")
    task.cancel()
    await task.value
    #expect(server.requests.prefix(3).map { $0.query["continue"] ?? "-" } == ["-", "t1", "t2"])
  }

  @Test func E_A01_A18_aClockThatIsFarOffIsMeasuredAndChangesNoWait() async throws {
    let server = try ScenarioServer { _, _ in
      .json("{\"gitVersion\":\"v1\"}", headers: ["Date: Tue, 19 Jan 2038 03:14:08 GMT"])
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    _ = try await reader.version()
    let skew = try #require(reader.connection.skew)
    #expect(abs(skew + Date().timeIntervalSince1970 - 2_147_483_648) < 600)
    let asked = Headers([("Retry-After", "7"), ("Date", "Tue, 19 Jan 2038 03:14:08 GMT")])
    #expect(RetryAfter.seconds(asked) == 7)
  }

  @Test(arguments: [
    ("Tue, 19 Jan 2038 03:14:37 GMT", "Tue, 19 Jan 2038 03:14:07 GMT", 30 as Int?),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "Sat, 31 Dec 2016 23:59:50 GMT", 10),
    ("Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 1_000_000),
    ("Mon, 23 Nov 2026 12:00:30 PST", "Mon, 23 Nov 2026 12:00:00 GMT", nil),
    ("Mon, 23 Nov 2026 12:00:30 GMT", "yesterday", nil),
  ])
  func E_A01_datesOfTheServerAreComparedWithEachOther(later: String, now: String, seconds: Int?) {
    #expect(RetryAfter.seconds(Headers([("Retry-After", later), ("Date", now)])) == seconds)
  }
}
