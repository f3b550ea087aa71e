import FoundationEssentials

/// Everything the screens and the one-shot commands show, immutable and numbered. Equal results are not published.
public struct Snapshot: Sendable, Equatable {
  public var number: UInt64 = 0
  public var clusters: [ClusterRow] = []
  public var repos: [RepoRow] = []
  public var namespaces: [NamespaceRow] = []
  /// Sources and companions too, which the lists show when they stand out or are asked for.
  public var reconcilers: [ReconcilerRow] = []
  /// Source objects (GitRepository, HelmRepository, …), for details and the tree.
  public var sources: [Resource] = []
  /// All classes; the screens decide which they show.
  public var drift: [DriftRow] = []
  /// Oldest first, bounded.
  public var log: [LogLine] = []
  public var coverage = Coverage()
  /// Newest last.
  public var actions: [ActionRecord] = []
  /// What counts of objects whose reconciler is gone.
  public var orphans = DriftCounts()
  /// Sentences the operator should see once: a configuration file's error, a journal set aside.
  public var notices: [String] = []
  /// Every stream was seen once and every drift verdict that can be made was made.
  public var isComplete = false

  public init() {}
}

/// Of how many managed objects the drift is known, and why not of the others.
public struct Coverage: Sendable, Hashable {
  public var known = 0
  public var total = 0
  /// Reason → number of objects (or reconcilers, when their number is not known).
  public var undetermined: [String: Int] = [:]

  public init() {}
}

/// How many rows of which class; provisional rows are not in it.
public struct DriftCounts: Sendable, Hashable {
  public var drifted = 0
  public var contested = 0
  public var missing = 0
  public var extra = 0
  public var touched = 0
  public var pending = 0
  public var undetermined = 0
  /// Counted rows whose fate is to stay.
  public var staying = 0

  public init() {}

  public var counted: Int { drifted + contested + missing + extra + touched }

  /// Counts one row in.
  public mutating func add(_ row: DriftRow) {
    if row.provisional { return }
    switch row.driftClass {
    case .drifted: drifted += 1
    case .contested: contested += 1
    case .missing: missing += 1
    case .extra: extra += 1
    case .touched: touched += 1
    case .pending: pending += 1
    case .undetermined: undetermined += 1
    case .delegated, .mutated, .excluded: break
    }
    if row.driftClass.isCounted, case .stays = row.fate { staying += 1 }
  }
}

public struct ClusterRow: Sendable, Hashable {
  public let id: ClusterID
  public var server: String
  /// `v1.31.2`, when known.
  public var version: String?
  /// `eks`, `kind`, …; nil when not recognised.
  public var provider: String?
  /// The worst link of the cluster's streams that matter; forbidden and absent kinds are in `links`.
  public var link: Link
  /// Last proof of life, while the cluster is not live.
  public var confirmed: Date?
  public var reconcilers: Int
  public var failed: Int
  public var drift: DriftCounts
  public var readOnly: Bool
  /// A permanent mark: TLS is not verified, the credential can write on a read-only run, …
  public var marks: [String]
  /// Each stream: `kustomizations`, its link.
  public var links: [StreamRow]
  /// Why the server is not heard of, in its stale time.
  public var problem: String?
  /// The kinds whose rows are not confirmed although the cluster lives, since when.
  public var staleKinds: [GroupKind: Date] = [:]
  /// The namespaces that the user may see, when it is not the whole cluster.
  public var visible: [String]?
  /// What may not be listed beyond `visible`, by plural.
  public var narrowed: [String] = []
  /// The credential helper that the user can log in with.
  public var helper: String?

  public init(
    id: ClusterID, server: String, version: String? = nil, provider: String? = nil, link: Link = .connecting,
    confirmed: Date? = nil, reconcilers: Int = 0, failed: Int = 0, drift: DriftCounts = DriftCounts(),
    readOnly: Bool = false, marks: [String] = [], links: [StreamRow] = [], helper: String? = nil
  ) {
    self.id = id
    self.server = server
    self.version = version
    self.provider = provider
    self.link = link
    self.confirmed = confirmed
    self.reconcilers = reconcilers
    self.failed = failed
    self.drift = drift
    self.readOnly = readOnly
    self.marks = marks
    self.links = links
    self.helper = helper
  }

  /// Since when the rows of this cluster are not confirmed; nil while they are.
  public var staleSince: Date? {
    if case .stale(let since) = link { return Date(timeIntervalSince1970: since) }
    return nil
  }

  /// Since when objects of a kind are not confirmed; nil while they are.
  public func staleSince(_ groupKind: GroupKind) -> Date? { staleSince ?? staleKinds[groupKind] }
}

public struct StreamRow: Sendable, Hashable {
  public let name: String
  public let link: Link
  public let objects: Int

  public init(name: String, link: Link, objects: Int) {
    self.name = name
    self.link = link
    self.objects = objects
  }
}

public struct RepoRow: Sendable, Hashable {
  /// The normalised address, userinfo and secrets removed; with `ref` the identity of the row.
  public let url: String
  /// Short name for the pane: the last path component.
  public let name: String
  /// Branch, tag or reference that is followed.
  public let ref: String
  public var head: CommitSummary?
  /// Commit id in effect, the oldest when reconcilers differ.
  public var inEffect: String?
  /// Commits that HEAD is ahead of the revision in effect; nil when not known.
  public var ahead: Int?
  public var link: Link
  /// Why it cannot be read now, when HEAD is what was read before.
  public var problem: String?
  /// Source objects that follow it, by cluster.
  public var sources: [ObjectRef]

  public init(
    url: String, name: String, ref: String, head: CommitSummary? = nil, inEffect: String? = nil, ahead: Int? = nil,
    link: Link = .connecting, problem: String? = nil, sources: [ObjectRef] = []
  ) {
    self.url = url
    self.name = name
    self.ref = ref
    self.head = head
    self.inEffect = inEffect
    self.ahead = ahead
    self.link = link
    self.problem = problem
    self.sources = sources
  }

  public struct ID: Sendable, Hashable {
    public let url: String
    public let ref: String

    public init(url: String, ref: String) {
      self.url = url
      self.ref = ref
    }
  }
  public var id: ID { ID(url: url, ref: ref) }

  /// Since when HEAD is not confirmed; nil while it is, or when it was never read.
  // Inlined into a closure of `Header.staleRepos` it makes the optimiser of Swift 6.3 fail ("Found ownership error").
  @inline(never) public var staleSince: Date? {
    if case .stale(let since) = link { return Date(timeIntervalSince1970: since) }
    return nil
  }

  /// Why it cannot be read, when it cannot.
  public var reason: String? { problem ?? link.reason }
}

public struct NamespaceRow: Sendable, Hashable {
  public let cluster: ClusterID
  public let name: String
  /// Managed objects in it.
  public var objects: Int
  public var drift: DriftCounts
  /// Reconcilers that have objects in it.
  public var reconcilers: [ObjectRef]

  public init(
    cluster: ClusterID, name: String, objects: Int = 0, drift: DriftCounts = DriftCounts(),
    reconcilers: [ObjectRef] = []
  ) {
    self.cluster = cluster
    self.name = name
    self.objects = objects
    self.drift = drift
    self.reconcilers = reconcilers
  }
}

/// How the revision in effect stands to HEAD.
public enum HeadState: Sendable, Hashable {
  case same
  /// Commits ahead; nil when the number is not known.
  case ahead(Int?)
  /// Git cannot be read, or the source is not Git.
  case unknown
}

public struct ReconcilerRow: Sendable, Hashable {
  public let resource: Resource
  /// The cluster where its objects live: its own, an attached one, or nil when that one is not attached.
  public var target: ClusterID?
  public var repo: RepoRow.ID?
  public var head: HeadState
  /// HEAD of the reference that its source follows.
  public var headCommit: String?
  /// Since when HEAD is not confirmed; nil while it is.
  public var headStaleSince: Date?
  /// The commit in effect.
  public var commit: CommitSummary?
  public var drift: DriftCounts
  /// Why nothing can be said about its drift, as a whole.
  public var undetermined: String?
  /// Managed objects.
  public var objects: Int
  public var namespaces: [String]
  /// Verbs that the user may not do, with the reason (access review).
  public var denied: [Verb: String]
  /// An action of ours is on its way.
  public var inFlight: Bool
  /// Rows of a cluster without proof of life: since when.
  public var staleSince: Date?
  /// The failed dependency that this one waits for, at the root of the chain.
  public var blockedBy: ObjectRef?
  /// How many others wait for this one.
  public var blocking: Int

  public init(
    resource: Resource, target: ClusterID?, repo: RepoRow.ID? = nil, head: HeadState = .unknown,
    headCommit: String? = nil, commit: CommitSummary? = nil, drift: DriftCounts = DriftCounts(),
    undetermined: String? = nil, objects: Int = 0, namespaces: [String] = [], denied: [Verb: String] = [:],
    inFlight: Bool = false, staleSince: Date? = nil, blockedBy: ObjectRef? = nil, blocking: Int = 0
  ) {
    self.resource = resource
    self.target = target
    self.repo = repo
    self.head = head
    self.headCommit = headCommit
    self.commit = commit
    self.drift = drift
    self.undetermined = undetermined
    self.objects = objects
    self.namespaces = namespaces
    self.denied = denied
    self.inFlight = inFlight
    self.staleSince = staleSince
    self.blockedBy = blockedBy
    self.blocking = blocking
  }

  public var ref: ObjectRef { resource.ref }

  /// Whether a row that is no reconciler belongs among them.
  public func standsOut(at now: Date) -> Bool { state(at: now).isTrouble || resource.health == .suspended }

  /// One word for the STATE column, worst first (`product.md`, trouble first).
  public func state(at now: Date) -> ReconcilerState {
    switch resource.health {
    case .failed: return .failed
    case .deleting: return .deleting
    case .suspended:
      if drift.counted > 0 { return drift.contested > 0 ? .contested : .drifted }
      return resource.suspension?.overdue(at: now) == true ? .overdue : .suspended
    case .waiting: return .waiting
    case .progressing, .ready, .unknown: break
    }
    if drift.missing > 0 && drift.staying > 0 { return .missing }
    if drift.contested > 0 { return .contested }
    if drift.missing > 0 { return .missing }
    if drift.counted > 0 { return .drifted }
    if resource.health == .progressing { return .progressing }
    if resource.health == .unknown { return .unknown }
    return drift.pending > 0 || head.isAhead ? .pending : .ready
  }
}

extension HeadState {
  public var isAhead: Bool { if case .ahead = self { true } else { false } }
}

/// The words of the STATE column.
public enum ReconcilerState: String, Sendable, Hashable, CaseIterable {
  case failed, missing, contested, drifted, waiting, progressing, overdue, deleting, pending, suspended, unknown, ready

  public var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
  public var isTrouble: Bool {
    switch self {
    case .failed, .missing, .contested, .drifted, .waiting, .overdue: true
    case .progressing, .deleting, .pending, .suspended, .unknown, .ready: false
    }
  }
}
