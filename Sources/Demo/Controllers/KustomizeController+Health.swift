import FoundationEssentials
import GitOps
import Kube
import Structured

/// Waiting for health, and how a run ends.
extension KustomizeController {
  mutating func checkHealth(
    _ wait: HealthWait, _ resource: ServedResource, _ now: Date
  ) async throws(APIError) -> Date? {
    let key = ObjectKey(of: wait.draft.object)
    var unready: [String] = []
    for item in wait.items {
      let health = ObjectHealth(try await api.object(item.groupKind, item.key))
      if health != .current { unready.append("\(item.label) status: '\(health.rawValue)'") }
    }
    let passed = now.timeIntervalSince(wait.begin)
    if unready.isEmpty {
      waiting[key] = nil
      var draft = wait.draft
      let text = "Health check passed in \(goText(max(0.021, passed)))"
      draft.set("Healthy", "True", "Succeeded", text, at: now)
      if wait.draft.status["lastAppliedRevision"]?.string != wait.revision {
        await voice.event(
          on: draft.object, reason: "Progressing", text, annotations: annotations(wait.revision), at: now)
      }
      return try await succeed(draft, resource, wait.revision, wait.digest, now)
    }
    if now < wait.deadline {
      waiting[key] = wait
      return min(wait.deadline, now.addingTimeInterval(1))
    }
    waiting[key] = nil
    let text =
      "health check failed after \(goText(passed)): timeout waiting for: [\(unready.joined(separator: ", "))]"
    var draft = wait.draft
    draft.set("Healthy", "False", "HealthCheckFailed", text, at: now)
    draft.note("HealthCheckFailed", wait.revision, wait.digest, at: now)
    return try await fail(draft, resource, "HealthCheckFailed", text, revision: wait.revision, now)
  }

  mutating func succeed(
    _ finished: StatusDraft, _ resource: ServedResource, _ revision: String, _ digest: String, _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = finished
    let interval = pause(draft.object, failed: false)
    draft.status["lastAppliedRevision"] = .string(revision)
    draft.note("ReconciliationSucceeded", revision, digest, at: now)
    draft.succeed("ReconciliationSucceeded", "Applied revision: \(revision)", at: now)
    try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.statusManager)
    let took = goText(max(0.1, now.timeIntervalSince(draft.began)))
    let text = "Reconciliation finished in \(took), next run in \(goText(interval))"
    await voice.event(
      on: draft.object, reason: "ReconciliationSucceeded", text,
      annotations: annotations(revision, ["kustomize.toolkit.fluxcd.io/commit_status": "update"]), at: now)
    voice.say(text, about: draft.object, run: draft.run, more: [("revision", .string(revision))], at: now)
    return settle(draft, revision, now.addingTimeInterval(interval))
  }

  mutating func fail(
    _ failed: StatusDraft, _ resource: ServedResource, _ reason: String, _ message: String, revision: String = "",
    retry: Double? = nil, _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = failed
    draft.fail(reason, message, at: now)
    try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.statusManager)
    let interval = retry ?? pause(draft.object, failed: true)
    await voice.event(
      on: draft.object, type: "Warning", reason: reason, message, annotations: annotations(revision), at: now)
    let took = goText(max(0.1, now.timeIntervalSince(draft.began)))
    voice.say(
      "Reconciliation failed after \(took), next try in \(goText(interval))", level: "error", about: draft.object,
      run: draft.run, more: [("revision", .string(revision)), ("error", .string(message))], at: now)
    return settle(draft, revision, now.addingTimeInterval(interval))
  }

  mutating func settle(_ draft: StatusDraft, _ revision: String, _ next: Date) -> Date {
    last[ObjectKey(of: draft.object)] = LastRun(generation: draft.generation, revision: revision, next: next)
    return next
  }

  func annotations(_ revision: String, _ more: [String: String] = [:]) -> [String: String] {
    revision.isEmpty ? more : more.merging(["kustomize.toolkit.fluxcd.io/revision": revision]) { $1 }
  }
}
