import FoundationEssentials
import Structured

/// What the kinds that bring secrets have in common: status and age, never a value (wire-facts 7).
enum SecretStatus {
  static let externalGroup = "external-secrets.io"
  static let forceSync = "external-secrets.io/force-sync"

  /// - Parameter type: the condition that decides: `Ready`, `Synced`.
  static func describe(_ object: Object, as kind: Kind, by type: String) -> (Resource, JSONNode?) {
    var resource = Resource(ref: object.ref, version: object.version, uid: object.uid, role: kind.role)
    resource.labels = object.labels
    guard let root = try? object.document().root else { return (resource, nil) }
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
    return (resource, root)
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
      let server = value["server"]?.string.map(host)
      resource.add("place", value["region"]?.string ?? server ?? value["vaultUrl"]?.string.map(host))
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

  /// `vault.example.com:8200` of an address; user names and paths are left out.
  private static func host(_ url: String) -> String {
    let parts = url.split(separator: "/", omittingEmptySubsequences: true)
    let host = parts.count > 1 && parts[0].hasSuffix(":") ? parts[1] : parts.first ?? ""
    return String(host.split(separator: "@").last ?? "")
  }

  static func forcedSync(_ verb: Verb, _ request: PatchRequest) -> JSON? {
    guard verb == .reconcile else { return nil }
    return ["metadata": ["annotations": .object(JSONObject([(forceSync, .string(request.token))]))]]
  }
}
