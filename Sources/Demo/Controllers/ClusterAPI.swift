import GitOps
import Kube
import Structured

/// What the simulated controllers do with a cluster: over HTTP against any API server, or straight on the demo's store
/// while the past is being made.
protocol ClusterAPI: Sendable {
  /// Nil when the kind is not served, or not in that version (nil: in any).
  func resource(for groupKind: GroupKind, version: String?) async throws(APIError) -> ServedResource?
  func list(_ resource: ServedResource, labels: String?) async throws(APIError) -> [JSON]
  /// Nil when there is none.
  func get(_ resource: ServedResource, _ key: ObjectKey) async throws(APIError) -> JSON?
  @discardableResult
  func create(_ resource: ServedResource, _ object: JSON, namespace: String, as manager: String) async throws(APIError)
    -> JSON
  /// RFC 7386.
  @discardableResult
  func merge(
    _ resource: ServedResource, _ key: ObjectKey, _ patch: JSON, subresource: String?, as manager: String
  ) async throws(APIError) -> JSON
  /// Server-side apply, forced.
  @discardableResult
  func apply(_ resource: ServedResource, _ key: ObjectKey, _ config: JSON, as manager: String) async throws(APIError)
    -> JSON
  func delete(_ resource: ServedResource, _ key: ObjectKey, uid: String?, as manager: String) async throws(APIError)
}

extension ClusterAPI {
  func resource(for groupKind: GroupKind) async throws(APIError) -> ServedResource? {
    try await resource(for: groupKind, version: nil)
  }

  /// The resource of a kind that the controllers cannot do without.
  /// - Throws: `APIError` with status 404 when it is not served.
  func require(_ groupKind: GroupKind) async throws(APIError) -> ServedResource {
    if let resource = try await resource(for: groupKind) { return resource }
    throw APIError(
      .status, status: 404, reason: "NotFound",
      message: "no matches for kind \"\(groupKind.kind)\" in group "
        + "\"\(groupKind.group)\"")
  }

  func object(_ groupKind: GroupKind, _ key: ObjectKey) async throws(APIError) -> JSON? {
    guard let resource = try await resource(for: groupKind) else { return nil }
    return try await get(resource, key)
  }

  func list(_ groupKind: GroupKind) async throws(APIError) -> [JSON] {
    guard let resource = try await resource(for: groupKind) else { return [] }
    return try await list(resource, labels: nil)
  }

  /// Replaces what differs in an object's status; a status that stays the same is not written.
  /// - Returns: the object as it is now.
  @discardableResult
  func setStatus(
    _ resource: ServedResource, of object: JSON, to status: JSON, as manager: String
  ) async throws(APIError) -> JSON {
    let old = object["status"] ?? [:]
    if old == status { return object }
    var patch = JSONObject()
    for (name, value) in status.object ?? [:] where old[name] != value { patch[name] = value }
    for (name, _) in old.object ?? [:] where status[name] == nil { patch[name] = .null }
    return try await merge(
      resource, ObjectKey(of: object), ["status": .object(patch)], subresource: "status", as: manager)
  }
}

extension GroupKind {
  static let namespace = GroupKind(group: "", kind: "Namespace")
  static let event = GroupKind(group: "", kind: "Event")
  static let secret = GroupKind(group: "", kind: "Secret")
  static let pod = GroupKind(group: "", kind: "Pod")
  static let deployment = GroupKind(group: "apps", kind: "Deployment")
  static let replicaSet = GroupKind(group: "apps", kind: "ReplicaSet")
  static let autoscaler = GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")
  static let kustomization = GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization")
  static let helmRelease = GroupKind(group: "helm.toolkit.fluxcd.io", kind: "HelmRelease")
  static let gitRepository = GroupKind(group: source, kind: "GitRepository")
  static let helmRepository = GroupKind(group: source, kind: "HelmRepository")
  static let helmChart = GroupKind(group: source, kind: "HelmChart")

  private static let source = "source.toolkit.fluxcd.io"
}

extension GroupKind {
  /// Of a document, by its `apiVersion` and `kind`.
  init(of document: JSON) {
    let version = document["apiVersion"]?.string ?? ""
    self.init(
      group: version.contains("/") ? String(version.prefix { $0 != "/" }) : "", kind: document["kind"]?.string ?? "")
  }
}

extension ObjectKey {
  init(of object: JSON) {
    self.init(
      namespace: object["metadata"]?["namespace"]?.string ?? "", name: object["metadata"]?["name"]?.string ?? "")
  }
}
