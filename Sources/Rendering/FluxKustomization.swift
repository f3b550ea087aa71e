import Structured

/// What of a Flux Kustomization's spec changes the objects that it applies (flux: kustomize-controller).
public struct FluxKustomization: Sendable, Hashable {
  /// The object's own name, which becomes an owner label.
  public let name: String
  /// Its namespace, which becomes the other.
  public let namespace: String
  /// As written; empty is the source's root.
  public let path: String
  /// Overrides the namespace of everything namespaced.
  public let targetNamespace: String?
  /// `spec.commonMetadata.labels`.
  public let labels: [String: String]
  /// `spec.commonMetadata.annotations`.
  public let annotations: [String: String]
  /// Variables are substituted after the build: objects that hold a `$` can change.
  public let substitutes: Bool
  /// Fields that change the result and are not rendered: `spec.patches`.
  public let unsupported: [String]

  private static let changing = [
    "patches", "patchesStrategicMerge", "patchesJson6902", "images", "components", "namePrefix", "nameSuffix",
    "buildMetadata",
  ]

  /// From the Kustomization object.
  public init(_ document: JSONDocument) {
    let metadata = document.root["metadata"]
    let spec = document.root["spec"]
    func texts(_ node: JSONNode?) -> [String: String] {
      var result: [String: String] = [:]
      if let members = node?.members {
        for (key, value) in members { result[key] = value.string ?? "" }
      }
      return result
    }
    func isSet(_ node: JSONNode?) -> Bool { (node?.count ?? 0) > 0 || node?.string?.isEmpty == false }
    name = metadata?["name"]?.string ?? ""
    namespace = metadata?["namespace"]?.string ?? ""
    path = spec?["path"]?.string ?? ""
    targetNamespace = spec?["targetNamespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    labels = texts(spec?["commonMetadata"]?["labels"])
    annotations = texts(spec?["commonMetadata"]?["annotations"])
    let postBuild = spec?["postBuild"]
    substitutes =
      isSet(postBuild?["substitute"]) || isSet(postBuild?["substituteFrom"])
      || postBuild?["substituteStrategy"]?.string == "Always"
    unsupported = Self.changing.filter { isSet(spec?[$0]) }.map { "spec.\($0)" }
  }
}
