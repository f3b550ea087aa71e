import Cells
import FoundationEssentials
import GitOps
import Testing

@testable import Dashboard

/// From a key to a mutation, and everything that stands between them.
@Suite struct ActionTests {
  let apps = World.ks(World.eu, "apps")

  private func later(_ seconds: Double) -> Date { World.now.addingTimeInterval(seconds) }

  private func confirmed(_ keys: String, on state: inout State) -> [Effect] {
    state.press(keys)
    state.painted(at: World.now)
    return state.press("Enter", at: later(0.31))
  }

  @Test func reconcilesAfterTheDialog() {
    var state = World.state()
    let mutation = Mutation(id: 1, verb: .reconcile, target: apps, uid: "uid-apps")
    #expect(confirmed("R", on: &state) == [.mutate(mutation)])
    #expect(state.overlay == nil)
    #expect(state.sent == [1: mutation])
    #expect(state.notices.last?.text == "reconcile ks flux-system/apps on prod-eu: sending")
  }

  @Test func namesTheSourceThatFetchesFirst() {
    var state = World.state()
    #expect(
      confirmed("W", on: &state) == [
        .mutate(
          Mutation(
            id: 1, verb: .reconcileWithSource, target: apps, uid: "uid-apps", source: World.source(World.eu, "fleet")))
      ])
  }

  @Test(arguments: [0, 0.1, 0.299]) func enterBeforeTheDialogCouldBeReadDoesNothing(after: Double) {
    var state = World.state(keys: "R")
    #expect(state.press("Enter", at: later(0.5)) == [], "not painted yet")
    state.painted(at: later(1))
    #expect(state.press("Enter", at: later(1 + after)) == [])
    #expect(state.overlay != nil)
    #expect(state.press("Enter", at: later(1.31)).count == 1)
    #expect(state.press("Enter", at: later(1.5)) == [], "one dialog, one action")
  }

  @Test func aResizeAsksForThePauseAgain() {
    var state = World.state(keys: "R")
    state.painted(at: World.now)
    _ = update(&state, .input(.resize(Size(width: 100, height: 30))), at: later(1))
    #expect(state.press("Enter", at: later(2)) == [])
    state.painted(at: later(2))
    #expect(state.press("Enter", at: later(2.31)).count == 1)
  }

  @Test func aDialogThatCannotBeSeenCannotBeConfirmed() {
    var state = World.state(keys: "R")
    _ = update(&state, .input(.resize(Size(width: 30, height: 5))), at: World.now)
    state.painted(at: World.now)
    #expect(state.press("Enter", at: later(5)) == [])
  }

  @Test func aPasteConfirmsNothingAndStartsNothing() {
    var state = World.state(keys: "R")
    state.painted(at: World.now)
    #expect(update(&state, .input(.paste("\n\r R y yes")), at: later(1)) == [])
    #expect(state.overlay != nil)
    var home = World.state()
    #expect(update(&home, .input(.paste("R:q")), at: later(1)) == [])
    #expect(home.overlay == nil)
  }

  @Test func escapeLeavesEverythingAsItWas() {
    var state = World.state(keys: "R")
    state.painted(at: World.now)
    #expect(state.press("Esc", at: later(1)) == [])
    #expect(state.overlay == nil)
    #expect(state.sent.isEmpty)
  }

  @Test func suspendsWithThePrefilledReasonAndEnd() {
    var state = World.state()
    let effects = confirmed("s Enter", on: &state)
    let expected = Suspension(
      by: "op@jump", reason: "incident, op@jump", since: later(0.31), until: later(0.31 + 4 * 3600))
    #expect(effects == [.mutate(Mutation(id: 1, verb: .suspend, target: apps, uid: "uid-apps", suspension: expected))])
  }

  @Test func takesAnotherReasonAndNoEnd() {
    var state = World.state()
    let effects = confirmed("s Enter Ctrl-u 'db_down' Tab Ctrl-u", on: &state)
    guard case .mutate(let mutation) = effects.first else {
      Issue.record("nothing was sent")
      return
    }
    #expect(mutation.suspension == Suspension(by: "op@jump", reason: "db down", since: later(0.31), until: nil))
  }

  @Test func doesNotSuspendWithAnEndThatIsNone() {
    var state = World.state()
    #expect(confirmed("s Enter Tab Ctrl-u 'soon'", on: &state) == [])
    guard case .confirmation(let confirmation) = state.overlay else {
      Issue.record("the dialog is gone")
      return
    }
    #expect(confirmation.problem == "\"soon\" is not a span: write 30m, 4h or 2d, at most a year")
  }

  @Test func resumesWhatIsSuspended() {
    var state = World.state(keys: "/ 'legacy' Enter")
    let legacy = World.ks(World.us, "legacy")
    #expect(
      confirmed("s Enter", on: &state) == [
        .mutate(Mutation(id: 1, verb: .resume, target: legacy, uid: "uid-legacy"))
      ])
  }

  static let refusals: [(String, String, String)] = [
    ("/ 'legacy' Enter", "R", "suspended by op@jump: a reconcile would do nothing; resume it first (s)"),
    ("1 j", "R", "select a reconciler first"), ("", ": 'resume' Enter", "ks flux-system/apps is not suspended"),
  ]

  @Test(arguments: refusals) func refusesWithTheReason(before: String, keys: String, reason: String) {
    var state = World.state(keys: before)
    #expect(state.press(keys) == [])
    #expect(state.overlay == nil)
    #expect(state.notices.last?.text.string == reason)
  }

  @Test func refusesWhatTheClusterOrItsRightsDoNotAllow() {
    var snapshot = World.incident
    snapshot.clusters[0].readOnly = true
    snapshot.reconcilers[2].denied = [.reconcile: "may not patch kustomizations in flux-system"]
    var state = World.state(snapshot)
    state.press("R")
    #expect(state.notices.last?.text == "prod-eu is read-only by configuration")
    state.press("/ '@prod-us_name:shop' Enter R")
    #expect(state.notices.last?.text == "may not patch kustomizations in flux-system")
  }

  @Test func refusesASecondRequestWhileOneIsUnderWay() {
    var state = World.state()
    _ = confirmed("R", on: &state)
    state.press("R", at: later(1))
    #expect(state.overlay == nil)
    #expect(state.notices.last?.text == "a request to ks flux-system/apps is under way")
    let mutation = Mutation(id: 1, verb: .reconcile, target: apps, uid: "uid-apps")
    _ = update(&state, .outcome(.mutation(mutation, accepted: true, message: "")), at: later(2))
    #expect(state.sent.isEmpty)
    state.press("R", at: later(3))
    #expect(state.overlay != nil)
  }

  @Test func doesNotWriteToAnObjectThatWasReplacedMeanwhile() {
    var state = World.state(keys: "R")
    state.painted(at: World.now)
    var snapshot = World.incident
    let row = snapshot.reconcilers[0]
    var resource = Resource(ref: row.ref, version: "v1", uid: "uid-new", role: .reconciler)
    resource.health = .failed
    snapshot.reconcilers[0] = ReconcilerRow(resource: resource, target: World.eu)
    _ = update(&state, .snapshot(snapshot), at: later(0.1))
    #expect(state.press("Enter", at: later(1)) == [])
    #expect(state.overlay == nil)
    #expect(state.notices.last?.text == "ks flux-system/apps was replaced meanwhile: look again")
  }

  @Test func doesNotReconcileWhatWasSuspendedMeanwhile() {
    var state = World.state(keys: "R")
    state.painted(at: World.now)
    var snapshot = World.incident
    snapshot.reconcilers[0] = World.row(apps, .suspended)
    _ = update(&state, .snapshot(snapshot), at: later(0.1))
    #expect(state.press("Enter", at: later(1)) == [])
    #expect(state.sent.isEmpty)
  }

  @Test func saysWhatBecameOfIt() {
    var state = World.state()
    let mutation = Mutation(id: 1, verb: .reconcile, target: apps, uid: "uid-apps")
    _ = update(&state, .outcome(.mutation(mutation, accepted: false, message: "409 conflict\nuid")), at: World.now)
    #expect(state.notices.last?.text == "reconcile ks flux-system/apps on prod-eu failed: 409 conflict uid")
    #expect(state.notices.last?.level == .error)
    var snapshot = World.incident
    snapshot.actions[0].stage = .failed
    snapshot.actions[0].message = "not ready after 5m"
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(
      state.notices.last?.text
        == "reconcile ks flux-system/infra-controllers on prod-us: failed, not ready after 5m")
  }

  @Test func tellsTheBlastRadius() throws {
    let state = World.state()
    func lines(_ verb: Verb, _ ref: ObjectRef) throws -> [String] {
      Consequence(state: state, verb: verb, row: try #require(state.reconciler(ref))).lines.map(\.string)
    }
    #expect(try lines(.reconcile, apps) == ["Creates 1 missing object", "39 reconcilers depend on it and follow"])
    #expect(
      try lines(.reconcile, World.hr(World.eu, "shop", "cart")) == ["1 drift row stays: it does not undo them"])
    #expect(
      try lines(.reconcileWithSource, World.ks(World.us, "payments")) == [
        "First GitRepository flux-system/fleet fetches, then it applies what Git says",
        "No drift is known that it would revert", "Git is ahead: 2 commits will be applied",
      ])
    #expect(
      try lines(.reconcile, World.hr(World.us, "monitoring", "prometheus")) == [
        "What it will revert cannot be told: its drift is undetermined"
      ])
    #expect(
      try lines(.reconcile, World.ks(World.edge, "edge-apps")).first
        == "edge-7 is not confirmed for 6m: what you see may be old, and the request may not arrive")
    #expect(
      try lines(.suspend, apps) == [
        "It stops following Git; nothing resumes it by itself, not even at the end named below",
        "1 drift row that would revert will stay", "39 reconcilers depend on it",
        "ks flux-system/flux-system applies it: if Git sets spec.suspend, that undoes the suspension",
      ])
  }
}

/// The copy menu.
@Suite struct CopyTests {
  @Test func theRuleForArgoCDIsAnEntryOfIgnoreDifferences() throws {
    let application = ObjectRef(
      cluster: ClusterID("prod-eu"), group: "argoproj.io", kind: "Application", namespace: "delivery", name: "ferry")
    let object = ObjectRef(
      cluster: ClusterID("prod-eu"), group: "apps", kind: "Deployment", namespace: "shop", name: "cart")
    let rule = try #require(State.ignoreRule(World.drift(object, application, "spec.replicas")))
    #expect(
      rule.split(separator: "\n").map(String.init) == [
        "# Application delivery/ferry", "spec:", "  ignoreDifferences:", "    - group: \"apps\"",
        "      kind: Deployment", "      name: cart", "      namespace: shop", "      jsonPointers:",
        "        - /spec/replicas",
      ])
    #expect(State.ignoreRule(World.drift(object, application, "")) == nil)
  }

  private func state(mode: Mode = .normal) -> State {
    var state = World.state(mode: mode)
    _ = state.press("5 j")
    return state
  }

  @Test func aChosenRuleGoesToTheClipboardOnlyWhereThatIsAllowed() throws {
    var state = state()
    state.mayCopy = true
    var effects = state.press("c j j j j j j Enter").filter { if case .copy = $0 { true } else { false } }
    guard case .copy(let rule)? = effects.first else {
      Issue.record("nothing was copied")
      return
    }
    #expect(rule.hasPrefix("# ") && rule.contains("  ignore:\n"))
    for mode in [Mode.normal, .readOnly(reason: "--read-only")] {
      var shown = self.state(mode: mode)
      shown.mayCopy = mode != .normal
      effects = shown.press("c j j j j j j Enter")
      #expect(!effects.contains { if case .copy = $0 { true } else { false } })
      #expect(shown.screen.map { if case .text(.ignoreRule, rule) = $0.subject { true } else { false } } == true)
    }
  }

  @Test func whatCanBeCopiedIsWhatTheRowHas() throws {
    let state = state()
    let row = try #require(state.copySubject?.row)
    #expect(state.text(.name) == row.object.name && state.text(.gitValue) == row.desired)
    #expect(
      state.text(.kubectl)?.hasPrefix("kubectl --context \(row.object.cluster.name) -n \(row.object.namespace)") == true
    )
    var other = World.state()
    _ = other.press("4")
    #expect(other.text(.ignoreRule) == nil && other.text(.name) != nil)
    #expect(other.text(.patch) == nil)
  }

  @Test func aPatchIsOneWordForTheShellWhateverIsInIt() throws {
    var state = state()
    let row = try #require(state.copySubject?.row)
    let index = try #require(state.snapshot.drift.firstIndex { $0.id == row.id })
    var snapshot = state.snapshot
    snapshot.drift[index].patch = #"[{"op":"remove","path":"/data/it's"}]"#
    _ = update(&state, .snapshot(snapshot), at: World.now)
    #expect(state.text(.patch)?.hasSuffix(#" --type=json -p '[{"op":"remove","path":"/data/it'\''s"}]'"#) == true)
    #expect(state.text(.patch)?.hasPrefix("kubectl --context \(row.object.cluster.name) -n ") == true)
  }

  @Test func aNamespacesPageAsksForWhatNothingAnswersFor() throws {
    var state = World.state()
    let asked = state.press("3 j Enter").compactMap { effect in
      if case .listUnmanaged(let place) = effect { place } else { nil }
    }
    let place = try #require(asked.first)
    var found = Unmanaged(at: World.now)
    let ref = ObjectRef(cluster: place.cluster, group: "", kind: "Secret", namespace: place.name, name: "left-over")
    found.objects = [UnmanagedObject(ref: ref, version: "v1", created: World.now.addingTimeInterval(-3600))]
    found.incomplete = ["ingresses: no permission"]
    for place in asked { _ = update(&state, .outcome(.unmanaged(place, found)), at: World.now) }
    let screen = Golden.text(view(state, size: state.size))
    #expect(screen.contains("Secret left-over") && screen.contains("not seen: ingresses: no permission"))
    #expect(!screen.contains("looking …"))
  }
}
