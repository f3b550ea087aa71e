import Structured

/// Flux's Receiver. The path of its webhook is a secret, and its Ready message names it: `Masking` (wire-facts 1.6).
public enum ReceiverAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "notification.toolkit.fluxcd.io", kind: "Receiver", plural: "receivers", shortNames: ["receiver"],
    role: .companion,
    versions: ["v1", "v1beta2", "v1beta1"])

  public static let columns = ["type", "events", "resources"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    resource.add("type", spec?["type"]?.string)
    var events: [String] = []
    if let elements = spec?["events"]?.elements {
      for element in elements { events += element.string.map { [$0] } ?? [] }
    }
    resource.add("events", events.joined(separator: ", "))
    resource.add("resources", Resource.count(spec?["resources"]))
  }
}
