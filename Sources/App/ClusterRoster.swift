import GitOps
import HTTP
import Kube
import Sync
import Synchronization

/// The clusters that kubeconfig and configuration make: read at the start, and again whenever a kubeconfig file changes.
final class ClusterRoster: Sendable {
  /// What one reading gave.
  struct Reading: Sendable {
    let clusters: [ClusterOptions]
    /// Sentences to show once.
    let notices: [String]
  }

  private struct Kept {
    var clusters: [ClusterOptions] = []
    var warnings: Set<String> = []
    var broken: Set<String> = []
  }

  private let setup: Setup
  private let parts: Parts
  private let network: Network
  /// The demo's, in place of the user's.
  private let kubeconfig: String?
  private let helpers: Kubeconfig.HelperCredentials?
  private let kept = Mutex(Kept())

  init(setup: Setup, parts: Parts, network: Network, kubeconfig: String?) {
    self.setup = setup
    self.parts = parts
    self.network = network
    self.kubeconfig = kubeconfig
    helpers = parts.helpers?(setup.environment)
  }

  /// The first reading.
  func read() throws(SetupError) -> Reading {
    let loaded = try setup.first { () throws(KubeconfigError) in try load() }
    var notices = loaded.warnings
    let clusters = options(loaded, &notices)
    kept.withLock {
      $0 = Kept(clusters: clusters, warnings: Set(loaded.warnings), broken: Set(loaded.broken))
    }
    return Reading(clusters: clusters, notices: notices)
  }

  /// Another reading after a change. A file that is missing or cannot be read now takes nothing away: whoever writes it
  /// may not be done.
  func readAgain() -> Reading {
    let loaded: Kubeconfig
    do throws(KubeconfigError) { loaded = try load() } catch {
      return Reading(
        clusters: kept.withLock { $0.clusters }, notices: ["\(error); the clusters of before stay"])
    }
    return kept.withLock { kept in
      let broken = Set(loaded.broken).subtracting(kept.broken)
      if !broken.isEmpty {
        return Reading(clusters: kept.clusters, notices: broken.sorted().map { "\($0); the clusters of before stay" })
      }
      var notices = loaded.warnings.filter { !kept.warnings.contains($0) }
      let before = kept.clusters
      let known = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let clusters = options(loaded, &notices).map { fresh in
        // What did not change keeps its connections, and its credentials.
        known[fresh.id].flatMap { $0.fingerprint == fresh.fingerprint ? $0 : nil } ?? fresh
      }
      kept = Kept(clusters: clusters, warnings: Set(loaded.warnings), broken: Set(loaded.broken))
      return Reading(clusters: clusters, notices: notices + Self.changes(from: known, to: clusters, order: before))
    }
  }

  /// How the user can log in to a cluster by hand.
  func login(_ cluster: ClusterID) -> Login? {
    kept.withLock { kept in
      kept.clusters.first { $0.id == cluster }?.reader?.access.credentials.login
    }
  }

  private func load() throws(KubeconfigError) -> Kubeconfig {
    try setup.kubeconfig(parts, helpers, path: kubeconfig)
  }

  private func options(_ loaded: Kubeconfig, _ notices: inout [String]) -> [ClusterOptions] {
    setup.chosen(from: loaded, isDemo: kubeconfig != nil, &notices).map(options)
  }

  private func options(_ named: Setup.NamedContext) -> ClusterOptions {
    switch named.context.access {
    case .failure(let problem):
      return ClusterOptions(
        id: named.id, server: named.context.server, reader: nil, problem: problem.description,
        readOnly: named.readOnly, namespaces: named.namespaces, fingerprint: String(named.context.identity))
    case .success(let access):
      let isReadOnly = named.readOnly || setup.readOnlySource != nil || parts.lock != nil
      let gate = isReadOnly ? Gate.readOnly(Self.readOnlyRules) : Gate.open
      let reader = KubeReader(access: access, cluster: named.id, network: network, gate: gate)
      return ClusterOptions(
        id: named.id, server: access.address.origin, reader: reader,
        writer: isReadOnly ? nil : parts.writer?(reader, network), readOnly: named.readOnly, marks: access.marks,
        namespaces: named.namespaces, fingerprint: String(named.context.identity))
    }
  }

  /// Secrets that a reconciler manages are listed by its labels, and kept as hashes (C12); all others are read by name.
  private static var readOnlyRules: Gate.Rules {
    var rules = Gate.Rules()
    rules.secretSelectors = Set(OwnerLabels.all.map(\.name))
    return rules
  }

  private static func changes(
    from known: [ClusterID: ClusterOptions], to clusters: [ClusterOptions], order before: [ClusterOptions]
  ) -> [String] {
    let now = Set(clusters.map(\.id))
    func sentence(_ names: [ClusterID], _ one: String, _ many: String) -> String? {
      guard let first = names.first else { return nil }
      if names.count == 1 { return "the kubeconfig \(one) \(first)" }
      let rest = names.count > 3 ? ", …" : ""
      return "the kubeconfig \(many): \(names.prefix(3).map(\.name).joined(separator: ", "))\(rest)"
    }
    let gone = before.map(\.id).filter { !now.contains($0) }
    let added = clusters.map(\.id).filter { known[$0] == nil }
    let changed = clusters.filter { known[$0.id].map(\.fingerprint) ?? $0.fingerprint != $0.fingerprint }.map(\.id)
    return [
      sentence(gone, "no longer has", "no longer has \(gone.count) contexts").map { "\($0): its streams are stopped" },
      sentence(added, "has a new context", "has \(added.count) new contexts"),
      sentence(changed, "says something else of", "says something else of \(changed.count) contexts"),
    ].compactMap { $0 }
  }
}
