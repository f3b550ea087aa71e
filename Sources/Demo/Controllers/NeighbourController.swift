import FoundationEssentials
import GitOps
import Kube
import Structured

/// The controllers of the systems beside Flux's core, one for each kind: they bring its objects to the state that they have
/// when all is well, do what is asked of them, and say so.
struct NeighbourController: Reconciler {
  /// What goes wrong with an object until the annotation is gone: the story's own hand.
  static let trouble = "demo.driftglass.dev/trouble"
  /// The kinds that Flux's own simulated controllers do not work on.
  static let kinds: [GroupKind] = ServedKind.neighbours.map { GroupKind(group: $0.group, kind: $0.kind) }

  let groupKind: GroupKind
  let api: any ClusterAPI
  /// The tokens of forced syncs that were carried out: their kinds have no place for them.
  private var synced: [ObjectKey: String] = [:]

  init(_ groupKind: GroupKind, api: any ClusterAPI) {
    self.groupKind = groupKind
    self.api = api
  }

  private static let configMap = GroupKind(group: "", kind: "ConfigMap")
  private static let application = ApplicationAdapter.kind.groupKind

  var related: [GroupKind] { groupKind == Self.application ? [Self.configMap] : [] }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    do throws(APIError) {
      guard let resource = try await api.resource(for: groupKind), let object = try await api.get(resource, key) else {
        synced[key] = nil
        return nil
      }
      if object.value(at: "spec", "suspend") == true { return nil }
      if groupKind == Self.application { return try await follow(resource, key, object, now) }
      guard let (status, next) = status(of: object, key, now) else { return nil }
      try await api.setStatus(resource, of: object, to: status, as: "\(groupKind.kind.lowercased())-controller")
      return next
    } catch {
      return now.addingTimeInterval(15)
    }
  }

  /// What the object's status is now, and when it is worth another look; nil for kinds that have none.
  private mutating func status(of object: JSON, _ key: ObjectKey, _ now: Date) -> (JSON, Date?)? {
    var status = object["status"] ?? [:]
    var conditions = Conditions(object)
    let generation = object.value(at: "metadata", "generation")?.int
    let annotations = object.value(at: "metadata", "annotations")
    let trouble = annotations?[Self.trouble]?.string
    var next: Date?
    func isDue(_ time: JSON?, _ interval: Double) -> Bool {
      guard let last = time?.string.flatMap(Timestamp.parse) else { return true }
      next = last.addingTimeInterval(interval)
      return last.addingTimeInterval(interval) <= now
    }
    func set(_ type: String, _ good: (String, String), _ bad: String, generation: Int? = nil) {
      conditions.set(
        type, trouble == nil ? "True" : "False", trouble == nil ? good.0 : bad, trouble ?? good.1,
        generation: generation, at: now)
    }
    switch groupKind.kind {
    case "Alert", "Provider", "AppProject": return nil
    case "ApplicationSet":
      conditions.set(
        "ErrorOccurred", trouble == nil ? "False" : "True", "ApplicationSetUpToDate", trouble ?? "", generation: nil,
        at: now)
      conditions.set(
        "ResourcesUpToDate", "True", "ApplicationSetUpToDate", "All applications are up to date", generation: nil,
        at: now)
    case "Canary":
      next = release(&status, &conditions, object, now)
    case "SealedSecret":
      set("Synced", ("", ""), "ErrUnsealFailed")
      status["observedGeneration"] = generation.map { .integer($0) } ?? .null
    case "SecretStore", "ClusterSecretStore":
      set("Ready", ("Valid", "store validated"), "InvalidProviderConfig")
      status["capabilities"] = "ReadWrite"
    case "ClusterExternalSecret":
      set("Ready", ("", ""), "")
      status["provisionedNamespaces"] = ["payments", "shop"]
    case "ExternalSecret", "PushSecret":
      let token = annotations?["external-secrets.io/force-sync"]?.string
      let isAsked = token != nil && token != synced[key]
      let interval = object.value(at: "spec", "refreshInterval")?.string.flatMap(GoDuration.parse) ?? 3600
      if isDue(status["refreshTime"], interval) || isAsked, trouble == nil {
        synced[key] = token
        status["refreshTime"] = .string(Timestamp.format(now))
        next = now.addingTimeInterval(interval)
      }
      set("Ready", ("SecretSynced", "secret synced"), "SecretSyncedError")
    default:
      conditions.set(
        "Ready", trouble == nil ? "True" : "False", trouble == nil ? "Succeeded" : "Failed", trouble ?? "done",
        generation: generation, at: now)
      status["observedGeneration"] = generation.map { .integer($0) } ?? .null
      if let token = annotations?[FluxAnnotation.requestedAt] { status["lastHandledReconcileAt"] = token }
      next = flux(&status, object, isDue, now) ?? next
    }
    status["conditions"] = .array(conditions.json)
    return (status, next)
  }

  /// What each of Flux's other kinds has besides its conditions.
  private func flux(_ status: inout JSON, _ object: JSON, _ isDue: (JSON?, Double) -> Bool, _ now: Date) -> Date? {
    let stamp = JSON.string(Timestamp.format(now))
    switch groupKind.kind {
    case "ImageRepository":
      guard isDue(status.value(at: "lastScanResult", "scanTime"), 300) else { return nil }
      status["lastScanResult"] = ["tagCount": 34, "scanTime": stamp, "latestTags": ["2.3.0", "2.2.9"]]
      return now.addingTimeInterval(300)
    case "ImagePolicy":
      status["latestRef"] = ["name": "registry.example.com/shop/recommendations", "tag": "2.3.0"]
    case "ImageUpdateAutomation":
      guard isDue(status["lastAutomationRunTime"], 1800) else { return nil }
      status["lastAutomationRunTime"] = stamp
      return now.addingTimeInterval(1800)
    case "ExternalArtifact":
      status["artifact"] = [
        "revision": .string("latest@sha256:" + String(repeating: "5e", count: 32)), "path": "stalls.tar.gz",
        "url": "http://source-watcher/stalls.tar.gz",
        "lastUpdateTime": object.value(at: "metadata", "creationTimestamp") ?? stamp,
        "digest": .string("sha256:" + String(repeating: "5e", count: 32)),
      ]
    case "FluxInstance", "ResourceSet":
      status["lastAppliedRevision"] = .string("v2.9.4@sha256:" + String(repeating: "7a", count: 32))
    case "ResourceSetInputProvider": status["exportedInputs"] = [["id": "41"], ["id": "44"]]
    default: break
    }
    return nil
  }

  /// A minute a step, up to half of the traffic; ten minutes later it begins anew, as if a new version had come.
  private func release(_ status: inout JSON, _ conditions: inout Conditions, _ object: JSON, _ now: Date) -> Date? {
    let phase = status["phase"]?.string
    let last = status["lastTransitionTime"]?.string.flatMap(Timestamp.parse)
    let wait: Double = phase == "Progressing" ? 60 : 600
    if let last, last.addingTimeInterval(wait) > now { return last.addingTimeInterval(wait) }
    let weight = (status["canaryWeight"]?.int ?? 0) + 10
    let isOver = phase == "Progressing" && weight > 50
    let word = isOver ? "Succeeded" : "Progressing"
    status["phase"] = .string(word)
    status["canaryWeight"] = .integer(isOver ? 0 : phase == "Progressing" ? weight : 10)
    status["failedChecks"] = 0
    status["lastTransitionTime"] = .string(Timestamp.format(now))
    conditions.set(
      "Promoted", isOver ? "True" : "Unknown", word,
      isOver
        ? "Canary analysis completed successfully, promotion finished."
        : "New revision detected, progressing canary analysis.",
      generation: nil, at: now)
    return now.addingTimeInterval(isOver ? 600 : 60)
  }

  // MARK: Argo CD

  /// Compares the ConfigMaps that carry the Application's mark with what was applied last, and puts them back when a sync
  /// asks for it.
  private func follow(
    _ resource: ServedResource, _ key: ObjectKey, _ application: JSON, _ now: Date
  ) async throws(APIError) -> Date? {
    let maps = try await api.require(Self.configMap)
    let mark = "\(key.name):/ConfigMap:"
    var patch: JSON = [:]
    var entries: [JSON] = []
    let operation = application["operation"]
    let isDryRun = operation?.value(at: "sync", "dryRun") == true
    for listed in try await api.list(maps, labels: nil) {
      let id = listed.value(at: "metadata", "annotations", "argocd.argoproj.io/tracking-id")?.string
      let place = ObjectKey(of: listed)
      // A list leaves out what was applied last (A20).
      guard id?.hasPrefix(mark) == true, let map = try await api.get(maps, place),
        let text = map.value(at: "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")?.string,
        let applied = try? JSON(parsing: Array(text.utf8))
      else { continue }
      var isSynced = map["data"] == applied["data"]
      if !isSynced, operation != nil, !isDryRun {
        try await api.merge(
          maps, place, ["data": applied["data"] ?? .null], subresource: nil, as: "argocd-controller")
        isSynced = true
      }
      entries.append([
        "version": "v1", "kind": "ConfigMap", "namespace": .string(place.namespace), "name": .string(place.name),
        "status": isSynced ? "Synced" : "OutOfSync",
      ])
    }
    var status = application["status"] ?? [:]
    let revision = application.value(at: "metadata", "annotations", "demo.driftglass.dev/revision") ?? ""
    status["sync"] = [
      "status": entries.contains { $0["status"] == "OutOfSync" } ? "OutOfSync" : "Synced", "revision": revision,
    ]
    status["health"] = [
      "status": "Healthy", "lastTransitionTime": application.value(at: "metadata", "creationTimestamp") ?? .null,
    ]
    status["resources"] = .array(entries)
    if status["history"] == nil {
      status["history"] = [["id": 1, "revision": revision, "deployedAt": .string(Timestamp.format(now))]]
    }
    let isAsked = application.value(at: "metadata", "annotations", "argocd.argoproj.io/refresh") != nil
    let last = status["reconciledAt"]?.string.flatMap(Timestamp.parse)
    if isAsked || last.map({ $0.addingTimeInterval(180) <= now }) ?? true {
      status["reconciledAt"] = .string(Timestamp.format(now))
    }
    if isAsked { patch["metadata"] = ["annotations": ["argocd.argoproj.io/refresh": .null]] }
    if let operation {
      patch["operation"] = .null
      status["operationState"] = [
        "operation": operation, "phase": "Succeeded", "message": "successfully synced (all tasks run)",
        "startedAt": .string(Timestamp.format(now)), "finishedAt": .string(Timestamp.format(now)),
        "syncResult": ["revision": revision],
      ]
    }
    if status != application["status"] { patch["status"] = status }
    if patch != [:] {
      try await api.merge(resource, key, patch, subresource: nil, as: "argocd-application-controller")
    }
    let done = status["reconciledAt"]?.string.flatMap(Timestamp.parse) ?? now
    return done.addingTimeInterval(180)
  }
}
