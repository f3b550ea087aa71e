import Drift
import FoundationEssentials
import GitOps
import Kube
import Structured
import Synchronization

/// Everything that runs for one cluster: dials, discovers, then keeps its watches. Cancelling its task ends it all.
struct ClusterSession: Sendable {
  let cluster: ClusterOptions
  let engine: Engine

  /// Until the task is cancelled; a wake-up ends everything and begins anew, without a wait.
  func run() async {
    guard let reader = cluster.reader else { return }
    var session = Task { await run(reader) }
    for await _ in await engine.wakeUps(of: cluster.id) {
      session.cancel()
      await session.value
      session = Task { await run(reader) }
    }
    session.cancel()
    await session.value
  }

  private func run(_ reader: KubeReader) async {
    guard let discovery = await dial(reader) else { return }
    await withDiscardingTaskGroup { group in
      for stream in await engine.ownStreams(of: cluster.id) {
        group.addTask { await watch(stream, reader) }
      }
      if let events = discovery.resource(for: GroupKind(group: "", kind: "Event"), version: "v1") {
        group.addTask { await watchEvents(events, reader) }
      }
      group.addTask { await followWanted(reader) }
      group.addTask { await askRights(reader, discovery) }
      if engine.options.followsLogs, discovery.resource(for: GroupKind(group: "", kind: "Pod"), version: "v1") != nil {
        group.addTask { await ControllerLogs(cluster: cluster.id, reader: reader, engine: engine).run() }
      }
    }
  }

  /// Asks for the version and what is served until there is an answer.
  private func dial(_ reader: KubeReader) async -> Discovery? {
    var backoff = Backoff()
    var random = SeededRandom(seed: .random(in: 0 ... .max))
    while !Task.isCancelled {
      do throws(APIError) {
        let version = try await reader.version()
        let discovery = try await reader.discover()
        await engine.dialled(cluster.id, version: version, discovery: discovery)
        return discovery
      } catch {
        if Task.isCancelled { return nil }
        await engine.dialFailed(cluster.id, error.link)
        try? await Task.sleep(for: backoff.next(retryAfter: error.retryAfter, using: &random))
      }
    }
    return nil
  }

  private func watch(_ stream: StreamID, _ reader: KubeReader) async {
    let holdsSecrets = stream.groupKind == GroupKind(group: "", kind: "Secret")
    await Watcher(stream: stream, reader: reader).run { change in
      await engine.apply(holdsSecrets ? change.hashingSecrets() : change)
    }
  }

  /// Events become lines of the log and are kept nowhere else.
  private func watchEvents(_ resource: ServedResource, _ reader: KubeReader) async {
    let stream = StreamID(
      cluster: cluster.id, groupKind: GroupKind(group: "", kind: "Event"), version: resource.version,
      plural: resource.plural)
    let seen = Mutex(SeenEvents())
    await Watcher(stream: stream, reader: reader).run { change in
      switch change {
      case .replaceAll(_, let objects): await engine.append(seen.withLock { $0.new(objects) })
      case .upsert(_, let object): await engine.append(seen.withLock { $0.new([object]) })
      case .remove: break
      case .link: await engine.apply(change)
      }
    }
  }

  /// Keeps one watch a wanted stream, and the schemas of their kinds.
  private func followWanted(_ reader: KubeReader) async {
    var running: [StreamID: Task<Void, Never>] = [:]
    defer { for task in running.values { task.cancel() } }
    await loadSchemas(reader)
    for await wanted in await engine.wantedUpdates(of: cluster.id) {
      for (stream, task) in running where !wanted.contains(stream) {
        task.cancel()
        running[stream] = nil
        await engine.closed(stream)
      }
      for stream in wanted where running[stream] == nil {
        running[stream] = Task { await watch(stream, reader) }
      }
      await loadSchemas(reader)
    }
  }

  /// Reads the schemas that are missing: v3 by group version, else the one v2 document. What cannot be read leaves its
  /// kinds to plain comparison, and rows from it are `likely`.
  private func loadSchemas(_ reader: KubeReader) async {
    let missing = await engine.missingSchemas(of: cluster.id)
    guard !missing.isEmpty else { return }
    var table = await engine.schema(of: cluster.id)
    do throws(APIError) {
      switch try await reader.openAPI() {
      case .v2(let bytes): try? table.add(openAPIv2: bytes)
      case .v3(let index):
        for groupVersion in missing.sorted() {
          let path = groupVersion.contains("/") ? "apis/\(groupVersion)" : "api/\(groupVersion)"
          guard let address = index[path] else { continue }
          try? table.add(openAPIv3: try await reader.openAPIDocument(at: address))
        }
      }
    } catch {
      if error.isCancelled { return }
      await engine.notice("\(cluster.id): no schemas (\(error)); fields are compared without their types")
    }
    await engine.schemaArrived(cluster.id, table, groupVersions: missing)
  }

  private func askRights(_ reader: KubeReader, _ discovery: Discovery) async {
    guard cluster.writer != nil else { return }
    for await question in await engine.rightsQuestions(of: cluster.id) {
      guard let resource = discovery.resource(for: question.groupKind) else { continue }
      let access = await reader.canI(
        AccessQuestion(
          verb: "patch", group: question.groupKind.group, resource: resource.plural, namespace: question.namespace))
      var denial: String?
      if case .denied(let reason) = access { denial = reason }
      await engine.rightsArrived(cluster.id, question, denial: denial)
    }
  }
}

/// Events already shown, so that a relist repeats nothing.
private struct SeenEvents {
  private var versions: [String: String] = [:]

  mutating func new(_ objects: [Object]) -> [LogLine] {
    if versions.count > 20_000 { versions = [:] }
    return objects.compactMap { object in
      let key = object.uid.isEmpty ? object.ref.path : object.uid
      guard versions.updateValue(object.resourceVersion, forKey: key) != object.resourceVersion else { return nil }
      return LogLine(event: object)
    }
  }
}

extension Engine {
  func ownStreams(of cluster: ClusterID) -> Set<StreamID> { clusters[cluster]?.ownStreams ?? [] }
  func missingSchemas(of cluster: ClusterID) -> Set<String> { clusters[cluster].map(missingSchemas) ?? [] }
  func wakeUps(of cluster: ClusterID) -> AsyncStream<Void> { clusters[cluster]?.wakeUps ?? AsyncStream { $0.finish() } }
  func wantedUpdates(of cluster: ClusterID) -> AsyncStream<Set<StreamID>> {
    clusters[cluster]?.wantedUpdates() ?? AsyncStream { $0.finish() }
  }
  func rightsQuestions(of cluster: ClusterID) -> AsyncStream<RightsQuestion> {
    clusters[cluster]?.rightsQuestions() ?? AsyncStream { $0.finish() }
  }

  /// A watch ended because nobody wants it any more.
  func closed(_ stream: StreamID) {
    let delta = store.close(stream)
    for ref in delta.removed { compareOwners(of: ref) }
    markDirty()
  }
}

extension APIError {
  /// What a cluster that cannot be dialled shows.
  fileprivate var link: Link {
    if isUnauthorized { return .authNeeded(reason: message) }
    if isForbidden { return .forbidden(reason: message) }
    return .retrying(reason: message)
  }
}

extension Change {
  /// Secrets are kept as hashes of their values, and nothing else of them (C12). What cannot be hashed is not kept.
  func hashingSecrets() -> Change {
    switch self {
    case .replaceAll(let stream, let objects):
      .replaceAll(stream, objects.compactMap { try? SecretValues.hashed($0) })
    case .upsert(let stream, let object):
      (try? SecretValues.hashed(object)).map { .upsert(stream, $0) } ?? .remove(stream, object)
    case .remove, .link: self
    }
  }
}
