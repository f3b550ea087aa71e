import FoundationEssentials
import Structured

/// ExternalSecret (external-secrets: apis/externalsecrets/v1; wire-facts 7.2).
public enum ExternalSecretAdapter: KindAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "ExternalSecret", plural: "externalsecrets", shortNames: ["es"],
    role: .companion,
    versions: ["v1", "v1beta1", "v1alpha1"])

  public static let columns = ["store", "target", "keys", "refreshed"]

  public static func describe(_ object: Object) -> Resource {
    let (described, root) = SecretStatus.describe(object, as: kind, by: "Ready")
    guard let root else { return described }
    var resource = described
    let spec = root["spec"]
    resource.interval = spec?["refreshInterval"]?.string.flatMap(GoDuration.parse)
    resource.requestedToken = root["metadata"]?["annotations"]?[SecretStatus.forceSync]?.string
    resource.source = SecretStatus.store(spec?["secretStoreRef"], from: resource.ref)
    resource.lastRun = root["status"]?["refreshTime"]?.string.flatMap(Timestamp.parse)
    if resource.health == .ready, let last = resource.lastRun, let interval = resource.interval, interval > 0 {
      resource.nextRun = last.addingTimeInterval(interval)
    }
    resource.add("store", resource.source.map { "\($0.kind) \($0.name)" })
    if spec?["target"] != nil || resource.source != nil {
      resource.add("target", spec?["target"]?["name"]?.string ?? resource.ref.name)
    }
    resource.add("keys", Resource.count(spec?["data"]))
    resource.add("refreshed", root["status"]?["refreshTime"]?.string)
    return resource
  }

  public static let verbs: [Verb] = [.reconcile]

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? { SecretStatus.forcedSync(verb, request) }

  /// Its status gives no token back: it was refreshed since, to the second.
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    resource.lastRun.map { $0.timeIntervalSince1970 >= begun.timeIntervalSince1970.rounded(.down) } ?? false
  }
}
