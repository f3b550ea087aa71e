import Structured

/// `buildMetadata: [managedByLabel]`: says which kustomize built it (kustomize: krusty, addManagedbyLabel).
struct ManagedByPass: Pass {
  /// As the building program gives it; nil when it is not known.
  let version: String?

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    guard let version else {
      throw .undetermined(feature: "the kustomize version of buildMetadata: managedByLabel", place: nil)
    }
    let origin = Origin.none.layered(.managedBy)
    try list.transform { resource throws(RenderError) in
      resource.root["metadata", orEmpty: origin]["labels", orEmpty: origin]["app.kubernetes.io/managed-by"] = YAMLNode(
        .string("kustomize-\(version)"), origin: origin)
    }
  }
}
