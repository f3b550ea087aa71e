import FoundationEssentials
import GitOps

/// What Git says of one object at one revision.
public enum Desired: Sendable {
  case object(DesiredObject)
  /// That revision was rendered, and the object is not in it.
  case absent
  /// It could not be rendered, or Git not be read: why.
  case unknown(reason: String)

  var object: DesiredObject? { if case .object(let object) = self { object } else { nil } }
}

/// What the API server holds of it.
public enum Live: Sendable {
  /// `labelled`: it carries the labels that its reconciler puts on what it applies. An object that the label-selected
  /// watch lost but a GET still finds is present and not labelled.
  case present(Object, labelled: Bool)
  /// A GET by name said 404; a DELETED event alone does not (`drift.md` B.4). `seenBefore`: it was there in this run.
  case absent(seenBefore: Bool)
  /// Not readable, not listed yet, kind not served: why.
  case unknown(reason: String)
}

/// Everything that the verdict about one object depends on.
public struct DriftInput: Sendable {
  /// The object in the cluster where it lives (`drift.md` N3), and the version of it that Git uses.
  public let object: ObjectRef
  public let version: String
  public let reconciler: Resource
  /// At the revision in effect; the newer one when two may be (`InEffect.either`).
  public var desired: Desired
  public let live: Live
  public let now: Date

  /// At the older of the two revisions of `InEffect.either`, or in the release before a failed or pending one.
  public var alternative: Desired?
  /// At HEAD; nil when HEAD is the revision in effect or is not known.
  public var head: Desired?
  /// What the release before the one in effect had: what it had and the newer has not was removed from Git (R6).
  public var previous: DesiredObject?
  /// Our own watch saw live equal to desired earlier at this revision: then no later difference is admission's.
  public var sawEqual = false
  /// A ConfigMap or Secret behind `substituteFrom` or `valuesFrom` changed after the last apply.
  public var inputsChanged = false
  /// The server no longer serves the version that Git uses.
  public var isVersionServed = true
  /// A release that was made outside Flux and is newer than the one in effect.
  public var newerRelease: HelmRecord?
  /// The autoscalers whose target this object is.
  public var autoscalers: [Autoscaler] = []
  /// All autoscalers of replicas that there are can be seen: without one in `autoscalers` nobody scales this object.
  public var seesAutoscalers = false
  /// Pointers of fields that were seen reverted again and again.
  public var fought: Set<String> = []
  /// The user's own rules.
  public var ignore: [IgnoreRule] = []
  /// Who is behind which field manager.
  public var managers = ManagerTable.standard
  /// Nil: those of the reconciler's kind.
  public var engine: Set<String>?

  /// What every verdict needs; the rest has values that claim nothing.
  public init(
    object: ObjectRef, version: String, reconciler: Resource, desired: Desired, live: Live, now: Date
  ) {
    self.object = object
    self.version = version
    self.reconciler = reconciler
    self.desired = desired
    self.live = live
    self.now = now
  }

  var own: Set<String> { engine ?? ManagerTable.engine(of: reconciler.ref.groupKind) }

  /// What the inventory says: it was applied once.
  var isInInventory: Bool {
    reconciler.inventory.contains {
      $0.name == object.name && $0.namespace == object.namespace && $0.groupKind == object.groupKind
    }
  }
}
