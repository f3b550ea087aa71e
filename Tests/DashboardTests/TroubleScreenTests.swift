import Cells
import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

/// Empty, loading, forbidden, all down; odd names.
@Suite struct TroubleScreenTests {
  private func expect(_ snapshot: Snapshot, _ name: String, keys: String = "", width: Int = 120, height: Int = 36)
    throws
  {
    let state = World.state(snapshot, width: width, height: height, keys: keys)
    try expectGolden(view(state, size: state.size), named: "trouble/\(name)-\(width)x\(height)")
  }

  private func snapshot(_ clusters: [ClusterRow], complete: Bool = true) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.clusters = clusters
    snapshot.isComplete = complete
    return snapshot
  }

  @Test func saysWhereItLookedForAKubeconfig() throws {
    var state = State(
      size: Size(width: 120, height: 36), now: World.now, searched: ["/home/op/.kube/config", "/etc/kube/other"])
    _ = update(&state, .snapshot(snapshot([])), at: World.now)
    try expectGolden(view(state, size: state.size), named: "trouble/no-kubeconfig-120x36")
  }

  @Test func startsBeforeAnythingIsKnown() throws {
    let state = State(size: Size(width: 80, height: 24), now: World.now)
    try expectGolden(view(state, size: state.size), named: "trouble/first-frame-80x24")
  }

  @Test func saysWhatItReads() throws {
    let clusters = ["a", "b", "c"].map { ClusterRow(id: ClusterID("prod-\($0)"), server: "https://\($0).example.com") }
    try expect(snapshot(clusters, complete: false), "loading")
  }

  @Test func saysWhatIsMissingWhenThereIsNoFlux() throws {
    try expect(snapshot([ClusterRow(id: World.eu, server: "https://eu.example.com", link: .live)]), "empty")
  }

  @Test func saysWhatMayNotBeRead() throws {
    let reason = "kustomizations.kustomize.toolkit.fluxcd.io is forbidden: User \"op\" cannot list resource"
    let cluster = ClusterRow(
      id: World.eu, server: "https://eu.example.com", link: .forbidden(reason: reason),
      links: [StreamRow(name: "kustomizations", link: .forbidden(reason: reason), objects: 0)])
    try expect(snapshot([cluster]), "forbidden")
  }

  @Test func A15_saysWhichNamespacesItSeesAndWhatItDoesNot() throws {
    var cluster = ClusterRow(id: World.eu, server: "https://eu.example.com", version: "v1.31.2", link: .live)
    cluster.visible = ["payments", "shop"]
    cluster.narrowed = ["helmreleases", "kustomizations"]
    try expect(snapshot([cluster]), "seen-in-part")
    try expect(snapshot([cluster]), "seen-in-part-detail", keys: "1 Enter")
  }

  @Test func A22_marksTheRowsOfAKindThatIsNotConfirmed() throws {
    var snapshot = World.incident
    snapshot.clusters[0].staleKinds = [GroupKind(group: "apps", kind: "Deployment"): World.ago(130)]
    for (width, height) in [(80, 24), (120, 36)] { try expect(snapshot, "stale-kind", width: width, height: height) }
  }

  @Test func saysThatNothingAnswers() throws {
    let clusters = [
      ClusterRow(id: World.eu, server: "https://eu.example.com", link: .retrying(reason: "connection refused")),
      ClusterRow(
        id: World.us, server: "https://us.example.com", link: .authNeeded(reason: "the token was refused (401)"),
        confirmed: World.ago(3600)),
    ]
    try expect(snapshot(clusters, complete: false), "all-down")
  }

  @Test func greysWhatIsOldWhenEverythingIsStale() throws {
    var snapshot = World.incident
    for index in snapshot.clusters.indices {
      snapshot.clusters[index].link = .stale(since: World.ago(75).timeIntervalSince1970)
    }
    for index in snapshot.reconcilers.indices { snapshot.reconcilers[index].staleSince = World.ago(75) }
    try expect(snapshot, "all-stale")
  }

  @Test func E_G01_saysSinceWhenAndWhyGitIsStale() throws {
    var snapshot = World.incident
    let id = snapshot.repos[0].id
    snapshot.repos[0].link = .stale(since: World.ago(95).timeIntervalSince1970)
    snapshot.repos[0].problem =
      "\(snapshot.repos[0].url): the host stays silent (no answer within 30 s) and the fetch was ended; it is tried again"
    for index in snapshot.reconcilers.indices where snapshot.reconcilers[index].repo == id {
      snapshot.reconcilers[index].headStaleSince = World.ago(95)
    }
    try expect(snapshot, "git-stale", keys: "2 j")
    try expect(snapshot, "git-stale", width: 80, height: 24)
    try expect(snapshot, "git-stale-repo", keys: "2 j Enter")
  }

  @Test func isCalmWhenAllIsWell() throws {
    var snapshot = World.incident
    snapshot.drift = []
    snapshot.coverage.known = snapshot.coverage.total
    snapshot.coverage.undetermined = [:]
    snapshot.clusters.removeLast()
    for index in snapshot.clusters.indices {
      snapshot.clusters[index].failed = 0
      snapshot.clusters[index].drift = DriftCounts()
    }
    for index in snapshot.namespaces.indices { snapshot.namespaces[index].drift = DriftCounts() }
    snapshot.reconcilers = (1...12).map { World.row(World.ks(World.eu, "tenant-\($0 + 10)")) }
    try expect(snapshot, "calm")
    try expect(snapshot, "calm-trouble-only", keys: "!")
  }

  @Test(arguments: HomeScreenTests.sizes) func keepsColumnsWithWideGlyphsAndLongNames(width: Int, height: Int) throws {
    let long = String(repeating: "a-very-long-name-", count: 12) + "end"
    var snapshot = World.incident
    let names = ["カート-在庫", "🚀-deploy", "e\u{301}cole", "tab\tand\nline", long, "\u{1B}[31mred\u{202E}abc"]
    let rows = names.map { name in
      World.row(World.ks(World.eu, name, namespace: name == long ? long : "店舗"), .failed) {
        $0.message = "構築に失敗しました: \(name)"
        $0.reason = "BuildFailed"
      }
    }
    snapshot.reconcilers = rows + snapshot.reconcilers
    snapshot.drift = names.map {
      World.drift(
        World.deployment(World.eu, "店舗", $0), World.ks(World.eu, $0), "spec.template.spec.containers[\($0)].image",
        git: "レジストリ/\($0):1", live: "レジストリ/\($0):2")
    }
    try expect(snapshot, "wide-glyphs", width: width, height: height)
  }
}
