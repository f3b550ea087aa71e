/// A Kubernetes API server, by the name of its kubeconfig context (or the alias the configuration gives it).
public struct ClusterID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }

  public var description: String { name }
  public static func < (a: ClusterID, b: ClusterID) -> Bool { a.name < b.name }
}

/// A group and a kind without a version: the identity under which versions are compared (`drift.md` N3).
public struct GroupKind: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The API group; empty for the core group.
  public let group: String
  public let kind: String

  public init(group: String, kind: String) {
    self.group = group
    self.kind = kind
  }

  public var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
  public static func < (a: GroupKind, b: GroupKind) -> Bool { (a.group, a.kind) < (b.group, b.kind) }
}

/// One object of one cluster: cluster, group, kind, namespace and name. No version: the same object is served under several.
///
/// References are copied, compared and looked up far more often than they are made: the five texts and their hash lie in one
/// place, and a reference is as large as a pointer.
public struct ObjectRef: Hashable, Sendable, Comparable, CustomStringConvertible {
  private final class Body: Sendable {
    let cluster: ClusterID
    let groupKind: GroupKind
    let namespace: String
    let name: String
    let hash: Int

    init(_ cluster: ClusterID, _ groupKind: GroupKind, _ namespace: String, _ name: String) {
      self.cluster = cluster
      self.groupKind = groupKind
      self.namespace = namespace
      self.name = name
      // Cluster and group add much work and hardly ever a difference.
      var hasher = Hasher()
      hasher.combine(name)
      hasher.combine(namespace)
      hasher.combine(groupKind.kind)
      hash = hasher.finalize()
    }
  }

  private let body: Body

  public init(cluster: ClusterID, groupKind: GroupKind, namespace: String, name: String) {
    body = Body(cluster, groupKind, namespace, name)
  }

  public init(cluster: ClusterID, group: String, kind: String, namespace: String, name: String) {
    self.init(cluster: cluster, groupKind: GroupKind(group: group, kind: kind), namespace: namespace, name: name)
  }

  public static func == (a: ObjectRef, b: ObjectRef) -> Bool {
    if a.body === b.body { return true }
    return a.body.hash == b.body.hash && a.name == b.name && a.namespace == b.namespace && a.groupKind == b.groupKind
      && a.cluster == b.cluster
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(body.hash) }

  public var cluster: ClusterID { body.cluster }
  public var groupKind: GroupKind { body.groupKind }
  /// Empty for objects of cluster scope.
  public var namespace: String { body.namespace }
  public var name: String { body.name }
  public var group: String { groupKind.group }
  public var kind: String { groupKind.kind }

  /// `namespace/name`, or `name` for cluster scope.
  public var path: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
  public var description: String { "\(cluster.name) \(kind) \(path)" }

  /// The same object's identity in another cluster (the target cluster of a reconciler).
  public func moved(to cluster: ClusterID) -> ObjectRef {
    ObjectRef(cluster: cluster, groupKind: groupKind, namespace: namespace, name: name)
  }

  public static func < (a: ObjectRef, b: ObjectRef) -> Bool {
    (a.cluster, a.groupKind, a.namespace, a.name) < (b.cluster, b.groupKind, b.namespace, b.name)
  }
}
