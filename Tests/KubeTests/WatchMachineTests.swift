import GitOps
import Testing

@testable import Kube

/// Each row of the table in the architecture, section 4: what came, what is done next, what the store is told.
@Suite struct WatchMachineTests {
  enum Next: Sendable {
    case list(ListVersion, token: String? = nil, paged: Bool = true)
    case watch(String)
    /// Seconds.
    case pause(ClosedRange<Double>)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What comes after a list at version "a" with the object "old", whose watch was opened.
    var inputs: [WatchMachine.Input]
    var next: [Next]
    var changes: [String]
  }

  static let expired = APIError(.status, status: 410, reason: "Expired", message: "too old resource version")
  static let tooLarge = APIError(
    .status, status: 504, reason: "Timeout", message: "too large", causes: ["ResourceVersionTooLarge"])
  static func status(_ code: Int, retryAfter: Int? = nil) -> APIError {
    APIError(.status, status: code, message: "status \(code)", retryAfter: retryAfter)
  }
  static let refused = APIError(.connection(.connect), message: "connection refused")
  static let firstWait = 0.8...1.6

  static let rows: [Row] = [
    Row(
      testDescription: "events move the version and the store",
      inputs: [
        .event(.added(Samples.object("a", "b"))), .event(.modified(Samples.object("a", "c"))),
        .event(.deleted(Samples.object("a", "d"))),
      ], next: [.watch("d")], changes: ["+a@b", "+a@c", "-a@d"]),
    Row(
      testDescription: "a bookmark moves the version only", inputs: [.event(.bookmark(version: "zz"))],
      next: [.watch("zz")], changes: []),
    Row(
      testDescription: "a bookmark without a version is nothing", inputs: [.event(.bookmark(version: ""))],
      next: [.watch("a")], changes: []),
    Row(
      testDescription: "the version None is never sent back",
      inputs: [.event(.bookmark(version: "None")), .event(.modified(Samples.object("a", "")))], next: [.watch("a")],
      changes: ["+a@"]),
    Row(
      testDescription: "410 when the watch starts lists again at once", inputs: [.failed(expired)],
      next: [.list(.notOlderThan("a"))], changes: ["connecting"]),
    Row(
      testDescription: "410 in the stream lists again at once", inputs: [.event(.error(expired))],
      next: [.list(.notOlderThan("a"))], changes: ["connecting"]),
    Row(
      testDescription: "410 on that list asks without a version, after a wait",
      inputs: [.failed(expired), .failed(expired)],
      next: [.pause(firstWait), .list(.latest)], changes: ["connecting", "retrying: too old resource version"]),
    Row(
      testDescription: "410 again without progress in between waits",
      inputs: [
        .failed(expired), .page(ObjectPage(objects: [], resourceVersion: "b")), .failed(expired),
      ], next: [.pause(firstWait), .list(.notOlderThan("b"))],
      changes: ["connecting", "=", "live", "retrying: too old resource version"]),
    Row(
      testDescription: "410 after progress does not wait",
      inputs: [
        .failed(expired), .page(ObjectPage(objects: [], resourceVersion: "b")), .event(.bookmark(version: "c")),
        .failed(expired),
      ], next: [.list(.notOlderThan("c"))], changes: ["connecting", "=", "live", "connecting"]),
    Row(
      testDescription: "410 again and again waits whatever is in between",
      inputs: (0..<4).flatMap { number -> [WatchMachine.Input] in
        [
          .failed(expired), .page(ObjectPage(objects: [], resourceVersion: "b\(number)")),
          .event(.bookmark(version: "c\(number)")),
        ]
      },
      next: [.pause(firstWait), .watch("c3")],
      changes: Array(repeating: ["connecting", "=", "live"], count: 3).flatMap { $0 } + [
        "retrying: too old resource version", "=", "live",
      ]),
    Row(
      testDescription: "a version that is too large lists without one", inputs: [.failed(tooLarge)],
      next: [.pause(firstWait), .list(.latest)], changes: ["retrying: too large"]),
    Row(
      testDescription: "429 keeps the version and waits as told", inputs: [.failed(status(429, retryAfter: 10))],
      next: [.pause(10...12.5), .watch("a")], changes: ["retrying: status 429"]),
    Row(
      testDescription: "429 with nonsense waits as usual", inputs: [.failed(status(429, retryAfter: 1_000_000))],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: status 429"]),
    Row(
      testDescription: "5xx keeps the version and waits", inputs: [.failed(status(503))],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: status 503"]),
    Row(
      testDescription: "5xx in the stream keeps the version and waits", inputs: [.event(.error(status(500)))],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: status 500"]),
    Row(
      testDescription: "a refused connection keeps the version and waits longer each time",
      inputs: [.failed(refused), .failed(refused), .failed(refused)], next: [.pause(3.2...6.4), .watch("a")],
      changes: ["retrying: connection refused"]),
    Row(
      testDescription: "what answers is no API server: keep what there is",
      inputs: [.failed(APIError(.notAPI, message: "not an API server's answer"))],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: not an API server's answer"]),
    Row(
      testDescription: "401 waits a minute", inputs: [.failed(status(401))], next: [.pause(60...61), .watch("a")],
      changes: ["auth needed: status 401"]),
    Row(
      testDescription: "403 waits five minutes", inputs: [.failed(status(403))],
      next: [.pause(300...330), .watch("a")],
      changes: ["forbidden: status 403"]),
    Row(
      testDescription: "404: the kind is gone, and what there was stays until that is certain",
      inputs: [.failed(status(404))],
      next: [.pause(300...330), .list(.any)], changes: ["absent"]),
    Row(
      testDescription: "405: what cannot be watched is polled",
      inputs: [.failed(status(405)), .page(ObjectPage(objects: [], resourceVersion: "b"))],
      next: [.pause(60...60), .list(.notOlderThan("b"))], changes: ["polling", "="]),
    Row(
      testDescription: "a close after a second watches again at once",
      inputs: [.closed(lifetime: .seconds(1), lines: 0)],
      next: [.watch("a")], changes: ["connecting"]),
    Row(
      testDescription: "a close after a line watches again at once",
      inputs: [.event(.bookmark(version: "b")), .closed(lifetime: .milliseconds(5), lines: 1)], next: [.watch("b")],
      changes: ["connecting"]),
    Row(
      testDescription: "a close at once counts as a failure", inputs: [.closed(lifetime: .milliseconds(999), lines: 0)],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: the server ends the watch at once"]),
    Row(
      testDescription: "a line and a close, again and again, is a failure too",
      inputs: Array(repeating: .closed(lifetime: .milliseconds(5), lines: 1), count: 11),
      next: [.pause(firstWait), .watch("a")], changes: ["connecting", "retrying: the server ends the watch at once"]),
    Row(testDescription: "silence is a close", inputs: [.silent], next: [.watch("a")], changes: ["connecting"]),
    Row(
      testDescription: "an unknown event is skipped", inputs: [.event(.unknown("added"))], next: [.watch("a")],
      changes: []),
    Row(
      testDescription: "a hundred unknown events in a row list again",
      inputs: Array(repeating: .event(.unknown("X")), count: 100),
      next: [.pause(firstWait), .list(.notOlderThan("a"))],
      changes: ["retrying: 100 events in a row that are not understood"]),
    Row(
      testDescription: "a line that cannot be read is asked for again", inputs: [.event(.malformed("bad"))],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: bad"]),
    Row(
      testDescription: "a line that cannot be read twice is got past by a list",
      inputs: [.event(.malformed("bad")), .event(.malformed("bad"))],
      next: [.pause(1.6...3.2), .list(.notOlderThan("a"))], changes: ["retrying: bad"]),
    Row(
      testDescription: "a line beyond the limit is got past by a list",
      inputs: [.failed(APIError(.connection(.tooLarge), message: "a line is too long"))],
      next: [.pause(firstWait), .list(.notOlderThan("a"))], changes: ["retrying: a line is too long"]),
    Row(
      testDescription: "a new watch after a failure is live again", inputs: [.failed(status(500)), .opened],
      next: [.pause(firstWait), .watch("a")], changes: ["retrying: status 500", "live"]),
    Row(
      testDescription: "cancelled is no failure",
      inputs: [.failed(APIError(.connection(.cancelled), message: "cancelled"))], next: [.watch("a")], changes: []),
  ]

  @Test(arguments: rows)
  func A5_A6_E_W02_E_W03_E_W06_E_W07_doesWhatTheTableSays(row: Row) {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 7))
    _ = machine.next()
    _ = machine.receive(.page(ObjectPage(objects: [Samples.object("old", "a")], resourceVersion: "a")), at: .zero)
    _ = machine.next()
    _ = machine.receive(.opened, at: .zero)
    var changes: [String] = []
    for input in row.inputs { changes += machine.receive(input, at: .seconds(1)).map(Self.word) }
    #expect(changes == row.changes)
    for next in row.next { Self.expect(machine.next(), next) }
  }

  @Test func beginsWithAListFromTheCache() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    #expect(machine.link == .connecting)
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
    let page = ObjectPage(objects: [Samples.object("a", "1")], resourceVersion: "x/1")
    #expect(machine.receive(.page(page), at: .zero).map(Self.word) == ["=a@1", "live"])
    #expect(machine.next() == .watch(from: "x/1"))
  }

  private static func streaming() -> WatchMachine {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1), mayStream: true)
    #expect(machine.next() == .stream(.any))
    return machine
  }

  @Test func A7_aStreamingListCountsAtItsEndMarkOnly() {
    var machine = Self.streaming()
    var changes = machine.receive(.opened, at: .zero)
    changes += machine.receive(.event(.added(Samples.object("a", "1"))), at: .zero)
    changes += machine.receive(.event(.added(Samples.object("b", "2"))), at: .zero)
    changes += machine.receive(.event(.bookmark(version: "w")), at: .zero)
    changes += machine.receive(.event(.deleted(Samples.object("a", "3"))), at: .zero)
    #expect(changes.isEmpty && machine.isStreaming && machine.isWatching)
    changes = machine.receive(.event(.bookmark(version: "x", endsInitialEvents: true)), at: .zero)
    #expect(changes.map(Self.word) == ["=b@2", "live"])
    #expect(!machine.isStreaming && machine.isWatching)
    // The same stream goes on as a watch.
    #expect(machine.receive(.event(.added(Samples.object("c", "y"))), at: .zero).map(Self.word) == ["+c@y"])
    _ = machine.receive(.closed(lifetime: .seconds(9), lines: 5), at: .zero)
    #expect(machine.next() == .watch(from: "y"))
  }

  @Test func A7_aRelistStreamsFromTheLastVersion() {
    var machine = Self.streaming()
    _ = machine.receive(.opened, at: .zero)
    _ = machine.receive(.event(.bookmark(version: "x", endsInitialEvents: true)), at: .zero)
    _ = machine.receive(.failed(Self.expired), at: .zero)
    #expect(machine.next() == .stream(.notOlderThan("x")))
  }

  @Test(arguments: [400, 422])
  func A7_aServerThatRefusesStreamingListsIsAskedForPages(code: Int) {
    var machine = Self.streaming()
    #expect(machine.receive(.failed(Self.status(code)), at: .zero).isEmpty)
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
  }

  @Test(arguments: [
    WatchMachine.Input.unfinished, .closed(lifetime: .seconds(3), lines: 2), .silent,
    .event(.bookmark(version: "", endsInitialEvents: true)), .event(.malformed("cut")),
  ])
  func E_W08_aStreamingListWithoutItsEndIsFollowedByPagesAndKeepsWhatThereWas(input: WatchMachine.Input) {
    var machine = Self.streaming()
    _ = machine.receive(.opened, at: .zero)
    _ = machine.receive(.event(.added(Samples.object("a", "1"))), at: .zero)
    #expect(machine.receive(input, at: .zero).isEmpty)
    #expect(!machine.isWatching)
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
  }

  /// Found by the fault matrix: the second wait came on top of the first, and the store was wrong for more than 90 s.
  @Test func A5_anExpiryAfterAnotherFailureIsAFirstOneAgain() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "x")), at: .zero)
    _ = machine.receive(.failed(Self.status(410)), at: .zero)
    #expect(machine.next() == .list(.notOlderThan("x"), continue: nil, isPaged: true))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "y")), at: .zero)
    _ = machine.receive(.failed(Self.status(429)), at: .zero)
    Self.expect(machine.next(), .pause(Self.firstWait))
    #expect(machine.next() == .watch(from: "y"))
    _ = machine.receive(.failed(Self.status(410)), at: .zero)
    #expect(machine.next() == .list(.notOlderThan("y"), continue: nil, isPaged: true))
  }

  /// Found by the fault matrix: the kind was left alone for five minutes, with nothing of it on screen.
  @Test func A15_aStreamingListThatIsNotAllowedIsFollowedByPagesAndThenByPolling() {
    var machine = Self.streaming()
    #expect(machine.receive(.failed(Self.status(405)), at: .zero).isEmpty)
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "x")), at: .zero)
    #expect(machine.receive(.failed(Self.status(405)), at: .zero).map(Self.word) == ["polling"])
    Self.expect(machine.next(), .pause(60...60))
    #expect(machine.next() == .list(.notOlderThan("x"), continue: nil, isPaged: true))
  }

  @Test func aStreamingListThatFailsInTheMiddleWaitsAndThenAsksForPages() {
    var machine = Self.streaming()
    _ = machine.receive(.opened, at: .zero)
    #expect(machine.receive(.event(.error(Self.status(500))), at: .zero).map(Self.word) == ["retrying: status 500"])
    Self.expect(machine.next(), .pause(Self.firstWait))
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
  }

  @Test func A14_beyondTheWatchLimitAKindIsListedEveryMinute() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1), mayStream: true, polls: true)
    #expect(machine.next() == .list(.any, continue: nil, isPaged: true))
    let page = ObjectPage(objects: [Samples.object("a", "1")], resourceVersion: "x")
    #expect(machine.receive(.page(page), at: .zero).map(Self.word) == ["=a@1", "polling"])
    Self.expect(machine.next(), .pause(60...60))
    #expect(machine.next() == .list(.notOlderThan("x"), continue: nil, isPaged: true))
  }

  @Test func A11_aSuspectedStreamIsWatchedAgainFromItsVersion() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "x")), at: .zero)
    _ = machine.receive(.opened, at: .zero)
    #expect(machine.receive(.suspect, at: .zero).map(Self.word) == ["connecting"])
    #expect(machine.next() == .watch(from: "x"))
  }

  @Test func replacesTheStoreOnlyWithAWholeList() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.next()
    let first = ObjectPage(objects: [Samples.object("a", "1")], resourceVersion: "v", continueToken: "t1")
    #expect(machine.receive(.page(first), at: .zero).isEmpty)
    #expect(machine.next() == .list(.any, continue: "t1", isPaged: true))
    // A failure in the middle keeps what came and asks for the same page again.
    _ = machine.receive(.failed(Self.status(429, retryAfter: 1)), at: .zero)
    _ = machine.next()
    #expect(machine.next() == .list(.any, continue: "t1", isPaged: true))
    let last = ObjectPage(objects: [Samples.object("b", "2")], resourceVersion: "v")
    #expect(machine.receive(.page(last), at: .zero).map(Self.word) == ["=a@1,b@2", "live"])
    #expect(machine.next() == .watch(from: "v"))
  }

  @Test func A7_E_P16_listsInOnePieceWhenATokenExpires() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "v", continueToken: "t1")), at: .zero)
    #expect(machine.receive(.failed(Self.expired), at: .zero).isEmpty)
    #expect(machine.next() == .list(.latest, continue: nil, isPaged: false))
    _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "v")), at: .zero)
    #expect(machine.next() == .watch(from: "v"))
  }

  @Test func A7_E_P16_endsAListThatDoesNotEnd() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    let page = ObjectPage(objects: [], resourceVersion: "v", continueToken: "same")
    _ = machine.receive(.page(page), at: .zero)
    #expect(machine.receive(.page(page), at: .zero).map(Self.word) == ["retrying: the server's list does not end"])
    Self.expect(machine.next(), .pause(Self.firstWait))
    #expect(machine.next() == .list(.latest, continue: nil, isPaged: true))
  }

  @Test(arguments: ["", "None", "0"])
  func A3_E_P03_refusesAListWithoutAVersion(version: String) {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    let page = ObjectPage(objects: [Samples.object("a", "1")], resourceVersion: version)
    #expect(machine.receive(.page(page), at: .zero).map(Self.word) == ["retrying: the server's list has no version"])
  }

  @Test func anUnderstoodRefusalOfTheFirstListIsAState() {
    for (code, word) in [(403, "forbidden: status 403"), (404, "absent"), (405, "stopped: status 405")] {
      var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
      #expect(machine.receive(.failed(Self.status(code)), at: .zero).map(Self.word) == [word])
      Self.expect(machine.next(), .pause(300...330))
    }
  }

  @Test func aServerThatKnowsNoMatchIsAskedWithoutAVersion() {
    var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 1))
    _ = machine.receive(.failed(Self.status(400)), at: .zero)
    _ = machine.next()
    #expect(machine.next() == .list(.latest, continue: nil, isPaged: true))
  }

  @Test func waitsStartOverAfterTwoMinutesOfHealth() {
    func waitAfter(_ health: Duration) -> WatchMachine.Step {
      var machine = WatchMachine(stream: Samples.stream, random: SeededRandom(seed: 3))
      for _ in 0..<10 {
        _ = machine.receive(.failed(Self.refused), at: .zero)
        _ = machine.next()
      }
      _ = machine.receive(.page(ObjectPage(objects: [], resourceVersion: "a")), at: .seconds(100))
      _ = machine.receive(.failed(Self.refused), at: .seconds(100) + health)
      return machine.next()
    }
    Self.expect(waitAfter(.seconds(119)), .pause(30...60))
    Self.expect(waitAfter(.seconds(120)), .pause(Self.firstWait))
  }

  static func word(_ change: Change) -> String {
    switch change {
    case .replaceAll(_, let objects):
      "=" + objects.map { "\($0.ref.name)@\($0.resourceVersion)" }.joined(separator: ",")
    case .upsert(_, let object): "+\(object.ref.name)@\(object.resourceVersion)"
    case .remove(_, let object): "-\(object.ref.name)@\(object.resourceVersion)"
    case .link(_, let link): link.word + (link.reason.map { ": \($0)" } ?? "")
    }
  }

  static func expect(_ step: WatchMachine.Step, _ next: Next, sourceLocation: SourceLocation = #_sourceLocation) {
    switch (step, next) {
    case (.pause(let duration), .pause(let range)):
      let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
      #expect(range.contains(seconds), sourceLocation: sourceLocation)
    case (.list(let version, let token, let isPaged), .list(let expected, let expectedToken, let expectedPaged)):
      #expect(version == expected && token == expectedToken && isPaged == expectedPaged, sourceLocation: sourceLocation)
    case (.watch(let version), .watch(let expected)): #expect(version == expected, sourceLocation: sourceLocation)
    default: Issue.record("\(step) instead of \(next)", sourceLocation: sourceLocation)
    }
  }
}
