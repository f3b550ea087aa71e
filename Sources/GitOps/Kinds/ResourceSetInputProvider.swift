import Structured

/// The ResourceSetInputProvider of flux-operator (wire-facts 1.8).
public enum ResourceSetInputProviderAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxOperator.group, kind: "ResourceSetInputProvider", plural: "resourcesetinputproviders",
    shortNames: ["rsip"], role: .companion,
    versions: ["v1"])

  public static let columns = ["type", "exported"]
  public static let pause = FluxPause.annotation(FluxOperator.reconcile)
  public static let verbs: [Verb] = [.reconcile, .suspend, .resume, .force]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    completeOperator(&resource, root)
    resource.add("type", root["spec"]?["type"]?.string)
    resource.add("exported", Resource.count(root["status"]?["exportedInputs"]))
  }
}
