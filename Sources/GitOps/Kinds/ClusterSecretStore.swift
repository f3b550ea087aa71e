import Structured

/// ClusterSecretStore: where secrets come from, by the name of the provider (wire-facts 7.2).
public enum ClusterSecretStoreAdapter: KindAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "ClusterSecretStore", plural: "clustersecretstores", shortNames: ["css"],
    namespaced: false, role: .companion,
    versions: ["v1", "v1beta1", "v1alpha1"])

  public static let columns = ["provider", "place", "access"]

  public static func describe(_ object: Object) -> Resource {
    let (described, root) = SecretStatus.describe(object, as: kind, by: "Ready")
    guard let root else { return described }
    var resource = described
    SecretStatus.provider(&resource, root)
    return resource
  }
}
