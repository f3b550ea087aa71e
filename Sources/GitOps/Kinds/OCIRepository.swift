import Structured

/// Flux's OCIRepository (flux: fluxcd/source-controller api/v1; wire-facts 1.3).
public enum OCIRepositoryAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "OCIRepository", plural: "ocirepositories", shortNames: ["ocirepo"],
    role: .source, versions: ["v1", "v1beta2"])

  public static let columns = ["verify", "verified"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let spec = root["spec"]
    resource.url = spec?["url"]?.string
    // Precedence: digest, semver, tag.
    if let digest = spec?["ref"]?["digest"]?.string {
      resource.follows = "digest \(Revision(digest).short)"
    } else if let range = spec?["ref"]?["semver"]?.string {
      resource.follows = "semver \(range)"
    } else {
      resource.follows = "tag \(spec?["ref"]?["tag"]?.string ?? "latest")"
    }
    resource.addVerification(spec)
    let metadata = root["status"]?["artifact"]?["metadata"]
    resource.origin = metadata?["org.opencontainers.image.revision"]?.string.flatMap(revision)
  }
}
