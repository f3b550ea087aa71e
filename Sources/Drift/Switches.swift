import GitOps
import Structured

/// Labels and annotations by which one object is taken out of its reconciler's hands (wire-facts 1.4).
struct Switches {
  private var desired: [PackedNode] = []
  private var live: [JSONNode] = []

  init(_ root: PackedNode) {
    guard let metadata = root["metadata"] else { return }
    desired = [metadata["labels"], metadata["annotations"]].compactMap { $0 }
  }

  init(_ root: JSONNode) {
    guard let metadata = root["metadata"] else { return }
    live = [metadata["labels"], metadata["annotations"]].compactMap { $0 }
  }

  private func value(_ key: String) -> String? {
    for node in desired { if let text = node[key]?.string { return text } }
    for node in live { if let text = node[key]?.string { return text } }
    return nil
  }

  /// The switch that stops all applying of the object.
  var off: String? {
    if value("kustomize.toolkit.fluxcd.io/reconcile")?.lowercased() == "disabled" { return "reconcile: disabled" }
    if ssa == "ignore" { return "ssa: Ignore" }
    return nil
  }

  /// Created when it is not there, then left alone.
  var isOnlyCreated: Bool { ssa == "ifnotpresent" }
  /// Fields that others added are kept.
  var keepsAdditions: Bool { ssa == "merge" }

  /// The switch that keeps its engine from ever deleting it.
  var kept: String? {
    if value("kustomize.toolkit.fluxcd.io/prune")?.lowercased() == "disabled" { return "prune: disabled" }
    if value("helm.sh/resource-policy")?.lowercased() == "keep" { return "helm.sh/resource-policy: keep" }
    if value("argocd.argoproj.io/sync-options")?.contains("Prune=false") == true { return "Prune=false" }
    return nil
  }

  var isHelmDetectionOff: Bool { value("helm.toolkit.fluxcd.io/driftDetection")?.lowercased() == "disabled" }
  var isHook: Bool { value("helm.sh/hook") != nil }

  private var ssa: String? { value("kustomize.toolkit.fluxcd.io/ssa")?.lowercased() }
}
