import Structured

/// kustomize's IAMPolicyGenerator: a service account tied to one of Google's (kustomize: api/filters/iampolicygenerator).
enum IAMPolicy {
  static func resource(_ config: YAMLNode, place: Place) throws(RenderError) -> Resource {
    guard config["cloud"]?.string == "gke" else {
      throw .failed(
        sentence: "cloud provider \(config["cloud"]?.string ?? "") not supported yet", place: place(config.origin))
    }
    let service = config["kubernetesService"]
    let account = config["serviceAccount"]
    let origin = config.origin.layered(.generator)
    func text(_ text: String) -> YAMLNode { YAMLNode(.string(text), origin: origin) }
    let email = "\(account?["name"]?.string ?? "")@\(account?["projectId"]?.string ?? "").iam.gserviceaccount.com"
    var metadata: YAMLMap = [
      "annotations": YAMLNode(.map(["iam.gke.io/gcp-service-account": text(email)]), origin: origin),
      "name": text(service?["name"]?.string ?? ""),
    ]
    if let namespace = service?["namespace"]?.string, !namespace.isEmpty { metadata["namespace"] = text(namespace) }
    return Resource(
      YAMLNode(
        .map([
          "apiVersion": text("v1"), "kind": text("ServiceAccount"),
          "metadata": YAMLNode(.map(metadata), origin: origin),
        ]), origin: origin))
  }
}
