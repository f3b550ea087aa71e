import Structured

/// Flux's ImagePolicy (flux: fluxcd/image-reflector-controller api/v1; wire-facts 1.7).
public enum ImagePolicyAdapter: FluxAdapter {
  public static let kind = Kind(
    group: "image.toolkit.fluxcd.io", kind: "ImagePolicy", plural: "imagepolicies", shortNames: ["imgpol", "imagepol"],
    role: .companion,
    versions: ["v1", "v1beta2", "v1beta1", "v1alpha2", "v1alpha1"])

  public static let columns = ["policy", "latest"]

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    let (spec, status) = (root["spec"], root["status"])
    resource.source = FluxReference.named(
      spec?["imageRepositoryRef"], ImageRepositoryAdapter.kind.groupKind, from: resource.ref)
    let policy = spec?["policy"]
    resource.add(
      "policy",
      policy?["semver"]?["range"]?.string.map { "semver \($0)" }
        ?? policy?["alphabetical"]?["order"]?.string.map { "alphabetical \($0)" }
        ?? policy?["numerical"]?["order"]?.string.map { "numerical \($0)" })
    let latest = status?["latestRef"]
    resource.add(
      "latest",
      latest?["name"]?.string.map { "\($0):\(latest?["tag"]?.string ?? "")" } ?? status?["latestImage"]?.string)
  }
}
