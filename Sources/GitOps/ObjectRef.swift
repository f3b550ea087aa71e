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
public struct ObjectRef: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let cluster: ClusterID
  public let groupKind: GroupKind
  /// Empty for objects of cluster scope.
  public let namespace: String
  public let name: String

  public init(cluster: ClusterID, groupKind: GroupKind, namespace: String, name: String) {
    self.cluster = cluster
    self.groupKind = groupKind
    self.namespace = namespace
    self.name = name
  }

  public init(cluster: ClusterID, group: String, kind: String, namespace: String, name: String) {
    self.init(cluster: cluster, groupKind: GroupKind(group: group, kind: kind), namespace: namespace, name: name)
  }

  /// Cluster and group add much work and hardly ever a difference.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(namespace)
    hasher.combine(groupKind.kind)
  }

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
