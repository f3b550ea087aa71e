import FoundationEssentials
import Structured

/// PushSecret: a Secret of the cluster on its way to stores (external-secrets: apis/externalsecrets/v1alpha1).
public enum PushSecretAdapter: RefreshedAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "PushSecret", plural: "pushsecrets", shortNames: ["ps"], role: .companion,
    versions: ["v1alpha1"])

  public static let columns = ["stores", "secret", "pushed"]

  public static func describe(_ object: Object) -> Resource {
    SecretStatus.describe(object, as: kind, by: "Ready") { resource, root in
      completeRefresh(&resource, root)
      let spec = root["spec"]
      resource.source = SecretStatus.store(spec?["secretStoreRefs"]?[0], from: resource.ref)
      resource.add("stores", Resource.count(spec?["secretStoreRefs"]))
      resource.add("secret", spec?["selector"]?["secret"]?["name"]?.string)
      resource.add("pushed", root["status"]?["refreshTime"]?.string)
    }
  }
}
