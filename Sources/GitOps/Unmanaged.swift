import FoundationEssentials

/// One namespace of one cluster.
public struct NamespacePlace: Sendable, Hashable, Comparable {
  public let cluster: ClusterID
  public let name: String

  public init(cluster: ClusterID, name: String) {
    self.cluster = cluster
    self.name = name
  }

  /// It belongs to the cluster itself: what is in it is made by the platform.
  public var isSystem: Bool {
    ["kube-system", "kube-public", "kube-node-lease", "openshift"].contains(name) || name.hasPrefix("openshift-")
  }

  public static func < (a: NamespacePlace, b: NamespacePlace) -> Bool { (a.cluster, a.name) < (b.cluster, b.name) }
}

/// An object beside managed ones that nothing answers for: no reconciler, no release, no other object.
public struct UnmanagedObject: Sendable, Hashable {
  public let ref: ObjectRef
  public let version: String
  public let created: Date?

  public init(ref: ObjectRef, version: String, created: Date?) {
    self.ref = ref
    self.version = version
    self.created = created
  }
}

/// What nothing answers for in one namespace (`drift.md` B.4, orphans (3)).
public struct Unmanaged: Sendable, Hashable {
  /// In order.
  public var objects: [UnmanagedObject] = []
  /// Kinds that could not be listed, with the reason, for people.
  public var incomplete: [String] = []
  /// When it was looked up; nobody watches it.
  public let time: Date

  public init(at time: Date) { self.time = time }
}
