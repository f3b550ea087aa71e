import FoundationEssentials

/// What kind of part a resource plays.
public enum Role: Sendable, Hashable {
  /// Provides desired state: GitRepository, OCIRepository, Bucket, HelmRepository, HelmChart.
  case source
  /// Makes live state follow it: Kustomization, HelmRelease, Application.
  case reconciler
  /// Works beside them: what notifies, updates images, brings secrets, releases step by step, or limits what may be applied.
  case companion
}

/// A row: what an adapter says of one object, the same fields for every kind.
public struct Resource: Sendable, Hashable {
  public let ref: ObjectRef
  public let version: String
  public let uid: String
  public let role: Role
  /// `metadata.labels`, for filters.
  public var labels: [String: String] = [:]
  public var health: Health = .unknown
  /// The reason of the condition that decided the health.
  public var reason = ""
  /// Its message, as the controller wrote it (not sanitised: that happens before the screen).
  public var message = ""
  /// Since when the deciding condition holds.
  public var since: Date?
  public var conditions: [Condition] = []
  public var suspension: Suspension?
  /// What only its kind has to say, in the order and by the names of the adapter's `columns`. Never a secret value.
  public var facts: [Fact] = []

  // Reconcilers
  public var inEffect: InEffect = .nothing
  public var attempted: Revision?
  public var applied: Revision?
  /// Where the desired state comes from, in the same cluster.
  public var source: ObjectRef?
  public var dependsOn: [ObjectRef] = []
  /// What it applied, from `status.inventory`: in its own cluster's name; the target cluster may be another.
  public var inventory: [InventoryEntry] = []
  /// Nil: its own cluster. Else the other cluster as far as the object names it.
  public var target: TargetCluster?
  /// Whether the controller undoes a change of a field that Git sets at its next run.
  public var corrects = true
  /// Whether it deletes what Git no longer contains.
  public var prunes = true
  public var path: String?
  /// Who made it and undoes what others change in its spec, where the object says so.
  public var parent: ObjectRef?
  /// An annotation keeps its controller away from it altogether.
  public var isFrozen = false
  /// An operation that somebody asked for is under way, and when the last one began (argo-cd: `operation`, `operationState`).
  public var isOperating = false
  public var operationStarted: Date?
  /// What its own engine calls different from Git, and the revision that it compared with.
  public var outOfSync: [InventoryEntry] = []
  public var compared: Revision?

  // Sources
  public var url: String?
  /// Branch, tag, semver or commit that the source follows, as a word for the screen: `main`, `tag v1`, `semver >=1`.
  public var follows: String?
  /// The branch when the source follows one.
  public var branch: String?
  /// `status.artifact.revision`.
  public var artifact: Revision?
  /// The Git commit that an OCI artifact says it came from.
  public var origin: Revision?

  // Timing
  /// Seconds between runs.
  public var interval: Double?
  /// When it last finished a run, as far as the object says.
  public var lastRun: Date?
  /// The next run, from the last one and the interval (or the retry interval after a failure).
  public var nextRun: Date?
  /// `status.lastHandledReconcileAt`: an opaque token, compared and never parsed.
  public var handledToken: String?
  /// The `reconcile.fluxcd.io/requestedAt` annotation.
  public var requestedToken: String?
  /// The newest Helm release, for HelmReleases.
  public var release: HelmReleaseRef?

  public init(ref: ObjectRef, version: String, uid: String, role: Role) {
    self.ref = ref
    self.version = version
    self.uid = uid
    self.role = role
  }

  /// What every object says of itself, before its adapter reads more.
  init(_ object: Object, as kind: Kind) {
    self.init(ref: object.ref, version: object.version, uid: object.uid, role: kind.role)
    labels = object.labels
  }
}

/// One value that only one kind has: the tag an image policy chose, the weight of a canary.
public struct Fact: Sendable, Hashable {
  /// One of the adapter's `columns`.
  public let column: String
  public let text: String

  public init(_ column: String, _ text: String) {
    self.column = column
    self.text = text
  }
}

/// `metav1.Condition`.
public struct Condition: Sendable, Hashable {
  public let type: String
  public let status: String
  public let reason: String
  public let message: String
  public let since: Date?

  public init(type: String, status: String, reason: String, message: String, since: Date?) {
    self.type = type
    self.status = status
    self.reason = reason
    self.message = message
    self.since = since
  }
}

/// An object of `status.inventory` (wire-facts 1.4, inventory entry id).
public struct InventoryEntry: Sendable, Hashable {
  public let groupKind: GroupKind
  public let version: String
  public let namespace: String
  public let name: String

  public init(groupKind: GroupKind, version: String, namespace: String, name: String) {
    self.groupKind = groupKind
    self.version = version
    self.namespace = namespace
    self.name = name
  }
}

/// Another cluster, as a reconciler names it: by exactly one of these.
public enum TargetCluster: Sendable, Hashable {
  /// The Secret (or ConfigMap) with the kubeconfig, in the reconciler's namespace (flux: `spec.kubeConfig`).
  case secret(String)
  /// The address of its API server (argo-cd: `spec.destination.server`).
  case server(String)
  /// The name under which it is registered (argo-cd: `spec.destination.name`).
  case name(String)

  public init(secret: String) { self = .secret(secret) }
  public init(server: String) { self = .server(server) }
  public init(name: String) { self = .name(name) }

  /// For people: `kubeconfig in edge-kubeconfig`.
  public var words: String {
    switch self {
    case .secret(let name): "kubeconfig in \(name)"
    case .server(let address): address
    case .name(let name): "registered as \(name)"
    }
  }
}

/// Who suspended what, why, since when, until when; the parts after the first are known only if somebody wrote them down
/// (`driftglass.dev/suspended-*`).
public struct Suspension: Sendable, Hashable {
  public var by: String?
  public var reason: String?
  public var since: Date?
  public var until: Date?

  public init(by: String? = nil, reason: String? = nil, since: Date? = nil, until: Date? = nil) {
    self.by = by
    self.reason = reason
    self.since = since
    self.until = until
  }

  public func overdue(at now: Date) -> Bool { until.map { $0 < now } ?? false }
}

/// The release Secret that holds a HelmRelease's desired state (`sh.helm.release.v1.<name>.v<version>`).
public struct HelmReleaseRef: Sendable, Hashable {
  public let name: String
  /// Where the release's objects live by default.
  public let namespace: String
  public let storageNamespace: String
  public let version: Int
  /// Helm's own status: `deployed`, `failed`, …
  public let status: String
  public let chart: String
  /// The release before it that was whole; nil when there is none, or none is known.
  public let previous: Int?

  public init(
    name: String, namespace: String, storageNamespace: String, version: Int, status: String, chart: String,
    previous: Int? = nil
  ) {
    self.name = name
    self.namespace = namespace
    self.storageNamespace = storageNamespace
    self.version = version
    self.status = status
    self.chart = chart
    self.previous = previous
  }

  /// The name of a release's record, a Secret or (where Helm is told so) a ConfigMap (helm: pkg/storage).
  public func record(_ version: Int) -> String { "sh.helm.release.v1.\(name).v\(version)" }

  /// It failed or is under way, and may have sent a part only.
  public var isPartial: Bool { status == "failed" || status.hasPrefix("pending-") }
}
