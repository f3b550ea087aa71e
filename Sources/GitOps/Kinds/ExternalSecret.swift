import FoundationEssentials
import Structured

/// ExternalSecret (external-secrets: apis/externalsecrets/v1; wire-facts 7.2).
public enum ExternalSecretAdapter: RefreshedAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "ExternalSecret", plural: "externalsecrets", shortNames: ["es"],
    role: .companion,
    versions: ["v1", "v1beta1", "v1alpha1"])

  public static let columns = ["store", "target", "keys", "refreshed"]

  public static func describe(_ object: Object) -> Resource {
    SecretStatus.describe(object, as: kind, by: "Ready") { resource, root in
      completeRefresh(&resource, root)
      let spec = root["spec"]
      resource.source = SecretStatus.store(spec?["secretStoreRef"], from: resource.ref)
      if resource.health == .ready, let last = resource.lastRun, let interval = resource.interval, interval > 0 {
        resource.nextRun = last.addingTimeInterval(interval)
      }
      resource.add("store", resource.source.map { "\($0.kind) \($0.name)" })
      if spec?["target"] != nil || resource.source != nil {
        resource.add("target", spec?["target"]?["name"]?.string ?? resource.ref.name)
      }
      resource.add("keys", Resource.count(spec?["data"]))
      resource.add("refreshed", root["status"]?["refreshTime"]?.string)
    }
  }
}
