/// SecretStore: where secrets come from, by the name of the provider (wire-facts 7.2).
public enum SecretStoreAdapter: StoreAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "SecretStore", plural: "secretstores", shortNames: ["ss"],
    role: .companion,
    versions: ["v1", "v1beta1", "v1alpha1"])
}
