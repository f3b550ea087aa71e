import FoundationEssentials
import Structured

/// Flux's ImageUpdateAutomation (flux: fluxcd/image-automation-controller api/v1; wire-facts 1.7).
public enum ImageUpdateAutomationAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "image.toolkit.fluxcd.io", kind: "ImageUpdateAutomation", plural: "imageupdateautomations",
    shortNames: ["iua", "imgupd", "imgauto"], role: .companion,
    versions: ["v1", "v1beta2", "v1beta1", "v1alpha2", "v1alpha1"])

  public static let columns = ["branch", "pushed", "run"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let (spec, status) = (root["spec"], root["status"])
    resource.source = FluxReference.source(spec?["sourceRef"], from: resource.ref)
    let checkout = spec?["git"]?["checkout"]?["ref"]?["branch"]?.string
    resource.add("branch", spec?["git"]?["push"]?["branch"]?.string ?? checkout)
    resource.add("pushed", status?["lastPushCommit"]?.string.map { Revision($0).short })
    resource.add("run", status?["lastAutomationRunTime"]?.string)
    resource.path = spec?["update"]?["path"]?.string
    resource.lastRun = status?["lastAutomationRunTime"]?.string.flatMap(Timestamp.parse)
  }
}
