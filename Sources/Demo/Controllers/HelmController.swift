import FoundationEssentials
import GitOps
import Kube
import Structured

/// helm-controller in a simple form: makes the HelmChart, installs and upgrades releases of the built-in charts, keeps
/// Helm's release Secrets and the status, and corrects drift where the release asks for it (wire-facts 1.5).
struct HelmController: Reconciler {
  static let name = "helm-controller"

  let groupKind = GroupKind.helmRelease
  let related: [GroupKind] = [.helmChart]
  let api: any ClusterAPI
  var voice: ControllerVoice
  private var waiting: [ObjectKey: Wait] = [:]
  private var next: [ObjectKey: Date] = [:]

  /// A release that waits for its objects to become ready.
  private struct Wait: Sendable {
    var draft: StatusDraft
    var record: HelmRecord
    let items: [InventoryItem]
    let deadline: Date
  }

  init(api: any ClusterAPI, voice: ControllerVoices) {
    self.api = api
    self.voice = voice(Self.name)
  }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    do throws(APIError) {
      return try await step(key, now)
    } catch {
      return now.addingTimeInterval(3)
    }
  }

  private mutating func step(_ key: ObjectKey, _ now: Date) async throws(APIError) -> Date? {
    let resource = try await api.require(groupKind)
    guard var object = try await api.get(resource, key) else {
      waiting[key] = nil
      next[key] = nil
      return nil
    }
    if object["metadata"]?["deletionTimestamp"] != nil {
      try await uninstall(object)
      try await api.removeFinalizer(object, resource, as: Self.name)
      return nil
    }
    object = try await api.withFinalizer(object, resource, as: Self.name)
    if object["spec"]?["suspend"]?.bool == true {
      waiting[key] = nil
      return nil
    }
    if let wait = waiting[key] {
      if wait.draft.generation == object["metadata"]?["generation"]?.int {
        return try await check(wait, resource, now)
      }
      waiting[key] = nil
    }
    let chart = try await self.chart(of: object)
    let isNewChart = chart.version.map { $0 != object["status"]?["lastAttemptedRevision"]?.string } ?? false
    if !StatusDraft.isAsked(object), !isNewChart {
      let interval = seconds(object["spec"]?["interval"], 300)
      // The first look after a start: a release that is there waits for its interval.
      let due = next[key] ?? now.addingTimeInterval(interval)
      next[key] = due
      if now < due { return due }
    }
    return try await run(StatusDraft(object, run: voice.id(), at: now), resource, chart, now)
  }

  private mutating func run(
    _ begun: StatusDraft, _ resource: ServedResource, _ chart: Chart, _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = begun
    let key = ObjectKey(of: draft.object)
    draft.status["helmChart"] = .string("\(chart.key.namespace)/\(chart.key.name)")
    guard let version = chart.version,
      let builtIn = BuiltInChart.named(draft.object.value(at: "spec", "chart", "spec", "chart")?.string ?? "")
    else {
      draft.progress("Fulfilling prerequisites", ready: "Fulfilling prerequisites", at: now)
      draft.fail("SourceNotReady", chart.message, at: now)
      try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
      return now.addingTimeInterval(5)
    }
    let namespace = draft.object["spec"]?["targetNamespace"]?.string ?? key.namespace
    let release = BuiltInChart.Release(
      name: draft.object["spec"]?["releaseName"]?.string ?? key.name, namespace: namespace, version: version,
      values: draft.object["spec"]?["values"] ?? [:], owner: key)
    let newest = draft.status.value(at: "history", "0")
    let digest = SHA256Digest.text(release.values.encoded())
    draft.status["lastAttemptedGeneration"] = .integer(draft.generation)
    draft.status["lastAttemptedRevision"] = .string(version)
    draft.status["lastAttemptedConfigDigest"] = .string(digest)
    draft.status["storageNamespace"] = .string(key.namespace)
    let isInSync =
      newest?["status"]?.string == "deployed" && newest?["chartVersion"]?.string == version
      && newest?["configDigest"]?.string == digest
    if isInSync { return try await keep(draft, resource, builtIn, release, now) }
    return try await install(draft, resource, builtIn, release, now)
  }

  private mutating func install(
    _ begun: StatusDraft, _ resource: ServedResource, _ chart: BuiltInChart, _ release: BuiltInChart.Release,
    _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = begun
    let newest = draft.status.value(at: "history", "0")
    let revision = (newest?["version"]?.int ?? 0) + 1
    let action = revision == 1 ? "install" : "upgrade"
    let timeout = seconds(draft.object["spec"]?["timeout"], 300)
    draft.status["lastAttemptedReleaseAction"] = .string(action)
    let message = "Running '\(action)' action with timeout of \(goText(timeout))"
    draft.progress(message, ready: message, at: now)
    draft = draft.rebased(on: try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name))
    voice.say(message, about: draft.object, run: draft.run, at: now)
    let objects = chart.render(release)
    let first = newest?["firstDeployed"]?.string.flatMap(Timestamp.parse) ?? now
    let record = HelmRecord(
      release: release, chart: chart, revision: revision, status: "deployed", firstDeployed: first, deployed: now,
      manifest: objects.map { "---\n" + YAMLPrinter.text($0) }.joined())
    let items = try await apply(objects, release)
    return try await check(
      Wait(draft: draft, record: record, items: items.all, deadline: now.addingTimeInterval(timeout)), resource, now)
  }

  /// Applies the rendered objects; Helm itself adds where they come from.
  private func apply(
    _ objects: [JSON], _ release: BuiltInChart.Release
  ) async throws(APIError) -> (all: [InventoryItem], changed: [InventoryItem]) {
    var all: [InventoryItem] = []
    var changed: [InventoryItem] = []
    for object in objects {
      let parts = (object["apiVersion"]?.string ?? "").split(separator: "/").map(String.init)
      let groupKind = GroupKind(group: parts.count > 1 ? parts[0] : "", kind: object["kind"]?.string ?? "")
      let served = try await api.require(groupKind)
      let item = InventoryItem(groupKind: groupKind, version: parts.last ?? "v1", key: ObjectKey(of: object))
      var config = object
      config["metadata"]?["annotations"] = [
        "meta.helm.sh/release-name": .string(release.name),
        "meta.helm.sh/release-namespace": .string(release.namespace),
      ]
      let before = try await api.get(served, item.key)?["metadata"]?["resourceVersion"]
      let after = try await api.apply(served, item.key, config, as: Self.name)["metadata"]?["resourceVersion"]
      all.append(item)
      if before != after { changed.append(item) }
    }
    return (all, changed)
  }

  private mutating func check(_ wait: Wait, _ resource: ServedResource, _ now: Date) async throws(APIError) -> Date? {
    let key = ObjectKey(of: wait.draft.object)
    var isReady = true
    for item in wait.items where ObjectHealth(try await api.object(item.groupKind, item.key)) != .current {
      isReady = false
    }
    if !isReady, now < wait.deadline {
      waiting[key] = wait
      return min(wait.deadline, now.addingTimeInterval(1))
    }
    waiting[key] = nil
    var (draft, record) = (wait.draft, wait.record)
    record.status = isReady ? "deployed" : "failed"
    var history = draft.status["history"]?.array ?? []
    if history.first?["status"]?.string == "deployed", isReady {
      history[0]["status"] = "superseded"
      try await supersede(record)
    }
    draft.status["history"] = .array([record.snapshot] + history.prefix(4))
    draft.status["inventory"] = ["entries": .array(wait.items.map(\.json))]
    let secrets = try await api.require(.secret)
    try await api.create(secrets, record.secret, namespace: key.namespace, as: Self.name)
    let action = record.revision == 1 ? "Install" : "Upgrade"
    let full = "\(record.release.namespace)/\(record.release.name).v\(record.revision)"
    let chart = "\(record.chart.name)@\(record.release.version)"
    let interval = seconds(draft.object["spec"]?["interval"], 300)
    if isReady {
      let message = "Helm \(action.lowercased()) succeeded for release \(full) with chart \(chart)"
      draft.succeed("\(action)Succeeded", message, at: now)
      draft.set("Released", "True", "\(action)Succeeded", message, at: now)
      await report(draft, "Normal", "\(action)Succeeded", message, resource, now)
    } else {
      let message =
        "Helm \(action.lowercased()) failed for release \(full) with chart \(chart): context deadline exceeded"
      draft.fail("\(action)Failed", message, at: now)
      draft.set("Released", "False", "\(action)Failed", message, at: now)
      await report(draft, "Warning", "\(action)Failed", message, resource, now)
    }
    try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
    next[key] = now.addingTimeInterval(interval)
    return next[key]
  }

  private mutating func report(
    _ draft: StatusDraft, _ type: String, _ reason: String, _ message: String, _ resource: ServedResource, _ now: Date
  ) async {
    await voice.event(
      on: draft.object, type: type, reason: reason, message,
      annotations: ["helm.toolkit.fluxcd.io/revision": draft.status["lastAttemptedRevision"]?.string ?? ""], at: now)
    voice.say(message, level: type == "Normal" ? "info" : "error", about: draft.object, run: draft.run, at: now)
  }

  private func supersede(_ record: HelmRecord) async throws(APIError) {
    let secrets = try await api.require(.secret)
    let key = ObjectKey(
      namespace: record.release.owner.namespace,
      name: HelmRecord.secretName(record.release.name, record.revision - 1))
    guard try await api.get(secrets, key) != nil else { return }
    try await api.merge(
      secrets, key, ["metadata": ["labels": ["status": "superseded"]]], subresource: nil, as: Self.name)
  }

  /// Nothing to release: look for drift where the release asks for it.
  private mutating func keep(
    _ begun: StatusDraft, _ resource: ServedResource, _ chart: BuiltInChart, _ release: BuiltInChart.Release,
    _ now: Date
  ) async throws(APIError) -> Date? {
    var draft = begun
    if draft.object.value(at: "spec", "driftDetection", "mode")?.string == "enabled" {
      let changed = try await apply(chart.render(release), release).changed
      if !changed.isEmpty {
        let revision = draft.status.value(at: "history", "0", "version")?.int ?? 1
        let full = "\(release.namespace)/\(release.name).v\(revision)"
        let text =
          "Cluster state of release \(full) has been corrected:\n"
          + changed.map { "\($0.label) configured" }.joined(separator: "\n")
        await voice.event(on: draft.object, reason: "DriftCorrected", text, at: now)
        voice.say(text, about: draft.object, run: draft.run, at: now)
      }
      draft.set(
        "Drifted", "False", "NoDriftDetected", "No drift detected against the cluster state", at: now)
    }
    let released = draft.condition("Released")
    draft.succeed(
      released?["reason"]?.string ?? "UpgradeSucceeded", released?["message"]?.string ?? "release in-sync", at: now)
    try await api.setStatus(resource, of: draft.object, to: draft.status, as: Self.name)
    voice.say("release in-sync with desired state", about: draft.object, run: draft.run, at: now)
    let key = ObjectKey(of: draft.object)
    next[key] = now.addingTimeInterval(seconds(draft.object["spec"]?["interval"], 300))
    return next[key]
  }
}
