import Structured

/// The ResourceSet of flux-operator: objects from a template and its inputs (wire-facts 1.8).
public enum ResourceSetAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxOperator.group, kind: "ResourceSet", plural: "resourcesets", shortNames: ["rset"], role: .reconciler,
    versions: ["v1"])

  public static let columns = ["inputs", "resources"]
  public static let pause = FluxPause.annotation(FluxOperator.reconcile)
  public static let ownerLabels: OwnerLabels? = OwnerLabels(
    owner: kind.groupKind, name: "resourceset.fluxcd.controlplane.io/name",
    namespace: "resourceset.fluxcd.controlplane.io/namespace")

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    completeOperator(&resource, root)
    let spec = root["spec"]
    if let elements = spec?["dependsOn"]?.elements {
      for element in elements {
        if let ref = FluxReference.source(element, from: resource.ref, group: "") { resource.dependsOn.append(ref) }
      }
    }
    resource.add("inputs", Resource.count(spec?["inputs"]) ?? Resource.count(spec?["inputsFrom"]))
    resource.add("resources", Resource.count(spec?["resources"]))
  }
}
