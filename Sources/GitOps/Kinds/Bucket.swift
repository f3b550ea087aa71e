import Structured

/// Flux's Bucket (flux: fluxcd/source-controller api/v1; wire-facts 1.3).
public enum BucketAdapter: FluxAdapter {
  public static let kind = Kind(
    group: FluxReference.sourceGroup, kind: "Bucket", plural: "buckets", shortNames: ["bucket"], role: .source,
    versions: ["v1", "v1beta2", "v1beta1"])

  public static func complete(_ resource: inout Resource, from root: JSONNode) {
    guard let spec = root["spec"], let endpoint = spec["endpoint"]?.string, let name = spec["bucketName"]?.string else {
      return
    }
    resource.url = "\(endpoint)/\(name)"
    resource.follows = spec["prefix"]?.string
  }
}
