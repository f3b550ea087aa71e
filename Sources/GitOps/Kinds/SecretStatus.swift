import FoundationEssentials
import Structured

/// What the kinds that bring secrets have in common: status and age, never a value (wire-facts 7).
enum SecretStatus {
  static let externalGroup = "external-secrets.io"
  static let forceSync = "external-secrets.io/force-sync"

  /// - Parameters:
  ///   - type: the condition that decides: `Ready`, `Synced`.
  ///   - complete: adds what only the kind says, from the whole object.
  static func describe(
    _ object: Object, as kind: Kind, by type: String, complete: (inout Resource, JSONNode) -> Void
  ) -> Resource {
    var resource = Resource(object, as: kind)
    guard let root = try? object.document().root else { return resource }
    resource.conditions = FluxStatus.conditions(of: root["status"])
    let condition = resource.condition(type)
    resource.reason = condition?.reason ?? ""
    resource.message = condition?.message ?? ""
    resource.since = condition?.since
    let observed = root["status"]?["observedGeneration"]?.int
    if let deleted = object.deleted {
      resource.health = .deleting
      resource.since = deleted
    } else if let observed, let generation = object.generation, observed != generation {
      resource.health = .progressing
    } else if let condition {
      resource.health =
        switch condition.status {
        case "True": .ready
        case "False": .failed
        default: .progressing
        }
    } else if object.generation != nil {
      resource.health = .progressing
      resource.message = "not reconciled yet"
      resource.since = object.created
    }
    complete(&resource, root)
    return resource
  }

  /// The store that a reference names, `SecretStore` unless it says otherwise.
  static func store(_ node: JSONNode?, from referrer: ObjectRef) -> ObjectRef? {
    guard let name = node?["name"]?.string, !name.isEmpty else { return nil }
    let kind = node?["kind"]?.string ?? "SecretStore"
    return ObjectRef(
      cluster: referrer.cluster, group: externalGroup, kind: kind,
      namespace: kind == "ClusterSecretStore" ? "" : referrer.namespace, name: name)
  }

  /// The provider's usual name, and where it is: nothing else below `spec.provider` is ever shown.
  static func provider(_ resource: inout Resource, _ root: JSONNode) {
    guard let members = root["spec"]?["provider"]?.members else { return }
    for (key, value) in members {
      resource.add("provider", name(of: key, value))
      let server = value["server"]?.string.flatMap(host)
      resource.add("place", value["region"]?.string ?? server ?? value["vaultUrl"]?.string.flatMap(host))
      break
    }
    resource.add("access", root["status"]?["capabilities"]?.string)
  }

  private static func name(of key: String, _ value: JSONNode) -> String {
    switch key {
    case "aws": value["service"]?.string == "ParameterStore" ? "AWS Parameter Store" : "AWS Secrets Manager"
    case "vault": "Vault"
    case "azurekv": "Azure Key Vault"
    case "gcpsm": "Google Secret Manager"
    case "kubernetes": "Kubernetes"
    case "onepassword", "onepasswordSDK": "1Password"
    case "doppler": "Doppler"
    case "gitlab": "GitLab"
    case "akeyless": "Akeyless"
    case "conjur": "Conjur"
    case "ibm": "IBM Secrets Manager"
    case "oracle": "Oracle Vault"
    case "infisical": "Infisical"
    case "bitwardensecretsmanager": "Bitwarden"
    default: key
    }
  }

  /// `vault.example.com:8200` of an address; user names, paths and queries are left out. Nil for what is no plain address: a
  /// slash within a password must not make its first half a host.
  static func host(_ url: String) -> String? {
    let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { return nil }
    let authority = parts[2].prefix { !"/?#\\".contains($0) }
    guard !parts[2][authority.endIndex...].contains("@") else { return nil }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let isPlain = host.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || ".-:[]".utf8.contains(byte)
    }
    return isPlain && !host.isEmpty ? String(host) : nil
  }

}

/// A kind of External Secrets that is refreshed again and again, and at once when its annotation changes (wire-facts 7.2).
protocol RefreshedAdapter: KindAdapter {}

extension RefreshedAdapter {
  public static var verbs: [Verb] { [.reconcile] }

  public static func patch(_ verb: Verb, request: PatchRequest) -> JSON? {
    guard verb == .reconcile else { return nil }
    return ["metadata": ["annotations": .object(JSONObject([(SecretStatus.forceSync, .string(request.token))]))]]
  }

  /// Its status gives no token back.
  public static func isHandled(_ verb: Verb, _ resource: Resource, token: String, since begun: Date) -> Bool {
    resource.lastRun?.isNotBefore(begun) ?? false
  }

  static func completeRefresh(_ resource: inout Resource, _ root: JSONNode) {
    resource.interval = root["spec"]?["refreshInterval"]?.string.flatMap(GoDuration.parse)
    resource.requestedToken = root["metadata"]?["annotations"]?[SecretStatus.forceSync]?.string
    resource.lastRun = root["status"]?["refreshTime"]?.string.flatMap(Timestamp.parse)
  }
}

/// Where secrets come from, in one namespace or in the whole cluster.
protocol StoreAdapter: KindAdapter {}

extension StoreAdapter {
  public static var columns: [String] { ["provider", "place", "access"] }

  public static func describe(_ object: Object) -> Resource {
    SecretStatus.describe(object, as: kind, by: "Ready", complete: SecretStatus.provider)
  }
}
