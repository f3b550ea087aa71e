import FoundationEssentials
import GitOps
import Kube
import Structured
import Synchronization

/// The demo's own store as a cluster, with a clock that is set by hand: the past of the world is played on it.
final class StoreCluster: ClusterAPI {
  private let store: ClusterStore
  private let resources: [GroupKind: (kind: ServedKind, resource: ServedResource)]
  private let clock: Mutex<Date>

  init(_ server: APIServer, now: Date) {
    store = server.store
    clock = Mutex(now)
    resources = Dictionary(
      uniqueKeysWithValues: server.kinds.map { kind in
        let groupKind = GroupKind(group: kind.group, kind: kind.kind)
        return (
          groupKind,
          (
            kind,
            ServedResource(
              groupKind: groupKind, version: kind.version, plural: kind.plural, namespaced: kind.namespaced,
              verbs: Set(ServedKind.verbs))
          )
        )
      })
  }

  var now: Date {
    get { clock.withLock { $0 } }
    set { clock.withLock { $0 = newValue } }
  }

  var version: UInt64 { store.read(\.version) }

  /// What was written after a version: kind and key.
  func writes(after version: UInt64) -> [(GroupKind, ObjectKey)] {
    store.read { store in
      ((try? store.events(after: version)) ?? []).compactMap { event in
        store.kinds[event.resource].map { (GroupKind(group: $0.group, kind: $0.kind), event.key) }
      }
    }
  }

  func resource(for groupKind: GroupKind) -> ServedResource? { resources[groupKind]?.resource }

  func resource(for groupKind: GroupKind, version: String?) -> ServedResource? {
    resource(for: groupKind).flatMap { version == nil || $0.version == version ? $0 : nil }
  }

  func list(_ resource: ServedResource, labels: String?) throws(APIError) -> [JSON] {
    guard let kind = kind(resource) else { return [] }
    return try run { store throws(APIStatus) in
      let filter = Filter(labels: try LabelSelector(parsing: labels ?? ""))
      return try store.list(kind, ListQuery(filter: filter)).objects.map(\.json)
    }
  }

  func get(_ resource: ServedResource, _ key: ObjectKey) -> JSON? {
    guard let kind = kind(resource) else { return nil }
    return store.read { $0.object(kind, key)?.json }
  }

  func create(_ resource: ServedResource, _ object: JSON, namespace: String, as manager: String) throws(APIError)
    -> JSON
  {
    guard let kind = kind(resource) else { return object }
    let options = options(manager)
    return try run { store throws(APIStatus) in
      try store.create(kind, namespace: namespace, object, options).json
    }
  }

  func merge(
    _ resource: ServedResource, _ key: ObjectKey, _ patch: JSON, subresource: String?, as manager: String
  ) throws(APIError) -> JSON {
    guard let kind = kind(resource) else { return .null }
    var options = options(manager)
    if subresource == "scale", let replicas = patch["spec"]?["replicas"]?.int {
      let scaling = options
      return try run { store throws(APIStatus) in
        try store.scale(kind, key, replicas: replicas, scaling).json
      }
    }
    if subresource == "status" { options.subresource = .status }
    let final = options
    return try run { store throws(APIStatus) in try store.patch(kind, key, .merge(patch), final).json }
  }

  func apply(_ resource: ServedResource, _ key: ObjectKey, _ config: JSON, as manager: String) throws(APIError) -> JSON
  {
    guard let kind = kind(resource) else { return config }
    var options = options(manager)
    options.force = true
    let final = options
    return try run { store throws(APIStatus) in try store.apply(kind, key, config, final).json }
  }

  func delete(_ resource: ServedResource, _ key: ObjectKey, uid: String?, as manager: String) throws(APIError) {
    guard let kind = kind(resource) else { return }
    var options = options(manager)
    options.uid = uid
    let final = options
    _ = try run { store throws(APIStatus) in try store.delete(kind, key, final).isGone }
  }

  private func kind(_ resource: ServedResource) -> ServedKind? { resources[resource.groupKind]?.kind }

  private func options(_ manager: String) -> WriteOptions { WriteOptions(manager: manager, now: now) }

  private func run<Value: Sendable>(
    _ body: (inout ObjectStore) throws(APIStatus) -> Value
  ) throws(APIError) -> Value {
    do throws(APIStatus) {
      return try store.write(body)
    } catch {
      throw APIError(.status, status: error.code, reason: error.reason, message: error.message)
    }
  }
}
