/// The pair of labels that a reconciler puts on every object it applies (flux: fluxcd/pkg ssa/manager.go,
/// fluxcd/helm-controller internal/postrender).
public struct OwnerLabels: Sendable, Hashable {
  /// The kind of the owner that they name.
  public let owner: GroupKind
  /// The key whose value is the owner's name; its mere presence selects managed objects.
  public let name: String
  /// The key whose value is the owner's namespace.
  public let namespace: String

  public init(owner: GroupKind, name: String, namespace: String) {
    self.owner = owner
    self.name = name
    self.namespace = namespace
  }

  /// The owner that an object's labels name. Labels know no cluster: the reference says the cluster where the object
  /// lives; the owner itself may live in another one.
  public func owner(of object: Object) -> ObjectRef? {
    guard let name = object.labels[name], !name.isEmpty, let namespace = object.labels[namespace] else { return nil }
    return ObjectRef(cluster: object.ref.cluster, groupKind: owner, namespace: namespace, name: name)
  }

  /// The label selector of a watch for everything that such owners manage.
  public var selector: Selector { .labels(name) }

  /// Of every kind that labels what it applies.
  public static let all: [OwnerLabels] = KindAdapters.all.compactMap { $0.ownerLabels }

  /// Every owner that an object's labels name: a chart's object may carry two pairs.
  public static func owners(of object: Object) -> [ObjectRef] { all.compactMap { $0.owner(of: object) } }
}
