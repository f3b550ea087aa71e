import Structured

/// Flux's Alert: static since v1beta3 (flux: fluxcd/notification-controller api; wire-facts 1.6).
public enum AlertAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "notification.toolkit.fluxcd.io", kind: "Alert", plural: "alerts", shortNames: ["alert"], role: .companion,
    versions: ["v1beta3", "v1beta2", "v1beta1"])

  public static let columns = ["provider", "severity", "sources"]
  public static let verbs: [Verb] = [.suspend, .resume]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    let provider = spec?["providerRef"]?["name"]?.string
    resource.source = FluxReference.named(spec?["providerRef"], ProviderAdapter.kind.groupKind, from: resource.ref)
    resource.add("provider", provider)
    resource.add("severity", spec?["eventSeverity"]?.string)
    resource.add("sources", Resource.count(spec?["eventSources"]))
    resource.beStatic(if: provider?.isEmpty == false)
  }
}
