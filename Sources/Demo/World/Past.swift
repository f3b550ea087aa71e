import FoundationEssentials
import Git
import GitOps
import Kube
import Structured

/// Plays the last days of the demo's clusters, so that its first screen already has a failed reconciler with others
/// waiting for it, hand-made changes, a suspended one, a contested field and commits that have not arrived everywhere.
struct Past: Sendable {
  private var history: PlatformHistory
  private var clusters: [String: Rehearsal]
  private let now: Date

  init(history: PlatformHistory, clusters: [String: Rehearsal], now: Date) {
    self.history = history
    self.clusters = clusters
    self.now = now
  }

  private func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

  /// - Returns: the repositories as they are now.
  mutating func play() async throws -> PlatformHistory {
    let (day, installed) = (86_400.0, 6 * 86_400.0)
    for cluster in clusters.keys.sorted() { try await bootstrap(cluster, at: ago(installed)) }
    await play(until: ago(installed - 180))
    for (name, cluster) in clusters { try await settle(cluster.api, of: name) }
    jump(to: ago(1.1 * day), span: 60)
    try await hands("prod-eu")?.suspend(
      ObjectKey(namespace: "flux-system", name: "search"), by: "c.keeper@jump-1", reason: "reindex under way",
      since: ago(1.1 * day), until: now.addingTimeInterval(7200))
    // From here on everything is played, so that each reconciler ran within its interval.
    jump(to: ago(330), span: 200)
    await play(until: ago(300))
    try commit("payments-api: use the new ledger", by: 1, ago: 300) {
      $0.tag("payments-api", "2.5.0-broken", in: ["prod-eu"])
    }
    try await hands("prod-eu")?.notify("apps", at: ago(300))
    await play(until: ago(240))
    try await hands("prod-eu")?.setImage(
      ObjectKey(namespace: "shop", name: "search"), to: "registry.example.com/search/search:1.19.5-hotfix")
    await play(until: ago(200))
    try await hands("prod-eu")?.scale(ObjectKey(namespace: "shop", name: "recommendations"), to: 5)
    await play(until: ago(110))
    try await hands("edge-7")?.removeLabel(
      "kustomize.toolkit.fluxcd.io/name", from: .deployment, ObjectKey(namespace: "shop", name: "search"))
    try await hands("prod-us")?.delete(
      GroupKind(group: "", kind: "ConfigMap"), ObjectKey(namespace: "shop", name: "flags"))
    await play(until: ago(70))
    try commit("Turn gift cards on", by: 0, ago: 70) { $0.flags[0].1 = "true" }
    try await hands("prod-eu")?.notify("apps", at: ago(70))
    await play(until: ago(45))
    try await hands("prod-eu")?.scale(ObjectKey(namespace: "shop", name: "cart"), to: 5)
    await play(until: now)
    return history
  }

  /// Nil when this world has no such cluster.
  private func hands(_ cluster: String) -> Hands? { clusters[cluster].map { Hands(api: $0.api) } }

  /// Flux is installed and told where its repository is.
  private mutating func bootstrap(_ cluster: String, at time: Date) async throws {
    guard let api = clusters[cluster]?.api else { return }
    api.now = time
    try await ClusterGround(cluster: cluster, api: api).lay(
      kinds: ServedKind.all, nodeVersion: World.version(of: cluster))
    let documents = try YAMLReader.documents(
      in: Array(Platform.bootstrap(cluster).utf8), rules: .kustomize)
    for document in documents.map(\.json) {
      let resource = try await api.require(GroupKind(of: document))
      _ = try api.apply(resource, ObjectKey(of: document), document, as: "flux")
    }
  }

  /// What stands beside Flux is there.
  private func settle(_ api: StoreCluster, of cluster: String) async throws {
    let documents = try YAMLReader.documents(in: Array(Neighbours.manifests(of: cluster).utf8), rules: .kustomize)
    for document in documents.map(\.json) where document["kind"] != nil {
      let resource = try await api.require(GroupKind(of: document))
      let manager = resource.groupKind.group.isEmpty ? "argocd-controller" : "kubectl-create"
      _ = try api.create(resource, document, namespace: ObjectKey(of: document).namespace, as: manager)
    }
  }

  private mutating func commit(
    _ subject: String, by author: Int, ago seconds: Double, _ change: (inout Platform) -> Void
  ) throws {
    try history.commit(subject, by: PlatformHistory.Author.all[author], at: ago(seconds), change)
  }

  private mutating func play(until time: Date) async {
    clusters = await withTaskGroup(of: (String, Rehearsal).self) { group in
      for (name, rehearsal) in clusters {
        group.addTask {
          var rehearsal = rehearsal
          await rehearsal.play(until: time)
          return (name, rehearsal)
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private mutating func jump(to time: Date, span: Double) {
    for name in clusters.keys { clusters[name]?.jump(to: time, span: span) }
  }
}
