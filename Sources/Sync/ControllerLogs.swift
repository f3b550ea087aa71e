import FoundationEssentials
import GitOps
import Kube

/// Follows the logs of the GitOps controllers' pods: each running pod's lines as long as it runs.
struct ControllerLogs: Sendable {
  let cluster: ClusterID
  let reader: KubeReader
  let engine: Engine

  /// Label `app` of the controllers' pods (flux: manifests of each controller).
  static let controllers = [
    "source-controller", "kustomize-controller", "helm-controller", "notification-controller",
    "image-reflector-controller", "image-automation-controller",
  ]

  func run() async {
    let stream = StreamID(
      cluster: cluster, groupKind: GroupKind(group: "", kind: "Pod"), version: "v1", plural: "pods",
      selector: .labels("app in (\(Self.controllers.joined(separator: ",")))"))
    let followers = Followers(cluster: cluster, reader: reader, engine: engine)
    await Watcher(stream: stream, reader: reader).run { change in
      switch change {
      case .replaceAll(_, let pods): await followers.keep(pods)
      case .upsert(_, let pod): await followers.update(pod)
      case .remove(_, let pod): await followers.stop(pod.uid)
      case .link: break
      }
    }
    await followers.stopAll()
  }
}

/// One task a running pod.
private actor Followers {
  let cluster: ClusterID
  let reader: KubeReader
  let engine: Engine
  private var tasks: [String: Task<Void, Never>] = [:]

  init(cluster: ClusterID, reader: KubeReader, engine: Engine) {
    self.cluster = cluster
    self.reader = reader
    self.engine = engine
  }

  func keep(_ pods: [Object]) {
    let uids = Set(pods.map(\.uid))
    for uid in tasks.keys where !uids.contains(uid) { stop(uid) }
    for pod in pods { update(pod) }
  }

  func update(_ pod: Object) {
    guard tasks[pod.uid] == nil, let root = try? pod.document().root,
      root.value(at: "status", "phase")?.string == "Running"
    else { return }
    let containers = (root.value(at: "spec", "containers")?.elements).map { $0.compactMap { $0["name"]?.string } } ?? []
    let container = containers.contains("manager") ? "manager" : containers.first
    tasks[pod.uid] = Task { await follow(pod, container: container) }
  }

  func stop(_ uid: String) { tasks.removeValue(forKey: uid)?.cancel() }

  func stopAll() {
    for uid in Array(tasks.keys) { stop(uid) }
  }

  /// The last lines first, then each as it comes; a log that ends (rotation, restart) is taken up again from its end.
  private func follow(_ pod: Object, container: String?) async {
    var backoff = Backoff()
    var random = SeededRandom(seed: .random(in: 0 ... .max))
    var options = PodLogOptions()
    options.container = container
    options.tailLines = 50
    options.timestamps = false
    let source = pod.labels["app"] ?? pod.ref.name
    while !Task.isCancelled {
      do throws(APIError) {
        let log = try await reader.podLog(namespace: pod.ref.namespace, pod: pod.ref.name, options: options)
        // Until it ends or breaks: either way the next round asks again.
        while let bytes = try? await log.nextLine() {
          let now = engine.options.now()
          await engine.append([LogLine(controllerLine: bytes, cluster: cluster, source: source, now: now)])
        }
        options.tailLines = 0
      } catch {
        if error.isForbidden || error.isNotFound { return }
      }
      try? await Task.sleep(for: backoff.next(using: &random))
    }
  }
}
