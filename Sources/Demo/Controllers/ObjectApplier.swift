import GitOps
import Kube
import Structured

/// Applies and prunes objects as Flux's controllers do (flux: fluxcd/pkg ssa).
struct ObjectApplier: Sendable {
  let api: any ClusterAPI
  let manager: String
  /// What was applied last and the version that came of it: an object that nobody touched since is not sent again.
  private var sent: [InventoryItem: (config: JSON, version: String)] = [:]

  struct Change: Sendable {
    let item: InventoryItem
    /// `created`, `configured`, `deleted`.
    let action: String
  }

  struct Outcome: Sendable {
    var items: [InventoryItem] = []
    var changes: [Change] = []
  }

  init(api: any ClusterAPI, manager: String) {
    self.api = api
    self.manager = manager
  }

  /// Namespaces and definitions first, then everything else in order.
  mutating func apply(_ desired: [DesiredObject]) async throws(APIError) -> Outcome {
    var outcome = Outcome()
    let first = desired.filter { Self.isGround($0.groupKind) }
    for object in first + desired.filter({ !Self.isGround($0.groupKind) }) {
      let label = "\(object.groupKind.kind)/\(object.namespace)/\(object.name)"
      guard let resource = try await api.resource(for: object.groupKind, version: object.version) else {
        throw APIError(
          .status, status: 404, reason: "NotFound",
          message: "\(label) dry-run failed: no matches for kind "
            + "\"\(object.groupKind.kind)\" in version \"\(object.apiVersion)\"")
      }
      let namespace = resource.namespaced ? (object.namespace.isEmpty ? "default" : object.namespace) : ""
      let key = ObjectKey(namespace: namespace, name: object.name)
      let item = InventoryItem(groupKind: object.groupKind, version: object.version, key: key)
      outcome.items.append(item)
      var config = object.packed.json
      config["metadata"]?["namespace"] = resource.namespaced ? .string(namespace) : nil
      do throws(APIError) {
        if let action = try await apply(config, resource, item) {
          outcome.changes.append(Change(item: item, action: action))
        }
      } catch {
        throw APIError(
          .status, status: error.status, reason: error.reason, message: "\(label) dry-run failed: \(error.message)")
      }
    }
    return outcome
  }

  private static func isGround(_ kind: GroupKind) -> Bool {
    kind == .namespace || kind.kind == "CustomResourceDefinition" || kind.kind == "ClusterRole"
  }

  /// - Returns: what was done; nil when nothing had to be.
  private mutating func apply(_ config: JSON, _ resource: ServedResource, _ item: InventoryItem) async throws(APIError)
    -> String?
  {
    var live = try await api.get(resource, item.key)
    if Self.isExempt(config) || live.map(Self.isExempt) == true { return nil }
    if let live, Self.setting("ssa", config) == "IfNotPresent" || Self.setting("ssa", live) == "IfNotPresent" {
      return nil
    }
    if let sent = sent[item], sent.config == config, sent.version == Self.version(live) { return nil }
    if let object = live { live = try await takeOver(object, resource, item.key) ?? object }
    let result = try await api.apply(resource, item.key, config, as: manager)
    sent[item] = (config, Self.version(result))
    guard let live else { return "created" }
    return Self.version(live) == Self.version(result) ? nil : "configured"
  }

  /// Deletes what still carries the owner's labels.
  func prune(_ items: [InventoryItem], owner: ObjectKey) async throws(APIError) -> [Change] {
    var changes: [Change] = []
    for item in items {
      guard let resource = try await api.resource(for: item.groupKind),
        let live = try await api.get(resource, item.key), !Self.isExempt(live),
        Self.setting("prune", live) != "disabled",
        live["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/name"]?.string == owner.name,
        live["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/namespace"]?.string == owner.namespace
      else { continue }
      try await api.delete(resource, item.key, uid: live["metadata"]?["uid"]?.string, as: manager)
      changes.append(Change(item: item, action: "deleted"))
    }
    return changes
  }

  private static func version(_ object: JSON?) -> String { object?["metadata"]?["resourceVersion"]?.string ?? "" }

  /// A switch that may be a label or an annotation (wire-facts 1.4).
  private static func setting(_ name: String, _ object: JSON) -> String? {
    let key = "kustomize.toolkit.fluxcd.io/\(name)"
    return object["metadata"]?["annotations"]?[key]?.string ?? object["metadata"]?["labels"]?[key]?.string
  }

  private static func isExempt(_ object: JSON) -> Bool {
    setting("reconcile", object) == "disabled" || setting("ssa", object) == "Ignore"
  }

  /// Takes over what kubectl added, so that the apply that follows removes it (flux: ssa/patch.go).
  /// - Returns: the object with its new owners; nil when there was nothing to take.
  private func takeOver(_ live: JSON, _ resource: ServedResource, _ key: ObjectKey) async throws(APIError) -> JSON? {
    let entries = (live["metadata"]?["managedFields"]?.array ?? []).compactMap(ManagerEntry.init)
    let taken = entries.filter(isTaken)
    if taken.isEmpty || Self.setting("ssa", live) == "Merge" { return nil }
    var rest = entries.filter { !isTaken($0) }
    let fields = taken.reduce(into: FieldSet()) { $0 = $0.union($1.fields) }
    if let own = rest.firstIndex(where: { $0.manager == manager && $0.operation == .apply && $0.subresource.isEmpty }) {
      rest[own].fields = rest[own].fields.union(fields)
    } else if var first = taken.first {
      first.manager = manager
      first.operation = .apply
      first.fields = fields
      rest.append(first)
    }
    let patch: JSON = [
      "metadata": [
        "managedFields": .array(rest.map(\.json)), "resourceVersion": .string(Self.version(live)),
      ]
    ]
    return try await api.merge(resource, key, patch, subresource: nil, as: manager)
  }

  private func isTaken(_ entry: ManagerEntry) -> Bool {
    guard entry.subresource.isEmpty else { return false }
    if entry.manager.hasPrefix("kubectl"), entry.operation == .update { return true }
    if entry.manager == "kubectl", entry.operation == .apply { return true }
    return entry.operation == .update && (entry.manager == "before-first-apply" || entry.manager == manager)
  }
}

extension ClusterAPI {
  /// Flux's finalizer on its own objects.
  func withFinalizer(_ object: JSON, _ resource: ServedResource, as manager: String) async throws(APIError) -> JSON {
    let finalizers = object["metadata"]?["finalizers"]?.array ?? []
    let finalizer = JSON.string(KustomizeController.finalizer)
    if finalizers.contains(finalizer) { return object }
    return try await merge(
      resource, ObjectKey(of: object), ["metadata": ["finalizers": .array(finalizers + [finalizer])]],
      subresource: nil, as: manager)
  }

  func removeFinalizer(_ object: JSON, _ resource: ServedResource, as manager: String) async throws(APIError) {
    let rest = (object["metadata"]?["finalizers"]?.array ?? []).filter { $0.string != KustomizeController.finalizer }
    try await merge(
      resource, ObjectKey(of: object), ["metadata": ["finalizers": rest.isEmpty ? .null : .array(rest)]],
      subresource: nil, as: manager)
  }
}
