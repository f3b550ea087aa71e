/// ClusterSecretStore: where secrets come from, by the name of the provider (wire-facts 7.2).
public enum ClusterSecretStoreAdapter: StoreAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "ClusterSecretStore", plural: "clustersecretstores", shortNames: ["css"],
    namespaced: false, role: .companion,
    versions: ["v1", "v1beta1", "v1alpha1"])
}
