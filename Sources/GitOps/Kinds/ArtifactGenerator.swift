import Structured

/// Flux's ArtifactGenerator (flux: fluxcd/source-watcher api/v1beta1; wire-facts 1.3).
public enum ArtifactGeneratorAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "source.extensions.fluxcd.io", kind: "ArtifactGenerator", plural: "artifactgenerators", shortNames: ["ag"],
    role: .source,
    versions: ["v1beta1"])

  public static let columns = ["sources", "artifacts"]
  public static let pause = FluxPause.annotation("source.extensions.fluxcd.io/reconcile")

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    resource.add("sources", Resource.count(root["spec"]?["sources"]))
    resource.add("artifacts", Resource.count(root["spec"]?["artifacts"]))
    resource.source = FluxReference.source(root["spec"]?["sources"]?[0], from: resource.ref)
  }
}
