import FoundationEssentials
import GitOps

@testable import Dashboard

/// Snapshots to look at: a small world in which most things that can happen have happened.
struct World {
  static let now = Timestamp.parse("2026-11-23T12:04:31Z")!
  static let eu = ClusterID("prod-eu")
  static let us = ClusterID("prod-us")
  static let edge = ClusterID("edge-7")
  static let fleet = RepoRow.ID(url: "https://git.example.com/acme/fleet.git", ref: "main")
  static let apps = RepoRow.ID(url: "https://git.example.com/acme/apps.git", ref: "main")
  static let commit = CommitSummary(
    id: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", author: "A. Author", time: ago(9 * 60),
    subject: "raise cart replicas")
  static let older = CommitSummary(
    id: "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c", author: "B. Writer", time: ago(3 * 86_400), subject: "bump podinfo")

  static func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }
  static func ahead(_ seconds: Double) -> Date { now.addingTimeInterval(seconds) }

  static func ks(_ cluster: ClusterID, _ name: String, namespace: String = "flux-system") -> ObjectRef {
    ObjectRef(
      cluster: cluster, group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: namespace, name: name)
  }
  static func hr(_ cluster: ClusterID, _ namespace: String, _ name: String) -> ObjectRef {
    ObjectRef(cluster: cluster, group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", namespace: namespace, name: name)
  }
  static func source(_ cluster: ClusterID, _ name: String) -> ObjectRef {
    ObjectRef(
      cluster: cluster, group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace: "flux-system", name: name)
  }
  static func deployment(_ cluster: ClusterID, _ namespace: String, _ name: String) -> ObjectRef {
    ObjectRef(cluster: cluster, group: "apps", kind: "Deployment", namespace: namespace, name: name)
  }

  /// A healthy reconciler; the closures make something else of it.
  static func row(
    _ ref: ObjectRef, _ health: Health = .ready, since: Double = 7200,
    resource change: (inout Resource) -> Void = { _ in }, _ finish: (inout ReconcilerRow) -> Void = { _ in }
  ) -> ReconcilerRow {
    var resource = Resource(ref: ref, version: "v1", uid: "uid-\(ref.name)", role: .reconciler)
    resource.health = health
    resource.since = ago(since)
    resource.source = source(ref.cluster, "fleet")
    resource.path = "./\(ref.name)"
    resource.interval = 600
    resource.lastRun = ago(240)
    resource.nextRun = ahead(360)
    let revision = Revision("main@sha1:\(commit.id)")
    resource.inEffect = .revision(revision)
    resource.attempted = revision
    resource.applied = revision
    if health == .ready {
      resource.reason = "ReconciliationSucceeded"
      resource.message = "Applied revision: main@sha1:\(commit.id)"
    }
    change(&resource)
    var row = ReconcilerRow(
      resource: resource, target: ref.cluster, repo: fleet, head: .same, headCommit: commit.id, commit: commit,
      objects: 12, namespaces: ["shop"])
    finish(&row)
    return row
  }

  static func drift(
    _ object: ObjectRef, _ reconciler: ObjectRef, _ path: String, _ kind: DriftClass = .drifted,
    cause: DriftCause = .human, fate: Fate = .reverts(by: ahead(26)), git: String? = "3", live: String? = "5",
    owner: FieldOwner? = FieldOwner(manager: "kubectl", operation: "Update", subresource: "scale", time: nil),
    commit: CommitSummary? = World.commit, seen: Double = 660, provisional: Bool = false, origin: String? = nil,
    note: String? = nil
  ) -> DriftRow {
    DriftRow(
      object: object, version: "v1", reconciler: reconciler, path: path,
      pointer: path.isEmpty ? "" : "/" + path.split(separator: ".").joined(separator: "/"), driftClass: kind,
      cause: cause, fate: fate, desired: git, live: live, owner: owner, commit: commit, firstSeen: ago(seen),
      provisional: provisional, origin: origin, note: note)
  }

  static func log(
    _ sequence: UInt64, _ before: Double, _ cluster: ClusterID, _ source: String, _ object: ObjectRef?,
    _ reason: String, _ message: String, _ level: LogLine.Level = .info, _ kind: LogLine.Kind = .log
  ) -> LogLine {
    LogLine(
      sequence: sequence, time: ago(before), cluster: cluster, kind: kind, level: level, source: source, object: object,
      reason: reason, message: message)
  }

  static func state(
    _ snapshot: Snapshot = incident, width: Int = 120, height: Int = 36, mode: Mode = .normal, demo: Bool = false,
    keys: String = ""
  ) -> State {
    var state = State(
      mode: mode, isDemo: demo, size: .init(width: width, height: height), now: now,
      themes: ["glass", "mono", "terminal"], user: "op@jump")
    _ = update(&state, .snapshot(snapshot), at: now)
    state.press(keys)
    return state
  }
}

extension State {
  /// Presses keys, written as in the configuration and separated by spaces; `'text'` types text.
  @discardableResult
  mutating func press(_ keys: String, at time: Date = World.now) -> [Effect] {
    var effects: [Effect] = []
    for key in keys.split(separator: " ") {
      if key.hasPrefix("'") {
        for character in key.dropFirst().dropLast() {
          let typed = character == "_" ? " " : character
          effects += update(&self, .input(.key(.init(.character(typed)))), at: time)
        }
      } else {
        effects += update(&self, .input(.key(.init(String(key))!)), at: time)
      }
    }
    return effects
  }
}
