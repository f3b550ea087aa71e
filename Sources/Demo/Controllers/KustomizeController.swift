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
  var waiting: [ObjectKey: HealthWait] = [:]
  var last: [ObjectKey: LastRun] = [:]
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

  struct LastRun {
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

  func pause(_ object: JSON, failed: Bool) -> Double {
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
        digest: SHA256Digest.text(objects.flatMap { $0.packed.json.encoded() }))
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
}
