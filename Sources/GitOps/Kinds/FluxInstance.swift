import Structured

/// The FluxInstance of flux-operator: Flux itself (wire-facts 1.8).
public enum FluxInstanceAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxOperator.group, kind: "FluxInstance", plural: "fluxinstances", shortNames: ["fi"], role: .reconciler,
    versions: ["v1"])

  public static let columns = ["version", "components"]
  public static let pause = FluxPause.annotation(FluxOperator.reconcile)
  public static let verbs: [Verb] = [.reconcile, .suspend, .resume, .force]
  public static let ownerLabels: OwnerLabels? = OwnerLabels(
    owner: kind.groupKind, name: "fluxcd.controlplane.io/name", namespace: "fluxcd.controlplane.io/namespace")

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    completeOperator(&resource, root)
    let distribution = root["spec"]?["distribution"]
    resource.add("version", distribution?["version"]?.string)
    resource.add("components", Resource.count(root["status"]?["components"]))
  }
}
