import FoundationEssentials
import GitOps
import Kube
import Structured

/// Flux's controllers, and as much of Kubernetes' own as they need, as ordinary clients of one API server: the demo's,
/// or a real one.
public struct SimulatedFlux: Sendable {
  /// What Deployments get.
  public enum Workloads: Sendable {
    /// A status, ReplicaSets and Pods.
    case complete
    /// A status only: an API server without a kubelet.
    case status
    /// Nothing: a real controller manager runs beside us.
    case none
  }

  public struct Options: Sendable {
    public var workloads = Workloads.complete
    /// Seconds until a dependency that was not ready is looked at again.
    public var dependencyRetry = 30.0

    /// Whether the controllers of the systems beside Flux run too.
    public var hasNeighbours = false

    /// For the ids of runs and the names of events.
    public var seed = UInt64.random(in: 0 ... .max)

    public init() {}
  }

  private let cluster: RemoteCluster
  private let repositories: SourceRepositories
  private let options: Options
  private let log: ControllerVoice.Log

  /// - Parameter log: takes each controller's log lines, zap JSON as Flux writes it.
  public init(
    _ cluster: RemoteCluster, repositories: SourceRepositories, options: Options = Options(),
    log: @escaping @Sendable (_ controller: String, _ line: String, _ time: Date) -> Void = { _, _, _ in }
  ) {
    self.cluster = cluster
    self.repositories = repositories
    self.options = options
    self.log = log
  }

  /// The controllers, in the order in which a change goes through them.
  static func controllers(
    _ voice: ControllerVoices, _ repositories: SourceRepositories, _ options: Options
  ) -> [any Reconciler] {
    let api = voice.api
    var kustomize = KustomizeController(api: api, repositories: repositories, voice: voice)
    kustomize.dependencyRetry = options.dependencyRetry
    var controllers: [any Reconciler] = [
      SourceController(.gitRepository, api: api, repositories: repositories, voice: voice),
      SourceController(.helmRepository, api: api, repositories: repositories, voice: voice),
      SourceController(.helmChart, api: api, repositories: repositories, voice: voice),
      kustomize, HelmController(api: api, voice: voice),
    ]
    if options.workloads != .none {
      controllers.append(WorkloadController(api: api, makesPods: options.workloads == .complete, voice: voice))
      controllers.append(AutoscalerController(api: api, voice: voice))
    }
    if options.hasNeighbours { controllers += NeighbourController.kinds.map { NeighbourController($0, api: api) } }
    return controllers
  }

  /// Runs until the task is cancelled.
  public func run() async {
    let voice = ControllerVoices(api: cluster, seed: options.seed, log: log)
    let controllers = Self.controllers(voice, repositories, options)
    let loops = controllers.map { _ in ReconcileLoop() }
    let kinds = Set(controllers.flatMap { [$0.groupKind] + $0.related })
    await withDiscardingTaskGroup { group in
      for (controller, loop) in zip(controllers, loops) { group.addTask { await loop.run(controller) } }
      for kind in kinds {
        let direct = zip(controllers, loops).filter { $0.0.groupKind == kind }.map(\.1)
        let related = zip(controllers, loops).filter { $0.0.related.contains(kind) }.map(\.1)
        group.addTask { await follow(kind, direct: direct, related: related) }
      }
    }
  }

  /// Watches one kind and tells the loops.
  private func follow(_ kind: GroupKind, direct: [ReconcileLoop], related: [ReconcileLoop]) async {
    var resource: ServedResource?
    while resource == nil, !Task.isCancelled {
      resource = try? await cluster.resource(for: kind)
      if resource == nil { try? await Task.sleep(for: .seconds(1)) }
    }
    guard let resource else { return }
    let stream = StreamID(
      cluster: cluster.reader.cluster, groupKind: kind, version: resource.version, plural: resource.plural)
    await Watcher(stream: stream, reader: cluster.reader).run { change in
      switch change {
      case .replaceAll(_, let objects):
        for object in objects { for loop in direct { loop.add(ObjectKey(object.ref)) } }
        for loop in related { loop.addAll() }
      case .upsert(_, let object):
        for loop in direct { loop.add(ObjectKey(object.ref)) }
        for loop in related { loop.addAll() }
      case .remove(_, let object):
        for loop in direct {
          loop.add(ObjectKey(object.ref))
          loop.forget(ObjectKey(object.ref))
        }
      case .link: break
      }
    }
  }
}

extension ObjectKey {
  init(_ ref: ObjectRef) { self.init(namespace: ref.namespace, name: ref.name) }
}
