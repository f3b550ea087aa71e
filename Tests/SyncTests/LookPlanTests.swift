import Foundation
import Git
import GitOps
import Testing

@testable import Sync

/// When repositories are looked at, and what is said of them.
@Suite struct LookPlanTests {
  private let start = ContinuousClock.now
  private let minute: Duration = .seconds(60)

  /// The waits after so many failures in a row, each after a look of no length.
  private func waits(_ count: Int, _ kind: GitError.Kind, refresh: Duration, jitter: Double = 1) -> [Duration] {
    var plan = LookPlan()
    var now = start
    return (0..<count).map { _ in
      plan.begin(now)
      plan.end(now, kind, refresh: refresh, jitter: jitter)
      let next = plan.due(now) ?? now
      defer { now = next }
      return next - now
    }
  }

  @Test func looksAtOnceAndThenAtTheRefresh() {
    var plan = LookPlan()
    #expect(plan.due(start) == start)
    plan.begin(start)
    #expect(plan.isBusy)
    #expect(plan.due(start) == nil)
    plan.end(start + .seconds(1), nil, refresh: minute, jitter: 1)
    #expect(plan.due(start) == start + .seconds(61))
  }

  @Test func aFailureBacksOffUpToTheRefreshAndASuccessResets() {
    #expect(waits(7, .unreachable, refresh: minute).map(\.components.seconds) == [2, 4, 8, 16, 32, 60, 60])
    #expect(waits(7, .timeout, refresh: minute, jitter: 2).map(\.components.seconds) == [4, 8, 16, 32, 60, 60, 60])
    #expect(waits(3, .unreachable, refresh: .seconds(5)).map(\.components.seconds) == [2, 4, 5])
    var plan = LookPlan()
    for _ in 0..<5 {
      plan.begin(start)
      plan.end(start, .unreachable, refresh: minute, jitter: 1)
    }
    plan.begin(start)
    plan.end(start, nil, refresh: minute, jitter: 1)
    plan.begin(start)
    plan.end(start, .unreachable, refresh: minute, jitter: 1)
    #expect(plan.due(start) == start + .seconds(2))
  }

  @Test func whatDoesNotPassByItselfIsNotTriedInAHurry() {
    #expect(waits(3, .notFound, refresh: minute) == [minute, minute, minute])
    #expect(waits(2, .authentication, refresh: .seconds(5)) == [minute, minute])
    #expect(waits(8, .limit, refresh: minute).map(\.components.seconds) == [60, 120, 240, 480, 960, 1920, 3600, 3600])
    #expect(waits(400, .unreachable, refresh: minute).last == minute)
  }

  @Test func aHostThatTookLongToFailIsNotAskedSooner() {
    var plan = LookPlan()
    plan.begin(start)
    plan.end(start + .seconds(30), .timeout, refresh: minute, jitter: 1)
    #expect(plan.due(start) == start + .seconds(60))
  }

  @Test func askingIsAnsweredAtOnceButNotTwiceASecond() {
    var plan = LookPlan()
    plan.begin(start)
    // While it is being looked at: again afterwards.
    plan.ask()
    plan.end(start, .unreachable, refresh: minute, jitter: 1)
    #expect(plan.due(start) == start + .seconds(1))
    plan.begin(start + .seconds(1))
    plan.end(start + .seconds(1), nil, refresh: minute, jitter: 1)
    #expect(plan.due(start) == start + .seconds(61))
  }

  private func state() -> RepoState {
    RepoState(
      row: RepoRow(url: "https://git.example.com/fleet", name: "fleet", ref: "main"),
      remote: "https://git.example.com/fleet", reference: .branch("main"))
  }

  private let source = ObjectRef(
    cluster: ClusterID("a"), group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: "flux-system",
    name: "fleet")

  @Test func aRevisionThatNeverAppearsIsLookedForOnce() {
    var state = state()
    var now = start
    var looks = 0
    for second in 0..<600 {
      now = start + .seconds(second)
      // The source's status changes all the time, and reports the same commit.
      state.note(source, commit: String(repeating: "b", count: 40))
      guard let due = state.plan.due(now), due <= now else { continue }
      looks += 1
      state.plan.begin(now)
      state.plan.end(now, nil, refresh: minute, jitter: 1)
    }
    #expect(looks <= 11)
    #expect(state.row.sources == [source])
    // Another one is another reason.
    let before = state.plan.due(now)
    state.note(source, commit: String(repeating: "c", count: 40))
    #expect(state.plan.due(now) != before)
  }

  @Test func E_G01_whatWasReadOnceIsStaleSinceThenAndSaysWhy() {
    var state = state()
    let error = GitError(.unreachable, "https://git.example.com/fleet: cannot be reached")
    state.failed(error)
    #expect(state.row.link == .retrying(reason: error.message))
    let head = CommitSummary(
      id: String(repeating: "a", count: 40), author: "A. Author", time: Date(timeIntervalSince1970: 1), subject: "Here")
    state.succeeded(head, at: Date(timeIntervalSince1970: 1000))
    #expect(state.row.link == .live)
    #expect(state.row.reason == nil)
    state.failed(error)
    state.failed(GitError(.timeout, "later"))
    #expect(state.row.head == head)
    #expect(state.row.staleSince == Date(timeIntervalSince1970: 1000))
    #expect(state.row.reason == "later")
    state.succeeded(head, at: Date(timeIntervalSince1970: 2000))
    #expect(state.row.link == .live)
    #expect(state.row.reason == nil)
    state.delayed()
    #expect(state.row.staleSince == Date(timeIntervalSince1970: 2000))
  }
}
