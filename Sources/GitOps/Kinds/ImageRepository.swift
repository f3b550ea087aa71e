import FoundationEssentials
import Structured

/// Flux's ImageRepository (flux: fluxcd/image-reflector-controller api/v1; wire-facts 1.7).
public enum ImageRepositoryAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "image.toolkit.fluxcd.io", kind: "ImageRepository", plural: "imagerepositories",
    shortNames: ["imgrepo", "imagerepo"], role: .companion,
    versions: ["v1", "v1beta2", "v1beta1", "v1alpha2", "v1alpha1"])

  public static let columns = ["image", "tags", "scanned"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let scan = root["status"]?["lastScanResult"]
    // Whoever wrote a user before it meant no harm.
    resource.add("image", root["spec"]?["image"]?.string?.split(separator: "@").last.map(String.init))
    resource.add("tags", scan?["tagCount"]?.int.map { String($0) })
    resource.add("scanned", scan?["scanTime"]?.string)
    resource.lastRun = scan?["scanTime"]?.string.flatMap(Timestamp.parse)
  }
}
