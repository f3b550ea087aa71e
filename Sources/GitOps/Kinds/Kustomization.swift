import FoundationEssentials
import Structured

/// Flux's Kustomization (flux: fluxcd/kustomize-controller api/v1; wire-facts 1.4, older versions 1.12).
public enum KustomizationAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", plural: "kustomizations", shortNames: ["ks"],
    role: .reconciler, versions: ["v1", "v1beta2", "v1beta1"])

  public static let verbs: [Verb] = [.reconcile, .reconcileWithSource, .suspend, .resume]

  public static let columns = ["decryption"]

  public static let ownerLabels: OwnerLabels? = OwnerLabels(
    owner: kind.groupKind, name: "kustomize.toolkit.fluxcd.io/name", namespace: "kustomize.toolkit.fluxcd.io/namespace")

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    let status = root["status"]
    resource.applied = status?["lastAppliedRevision"]?.string.flatMap(revision)
    resource.attempted = status?["lastAttemptedRevision"]?.string.flatMap(revision)
    resource.origin = status?["lastAppliedOriginRevision"]?.string.flatMap(revision)
    resource.source = FluxReference.source(spec?["sourceRef"], from: resource.ref)
    resource.dependsOn = FluxReference.dependencies(spec?["dependsOn"], from: resource.ref)
    resource.inventory = Inventory.entries(status)
    resource.target = FluxReference.target(spec?["kubeConfig"])
    resource.corrects = resource.suspension == nil
    resource.prunes = spec?["prune"]?.bool ?? false
    resource.path = spec?["path"]?.string
    resource.inEffect = inEffect(resource, newest: status?["history"]?[0])
    time(&resource, from: root)
    // What SOPS encrypted has no status of its own (wire-facts 7.3).
    resource.add("decryption", spec?["decryption"]?["provider"]?.string)
  }

  /// Ready's reason tells how far the last run came (`drift.md` R8).
  private static func inEffect(_ resource: Resource, newest: JSONNode?) -> InEffect {
    let applied = resource.applied
    let attempted = resource.attempted
    guard let ready = resource.condition("Ready") else { return sent(applied, newest) }
    switch (ready.status, ready.reason) {
    case ("True", _): return (applied ?? attempted).map { .revision($0) } ?? .nothing
    case (_, "HealthCheckFailed"), (_, "HealthCheckCanceled"), (_, "PruneFailed"):
      return attempted.map { .revision($0) } ?? sent(applied, newest)
    case (_, "ReconciliationFailed"): return either(sentCompletely(applied, newest), attempted)
    case ("Unknown", _), (_, "Progressing"), (_, "ProgressingWithRetry"):
      let step = resource.condition("Reconciling")?.message ?? ""
      if step.hasPrefix("Running health checks") { return attempted.map { .revision($0) } ?? sent(applied, newest) }
      // Nothing of this run is sent yet, and the history says what the one before it sent.
      if newest != nil, step.hasPrefix("Fetching manifests") || step.hasPrefix("Building manifests") {
        return sent(applied, newest)
      }
      return either(sentCompletely(applied, newest), attempted)
    default: return sent(applied, newest)
    }
  }

  /// What earlier runs sent: `lastAppliedRevision` is only set after pruning and health checks, the newest entry of the
  /// history (Flux 2.7 and later) also tells of runs that failed after sending.
  private static func sent(_ applied: Revision?, _ newest: JSONNode?) -> InEffect {
    let before = applied.map { InEffect.revision($0) } ?? .nothing
    guard let newest, let recorded = newest["metadata"]?["revision"]?.string.flatMap(revision) else { return before }
    switch newest["lastReconciledStatus"]?.string {
    case "HealthCheckFailed", "PruneFailed": return .revision(recorded)
    case "ReconciliationFailed": return either(applied, recorded)
    default: return before
    }
  }

  private static func sentCompletely(_ applied: Revision?, _ newest: JSONNode?) -> Revision? {
    if case .revision(let revision) = sent(applied, newest) { return revision }
    return applied
  }

  /// Nothing complete yet: nothing in effect, so that everything is pending and nothing missing.
  private static func either(_ before: Revision?, _ attempted: Revision?) -> InEffect {
    guard let before else { return .nothing }
    guard let attempted, attempted != before else { return .revision(before) }
    return .either(before, attempted)
  }

  /// The end of the last run: the newest entry of the history for runs that applied; Ready's transition, since every run
  /// begins by making it Unknown; the time of the last status write.
  private static func time(_ resource: inout Resource, from root: JSONNode) {
    let ready = resource.condition("Ready")
    let recorded = root["status"]?["history"]?[0]?["lastReconciled"]?.string.flatMap(Timestamp.parse)
    guard let ready, ready.status != "Unknown", resource.health != .progressing else {
      resource.lastRun = recorded
      return
    }
    let written =
      resource.suspension == nil
      ? FluxReference.lastStatusWrite(by: "kustomize-controller", in: root) : nil
    resource.lastRun = [recorded, ready.since, written].compactMap { $0 }.max()
    let retry = root["spec"]?["retryInterval"]?.string.flatMap(GoDuration.parse)
    let wait: Double? =
      switch resource.health {
      case .ready: resource.interval
      case .failed where resource.condition("Stalled")?.status != "True": retry ?? resource.interval
      // The controller's default for an unmet dependency.
      case .waiting: 30
      default: nil
      }
    if let last = resource.lastRun, let wait { resource.nextRun = last.addingTimeInterval(wait) }
  }
}
