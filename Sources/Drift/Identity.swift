import GitOps

/// The identity under which a desired object is looked for (`drift.md` N3).
public struct Identity: Sendable, Hashable {
  public let object: ObjectRef
  /// Git gives a namespace to an object that has none.
  public let hasStrayNamespace: Bool

  /// - Parameters:
  ///   - namespaced: what discovery says of the kind.
  ///   - namespace: where objects without one go: the target namespace, or the release's.
  public init(_ desired: DesiredObject, in cluster: ClusterID, namespaced: Bool, namespace: String) {
    let own = namespaced ? (desired.namespace.isEmpty ? namespace : desired.namespace) : ""
    object = ObjectRef(cluster: cluster, groupKind: desired.groupKind, namespace: own, name: desired.name)
    hasStrayNamespace = !namespaced && !desired.namespace.isEmpty
  }
}
