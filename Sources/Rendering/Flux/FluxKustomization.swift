import Structured

/// What of a Flux Kustomization's spec changes the objects that it applies (flux: kustomize-controller).
public struct FluxKustomization: Sendable, Hashable {
  /// The object's own name, which becomes an owner label.
  public let name: String
  /// Its namespace, which becomes the other.
  public let namespace: String
  /// As written; empty is the source's root.
  public var path: String
  /// `spec.commonMetadata.labels`.
  public let labels: [String: String]
  /// `spec.commonMetadata.annotations`.
  public let annotations: [String: String]
  /// `spec.postBuild.substitute`.
  public let substitute: [String: String]
  /// `spec.postBuild.substituteFrom`, in order: later ones override.
  public let substituteFrom: [VariableReference]
  /// Variables are put in even when there are none (`substituteStrategy: Always`).
  public let substitutesAlways: Bool
  /// The fields of the spec that go into the kustomization file, by name.
  private let overrides: JSONObject

  private static let merged = [
    "targetNamespace", "namePrefix", "nameSuffix", "patches", "patchesStrategicMerge", "patchesJson6902", "images",
    "components", "ignoreMissingComponents", "buildMetadata",
  ]

  /// From the Kustomization object.
  public init(_ document: JSONDocument) { self.init(document.root) }

  /// Of an object that says nothing.
  public init() { self.init(nil) }

  private init(_ root: JSONNode?) {
    let metadata = root?["metadata"]
    let spec = root?["spec"]
    func texts(_ node: JSONNode?) -> [String: String] {
      var result: [String: String] = [:]
      if let members = node?.members {
        for (key, value) in members { result[key] = value.string ?? "" }
      }
      return result
    }
    name = metadata?["name"]?.string ?? ""
    namespace = metadata?["namespace"]?.string ?? ""
    path = spec?["path"]?.string ?? ""
    labels = texts(spec?["commonMetadata"]?["labels"])
    annotations = texts(spec?["commonMetadata"]?["annotations"])
    let postBuild = spec?["postBuild"]
    substitute = texts(postBuild?["substitute"])
    var references: [VariableReference] = []
    if let entries = postBuild?["substituteFrom"]?.elements {
      for entry in entries {
        references.append(
          VariableReference(
            kind: entry["kind"]?.string ?? "", name: entry["name"]?.string ?? "",
            isOptional: entry["optional"]?.bool ?? false))
      }
    }
    substituteFrom = references
    substitutesAlways = postBuild?["substituteStrategy"]?.string == "Always"
    var overrides = JSONObject()
    for field in Self.merged {
      guard let node = spec?[field], !node.isNull, let value = try? JSON(parsing: node.bytes()) else { continue }
      overrides[field] = value
    }
    self.overrides = overrides
  }

  /// The kustomization that the controller writes over the one in the directory (flux: pkg/kustomize,
  /// kustomize_generator.go).
  /// - Parameters:
  ///   - root: the fields of the kustomization file, or those that are generated where there is none.
  ///   - origin: where values of this object come from: a file that stands for it.
  ///   - hasDirectory: a component is there.
  func merged(
    into root: YAMLNode, origin: Origin, hasDirectory: (String) -> Bool
  ) -> YAMLNode {
    var root = root
    func node(_ json: JSON, _ layer: Layer) -> YAMLNode { YAMLNode(json: json, origin: origin.layered(layer)) }
    if (root["resources"]?.list ?? []).isEmpty, root["buildMetadata"] == nil, root.map?.isEmpty == false {
      root["buildMetadata"] = YAMLNode(.list([YAMLNode(.string("originAnnotations"))]))
    }
    if let namespace = text("targetNamespace") { root["namespace"] = node(.string(namespace), .targetNamespace) }
    for field in ["namePrefix", "nameSuffix"] {
      if let affix = text(field) { root[field] = node(.string(affix), .nameAffix) }
    }
    append("patches", to: &root, (overrides["patches"]?.array ?? []).map { node($0, .patch) })
    append(
      "patchesStrategicMerge", to: &root,
      (overrides["patchesStrategicMerge"]?.array ?? []).map { node(.string(Self.text($0)), .patch) })
    append(
      "patchesJson6902", to: &root,
      (overrides["patchesJson6902"]?.array ?? []).map { entry in
        var entry = entry
        if case .object(var fields) = entry {
          fields["patch"] = fields["patch"].map { .string(Self.text($0)) }
          entry = .object(fields)
        }
        return node(entry, .patch)
      })
    let ignoresMissing = overrides["ignoreMissingComponents"] == true
    append(
      "components", to: &root,
      (overrides["components"]?.array ?? []).filter { !ignoresMissing || hasDirectory($0.string ?? "") }
        .map { node($0, .resource) })
    if let images = overrides["images"]?.array { mergeImages(images.map { node($0, .images) }, into: &root) }
    if let metadata = overrides["buildMetadata"], metadata.array?.isEmpty == false {
      root["buildMetadata"] = node(metadata, .buildMetadata)
    }
    return root
  }

  private func text(_ field: String) -> String? { overrides[field]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  private static func text(_ json: JSON) -> String { GoJSON.encode(YAMLNode(json: json)) }

  private func append(_ field: String, to root: inout YAMLNode, _ entries: [YAMLNode]) {
    guard !entries.isEmpty else { return }
    root[field] = YAMLNode(.list((root[field]?.list ?? []) + entries), origin: root[field]?.origin ?? entries[0].origin)
  }

  /// By name; tag and digest replace each other's.
  private func mergeImages(_ images: [YAMLNode], into root: inout YAMLNode) {
    var list = root["images"]?.list ?? []
    for image in images {
      guard let index = list.firstIndex(where: { $0["name"]?.string == image["name"]?.string }) else {
        list.append(image)
        continue
      }
      list[index] = image
    }
    root["images"] = YAMLNode(.list(list), origin: root["images"]?.origin ?? .none)
  }
}
