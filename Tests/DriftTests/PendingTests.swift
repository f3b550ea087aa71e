import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import Drift

/// The revision in effect, the one before, and HEAD (R8).
@Suite struct PendingTests {
  static let applying = Fixture.kustomization {
    $0.inEffect = .either(
      Revision("main@sha1:\(String(repeating: "1", count: 40))"),
      Revision("main@sha1:\(String(repeating: "2", count: 40))"))
    $0.health = .progressing
  }

  @Test func whatSatisfiesEitherRevisionIsNotDrift() throws {
    let older = Desired.object(try Fixture.desired(Fixture.deployment(image: "podinfo:1")))
    let newer = Fixture.deployment(image: "podinfo:2")
    func rows(_ live: String) throws -> [DriftRow] {
      try Fixture.rows(newer, live, reconciler: Self.applying) { $0.alternative = older }
    }
    #expect(try rows(newer) == [])
    let waiting = try rows(Fixture.deployment(image: "podinfo:1", owners: [Fixture.flux]))
    #expect(waiting.map(\.driftClass) == [.pending])
    #expect(waiting.map(\.cause) == [.partial])
    // Field by field: one still old, one changed by hand.
    let edited = try rows(
      Fixture.deployment(
        replicas: "5", image: "podinfo:1",
        owners: [Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)]))
    #expect(edited.map(\.driftClass) == [.drifted, .pending])
  }

  @Test func withoutTheOlderRevisionOnlyAPersonsHandCounts() throws {
    let live = Fixture.deployment(
      replicas: "5", image: "podinfo:1",
      owners: [Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)])
    let rows = try Fixture.rows(Fixture.deployment(), live, reconciler: Self.applying)
    #expect(rows.map(\.driftClass) == [.drifted, .pending])
    let missing = driftRows(
      Fixture.input(.object(try Fixture.desired(live)), .absent(seenBefore: false), reconciler: Self.applying),
      schema: Fixture.apps)
    #expect(missing.map(\.cause) == [.partial])
  }

  @Test func headAgainstTheRevisionInEffectIsPending() throws {
    let head = Desired.object(try Fixture.desired(Fixture.deployment(replicas: "4", image: "podinfo:7")))
    let rows = try Fixture.rows(Fixture.deployment(), Fixture.deployment()) { $0.head = head }
    #expect(rows.paths == ["spec.replicas", "spec.template.spec.containers[app].image"])
    #expect(rows.allSatisfy { $0.driftClass == .pending && $0.cause == .gitAhead && $0.fate == .pending })
    #expect(rows.last?.desired == "podinfo:7")
    #expect(rows.last?.live == "podinfo:6.5.4")
  }

  @Test func driftAndPendingOfOneFieldAreTwoRows() throws {
    let head = Desired.object(try Fixture.desired(Fixture.deployment(replicas: "4")))
    let live = Fixture.deployment(
      replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)])
    let rows = try Fixture.rows(Fixture.deployment(), live) { $0.head = head }
    #expect(rows.map(\.driftClass) == [.drifted, .pending])
    #expect(Set(rows.map(\.id)).count == 2)
  }

  @Test func aHotfixThatHeadAlreadyHasIsOnItsWay() throws {
    let head = Desired.object(try Fixture.desired(Fixture.deployment(replicas: "5")))
    let live = Fixture.deployment(
      replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)])
    let rows = try Fixture.rows(Fixture.deployment(), live) { $0.head = head }
    #expect(rows.map(\.driftClass) == [.drifted])
    #expect(rows.map(\.fate) == [.pending])
  }

  @Test func driftThatHeadDoesNotTouchIsNotPending() throws {
    let head = Desired.object(try Fixture.desired(Fixture.deployment(image: "podinfo:7")))
    let live = Fixture.deployment(
      replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)])
    let rows = try Fixture.rows(Fixture.deployment(), live) { $0.head = head }
    #expect(rows.map(\.driftClass) == [.drifted, .pending])
    #expect(rows.paths == ["spec.replicas", "spec.template.spec.containers[app].image"])
  }

  @Test func whatHeadRemovesIsPending() throws {
    let before = Fixture.deployment(extra: #", "paused": true"#, annotations: #""note": "x""#)
    let head = Desired.object(try Fixture.desired(Fixture.deployment()))
    let rows = try Fixture.rows(before, before) { $0.head = head }
    #expect(Set(rows.paths) == ["spec.paused", "metadata.annotations.note"])
    #expect(rows.allSatisfy { $0.driftClass == .pending && $0.desired == nil && $0.live != nil })
  }

  @Test func objectsThatHeadAddsOrDropsArePending() throws {
    let object = try Fixture.object(Fixture.deployment())
    let desired = try Fixture.desired(Fixture.deployment())
    let dropped = driftRows(
      Fixture.input(.object(desired), .present(object, labelled: true)) { $0.head = .absent }, schema: Fixture.apps)
    #expect(dropped.map(\.driftClass) == [.pending])
    let added = driftRows(
      Fixture.input(.absent, .absent(seenBefore: false)) { $0.head = .object(desired) }, schema: Fixture.apps)
    #expect(added.map(\.driftClass) == [.pending])
  }

  @Test func newRowsSettle() throws {
    let live = Fixture.deployment(image: "other", owners: [Fixture.owner("some-tool", "Update", Fixture.fluxFields)])
    let rows = try Fixture.rows(Fixture.deployment(), live)
    let start = Fixture.now
    let first = Settling.settled(rows, earlier: [], isProgressing: false, now: start)
    #expect(first.rows.map(\.provisional) == [true])
    #expect(first.again == start.addingTimeInterval(5))
    var later = rows
    later[0].firstSeen = start.addingTimeInterval(6)
    let busy = Settling.settled(later, earlier: first.rows, isProgressing: true, now: start.addingTimeInterval(6))
    #expect(busy.rows.map(\.provisional) == [true])
    #expect(busy.rows.map(\.firstSeen) == [start])
    let done = Settling.settled(later, earlier: busy.rows, isProgressing: false, now: start.addingTimeInterval(7))
    #expect(done.rows.map(\.provisional) == [false])
    // Settled once, it stays settled; a person's change needs no time.
    #expect(
      Settling.settled(later, earlier: done.rows, isProgressing: true, now: start.addingTimeInterval(8)).rows.map(
        \.provisional) == [false])
    var human = rows
    human[0].cause = .human
    #expect(Settling.settled(human, earlier: [], isProgressing: true, now: start).rows.map(\.provisional) == [false])
  }
}
