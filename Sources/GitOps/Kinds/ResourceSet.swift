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
    FluxOperator.complete(&resource, root)
    let spec = root["spec"]
    if let elements = spec?["dependsOn"]?.elements {
      for element in elements {
        guard let kind = element["kind"]?.string, let name = element["name"]?.string, !name.isEmpty else { continue }
        let version = element["apiVersion"]?.string ?? ""
        resource.dependsOn.append(
          ObjectRef(
            cluster: resource.ref.cluster, group: version.firstIndex(of: "/").map { String(version[..<$0]) } ?? "",
            kind: kind, namespace: element["namespace"]?.string ?? resource.ref.namespace, name: name))
      }
    }
    resource.add("inputs", Resource.count(spec?["inputs"]) ?? Resource.count(spec?["inputsFrom"]))
    resource.add("resources", Resource.count(spec?["resources"]))
  }
}
