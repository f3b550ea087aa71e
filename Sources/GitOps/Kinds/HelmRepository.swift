import Structured

/// Flux's HelmRepository (flux: fluxcd/source-controller api/v1; wire-facts 1.3).
public enum HelmRepositoryAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "HelmRepository", plural: "helmrepositories", shortNames: ["helmrepo"],
    role: .source, versions: ["v1", "v1beta2", "v1beta1"])

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    resource.url = root["spec"]?["url"]?.string
    // Of type oci it is static: no controller works on it, so nothing is there to wait for.
    if root["spec"]?["type"]?.string == "oci", resource.conditions.isEmpty, resource.health == .progressing {
      resource.health = .ready
      resource.message = "static"
    }
  }

  public static func refusal(of verb: Verb, on resource: Resource) -> String? {
    if verb == .reconcile, resource.url?.hasPrefix("oci://") == true {
      return "of type oci: it is static, its charts are reconciled instead"
    }
    return fluxRefusal(of: verb, on: resource)
  }
}
