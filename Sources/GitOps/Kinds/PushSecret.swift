import FoundationEssentials
import Structured

/// PushSecret: a Secret of the cluster on its way to stores (external-secrets: apis/externalsecrets/v1alpha1).
public enum PushSecretAdapter: KindAdapter {
  public static let kind = Kind(
    group: SecretStatus.externalGroup, kind: "PushSecret", plural: "pushsecrets", shortNames: ["ps"], role: .companion,
    versions: ["v1alpha1"])

  public static let columns = ["stores", "secret", "pushed"]

  public static func describe(_ object: Object) -> Resource {
    let (described, root) = SecretStatus.describe(object, as: kind, by: "Ready")
    guard let root else { return described }
    var resource = described
    let spec = root["spec"]
    resource.interval = spec?["refreshInterval"]?.string.flatMap(GoDuration.parse)
    resource.requestedToken = root["metadata"]?["annotations"]?[SecretStatus.forceSync]?.string
    resource.source = SecretStatus.store(spec?["secretStoreRefs"]?[0], from: resource.ref)
    resource.lastRun = root["status"]?["refreshTime"]?.string.flatMap(Timestamp.parse)
    resource.add("stores", Resource.count(spec?["secretStoreRefs"]))
    resource.add("secret", spec?["selector"]?["secret"]?["name"]?.string)
    resource.add("pushed", root["status"]?["refreshTime"]?.string)
    return resource
  }

  public static let verbs: [Verb] = [.reconcile]

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? { SecretStatus.forcedSync(verb, request) }

  /// Its status gives no token back: it was refreshed since, to the second.
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    resource.lastRun.map { $0.timeIntervalSince1970 >= begun.timeIntervalSince1970.rounded(.down) } ?? false
  }
}
