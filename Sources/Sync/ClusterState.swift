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
  /// Nil until the first discovery.
  var discovery: Discovery?
  /// Before the first answer and when there is none: connecting, retrying, auth needed, stopped.
  var dial: Link = .connecting
  var links: [StreamID: Link] = [:]
  /// Streams whose first complete list arrived.
  var listed: Set<StreamID> = []
  /// Last proof of life.
  var confirmedAt: Date?
  /// Since when a stream that was live is not.
  var staleSince: Date?
  var schema = SchemaTable()
  /// Group versions whose schema was asked for and answered, with or without success.
  var schemasKnown: Set<String> = []
  /// The managed kinds to watch; the session follows it.
  var wanted: Set<StreamID> = []

  let wakeUps: AsyncStream<Void>
  private let wakeUpSignal: AsyncStream<Void>.Continuation
  private var wantedSignal: AsyncStream<Set<StreamID>>.Continuation?
  private var rightsSignal: AsyncStream<RightsQuestion>.Continuation?
  private var rightsAsked: Set<RightsQuestion> = []

  init(options: ClusterOptions, generation: UInt64 = 0) {
    self.options = options
    self.generation = generation
    if let problem = options.problem { dial = .stopped(reason: problem) }
    (wakeUps, wakeUpSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func wakeUp() { wakeUpSignal.yield() }

  /// Sets of streams to watch, newest only, from the present one on. For one session: the next one asks anew.
  mutating func wantedUpdates() -> AsyncStream<Set<StreamID>> {
    let (stream, signal) = AsyncStream.makeStream(of: Set<StreamID>.self, bufferingPolicy: .bufferingNewest(1))
    wantedSignal = signal
    signal.yield(wanted)
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
    for gone in wanted.subtracting(streams) {
      links[gone] = nil
      listed.remove(gone)
    }
    wanted = streams
    wantedSignal?.yield(streams)
  }

  /// Each question once: one kind in one namespace.
  mutating func askRights(_ question: RightsQuestion) {
    if rightsAsked.insert(question).inserted { rightsSignal?.yield(question) }
  }

  /// - Returns: whether anything on screen changes.
  mutating func setLink(_ stream: StreamID, _ link: Link, at now: Date) -> Bool {
    let old = links.updateValue(link, forKey: stream)
    if link == .live { confirmedAt = now }
    if case .retrying = link, listed.contains(stream), staleSince == nil { staleSince = confirmedAt ?? now }
    if !links.values.contains(where: \.isRetrying) { staleSince = nil }
    return old != link
  }

  /// The cluster in one word: the worst of what matters.
  var link: Link {
    if discovery == nil { return dial }
    if let staleSince { return .stale(since: staleSince.timeIntervalSince1970) }
    let own = links.filter { KindAdapters.adapter(for: $0.key.groupKind) != nil && $0.key.selector == .everything }
    if let retrying = own.values.first(where: \.isRetrying) { return retrying }
    if let auth = own.values.first(where: { if case .authNeeded = $0 { true } else { false } }) { return auth }
    let forbidden = own.values.filter { if case .forbidden = $0 { true } else { false } }
    if !own.isEmpty, forbidden.count == own.count, let first = forbidden.first { return first }
    return own.values.contains(.connecting) ? .connecting : .live
  }

  /// Nothing more is to come from this cluster before its first complete picture.
  var isSettled: Bool {
    guard discovery != nil else {
      switch dial {
      case .connecting, .live: return false
      default: return true
      }
    }
    let expected = ownStreams.union(wanted)
    return expected.allSatisfy { stream in
      if listed.contains(stream) { return true }
      switch links[stream] {
      case .forbidden, .absent, .authNeeded, .stopped, .retrying: return true
      default: return false
      }
    }
  }

  /// The version in which objects of a kind are watched here.
  func watchedVersion(of groupKind: GroupKind) -> String? { wanted.first { $0.groupKind == groupKind }?.version }

  /// The kinds with an adapter that this server serves, in the version that the adapter reads best.
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
}

extension Link {
  var isRetrying: Bool { if case .retrying = self { true } else { false } }
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
