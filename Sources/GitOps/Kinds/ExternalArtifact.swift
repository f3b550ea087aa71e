import Structured

/// Flux's ExternalArtifact: written by another controller, so nothing can be asked of it (wire-facts 1.3).
public enum ExternalArtifactAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "ExternalArtifact", plural: "externalartifacts", shortNames: ["ea"],
    role: .source,
    versions: ["v1"])

  public static let columns = ["made by"]
  public static let pause = FluxPause.none
  public static let verbs: [Verb] = []

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    resource.source = FluxReference.source(root["spec"]?["sourceRef"], from: resource.ref)
    resource.add("made by", resource.source.map { "\($0.kind) \($0.path)" })
    let metadata = root["status"]?["artifact"]?["metadata"]
    resource.origin = metadata?["org.opencontainers.image.revision"]?.string.flatMap(revision)
  }
}
