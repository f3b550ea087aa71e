/// Which objects a watch asks for.
public enum Selector: Hashable, Sendable {
  case everything
  /// A label selector as the API takes it: `kustomize.toolkit.fluxcd.io/name`.
  case labels(String)
  /// A field selector: `metadata.name=web`.
  case fields(String)
}

/// One list-and-watch: a kind in a version, of one cluster, narrowed by a selector and perhaps to one namespace.
public struct StreamID: Hashable, Sendable {
  public let cluster: ClusterID
  public let groupKind: GroupKind
  public let version: String
  public let plural: String
  public let selector: Selector
  /// Nil: all namespaces.
  public let namespace: String?

  public init(
    cluster: ClusterID, groupKind: GroupKind, version: String, plural: String, selector: Selector = .everything,
    namespace: String? = nil
  ) {
    self.cluster = cluster
    self.groupKind = groupKind
    self.version = version
    self.plural = plural
    self.selector = selector
    self.namespace = namespace
  }
}

/// A fact about live state. Facts are never dropped (the store would lie): whoever delivers one awaits its being taken.
public enum Change: Sendable {
  /// A complete list: replaces everything that this stream held, at once (A2).
  case replaceAll(StreamID, [Object])
  case upsert(StreamID, Object)
  /// With the last state, which a DELETED event carries.
  case remove(StreamID, Object)
  case link(StreamID, Link)
}
