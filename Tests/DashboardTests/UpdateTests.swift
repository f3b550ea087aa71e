import Cells
import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

/// Messages in, state and effects out.
@Suite struct UpdateTests {
  private func rows(_ state: State) -> [String] {
    state.lists.reconcilers.map { line in
      switch line {
      case .row(let index, let depth): (depth > 0 ? "  " : "") + state.snapshot.reconcilers[index].ref.name
      case .fold(_, let count, let open): "└ \(count)\(open ? " open" : "")"
      case .unreachable(let index): "unreachable \(state.snapshot.clusters[index].id)"
      }
    }
  }

  @Test func troubleComesFirst() {
    #expect(
      rows(World.state()) == [
        "unreachable edge-7", "apps", "└ 39", "cart", "shop", "certs", "edge-apps", "payments", "legacy", "edge-addons",
        "flux-system", "infra-controllers", "prometheus",
      ])
  }

  @Test func theWorstReconcilerIsSelectedAtFirst() {
    #expect(World.state()[.reconcilers].selected == .reconciler(World.ks(World.eu, "apps")))
  }

  @Test func theSelectionStaysOnItsObjectWhenRowsMove() {
    var state = World.state(keys: "j j")
    let cart = World.hr(World.eu, "shop", "cart")
    #expect(state[.reconcilers].selected == .reconciler(cart))
    var snapshot = World.incident
    snapshot.reconcilers.insert(World.row(World.ks(World.us, "new"), .failed, since: 1), at: 0)
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state[.reconcilers].selected == .reconciler(cart))
    #expect(rows(state)[state[.reconcilers].index] == "cart")
    snapshot.reconcilers.removeAll { $0.ref == cart }
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state[.reconcilers].selected == .reconciler(World.ks(World.us, "shop")))
  }

  @Test func foldsOpenAndCloseWithArrowsAndEnter() {
    var state = World.state(keys: "Right")
    #expect(rows(state).prefix(4) == ["unreachable edge-7", "apps", "└ 39 open", "  tenant-01"])
    state.press("j j j Left")
    #expect(rows(state)[2] == "└ 39")
    #expect(state[.reconcilers].selected == .fold(World.ks(World.eu, "apps")))
    state.press("Enter")
    #expect(rows(state)[2] == "└ 39 open")
  }

  @Test func scopePanesNarrowTheOthers() {
    var state = World.state(keys: "1 j j")
    #expect(state.scope == Scope(cluster: World.us))
    #expect(rows(state) == ["shop", "certs", "payments", "legacy", "infra-controllers", "prometheus"])
    #expect(state.lists.repos.count == 3)
    #expect(state.lists.namespaces.map(\.name) == ["shop", "monitoring", "payments"])
    state.press("3 j")
    #expect(state.scope == Scope(cluster: World.us, namespace: "shop"))
    state.press("4 Esc")
    #expect(state.scope.isAll)
  }

  @Test func goingAboveTheFirstClusterShowsAllAgain() {
    var state = World.state(keys: "1 j")
    #expect(state.scope.cluster == World.eu)
    state.press("k")
    #expect(state.scope.isAll)
    state.press("2")
    #expect(state.scope.isAll, "focusing alone selects nothing")
  }

  @Test func aTargetClusterShowsWhatOthersApplyToIt() {
    let state = World.state(keys: "1 G 4")
    #expect(state.scope.cluster == World.edge)
    #expect(rows(state) == ["unreachable edge-7", "edge-apps", "edge-addons"])
  }

  @Test func aScopeThatGoesAwayIsNoScope() {
    var state = World.state(keys: "1 j j 3 j")
    var snapshot = World.incident
    snapshot.clusters.remove(at: 1)
    snapshot.namespaces.removeAll { $0.cluster == World.us }
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state.scope == Scope(namespace: "shop"))
  }

  @Test func escapeClosesInOrderAndNeverQuits() {
    var state = World.state(keys: "1 j 4 + / 'ks' Enter ?")
    #expect(state.press("Esc") == [])
    #expect(state.screens.isEmpty && !state.filter(.reconcilers).isEmpty)
    state.press("Esc")
    #expect(state.filter(.reconcilers).isEmpty && !state.scope.isAll)
    state.press("Esc")
    #expect(state.scope.isAll && state.isZoomed)
    state.press("Esc")
    #expect(!state.isZoomed)
    for _ in 0..<5 { #expect(state.press("Esc") == []) }
    #expect(state.overlay == nil)
  }

  @Test func quitsInItsWays() {
    var state = World.state()
    #expect(state.press("q") == [])
    #expect(state.overlay == .quit)
    #expect(state.press("Enter") == [.quit])
    state.press("?")
    state.press("q")
    #expect(state.screens.isEmpty)
    #expect(state.press("Q") == [.quit])
    #expect(state.press("R Ctrl-c") == [.quit])
    #expect(update(&state, .input(.hangup), at: World.now) == [.quit])
    #expect(state.press("Ctrl-z") == [.stop])
  }

  @Test func theLastViewComesBack() {
    var state = World.state(keys: "Enter q")
    #expect(state.screens.isEmpty)
    state.press("-")
    #expect(state.screen?.subject == .reconciler(World.ks(World.eu, "apps")))
    state.press("-")
    #expect(state.screens.isEmpty)
  }

  @Test func theYAMLTabFetchesTheObject() {
    var state = World.state()
    let apps = World.ks(World.eu, "apps")
    #expect(state.press("y") == [.loadObject(apps)])
    _ = update(&state, .outcome(.object(apps, .text(lines: ["a: 1"], managedFieldsFrom: nil))), at: World.now)
    #expect(state.document.rows.count == 1)
    #expect(state.press("Ctrl-r") == [.loadObject(apps)])
    state.press("q")
    #expect(state.loaded.isEmpty)
    _ = update(&state, .outcome(.object(apps, .failed("late"))), at: World.now)
    #expect(state.loaded.isEmpty)
  }

  @Test func refreshesTheClusterInScopeOrAll() {
    var state = World.state()
    #expect(state.press("Ctrl-r") == [.refresh(nil)])
    #expect(state.press("1 j Ctrl-r") == [.refresh(World.eu)])
    #expect(state.press("G Enter Ctrl-r") == [.refresh(World.edge)])
  }

  @Test func aPausedScreenStaysStillWhileDataGoesOn() {
    var state = World.state(keys: "P")
    var snapshot = World.incident
    snapshot.reconcilers = []
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state.snapshot == World.incident)
    state.press("P")
    #expect(state.snapshot == snapshot)
    #expect(state.pausedSince == nil)
  }

  @Test func troubleOnlyHidesTheRest() {
    let state = World.state(keys: "!")
    #expect(rows(state) == ["unreachable edge-7", "apps", "└ 39", "cart", "shop"])
    #expect(state.lists.drift.count == 3)
    #expect(state.lists.log.count == 2)
  }

  @Test func countsLeaveProvisionalRowsOut() {
    let totals = World.state().lists.totals
    #expect((totals.failed, totals.drifted, totals.drift.contested) == (1, 2, 1))
    #expect((totals.suspended, totals.waiting, totals.pending) == (1, 39, 2))
  }

  @Test func driftComesInTheOrderOfWhatWillBecomeOfIt() {
    let state = World.state()
    let shown = state.lists.drift.map { state.snapshot.drift[$0] }
    #expect(shown.map(\.driftClass) == [.drifted, .contested, .missing, .drifted, .pending])
    #expect(shown[3].provisional)
  }

  @Test func theTitleOfTheDriftPaneOpensWhatIsNotCounted() {
    let state = World.state(keys: "5 k Enter")
    #expect(state.screen?.subject == .coverage(nil))
  }

  @Test func anOverdueSuspensionMovesUpWithTheClock() {
    var state = World.state()
    #expect(state.lists.totals.overdue == 0)
    _ = update(&state, .tick, at: World.now.addingTimeInterval(7401))
    #expect(state.lists.totals.overdue == 1)
    #expect(rows(state).firstIndex(of: "legacy") ?? 9 < rows(state).firstIndex(of: "payments") ?? 0)
  }

  @Test func logsFollowUntilOneGoesUp() {
    var state = World.state(keys: "6")
    #expect(state[.log].selected == .log(7))
    state.press("k")
    #expect(!state.follows)
    var snapshot = World.incident
    snapshot.log.append(World.log(8, 1, World.eu, "kustomize-controller", nil, "", "more"))
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state[.log].selected == .log(6))
    state.press("G")
    #expect(state[.log].selected == .log(8) && state.follows)
  }

  @Test func smallScreensOpenPanesOneToThreeAsPickers() {
    var state = World.state(width: 80, height: 24, keys: "1")
    state.press("'us' Enter")
    #expect(state.scope.cluster == World.us)
    state.press("n 'pay' Enter")
    #expect(state.scope == Scope(cluster: World.us, namespace: "payments"))
    state.press("0")
    #expect(state.scope == Scope(cluster: World.us))
    state.press("1 Enter")
    #expect(state.scope.isAll)
    state.press("]")
    #expect(state.focus == .log)
  }

  @Test func shrinkingTakesTheFocusOffAPaneThatGoes() {
    var state = World.state(keys: "2")
    _ = update(&state, .input(.resize(Size(width: 80, height: 24))), at: World.now)
    #expect(state.focus == .reconcilers)
  }

  @Test func oddSizesAreTakenAsWhatTheyMean() {
    var state = World.state()
    _ = update(&state, .input(.resize(.zero)), at: World.now)
    #expect(state.size == Size(width: 80, height: 24))
    _ = update(&state, .input(.resize(Size(width: 65535, height: 65535))), at: World.now)
    #expect(state.size == Size(width: 1000, height: 500))
  }

  @Test func clicksFocusAndSelectAndTheWheelScrolls() {
    var state = World.state()
    _ = update(&state, .input(.mouse(.init(.press(.left), at: Point(x: 40, y: 7)))), at: World.now)
    #expect(state[.reconcilers].selected == .reconciler(World.ks(World.us, "shop")))
    _ = update(&state, .input(.mouse(.init(.press(.left), at: Point(x: 5, y: 3)))), at: World.now)
    #expect(state.focus == .clusters && state.scope.cluster == World.us)
    _ = update(&state, .input(.mouse(.init(.wheelUp, at: Point(x: 5, y: 3)))), at: World.now)
    #expect(state.scope.isAll)
    _ = update(&state, .input(.mouse(.init(.press(.left), at: Point(x: 100_000, y: -5)))), at: World.now)
  }

  @Test func searchesInTexts() {
    var state = DetailScreenTests.withYAML(width: 80, height: 12)
    state.press("/ 'prune' Enter")
    let first = state.screen?.scroll.top
    #expect(first == 8 || first == state.document.rows.count - Layout(state).text.height)
    state.press("/ Ctrl-u 'nothing_there' Enter")
    #expect(state.notices.last?.text == "nothing here matches nothing there")
    state.press("Esc")
    #expect(state.screen?.search == "")
  }

  @Test func wrapsLongLinesInTexts() {
    var state = World.state(width: 80, height: 24, keys: "l")
    let before = state.document.rows.count
    state.press("w")
    #expect(state.document.rows.count > before)
    #expect(state.document.lines.count == before)
  }

  @Test func noticesGoWithTheNextKeyOrInTime() {
    var state = World.state(keys: "x")
    #expect(state.notices.count == 1)
    state.press("j")
    #expect(state.notices.isEmpty)
    var snapshot = World.incident
    snapshot.reconcilers[0] = World.row(World.ks(World.eu, "apps"))
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state.notices.last?.text == "prod-eu ks flux-system/apps: Failed → Ready")
    state.press("j")
    #expect(state.notices.count == 1)
    _ = update(&state, .tick, at: World.now.addingTimeInterval(Notice.lifetime))
    #expect(state.notices.isEmpty)
    #expect(state.history.count == 2)
  }

  @Test func tellsConfigurationErrorsOnce() {
    var snapshot = World.incident
    snapshot.notices = ["config.yaml:3: colour is not a key"]
    var state = World.state(snapshot)
    #expect(state.notices.last?.text == "config.yaml:3: colour is not a key")
    state.press("j")
    snapshot.number += 1
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state.notices.isEmpty)
  }

  @Test func sameStateSameScreen() {
    let state = World.state()
    #expect(view(state, size: state.size) == view(state, size: state.size))
    #expect(view(state, size: Size(width: 90, height: 30)).size == Size(width: 90, height: 30))
  }
}
