import Drift
import FoundationEssentials
import GitOps
import Kube

/// What the engine knows of one cluster beside its objects.
struct ClusterState: Sendable {
  let options: ClusterOptions
  /// Differs for each cluster that was ever set, also under the same name.
  let generation: UInt64
  var reader: KubeReader? { options.reader }
  var version: String?
  var kinds = ServedKinds()
  /// Nil until the first answer.
  var discovery: Discovery? { kinds.discovery }
  /// Before the first answer and when there is none: connecting, retrying, auth needed, stopped.
  var dial: Link = .connecting
  private(set) var links: [StreamID: Link] = [:]
  /// Streams whose first complete list arrived.
  var listed: Set<StreamID> = []
  var freshness = Freshness()
  var schema = SchemaTable()
  /// Group versions whose schema was asked for and answered, with or without success.
  var schemasKnown: Set<String> = []
  /// The managed kinds to watch.
  private(set) var wanted: Set<StreamID> = []
  var visibility = Visibility()

  /// Reconcilers to render once the first picture is there. Nil from then on.
  private var toRender: Set<ObjectRef>? = []

  let wakeUps: AsyncStream<Void>
  private let wakeUpSignal: AsyncStream<Void>.Continuation
  private var planSignal: AsyncStream<Set<StreamID>>.Continuation?
  private var rightsSignal: AsyncStream<RightsQuestion>.Continuation?
  private var rightsAsked: Set<RightsQuestion> = []
  /// What the running session is asked to do; nil between sessions.
  var chores: AsyncStream<ClusterChore>.Continuation?
  var discoverySignal: AsyncStream<Void>.Continuation?
  /// CustomResourceDefinitions whose deletion was seen.
  var deletedDefinitions: Set<String> = []

  init(options: ClusterOptions, generation: UInt64 = 0) {
    self.options = options
    self.generation = generation
    if let problem = options.problem { dial = .stopped(reason: problem) }
    (wakeUps, wakeUpSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func wakeUp() { wakeUpSignal.yield() }

  /// Sets of streams to keep, newest only, from the present one on. For one session: the next one asks anew.
  mutating func planUpdates() -> AsyncStream<Set<StreamID>> {
    let (stream, signal) = AsyncStream.makeStream(of: Set<StreamID>.self, bufferingPolicy: .bufferingNewest(1))
    planSignal = signal
    signal.yield(plan)
    return stream
  }

  /// Questions about rights, those asked before included: rights may have changed. For one session.
  mutating func rightsQuestions() -> AsyncStream<RightsQuestion> {
    let (stream, signal) = AsyncStream.makeStream(of: RightsQuestion.self, bufferingPolicy: .unbounded)
    rightsSignal = signal
    for question in rightsAsked { signal.yield(question) }
    return stream
  }

  mutating func want(_ streams: Set<StreamID>) {
    guard streams != wanted else { return }
    wanted = streams
    replan()
  }

  /// Something that decides which streams are kept may have changed.
  mutating func replan() { planSignal?.yield(plan) }

  /// Each question once: one kind in one namespace.
  mutating func askRights(_ question: RightsQuestion) {
    if rightsAsked.insert(question).inserted { rightsSignal?.yield(question) }
  }

  /// - Returns: whether anything on screen changes.
  mutating func setLink(_ stream: StreamID, _ link: Link, at now: ContinuousClock.Instant) -> Bool {
    let old = links.updateValue(link, forKey: stream)
    switch link {
    case .live, .polling:
      freshness.mended(stream)
      freshness.lived(at: now)
    case .connecting, .retrying, .authNeeded, .forbidden, .absent, .stopped, .stale:
      if listed.contains(stream) { freshness.broke(stream, at: now) }
    }
    return old != link
  }

  /// Nobody watches this stream any more.
  mutating func closed(_ stream: StreamID) {
    links[stream] = nil
    listed.remove(stream)
    freshness.mended(stream)
  }

  /// The cluster in one word: the worst of what matters. A kind that is without connection for less than half a minute is
  /// no trouble yet.
  func link(at now: ContinuousClock.Instant, date: Date) -> Link {
    if discovery == nil { return dial }
    if let since = freshness.staleSince(at: now) {
      return .stale(since: ClusterState.date(since, now, date).timeIntervalSince1970)
    }
    var worst = Link.live
    var forbidden: Link?
    var isReadable = false
    for (stream, link) in links where ClusterState.isOwn(stream) {
      switch link {
      case .authNeeded, .stopped: return link
      case .forbidden:
        forbidden = link
        continue
      case .retrying:
        if !listed.contains(stream) || freshness.staleSince(stream, at: now) != nil { worst = link }
      case .connecting where !listed.contains(stream):
        if worst == .live { worst = .connecting }
      case .connecting, .live, .stale, .absent, .polling: break
      }
      isReadable = true
    }
    if let forbidden, !isReadable { return visibility.isLooking ? .connecting : forbidden }
    return worst
  }

  /// Since when the objects of some kinds are not confirmed although the cluster lives.
  func staleKinds(at now: ContinuousClock.Instant, date: Date) -> [GroupKind: Date] {
    var kinds: [GroupKind: Date] = [:]
    for stream in links.keys where stream.groupKind != ClusterState.event {
      guard let broke = freshness.staleSince(stream, at: now) else { continue }
      let since = ClusterState.date(broke, now, date)
      kinds[stream.groupKind] = min(kinds[stream.groupKind] ?? since, since)
    }
    return kinds
  }

  /// Reconcilers and sources of every namespace that can be seen.
  private static func isOwn(_ stream: StreamID) -> Bool {
    KindAdapters.adapter(for: stream.groupKind) != nil && stream.selector == .everything
  }

  /// A monotonic moment on the wall clock of now: its age is right whatever the wall clock did meanwhile. In whole
  /// seconds, so that two snapshots of the same state are equal.
  static func date(_ instant: ContinuousClock.Instant, _ now: ContinuousClock.Instant, _ date: Date) -> Date {
    let age = instant.duration(to: now) / .seconds(1)
    return Date(timeIntervalSince1970: (date.timeIntervalSince1970 - age).rounded())
  }

  // The first picture: what there is comes before what is to be said of it, which takes the processor away from it.

  /// Everything that was planned at the beginning was listed, or could not be, or took too long.
  var hasPicture: Bool { toRender == nil }

  /// - Returns: whether the reconciler is rendered later.
  mutating func postpones(_ reconciler: ObjectRef) -> Bool { toRender?.insert(reconciler) != nil }

  /// - Returns: what was postponed; nil when the picture was there before.
  mutating func pictureArrived() -> Set<ObjectRef>? {
    defer { toRender = nil }
    return toRender
  }

  /// Nothing more is to come from this cluster before its first complete picture.
  var isSettled: Bool {
    guard discovery != nil else {
      switch dial {
      case .connecting, .live: return false
      default: return true
      }
    }
    if visibility.isLooking { return false }
    return plan.allSatisfy { stream in
      // Nothing on a screen waits for events.
      if listed.contains(stream) || stream.groupKind == ClusterState.event { return true }
      switch links[stream] {
      case .forbidden, .absent, .authNeeded, .stopped, .retrying: return true
      default: return false
      }
    }
  }

  /// The version in which objects of a kind are watched here.
  func watchedVersion(of groupKind: GroupKind) -> String? { wanted.first { $0.groupKind == groupKind }?.version }

  static let event = GroupKind(group: "", kind: "Event")

  /// The kinds with an adapter that this server serves, in the version that the adapter reads best; whole, before anything
  /// is narrowed to namespaces.
  var ownStreams: Set<StreamID> {
    guard let discovery else { return [] }
    var streams: Set<StreamID> = []
    for type in KindAdapters.all {
      guard
        let resource = discovery.resource(for: type.kind.groupKind, preferring: type.kind.versions)
          ?? discovery.resource(for: type.kind.groupKind)
      else { continue }
      streams.insert(
        StreamID(
          cluster: options.id, groupKind: type.kind.groupKind, version: resource.version, plural: resource.plural))
    }
    return streams
  }

  /// Everything to keep a stream of: own kinds, managed kinds and events, by namespace where the user may not see more.
  var plan: Set<StreamID> {
    guard let discovery else { return [] }
    var streams: Set<StreamID> = []
    var whole = ownStreams.union(wanted)
    if let events = discovery.resource(for: ClusterState.event, version: "v1") {
      whole.insert(
        StreamID(cluster: options.id, groupKind: ClusterState.event, version: "v1", plural: events.plural))
    }
    for stream in whole { streams.formUnion(visibility.streams(of: stream)) }
    return streams
  }
}

/// What an engine asks of the session of a cluster.
enum ClusterChore: Sendable, Hashable {
  /// A kind may not be listed in the whole cluster: find out in which namespaces it may.
  case findNamespaces
  /// Streams broke: ask whether the server lives.
  case heartbeat
}

/// May the user patch this kind in this namespace?
struct RightsQuestion: Hashable, Sendable {
  let groupKind: GroupKind
  let namespace: String

  init(resource: Resource) {
    groupKind = resource.ref.groupKind
    namespace = resource.ref.namespace
  }
}
