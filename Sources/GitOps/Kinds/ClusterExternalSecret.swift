import Structured

/// ClusterExternalSecret: one ExternalSecret in many namespaces (wire-facts 7.2).
public enum ClusterExternalSecretAdapter: KindAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "ClusterExternalSecret", plural: "clusterexternalsecrets",
    shortNames: ["ces"], namespaced: false, role: .companion,
    versions: ["v1", "v1beta1"])

  public static let columns = ["namespaces", "failed namespaces"]

  public static func describe(_ object: Object) -> Resource {
    SecretStatus.describe(object, as: kind, by: "Ready") { resource, root in
      let status = root["status"]
      resource.add("namespaces", Resource.count(status?["provisionedNamespaces"]))
      resource.add("failed namespaces", Resource.count(status?["failedNamespaces"]))
    }
  }
}
