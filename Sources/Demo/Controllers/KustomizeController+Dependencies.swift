import FoundationEssentials
import GitOps
import Kube
import Structured

/// What a run waits for, and what becomes of the objects of a Kustomization that goes.
extension KustomizeController {
  /// Why a dependency is not met; nil when all are.
  func unreadyDependency(of object: JSON, _ source: Artifact) async throws(APIError) -> String? {
    for reference in object["spec"]?["dependsOn"]?.array ?? [] {
      let key = ObjectKey(
        namespace: reference["namespace"]?.string ?? object["metadata"]?["namespace"]?.string ?? "",
        name: reference["name"]?.string ?? "")
      let label = "\(key.namespace)/\(key.name)"
      guard let dependency = try await api.object(groupKind, key) else {
        return "dependency '\(label)' not found: kustomizations.kustomize.toolkit.fluxcd.io \"\(key.name)\" not found"
      }
      guard Conditions(dependency).isTrue("Ready"),
        dependency["metadata"]?["generation"]?.int == dependency["status"]?["observedGeneration"]?.int
      else { return "dependency '\(label)' is not ready" }
      let isSameSource = dependency["spec"]?["sourceRef"] == object["spec"]?["sourceRef"]
      if isSameSource, dependency["status"]?["lastAppliedRevision"]?.string != source.revision {
        return "dependency '\(label)' revision is not up to date"
      }
    }
    return nil
  }

  func finalize(_ object: JSON, _ resource: ServedResource) async throws(APIError) -> Date? {
    let isSuspended = object["spec"]?["suspend"]?.bool == true
    if object["spec"]?["prune"]?.bool == true, !isSuspended {
      let items = (object.value(at: "status", "inventory", "entries")?.array ?? []).compactMap(InventoryItem.init)
      _ = try await applier.prune(items, owner: ObjectKey(of: object))
    }
    try await api.removeFinalizer(object, resource, as: Self.statusManager)
    return nil
  }
}
