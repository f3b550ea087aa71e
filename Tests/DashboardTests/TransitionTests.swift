import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

/// What is told between two snapshots, and how times read.
@Suite struct TransitionTests {
  private func snapshot(_ rows: [ReconcilerRow]) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.reconcilers = rows
    return snapshot
  }

  private let web = World.ks(World.eu, "web")
  private let api = World.ks(World.eu, "api")

  private func changes(_ old: [ReconcilerRow], _ new: [ReconcilerRow]) -> [Transitions.Change] {
    Transitions.between(snapshot(old), snapshot(new), at: World.now)
  }

  @Test func tellsWhatBecameTroubleOrStoppedBeingIt() {
    #expect(changes([World.row(web)], [World.row(web, .failed)]) == [.init(ref: web, from: .ready, to: .failed)])
    #expect(changes([World.row(web, .failed)], [World.row(web)]) == [.init(ref: web, from: .failed, to: .ready)])
    #expect(
      changes([World.row(web)], [World.row(web, .suspended)]) == [.init(ref: web, from: .ready, to: .suspended)])
  }

  @Test func anOrdinaryRunIsNoNews() {
    #expect(changes([World.row(web)], [World.row(web, .progressing)]) == [])
    #expect(changes([World.row(web, .progressing)], [World.row(web)]) == [])
    #expect(changes([], [World.row(web, .failed)]) == [], "the first look is no transition")
    #expect(changes([World.row(web)], [World.row(web), World.row(api, .failed)]) == [], "a new row is none")
    #expect(changes([World.row(web), World.row(api)], [World.row(web)]) == [])
  }

  @Test func staleRowsTellNothing() {
    #expect(
      changes(
        [World.row(web)],
        [
          World.row(web, .failed) { _ in
          } _: {
            $0.staleSince = World.now
          }
        ]) == [])
  }

  @Test func theWorstComesFirstWhateverTheOrderOfRows() {
    let old = [World.row(web), World.row(api)]
    let drifted = World.row(api) { _ in
    } _: {
      $0.drift.drifted = 1
    }
    let new = [drifted, World.row(web, .failed)]
    #expect(changes(old, new).map(\.to) == [.failed, .drifted])
    var state = World.state(snapshot(old))
    _ = update(&state, .snapshot(snapshot(new)), at: World.now)
    #expect(state.notices.last?.text == "prod-eu ks flux-system/web: Ready → Failed, and 1 other")
  }

  @Test func agesHaveOneUnit() {
    let ages: [(Double, String)] = [
      (0, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (47 * 3600, "47h"), (48 * 3600, "2d"),
      (400 * 86_400, "400d"), (-30, "0s"), (1e12, "?"), (.infinity, "?"), (.nan, "?"),
    ]
    for (seconds, text) in ages { #expect(Format.span(seconds) == text) }
    #expect(Format.age(nil, at: World.now) == "-")
    #expect(Format.remaining(until: World.ahead(25.2), at: World.now) == "26s")
    #expect(Format.remaining(until: World.ago(1), at: World.now) == "due")
    #expect(Format.interval(5400) == "1h30m" && Format.interval(45) == "45s" && Format.interval(nil) == "-")
    #expect(Format.clock(World.now, offset: 3600) == "13:04:31")
    #expect(Format.clock(World.now, offset: -13 * 3600) == "23:04:31")
    #expect(Format.clock(Date(timeIntervalSince1970: 1e300), offset: .max) == "--:--:--")
    #expect(Format.count(1204) == "1,204" && Format.count(-1_000_000) == "-1,000,000" && Format.count(999) == "999")
    #expect(Format.percent(1203, of: 1204) == 99 && Format.percent(0, of: 0) == 100 && Format.percent(-3, of: 4) == 0)
  }

  @Test func spansAreReadAsPeopleTypeThem() {
    let spans: [(String, Double?)] = [
      ("4h", 14_400), ("1h30m", 5400), ("2d", 172_800), ("90 m", 5400), ("45s", 45), ("4", nil), ("h", nil), ("", nil),
      ("0m", nil), ("400d", nil), ("4x", nil), ("-4h", nil), ("99999999999999999999999h", nil),
    ]
    for (text, seconds) in spans { #expect(Format.parseSpan(text) == seconds, "\(text)") }
  }

  @Test func pathsGiveWayInTheMiddleAndNeverAtTheLeaf() {
    let path = "spec.template.spec.containers[app.v1].image"
    #expect(DriftText.shortened(path, to: 60) == path)
    #expect(DriftText.shortened(path, to: 34) == "spec…spec.containers[app.v1].image")
    #expect(DriftText.shortened(path, to: 10) == "spec…image")
    #expect(DriftText.shortened(path, to: 9) == "…image")
    #expect(DriftText.shortened("replicas", to: 3) == "replicas")
    #expect(Names.leaf("data[a.b]") == "data[a.b]" && Names.leaf("metadata.labels[x/y.z]") == "labels[x/y.z]")
  }

  @Test func namesWhatAHealthCheckWaitsFor() {
    #expect(
      Names.waitedFor("timeout waiting for: [Deployment/shop/cart status: 'InProgress']") == "cart InProgress")
    #expect(
      Names.waitedFor("x: [Deployment/a/b status: 'Failed', Job/a/c status: 'InProgress']") == "b Failed +1")
    for odd in ["", "build failed: 'x'", " status: ''", "status: 'x'", "[/ status: 'x'"] {
      #expect(Names.waitedFor(odd) == nil, "\(odd)")
    }
  }
}
