import Structured

/// Flux's HelmChart (flux: fluxcd/source-controller api/v1; wire-facts 1.3).
public enum HelmChartAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "HelmChart", plural: "helmcharts", shortNames: ["hc"], role: .source,
    versions: ["v1", "v1beta2", "v1beta1"])

  public static let verbs: [Verb] = [.reconcile, .reconcileWithSource, .suspend, .resume]

  public static let columns = ["verify", "verified"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    resource.addVerification(spec)
    // Only in its own namespace.
    resource.source = FluxReference.source(spec?["sourceRef"], from: resource.ref)
    if let chart = spec?["chart"]?.string {
      resource.follows = "\(chart) \(spec?["version"]?.string ?? "*")"
    }
  }
}
