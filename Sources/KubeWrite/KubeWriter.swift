import GitOps
import HTTP
import Kube
import Structured

/// Writes to one API server: the only code that builds a mutating request. Nothing is ever sent twice.
public struct KubeWriter: Sendable {
  public let cluster: ClusterID
  private let connection: APIConnection
  /// What the server records in `managedFields` as who wrote.
  private let manager: String

  /// - Parameter manager: the field manager of every write.
  public init(
    access: ClusterAccess, cluster: ClusterID, network: Network, gate: Gate, manager: String = "driftglass",
    agent: String = "driftglass/0.1"
  ) {
    self.cluster = cluster
    self.manager = manager
    connection = APIConnection(access: access, network: network, gate: gate, agent: agent)
  }

  /// Changes one object.
  /// - Parameters:
  ///   - uid: when given, the write fails unless the object is still the one that was seen (C16): with 409, on Kubernetes
  ///     1.20 with 422.
  ///   - dryRun: checked and answered by the server, not stored.
  /// - Returns: the object as the server stored it.
  public func patch(
    _ ref: ObjectRef, version: String, plural: String, _ patch: Patch, subresource: String? = nil, uid: String? = nil,
    dryRun: Bool = false
  ) async throws(APIError) -> Object {
    var call = APICall(.patch, path(ref, version, plural, subresource), query: query(dryRun))
    if case .apply(_, let force) = patch, force { call.query.append(("force", "true")) }
    call.contentType = patch.contentType
    call.body = patch.body(uid: uid).encoded()
    return try await object(call, ref.groupKind, version)
  }

  /// What the server would make of a forced apply of `desired` by another field manager: answered and not stored.
  public func predict(
    _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as other: String
  ) async throws(APIError) -> Object {
    let patch = Patch.apply(desired, force: true)
    var call = APICall(.patch, path(ref, version, plural, nil))
    call.query = [("fieldManager", other), ("dryRun", "All"), ("force", "true")]
    call.contentType = patch.contentType
    call.body = patch.body(uid: nil).encoded()
    return try await object(call, ref.groupKind, version)
  }

  /// Creates the object that `body` describes.
  public func create(
    _ body: JSON, groupKind: GroupKind, version: String, plural: String, namespace: String
  ) async throws(APIError) -> Object {
    let path = ResourcePath(group: groupKind.group, version: version, plural: plural, namespace: namespace)
    var call = APICall(.post, path.path, query: query(false))
    call.contentType = "application/json"
    call.body = body.encoded()
    return try await object(call, groupKind, version)
  }

  /// Deletes one object.
  /// - Parameter uid: only when the object is still the one that was seen.
  public func delete(
    _ ref: ObjectRef, version: String, plural: String, uid: String? = nil, propagation: Propagation = .background
  ) async throws(APIError) {
    var call = APICall(.delete, path(ref, version, plural, nil))
    var body: JSON = ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation.rawValue)]
    if let uid { body["preconditions"] = ["uid": .string(uid)] }
    call.contentType = "application/json"
    call.body = body.encoded()
    _ = try await connection.answer(to: call)
  }

  /// What becomes of the objects that the deleted one owns (kubernetes: meta/v1 DeletionPropagation).
  public enum Propagation: String, Sendable, Hashable {
    case background = "Background"
    case foreground = "Foreground"
    case orphan = "Orphan"
  }

  private func query(_ dryRun: Bool) -> [(name: String, value: String)] {
    [("fieldManager", manager)] + (dryRun ? [("dryRun", "All")] : [])
  }

  private func path(_ ref: ObjectRef, _ version: String, _ plural: String, _ subresource: String?) -> String {
    ResourcePath(
      group: ref.group, version: version, plural: plural, namespace: ref.namespace, name: ref.name,
      subresource: subresource
    ).path
  }

  private func object(_ call: APICall, _ groupKind: GroupKind, _ version: String) async throws(APIError) -> Object {
    let bytes = try await connection.json(call)
    do { return try Object(bytes: bytes, cluster: cluster, groupKind: groupKind, version: version) } catch {
      throw APIError(
        .unreadable, message: "\(connection.host): the answer to a write cannot be read: \(error.description)")
    }
  }
}
