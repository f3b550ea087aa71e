import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import Synchronization

/// An API server as the simulated controllers use it: each of them writes under its own name.
public final class RemoteCluster: ClusterAPI {
  public let reader: KubeReader
  private let access: ClusterAccess
  private let network: Network
  private let gate: Gate
  private let served = Mutex<Kube.Discovery>(Kube.Discovery())

  public init(access: ClusterAccess, cluster: ClusterID, network: Network, gate: Gate = .open) {
    self.access = access
    self.network = network
    self.gate = gate
    reader = KubeReader(access: access, cluster: cluster, network: network, gate: gate)
  }

  func resource(for groupKind: GroupKind, version: String?) async throws(APIError) -> ServedResource? {
    if let known = served.withLock({ $0.resource(for: groupKind, version: version) }) { return known }
    // A kind may have been added since, by a CRD.
    let discovery = try await reader.discover()
    served.withLock { $0 = discovery }
    return discovery.resource(for: groupKind, version: version)
  }

  func list(_ resource: ServedResource, labels: String?) async throws(APIError) -> [JSON] {
    var objects: [JSON] = []
    for object in try await reader.listAll(
      StreamID(
        cluster: reader.cluster, groupKind: resource.groupKind, version: resource.version, plural: resource.plural,
        selector: labels.map { .labels($0) } ?? .everything), version: .latest)
    { objects.append(try json(object)) }
    return objects
  }

  func get(_ resource: ServedResource, _ key: ObjectKey) async throws(APIError) -> JSON? {
    do throws(APIError) {
      return try json(
        try await reader.get(ref(resource, key), version: resource.version, plural: resource.plural))
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  func create(
    _ resource: ServedResource, _ object: JSON, namespace: String, as manager: String
  ) async throws(APIError) -> JSON {
    try json(
      try await writer(manager).create(
        object, groupKind: resource.groupKind, version: resource.version, plural: resource.plural,
        namespace: namespace))
  }

  func merge(
    _ resource: ServedResource, _ key: ObjectKey, _ patch: JSON, subresource: String?, as manager: String
  ) async throws(APIError) -> JSON {
    try json(
      try await writer(manager).patch(
        ref(resource, key), version: resource.version, plural: resource.plural, .merge(patch),
        subresource: subresource))
  }

  func apply(
    _ resource: ServedResource, _ key: ObjectKey, _ config: JSON, as manager: String
  ) async throws(APIError) -> JSON {
    try json(
      try await writer(manager).patch(
        ref(resource, key), version: resource.version, plural: resource.plural, .apply(config, force: true)))
  }

  func delete(
    _ resource: ServedResource, _ key: ObjectKey, uid: String?, as manager: String
  ) async throws(APIError) {
    do throws(APIError) {
      try await writer(manager).delete(
        ref(resource, key), version: resource.version, plural: resource.plural, uid: uid)
    } catch {
      if !error.isNotFound { throw error }
    }
  }

  private func writer(_ manager: String) -> KubeWriter {
    KubeWriter(
      access: access, cluster: reader.cluster, network: network, gate: gate, manager: manager, agent: "\(manager)/demo")
  }

  private func ref(_ resource: ServedResource, _ key: ObjectKey) -> ObjectRef {
    ObjectRef(cluster: reader.cluster, groupKind: resource.groupKind, namespace: key.namespace, name: key.name)
  }

  private func json(_ object: Object) throws(APIError) -> JSON {
    do throws(ParseError) {
      var json = try JSON(parsing: object.bytes)
      // Items of lists carry neither.
      json["kind"] = .string(object.ref.kind)
      json["apiVersion"] = .string(object.apiVersion)
      return json
    } catch {
      throw APIError(.unreadable, message: error.description)
    }
  }
}
