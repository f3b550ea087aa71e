import Structured

/// Flux's Receiver. The path of its webhook is a secret, and its Ready message names it (wire-facts 1.6).
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
    resource.message = withoutPath(resource.message)
    resource.conditions = resource.conditions.map {
      Condition(
        type: $0.type, status: $0.status, reason: $0.reason, message: withoutPath($0.message), since: $0.since)
    }
  }

  private static func withoutPath(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("/hook/") ? "/hook/…" : String($0) }.joined(separator: " ")
  }
}
