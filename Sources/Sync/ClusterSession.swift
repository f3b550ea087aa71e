import FoundationEssentials
import GitOps
import Kube

/// Everything that runs for one cluster: dials, discovers, then keeps its watches. Cancelling its task ends it all.
struct ClusterSession: Sendable {
  let cluster: ClusterOptions
  let engine: Engine

  /// A user's "try now" counts once a second (A14).
  private static let wakeUpInterval: Duration = .seconds(1)

  /// Until the task is cancelled; a wake-up ends everything and begins anew, without a wait.
  func run() async {
    guard let reader = cluster.reader else { return }
    var session = Task { await run(reader) }
    for await _ in await engine.wakeUps(of: cluster.id) {
      session.cancel()
      await session.value
      await engine.sessionEnded(cluster.id)
      session = Task { await run(reader) }
      try? await Task.sleep(for: Self.wakeUpInterval)
    }
    session.cancel()
    await session.value
  }

  private func run(_ reader: KubeReader) async {
    reader.forgetReviews()
    guard await dial(reader) else { return }
    let heart = Heart(cluster: cluster.id, reader: reader, engine: engine)
    await withDiscardingTaskGroup { group in
      group.addTask { await heart.run() }
      group.addTask { await StreamKeeper(cluster: cluster.id, reader: reader, engine: engine).run() }
      group.addTask { await DiscoveryKeeper(cluster: cluster.id, reader: reader, engine: engine).run() }
      group.addTask { await work(reader, heart) }
      group.addTask { await askRights(reader) }
      if engine.options.followsLogs {
        group.addTask { await ControllerLogs(cluster: cluster.id, reader: reader, engine: engine).run() }
      }
    }
  }

  /// Asks for the version and what is served until there is an answer.
  private func dial(_ reader: KubeReader) async -> Bool {
    var backoff = Backoff()
    var random = SeededRandom(seed: .random(in: 0 ... .max))
    while !Task.isCancelled {
      await engine.dialSlots.acquire()
      let answer = await withTaskGroup(of: Answer?.self) { group in
        group.addTask { await self.ask(reader) }
        // A server that takes its time holds up nobody else.
        group.addTask {
          try? await Task.sleep(for: DialSlots.patience)
          await engine.dialSlots.release()
          return nil
        }
        var answer: Answer?
        while answer == nil, let next = await group.next() { answer = next }
        group.cancelAll()
        return answer
      }
      switch answer {
      case .served(let version, let discovery):
        await engine.dialled(cluster.id, version: version, discovery: discovery)
        return true
      case .failed(let error):
        if Task.isCancelled { return false }
        await engine.dialFailed(cluster.id, error.link)
        try? await Task.sleep(for: backoff.next(retryAfter: error.retryAfter, using: &random))
      case nil: return false
      }
    }
    return false
  }

  private enum Answer: Sendable {
    case served(String, Discovery)
    case failed(APIError)
  }

  private func ask(_ reader: KubeReader) async -> Answer {
    do throws(APIError) {
      let version = try await reader.version()
      return .served(version, try await reader.discover())
    } catch {
      return .failed(error)
    }
  }

  /// What the engine asks for as it goes.
  private func work(_ reader: KubeReader, _ heart: Heart) async {
    await withDiscardingTaskGroup { group in
      for await chore in await engine.chores(of: cluster.id) {
        switch chore {
        case .heartbeat: heart.beatNow()
        case .findNamespaces:
          group.addTask { await NamespaceFinder(cluster: cluster, reader: reader, engine: engine).run() }
        }
      }
    }
  }

  private func askRights(_ reader: KubeReader) async {
    guard cluster.writer != nil else { return }
    for await question in await engine.rightsQuestions(of: cluster.id) {
      guard let resource = await engine.discovery(of: cluster.id)?.resource(for: question.groupKind) else { continue }
      let access = await reader.canI(
        AccessQuestion(
          verb: "patch", group: question.groupKind.group, resource: resource.plural, namespace: question.namespace))
      var denial: String?
      if case .denied(let reason) = access { denial = reason }
      await engine.rightsArrived(cluster.id, question, denial: denial)
    }
  }
}

extension Engine {
  func wakeUps(of cluster: ClusterID) -> AsyncStream<Void> { clusters[cluster]?.wakeUps ?? AsyncStream { $0.finish() } }
  func rightsQuestions(of cluster: ClusterID) -> AsyncStream<RightsQuestion> {
    clusters[cluster]?.rightsQuestions() ?? AsyncStream { $0.finish() }
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
