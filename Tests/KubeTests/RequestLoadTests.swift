import GitOps
import Testing

@testable import Kube

/// How often a stream asks a server that goes on answering in the same bad way: counted over simulated time.
@Suite struct RequestLoadTests {
  /// What a machine sent.
  struct Load: Sendable {
    var lists = 0
    var watches = 0
    /// Longest time without a request.
    var longestPause = Duration.zero
    var requests: Int { lists + watches }
  }

  /// - Parameter answer: what comes of a list (true) or of a watch's start, as the machine is told, for the n-th request.
  private func load(
    over span: Duration = .seconds(600), seed: UInt64 = 1, listed: Bool = true,
    _ answer: (_ isList: Bool, _ number: Int) -> [WatchMachine.Input]
  ) -> Load {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: seed))
    var load = Load()
    var now = Duration.zero
    if listed {
      _ = machine.next()
      _ = machine.receive(.page(ObjectPage(objects: [Samples.object("a", "1")], resourceVersion: "v")), at: now)
    }
    // A machine that asks without a pause would never end: that many requests are a failure anyway.
    while now < span, load.requests < 5000 {
      var inputs: [WatchMachine.Input] = []
      switch machine.next() {
      case .pause(let duration):
        now += duration
        load.longestPause = max(load.longestPause, duration)
      case .list:
        inputs = answer(true, load.requests)
        load.lists += 1
      default:
        inputs = answer(false, load.requests)
        load.watches += 1
      }
      for input in inputs {
        // What a real answer takes at the least.
        now += .milliseconds(1)
        _ = machine.receive(input, at: now)
      }
    }
    return load
  }

  private func failed(_ status: Int, retryAfter: Int? = nil, reason: String = "") -> [WatchMachine.Input] {
    [.failed(APIError(.status, status: status, reason: reason, message: "no", retryAfter: retryAfter))]
  }

  @Test(arguments: [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 410, 501])
  func E_P13_E_P11_E_W02_noAnswerMakesAHotLoop(status: Int) {
    for listed in [true, false] {
      for seed in 0..<5 {
        let load = load(seed: UInt64(seed), listed: listed) { _, _ in failed(status) }
        #expect(load.requests <= 150, "\(status) \(listed) \(load)")
        if [401, 403, 404, 405].contains(status) { #expect(load.requests <= 13, "\(status) \(listed) \(load)") }
      }
    }
  }

  @Test(arguments: [500, 502, 503, 504])
  func E_P15_tenMinutesOfFailureAreAFewRequests(status: Int) {
    for seed in 0..<20 {
      let load = load(seed: UInt64(seed)) { _, _ in failed(status) }
      // 0.25 requests/s at the most; and the end of the failure is found within a minute.
      #expect(load.requests <= 60, "\(load)")
      #expect(load.lists == 0)
      #expect(load.longestPause <= .seconds(60))
    }
  }

  @Test(arguments: [nil, 0, 1, 5, 120, 86_400, 999_999, 1_000_000])
  func E_P14_A13_429IsHonouredAndNeverLists(retryAfter: Int?) {
    for seed in 0..<10 {
      let load = load(seed: UInt64(seed)) { _, _ in failed(429, retryAfter: retryAfter) }
      #expect(load.requests <= 60, "\(load)")
      #expect(load.lists == 0)
      #expect(load.longestPause <= .seconds(120))
    }
  }

  @Test func E_P11_everySecondRequestRefusedIsNoLoop() {
    let load = load { isList, number in
      if number % 2 == 0 { return failed(401) }
      return isList
        ? [.page(ObjectPage(objects: [], resourceVersion: "v\(number)"))]
        : [.opened, .closed(lifetime: .seconds(2), lines: 1)]
    }
    #expect(load.requests <= 25, "\(load)")
  }

  @Test func E_W02_expiryWithoutEndBacksOff() {
    // At the start of every watch, and in the stream after three bookmarks.
    let atStart = load { isList, number in
      isList ? [.page(ObjectPage(objects: [], resourceVersion: "v\(number)"))] : failed(410, reason: "Expired")
    }
    #expect(atStart.requests <= 120, "\(atStart)")
    let error = APIError(.status, status: 410, reason: "Expired", message: "too old")
    let inStream = load { isList, number in
      if isList { return [.page(ObjectPage(objects: [], resourceVersion: "v\(number)"))] }
      return [.opened] + (0..<3).map { .event(.bookmark(version: "b\(number).\($0)")) } + [.event(.error(error))]
    }
    #expect(inStream.requests <= 1200, "\(inStream)")
  }

  @Test(arguments: [0, 1])
  func E_W12_aWatchThatEndsAtOnceIsNotAHotLoop(lines: Int) {
    for seed in 0..<10 {
      let load = load(over: .seconds(1000), seed: UInt64(seed)) { isList, number in
        if isList { return [.page(ObjectPage(objects: [], resourceVersion: "v"))] }
        let events = (0..<lines).map { _ in WatchMachine.Input.event(.bookmark(version: "b\(number)")) }
        return [.opened] + events + [.closed(lifetime: .milliseconds(5), lines: lines)]
      }
      #expect(load.requests <= 1000, "\(load)")
      #expect(load.longestPause >= .seconds(20))
    }
  }

  @Test func E_P16_aTokenThatExpiresAgainAndAgainIsNoLoop() {
    let load = load(listed: false) { isList, number in
      number % 2 == 0
        ? [.page(ObjectPage(objects: [], resourceVersion: "v", continueToken: "t\(number)"))]
        : failed(410, reason: "Expired")
    }
    #expect(load.requests <= 150, "\(load)")
  }

  @Test func E_P16_pagesWithoutEndAreGivenUp() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    var pages = 0
    while case .list = machine.next(), pages <= WatchMachine.maximumPages {
      // Empty, and each with another token.
      _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "v", continueToken: "t\(pages)")), at: .zero)
      pages += 1
    }
    #expect(pages == WatchMachine.maximumPages)
    #expect(machine.link == .retrying(reason: "the server's list does not end"))
  }
}
