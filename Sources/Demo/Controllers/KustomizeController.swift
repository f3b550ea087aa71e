import FoundationEssentials
import GitOps
import Kube
import Rendering
import Structured

/// kustomize-controller: renders a Kustomization's path at its source's revision, applies, prunes, waits for health and
/// writes the status as wire-facts 1.4 says.
struct KustomizeController: Reconciler {
  static let name = "kustomize-controller"
  /// Writes the status of Kustomizations (flux: main.go).
  static let statusManager = "gotk-kustomize-controller"
  static let finalizer = "finalizers.fluxcd.io"

  let groupKind = GroupKind.kustomization
  let related: [GroupKind] = [.gitRepository]
  let api: any ClusterAPI
  let repositories: SourceRepositories
  /// Seconds until a failed dependency is looked at again (flux: --requeue-dependency).
  var dependencyRetry = 30.0
  var voice: ControllerVoice
  var applier: ObjectApplier
  /// Runs that wait for their objects' health.
  private var waiting: [ObjectKey: HealthWait] = [:]
  private var last: [ObjectKey: LastRun] = [:]
  private var builds: [ObjectKey: Build] = [:]

  /// What was rendered last: the same spec at the same commit gives the same objects.
  private struct Build {
    let spec: JSON
    let commit: String
    let objects: [DesiredObject]
    /// Of the objects, for `status.history`.
    let digest: String
  }

  struct HealthWait: Sendable {
    var draft: StatusDraft
    let revision: String
    let items: [InventoryItem]
    let digest: String
    let begin: Date
    let deadline: Date
  }

  private struct LastRun {
    let generation: Int
    let revision: String
    let next: Date
  }

  init(api: any ClusterAPI, repositories: SourceRepositories, voice: ControllerVoices) {
    self.api = api
    self.repositories = repositories
    self.voice = voice(Self.name)
    applier = ObjectApplier(api: api, manager: Self.name)
  }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    do throws(APIError) {
      return try await step(key, now)
    } catch {
      // As a work queue would: once more, a little later.
      return now.addingTimeInterval(3)
    }
  }

  private mutating func step(_ key: ObjectKey, _ now: Date) async throws(APIError) -> Date? {
    let resource = try await api.require(groupKind)
    guard var object = try await api.get(resource, key) else {
      waiting[key] = nil
      last[key] = nil
      builds[key] = nil
      return nil
    }
    if object["metadata"]?["deletionTimestamp"] != nil {
      return try await finalize(object, resource)
    }
    object = try await api.withFinalizer(object, resource, as: Self.statusManager)
    if object["spec"]?["suspend"]?.bool == true {
      waiting[key] = nil
      return nil
    }
    let source = try await artifact(of: object)
    if let wait = waiting[key] {
      let isAsked = wait.draft.generation != object["metadata"]?["generation"]?.int
      guard isAsked || source?.revision != wait.revision else { return try await checkHealth(wait, resource, now) }
      waiting[key] = nil
    } else if let next = notDue(object, source, now) {
      return next
    }
    return try await run(StatusDraft(object, run: voice.id(), at: now), resource, source, now)
  }

  /// When the next run is due; nil: now.
  private func notDue(_ object: JSON, _ source: Artifact?, _ now: Date) -> Date? {
    guard !StatusDraft.isAsked(object), let source else { return nil }
    let key = ObjectKey(of: object)
    if let last = last[key] {
      return last.revision == source.revision && now < last.next ? last.next : nil
    }
    // The first look after a start: the object itself says when it last ran.
    guard object["status"]?["lastAttemptedRevision"]?.string == source.revision,
      let finished = object.value(at: "status", "history", "0", "lastReconciled")?.string.flatMap(Timestamp.parse)
    else { return nil }
    let next = finished.addingTimeInterval(pause(object, failed: !Conditions(object).isTrue("Ready")))
    return now < next ? next : nil
  }

  private func pause(_ object: JSON, failed: Bool) -> Double {
    let interval = seconds(object["spec"]?["interval"], 600)
    return failed ? seconds(object["spec"]?["retryInterval"], interval) : interval
  }

  struct Artifact: Sendable {
    let url: String
    let revision: String
    var commit: String { Revision(revision).hash }
  }

  private func artifact(of object: JSON) async throws(APIError) -> Artifact? {
    let reference = object["spec"]?["sourceRef"]
    let key = ObjectKey(
      namespace: reference?["namespace"]?.string ?? object["metadata"]?["namespace"]?.string ?? "",
      name: reference?["name"]?.string ?? "")
    let source = try await api.object(.gitRepository, key)
    guard let url = source?["spec"]?["url"]?.string,
      let revision = source?.value(at: "status", "artifact", "revision")?.string
    else { return nil }
    return Artifact(url: url, revision: revision)
  }

  // MARK: One run

  private mutating func run(
    _ begun: StatusDraft, _ resource: ServedResource, _ source: Artifact?, _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = begun
    let spec = draft.object["spec"]
    guard let source else {
      return try await fail(
        draft, resource, "ArtifactFailed", "Source artifact not found, retrying in 30s", retry: 30, now)
    }
    if let obstacle = try await unreadyDependency(of: draft.object, source) {
      let text = "Dependencies do not meet ready condition, retrying in \(goText(dependencyRetry))"
      draft.fail("DependencyNotReady", obstacle, at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.statusManager)
      await voice.event(on: draft.object, reason: "DependencyNotReady", text, at: now)
      voice.say(text, about: draft.object, run: draft.run, at: now)
      return settle(draft, source.revision, now.addingTimeInterval(dependencyRetry))
    }
    let timeout = seconds(spec?["timeout"], max(30, seconds(spec?["interval"], 600) - 30))
    draft.status["lastAttemptedRevision"] = .string(source.revision)
    draft.progress(
      "Building manifests for revision \(source.revision) with a timeout of \(goText(timeout))",
      ready: "Reconciliation in progress", at: now)
    draft = draft.rebased(
      on: try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.statusManager))
    let build: Build
    do {
      build = try await self.build(draft.object, source)
    } catch {
      return try await fail(draft, resource, "BuildFailed", error.text, revision: source.revision, now)
    }
    return try await apply(build, draft, resource, source, timeout, now)
  }

  private struct BuildFailure: Error { let text: String }

  private mutating func build(_ object: JSON, _ source: Artifact) async throws(BuildFailure) -> Build {
    let spec = object["spec"] ?? [:]
    let key = ObjectKey(of: object)
    if let known = builds[key], known.spec == spec, known.commit == source.commit { return known }
    do {
      let files = try await repositories.files(source.url, at: source.commit)
      let document = try JSONDocument(parsing: object.encoded())
      let objects = try Renderer().render(FluxKustomization(document), tree: files)
      let build = Build(
        spec: spec, commit: source.commit, objects: objects,
        digest: SHA256Digest.text(objects.flatMap { $0.root.json.encoded() }))
      builds[key] = build
      return build
    } catch {
      throw BuildFailure(text: "kustomize build failed: \(error)")
    }
  }

  private mutating func apply(
    _ build: Build, _ begun: StatusDraft, _ resource: ServedResource, _ source: Artifact, _ timeout: Double, _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = begun
    let outcome: ObjectApplier.Outcome
    do throws(APIError) {
      outcome = try await applier.apply(build.objects)
    } catch {
      return try await fail(draft, resource, "ReconciliationFailed", error.message, revision: source.revision, now)
    }
    let old = (draft.status.value(at: "inventory", "entries")?.array ?? []).compactMap(InventoryItem.init)
    draft.status["inventory"] = ["entries": .array(outcome.items.map(\.json))]
    var changes = outcome.changes
    if draft.object["spec"]?["prune"]?.bool == true {
      let gone = Set(old).subtracting(outcome.items).sorted { $0.id < $1.id }
      changes += try await applier.prune(gone, owner: ObjectKey(of: draft.object))
    }
    if !changes.isEmpty {
      let lines = changes.map { "\($0.item.label) \($0.action)" }.joined(separator: "\n")
      await voice.event(
        on: draft.object, reason: "Progressing", lines, annotations: annotations(source.revision), at: now)
    }
    let output = JSONObject(changes.map { ($0.item.label, .string($0.action)) })
    voice.say(
      "server-side apply completed", about: draft.object, run: draft.run,
      more: [("output", .object(output)), ("revision", .string(source.revision))], at: now)
    let checked = healthChecked(draft.object, outcome.items)
    guard !checked.isEmpty else {
      draft.remove("Healthy")
      return try await succeed(draft, resource, source.revision, build.digest, now)
    }
    let message = "Running health checks for revision \(source.revision) with a timeout of \(goText(timeout))"
    draft.progress(message, ready: "Reconciliation in progress", at: now)
    draft.set("Healthy", "Unknown", "Progressing", message, at: now)
    draft = draft.rebased(
      on: try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.statusManager))
    let wait = HealthWait(
      draft: draft, revision: source.revision, items: checked, digest: build.digest, begin: now,
      deadline: now.addingTimeInterval(timeout))
    return try await checkHealth(wait, resource, now)
  }

  private func healthChecked(_ object: JSON, _ items: [InventoryItem]) -> [InventoryItem] {
    if object["spec"]?["wait"]?.bool == true { return items }
    return (object["spec"]?["healthChecks"]?.array ?? []).map { check in
      let parts = (check["apiVersion"]?.string ?? "").split(separator: "/")
      return InventoryItem(
        groupKind: GroupKind(group: parts.count > 1 ? String(parts[0]) : "", kind: check["kind"]?.string ?? ""),
        version: parts.last.map(String.init) ?? "",
        key: ObjectKey(namespace: check["namespace"]?.string ?? "", name: check["name"]?.string ?? ""))
    }
  }

  // MARK: Health and the end

  private mutating func checkHealth(
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

  private mutating func succeed(
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

  private mutating func fail(
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

  private mutating func settle(_ draft: StatusDraft, _ revision: String, _ next: Date) -> Date {
    last[ObjectKey(of: draft.object)] = LastRun(generation: draft.generation, revision: revision, next: next)
    return next
  }

  private func annotations(_ revision: String, _ more: [String: String] = [:]) -> [String: String] {
    revision.isEmpty ? more : more.merging(["kustomize.toolkit.fluxcd.io/revision": revision]) { $1 }
  }

  // MARK: Dependencies and deletion

  /// Why a dependency is not met; nil when all are.
  private func unreadyDependency(of object: JSON, _ source: Artifact) async throws(APIError) -> String? {
    for reference in object["spec"]?["dependsOn"]?.array ?? [] {
      let key = ObjectKey(
        namespace: reference["namespace"]?.string ?? object["metadata"]?["namespace"]?.string ?? "",
        name: reference["name"]?.string ?? "")
      let label = "\(key.namespace)/\(key.name)"
      guard let dependency = try await api.object(groupKind, key) else {
        return "dependency '\(label)' not found: kustomizations.kustomize.toolkit.fluxcd.io \"\(key.name)\" not found"
      }
      guard Conditions(dependency).isTrue("Ready"),
        dependency["metadata"]?["generation"]?.int == dependency["status"]?["observedGeneration"]?.int
      else { return "dependency '\(label)' is not ready" }
      let isSameSource = dependency["spec"]?["sourceRef"] == object["spec"]?["sourceRef"]
      if isSameSource, dependency["status"]?["lastAppliedRevision"]?.string != source.revision {
        return "dependency '\(label)' revision is not up to date"
      }
    }
    return nil
  }

  private func finalize(_ object: JSON, _ resource: ServedResource) async throws(APIError) -> Date? {
    let isSuspended = object["spec"]?["suspend"]?.bool == true
    if object["spec"]?["prune"]?.bool == true, !isSuspended {
      let items = (object.value(at: "status", "inventory", "entries")?.array ?? []).compactMap(InventoryItem.init)
      _ = try await applier.prune(items, owner: ObjectKey(of: object))
    }
    try await api.removeFinalizer(object, resource, as: Self.statusManager)
    return nil
  }
}
