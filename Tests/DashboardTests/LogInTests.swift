import Cells
import GitOps
import Testing

@testable import Dashboard

/// `L`, and the marks of what is not safe.
@Suite struct LogInTests {
  private static let reason = "the credential helper kube-login asks questions: it needs the terminal"

  /// The incident, with helpers for these clusters; those of `refused` want a log-in.
  private func snapshot(helpers: Set<ClusterID>, refused: Set<ClusterID>) -> Snapshot {
    var snapshot = World.incident
    for index in snapshot.clusters.indices {
      let id = snapshot.clusters[index].id
      if helpers.contains(id) { snapshot.clusters[index].helper = "kube-login" }
      if refused.contains(id) { snapshot.clusters[index].link = .authNeeded(reason: Self.reason) }
    }
    return snapshot
  }

  @Test func handsTheTerminalToTheHelperOfTheClusterThatWaits() {
    var state = World.state(snapshot(helpers: [World.eu, World.us, World.edge], refused: [World.edge]))
    #expect(state.press("L") == [.login(World.edge)])
  }

  @Test func theClusterInScopeComesFirst() {
    var state = World.state(snapshot(helpers: [World.us, World.edge], refused: [World.us, World.edge]))
    #expect(state.press("1 G L") == [.login(World.edge)])
    #expect(state.press("Enter L") == [.login(World.edge)])
  }

  @Test func saysWhyThereIsNothingToLogInTo() {
    func words(_ snapshot: Snapshot, _ keys: String) -> String? {
      var state = World.state(snapshot)
      #expect(state.press(keys) == [])
      return state.notices.last?.text.string
    }
    #expect(words(World.incident, "L") == "no cluster waits for a log-in")
    #expect(words(snapshot(helpers: [], refused: [World.eu]), "1 j L")?.contains("has no credential helper") == true)
    #expect(words(snapshot(helpers: [World.eu], refused: []), "1 j L")?.contains("accepts the credentials") == true)
  }

  @Test func aStreamThatIsRefusedIsReasonEnough() {
    var snapshot = snapshot(helpers: [World.eu], refused: [])
    snapshot.clusters[0].links.append(StreamRow(name: "x", link: .authNeeded(reason: "401"), objects: 0))
    var state = World.state(snapshot)
    #expect(state.press("L") == [.login(World.eu)])
  }

  @Test func tellsHowItEnded() {
    var state = World.state()
    _ = update(&state, .outcome(.login(World.eu, problem: nil)), at: World.now)
    #expect(state.notices.last?.text.string == "logged in to prod-eu")
    _ = update(&state, .outcome(.login(World.eu, problem: "it\u{1B}[31m said no")), at: World.now)
    let text = state.notices.last?.text.string ?? ""
    #expect(text.hasPrefix("log-in to prod-eu failed: it") && !text.contains("\u{1B}"))
  }

  @Test func theFooterOffersItOnlyWhereItHelps() throws {
    let waiting = snapshot(helpers: [World.edge], refused: [World.edge])
    #expect(Footer(state: World.state(waiting)).hints.contains { $0.id == .login })
    #expect(!Footer(state: World.state()).hints.contains { $0.id == .login })
    for (width, height) in [(80, 24), (120, 36)] {
      let state = World.state(waiting, width: width, height: height)
      try expectGolden(view(state, size: state.size), named: "trouble/log-in-\(width)x\(height)")
    }
  }

  @Test func whereNothingElseIsToBeSeenTheKeyIsNamed() {
    var snapshot = Snapshot()
    snapshot.isComplete = true
    snapshot.clusters = [
      ClusterRow(id: World.eu, server: "https://a", link: .authNeeded(reason: Self.reason), helper: "kube-login")
    ]
    #expect(text(World.state(snapshot)).contains("L gives the helper the terminal"))
    snapshot.clusters[0].helper = nil
    #expect(!text(World.state(snapshot)).contains("L gives"))
  }

  @Test(arguments: [(80, 24), (120, 36)])
  func A19_whatIsNotVerifiedIsMarkedWhereverTheClusterIs(width: Int, height: Int) throws {
    var snapshot = World.incident
    snapshot.clusters[0].marks = ["TLS is not verified"]
    let home = World.state(snapshot, width: width, height: height)
    try expectGolden(view(home, size: home.size), named: "trouble/not-verified-\(width)x\(height)")
    var scoped = home
    _ = scoped.choose(cluster: World.eu.name)
    _ = update(&scoped, .tick, at: World.now)
    var detail = home
    _ = detail.push(Screen(.cluster(World.eu)))
    _ = update(&detail, .tick, at: World.now)
    try expectGolden(view(detail, size: detail.size), named: "trouble/not-verified-cluster-\(width)x\(height)")
    for state in [home, scoped, detail] { #expect(text(state).contains("prod-eu !TLS")) }
    #expect(text(detail).contains("TLS is not verified"))
  }

  @Test func A19_severalMarkedClustersAreANumber() {
    var snapshot = World.incident
    snapshot.clusters[0].marks = ["http: not encrypted"]
    snapshot.clusters[2].marks = ["the credential may write"]
    let shown = text(World.state(snapshot, width: 160))
    #expect(shown.contains("2 clusters !http"))
    let panes = shown.split(separator: "\n").map { $0.prefix(40) }
    #expect(panes.contains { $0.contains("● prod-eu ") && $0.contains(" !http") })
    #expect(panes.contains { $0.contains("○ edge-7 ") && $0.contains(" ! ") })
  }

  @Test func E_K08_namesAreShownWithoutWhatTheyDoAndCut() {
    let name = "prod\u{1B}[31m\n\u{202E}eu" + String(repeating: "x", count: 10_240)
    var snapshot = Snapshot()
    snapshot.isComplete = true
    snapshot.clusters = [
      ClusterRow(
        id: ClusterID(name), server: "https://a", link: .authNeeded(reason: Self.reason),
        marks: ["TLS is not verified"],
        helper: name)
    ]
    for (width, height) in [(80, 24), (120, 36)] {
      for keys in ["", "1", "1 j", "1 j Enter", "L"] {
        let state = World.state(snapshot, width: width, height: height, keys: keys)
        let shown = text(state)
        #expect(!shown.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202E })
        #expect(shown.split(separator: "\n").allSatisfy { $0.count <= width })
      }
    }
  }

  @Test func E_K07_aLongListOfClustersIsOneTable() {
    var snapshot = Snapshot()
    snapshot.clusters = (0..<10_000).map { ClusterRow(id: ClusterID("c\($0)"), server: "https://a") }
    var state = World.state(snapshot, keys: "1 G")
    #expect(text(state).contains("c9999"))
    #expect(state.press("g") == [])
    #expect(text(state).contains("c0"))
  }

  /// Everything on the screen, line by line.
  private func text(_ state: State) -> String {
    let golden = Golden.text(view(state, size: state.size))
    let end = golden.firstRange(of: "== roles")?.lowerBound ?? golden.endIndex
    return golden[..<end].split(separator: "\n").dropFirst().joined(separator: "\n")
  }
}
