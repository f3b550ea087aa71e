import Demo
import TestKit

/// All faults of the matrix (requirement A24): what a server can do wrong, what a network can, and both at once.
enum FaultMatrix {
  static let seeds: UInt64 = 25
  static let all = statuses + events + answers + lists + streams + networks + mixtures

  static func named(_ name: String) -> FaultCase? { all.first { $0.name == name } }

  private static func status(_ code: Int, _ reason: String) -> String {
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"reason\":\"\(reason)\",\"message\":\"injected\",\"code\":\(code)}"
  }

  // A kind that is forbidden or not served is asked for again every five minutes (A15), up to a tenth later.
  private static let recheck = Duration.seconds(345)

  private static let statuses: [FaultCase] = [
    FaultCase("watch-410-status", isWatch: true) { _ in .refusal(.init(410, reason: "Expired")) },
    FaultCase("list-410", isWatch: false) { _ in .refusal(.init(410, reason: "Expired")) },
    FaultCase("continue-410", isContinue: true) { _ in .refusal(.init(410, reason: "Expired")) },
    FaultCase("watch-429") { scene in
      .refusal(
        .init(
          429, retryAfter: scene.one(of: ["0", "1", "7", "60", "-1", "x", "999999", "Wed, 21 Oct 2015 07:28:00 GMT"])))
    },
    FaultCase("401") { _ in .status(401) },
    FaultCase("403") { _ in .status(403) }.with { $0.limit = recheck },
    FaultCase("404") { _ in .status(404) }.with {
      $0.limit = recheck
      $0.mayEmpty = true
    },
    FaultCase("watch-405", isWatch: true) { _ in .status(405) },
    FaultCase("500") { _ in .status(500) },
    FaultCase("503-outage") { _ in .status(503) }.with(outage),
    FaultCase("504-too-large") { _ in .refusal(.tooLargeVersion) },
    FaultCase("406-415-422") { scene in .status(scene.one(of: [400, 406, 409, 413, 415, 422])) },
  ]

  private static let events: [FaultCase] = [
    FaultCase("event-410", isWatch: true) { _ in .gone },
    FaultCase("event-410-after-bookmarks", isWatch: true) { .stream(.expiry(afterBookmarks: $0.number(1...2))) },
    FaultCase("event-500", isWatch: true) { error($0, status(500, "InternalError")) },
    FaultCase("event-429", isWatch: true) { error($0, status(429, "TooManyRequests")) },
    FaultCase("event-403", isWatch: true) { error($0, status(403, "Forbidden")) }.with { $0.limit = recheck },
    FaultCase("event-without-code", isWatch: true) {
      error(
        $0,
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"injected\"}")
    },
    FaultCase("event-null", isWatch: true) { error($0, "null") },
    FaultCase("unknown-events", isWatch: true) { _ in
      .stream(
        .inserted([
          "{\"type\":\"SPLENDID\",\"object\":{}}", "{\"type\":\"modified\",\"object\":{}}", "{\"object\":{}}", "{}",
        ]))
    },
    FaultCase("bookmarks-without-version", isWatch: true) { _ in
      .stream(
        .inserted([
          "{\"type\":\"BOOKMARK\",\"object\":{}}",
          "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"\"}}}",
          "{\"type\":\"BOOKMARK\",\"object\":null}",
        ]))
    },
    FaultCase("events-twice", isWatch: true) { _ in .stream(.duplicated) },
    // What was delivered in a wrong order is right again after the next list.
    FaultCase("events-out-of-order", isWatch: true) { _ in .stream(.disordered) }.with {
      $0.end = { try $0.server.expireWatches() }
    },
  ]

  private static func error(_ scene: FaultScene, _ object: String) -> Fault.Action {
    .stream(.error(object: object, afterLines: scene.number(0...2)))
  }

  private static let answers: [FaultCase] = [
    FaultCase("html-200") { _ in .answer(.init(200, "text/html", body: "<html>Please log in</html>")) },
    FaultCase("html-503") { _ in .answer(.init(503, "text/html", body: "<html>Bad gateway</html>")) },
    FaultCase("wrong-type") {
      .contentType($0.one(of: ["text/plain", "application/vnd.kubernetes.protobuf"]))
    },
    FaultCase("table-200", isWatch: false) { _ in
      .answer(
        .init(
          body:
            "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"t\"},\"rows\":[]}"
        ))
    },
    FaultCase("status-200") { _ in
      .answer(.init(body: "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\"}"))
    },
    FaultCase("garbage") { scene in
      .answer(
        .init(
          body: scene.one(of: ["", "{", "nonsense", "{}{}", "[]", "{\"items\":[{\"metadata\":null}]}", "\u{FEFF}\u{0}"])
        ))
    },
    FaultCase("half-json", isWatch: false) { _ in .half },
    FaultCase("headers-late") { _ in .late(.seconds(45)) },
    FaultCase("headers-never") { _ in .late(nil) },
  ]

  private static let lists: [FaultCase] = [
    FaultCase("repeated-token", isContinue: true) { _ in .list(.repeatedToken) },
    FaultCase("empty-page", isWatch: false) { _ in .list(.emptyPage) },
    FaultCase("older-list", isWatch: false) { .list(.stale(by: $0.number(1...12))) },
    FaultCase("list-without-version", isWatch: false) { _ in .list(.withoutVersion) },
    FaultCase("list-cut", isWatch: false) { _ in .cut(afterLines: 0) },
    FaultCase("list-silent", isWatch: false) { _ in .silence(afterLines: 0) },
    FaultCase(named: "small-window") { _ in }.with {
      $0.pulse = { scene in
        try scene.server.expireEvents()
        if scene.chance(0.3) { try scene.server.expireWatches() }
      }
    },
  ]

  private static let streams: [FaultCase] = [
    FaultCase("cut-mid-line", isWatch: true) { .cut(afterLines: $0.number(0...3)) },
    FaultCase("cut-mid-character", isWatch: true) { .stream(.cutInCharacter(afterLines: $0.number(0...3))) },
    FaultCase("silent-stream", isWatch: true) { .silence(afterLines: $0.number(0...2)) },
    FaultCase("watch-ends-at-once", isWatch: true) { _ in .stream(.end(afterLines: 0)) }.with { $0.lasts = 150...180 },
    FaultCase("watch-ends-after-a-line", isWatch: true) { _ in .stream(.end(afterLines: 1)) },
    FaultCase("line-too-long", isWatch: true, times: 2) { scene in
      .stream(.oversized(bytes: 9 << 20, afterLines: scene.number(0...1)))
    },
    FaultCase("streaming-without-mark", isStreamingList: true) { _ in .stream(.withoutMark) },
    FaultCase("streaming-ends-before-mark", isStreamingList: true) { _ in .stream(.endBeforeMark) },
    FaultCase("streaming-refused", isStreamingList: true) { _ in .status(422) },
  ]

  private static let networks: [FaultCase] = [
    FaultCase(
      "latency", up: [.latency(.seconds(1), jitter: .seconds(1))], down: [.latency(.seconds(3), jitter: .seconds(2))]),
    FaultCase("bandwidth", up: [.bandwidth(bytesPerSecond: 1024)], down: [.bandwidth(bytesPerSecond: 1024)]).with(
      relisting),
    FaultCase("slow-close", up: [.slowClose(.seconds(20))], down: [.slowClose(.seconds(20))]).with(relisting),
    FaultCase("hold", up: [.hold(forGood: false)], down: [.hold(forGood: false)]),
    // Streams that are open stay half-open: only their silence tells (A10), after 150 s.
    FaultCase("hold-for-good", up: [.hold(forGood: true)], down: [.hold(forGood: true)]).with {
      $0.lasts = 170...230
      $0.needsBookmark = true
      $0.rate = 0.25
    },
    FaultCase("reset", up: [.reset(after: .seconds(0)...Duration.seconds(15))]),
    FaultCase("slices", up: [.slices(1...5)], down: [.slices(1...5)]).with(relisting),
    FaultCase("limit", down: [.limit(100...4000)]).with(relisting),
    FaultCase("closed-at-once", down: [.limit(0...0)]).with(outage),
    FaultCase(named: "server-away") { await $0.server.stop() }.with {
      outage(&$0)
      $0.end = { try await restart($0) }
    },
    FaultCase(named: "server-restarts") { _ in }.with {
      $0.pulse = { scene in
        guard scene.chance(0.4) else { return }
        await scene.server.stop()
        try await scene.clock.sleep(for: .seconds(scene.number(0...5)))
        try await restart(scene)
      }
    },
  ]

  private static func outage(_ fault: inout FaultCase) {
    fault.lasts = 300...330
    fault.rate = 0.25
  }

  private static func relisting(_ fault: inout FaultCase) {
    fault.pulse = { scene in if scene.chance(0.25) { try scene.server.expireWatches() } }
  }

  private static func restart(_ scene: FaultScene) async throws {
    try await scene.server.start(port: scene.serverPort)
  }

  private static let mixtures: [FaultCase] = [
    mixture("slices+cut", down: [.slices(1...5)]) { .cut(afterLines: $0.number(0...2)) },
    mixture("latency+410", down: [.latency(.seconds(2), jitter: .seconds(2))]) { _ in .gone },
    mixture("reset+429", down: [.reset(after: .seconds(0)...Duration.seconds(20))]) { _ in .status(429, retryAfter: 5)
    },
    mixture("limit+small-window", down: [.limit(500...8000)]) { _ in .stream(.duplicated) }.with {
      $0.pulse = { try $0.server.expireEvents() }
    },
    mixture("bandwidth+silence", down: [.bandwidth(bytesPerSecond: 2048)]) { .silence(afterLines: $0.number(0...3)) },
    mixture("slow-close+html", down: [.slowClose(.seconds(10))]) { _ in
      .answer(.init(200, "text/html", body: "<html></html>"))
    },
    FaultCase(named: "flapping") { _ in }.with {
      $0.pulse = { scene in
        scene.proxy.clear()
        switch scene.number(0...7) {
        case 0: scene.proxy.set([.latency(.seconds(4), jitter: .seconds(3))], .down)
        case 1: scene.proxy.set([.hold(forGood: false)], .down)
        case 2: scene.proxy.set([.reset(after: .zero...Duration.seconds(3))], .up)
        case 3: scene.proxy.set([.slices(1...5)], .down)
        case 4: scene.proxy.set([.limit(0...3000)], .down)
        case 5: try scene.server.expireWatches()
        case 6:
          scene.server.add(Fault(path: scene.plural, times: 3, action: .status(scene.one(of: [429, 500, 503, 504]))))
        default: break
        }
      }
    },
  ]

  private static func mixture(
    _ name: String, down: [Toxic], _ action: @escaping @Sendable (FaultScene) -> Fault.Action
  ) -> FaultCase {
    FaultCase(named: name) { scene in
      scene.proxy.set(down, .down)
      scene.server.add(Fault(path: scene.plural, isWatch: true, times: .max, action: action(scene)))
    }.with(relisting)
  }
}
