import Structured

/// `spec.commonMetadata` and then the owner labels, on every object (flux: ssa/utils SetCommonMetadata, ssa/manager.go).
struct FluxMetadata {
  private let labels: [(key: String, value: YAMLNode)]
  private let annotations: [(key: String, value: YAMLNode)]

  /// - Parameter origin: a file that stands for the Kustomization.
  init(_ kustomization: FluxKustomization, origin: Origin) {
    func nodes(_ texts: [String: String], _ layer: Layer) -> [String: YAMLNode] {
      texts.mapValues { YAMLNode(.string($0), origin: origin.layered(layer)) }
    }
    let owner = [
      "kustomize.toolkit.fluxcd.io/name": kustomization.name,
      "kustomize.toolkit.fluxcd.io/namespace": kustomization.namespace,
    ]
    labels = nodes(kustomization.labels, .commonMetadata).merging(nodes(owner, .ownerLabel)) { $1 }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    annotations = nodes(kustomization.annotations, .commonMetadata).sorted { $0.key < $1.key }.map {
      ($0.key, $0.value)
    }
  }

  func apply(to resource: inout Resource, place: Place) throws(RenderError) {
    try set(labels, "labels", of: &resource, place)
    try set(annotations, "annotations", of: &resource, place)
  }

  private func set(
    _ values: [(key: String, value: YAMLNode)], _ field: String, of resource: inout Resource, _ place: Place
  ) throws(RenderError) {
    guard !values.isEmpty else { return }
    let present = resource.root["metadata"]?[field]
    var map = YAMLMap()
    switch present?.value {
    case .map(let old)?: map = old
    case nil, .null?: break
    default: throw .failed(sentence: "metadata.\(field) is not a map", place: present.flatMap { place($0.origin) })
    }
    if let odd = map.first(where: { $0.value.string == nil }) {
      // The controller's reader drops the whole map when one value is not text.
      throw .undetermined(feature: "metadata.\(field).\(odd.key) is not text", place: place(odd.value.origin))
    }
    for (key, value) in values { map[key] = value }
    resource.root["metadata"]?[field] = YAMLNode(.map(map), origin: present?.origin ?? .none)
  }
}
