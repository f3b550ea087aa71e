import Structured

/// Flux's notification Provider: static since v1beta3. Its address can hold a credential and is never shown
/// (wire-facts 1.6, 7.5).
public enum ProviderAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "notification.toolkit.fluxcd.io", kind: "Provider", plural: "providers", shortNames: ["provider"],
    role: .companion,
    versions: ["v1beta3", "v1beta2", "v1beta1"])

  public static let columns = ["type", "channel"]
  public static let verbs: [Verb] = [.suspend, .resume]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    resource.add("type", spec?["type"]?.string)
    let channel = spec?["channel"]?.string
    resource.add("channel", channel?.utf8.contains(0x2F) == true ? channel.flatMap(SecretStatus.host) : channel)
    resource.beStatic(if: spec?["type"]?.string?.isEmpty == false)
  }
}
