import FoundationEssentials
import Structured

/// What flux-operator's kinds have in common (flux-operator: api/v1; wire-facts 1.8).
enum FluxOperator {
  static let group = "fluxcd.controlplane.io"
  static let reconcile = "fluxcd.controlplane.io/reconcile"
  static let every = "fluxcd.controlplane.io/reconcileEvery"
}

extension FluxAdapter {
  /// Of flux-operator's kinds the interval is an annotation. Revisions and inventory are as in a Kustomization.
  static func completeOperator(_ resource: inout Resource, _ root: JSONNode) {
    let status = root["status"]
    resource.interval = root["metadata"]?["annotations"]?[FluxOperator.every]?.string.flatMap(GoDuration.parse)
    resource.applied = status?["lastAppliedRevision"]?.string.flatMap(revision)
    resource.attempted = status?["lastAttemptedRevision"]?.string.flatMap(revision)
    resource.inEffect = resource.applied.map { .revision($0) } ?? .nothing
    resource.inventory = Inventory.entries(status)
    resource.corrects = resource.suspension == nil
  }
}
