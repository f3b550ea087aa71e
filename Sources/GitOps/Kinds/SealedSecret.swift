import Structured

/// SealedSecret of Bitnami: the names of its keys, never what they hold (wire-facts 7.1).
public enum SealedSecretAdapter: KindAdapter {
  public static let kind = Kind(
    group: "bitnami.com", kind: "SealedSecret", plural: "sealedsecrets", shortNames: ["sealedsecret"], role: .companion,
    versions: ["v1alpha1"])

  public static let columns = ["keys", "scope"]

  public static func describe(_ object: Object) -> Resource {
    SecretStatus.describe(object, as: kind, by: "Synced") { resource, root in
      let spec = root["spec"]
      var keys: [String] = []
      if let members = spec?["encryptedData"]?.members { for (key, _) in members { keys.append(key) } }
      resource.add("keys", keys.sorted().joined(separator: ", "))
      let annotations = root["metadata"]?["annotations"]
      func says(_ scope: String) -> Bool { annotations?["sealedsecrets.bitnami.com/\(scope)"]?.string == "true" }
      if spec?.kind == .object {
        resource.add(
          "scope", says("cluster-wide") ? "cluster-wide" : says("namespace-wide") ? "namespace-wide" : "strict")
      }
      // Older controllers write no status at all.
      if root["status"] == nil, resource.health == .progressing, !keys.isEmpty {
        resource.health = .ready
        resource.message = "no status: its controller is an old one"
      }
    }
  }
}
