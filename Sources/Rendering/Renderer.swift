import GitOps
import Structured

/// Builds what a Flux Kustomization applies from the files of its source, as kustomize-controller does.
public struct Renderer: Sendable {
  /// A renderer; it keeps nothing.
  public init() {}

  /// - Parameters:
  ///   - source: what the source object leaves out of its artifact.
  ///   - tree: the files of the revision.
  /// - Throws: `.failed` where the controller would fail too, `.undetermined` naming a feature that is not rendered.
  public func render(
    _ kustomization: FluxKustomization, source: FluxSource = FluxSource(), tree: some FileTree
  ) throws(RenderError) -> [DesiredObject] {
    if let field = source.unsupported.first { throw .undetermined(feature: field, place: "the source") }
    if let field = kustomization.unsupported.first {
      throw .undetermined(feature: field, place: "Kustomization \(kustomization.namespace)/\(kustomization.name)")
    }
    var build = KustomizationBuild(ArtifactTree(tree, source: source))
    let directory = TreePath.clamp(kustomization.path)
    guard case .directory? = directory.isEmpty ? .directory : build.tree.entry(directory) else {
      throw .failed(sentence: "kustomization path not found: \(kustomization.path)", place: nil)
    }
    var file: KustomizationFile
    if let path = try KustomizationFile.path(in: directory, of: build.tree) {
      file = try build.kustomization(at: path)
    } else {
      file = try build.generated(for: directory)
    }
    if let target = kustomization.targetNamespace { file.namespace = YAMLNode(.string(target)) }
    var list = try build.finish(try build.accumulate(file, in: directory, within: []))
    list.removeAll { Self.isSkipped($0) }
    for resource in list.resources { try check(resource, kustomization, build.place) }
    try list.transform(place: build.place) { resource throws(RenderError) in
      try FluxMetadata(kustomization).apply(to: &resource, place: build.place)
    }
    return list.resources.map { DesiredObject($0, files: build.files) }
  }

  /// kustomize's own files are read and not applied (flux: ssa/utils IsKustomization).
  private static func isSkipped(_ resource: Resource) -> Bool {
    let id = resource.id
    return id.group == "kustomize.config.k8s.io" && id.kind.lowercased() == "kustomization"
  }

  private func check(
    _ resource: Resource, _ kustomization: FluxKustomization, _ place: (Origin) -> String?
  ) throws(RenderError) {
    guard !resource.id.version.isEmpty else {
      throw .failed(
        sentence: "not a Kubernetes object: apiVersion is missing", place: place(resource.root.origin))
    }
    if resource.root["sops"]?.map != nil {
      throw .undetermined(feature: "\(resource.id) is encrypted with SOPS", place: place(resource.root.origin))
    }
    let switchKey = "kustomize.toolkit.fluxcd.io/substitute"
    let metadata = resource.root["metadata"]
    let isExempt = ["labels", "annotations"].contains { metadata?[$0]?[switchKey]?.string == "disabled" }
    if kustomization.substitutes, !isExempt, let origin = Self.firstVariable(resource.root) {
      throw .undetermined(feature: "spec.postBuild", place: place(origin))
    }
  }

  /// Where a text or key holds a `$`, which substitution may change.
  private static func firstVariable(_ node: YAMLNode) -> Origin? {
    switch node.value {
    case .string(let text): return text.utf8.contains(UInt8(ascii: "$")) ? node.origin : nil
    case .list(let elements): return elements.lazy.compactMap(firstVariable).first
    case .map(let map):
      return map.lazy.compactMap { key, value in
        key.utf8.contains(UInt8(ascii: "$")) ? value.origin : firstVariable(value)
      }.first
    case .null, .bool, .number: return nil
    }
  }
}

/// `spec.commonMetadata` and then the owner labels, on every object (flux: ssa/utils SetCommonMetadata, ssa/manager.go).
struct FluxMetadata {
  private let labels: [String: String]
  private let annotations: [String: String]

  init(_ kustomization: FluxKustomization) {
    annotations = kustomization.annotations
    var labels = kustomization.labels
    labels["kustomize.toolkit.fluxcd.io/name"] = kustomization.name
    labels["kustomize.toolkit.fluxcd.io/namespace"] = kustomization.namespace
    self.labels = labels
  }

  func apply(to resource: inout Resource, place: (Origin) -> String?) throws(RenderError) {
    try set(labels, "labels", of: &resource, place)
    try set(annotations, "annotations", of: &resource, place)
  }

  private func set(
    _ values: [String: String], _ field: String, of resource: inout Resource, _ place: (Origin) -> String?
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
    for (key, value) in values.sorted(by: { $0.key < $1.key }) { map[key] = YAMLNode(.string(value)) }
    resource.root["metadata"]?[field] = YAMLNode(.map(map), origin: present?.origin ?? .none)
  }
}

extension DesiredObject {
  /// Identity without a namespace for built-in kinds that have none, whatever the manifest says.
  init(_ resource: Resource, files: [String], defaultNamespace: String = "") {
    let id = resource.id
    let isClusterScoped = BuiltinScope.isClusterScoped(group: id.group, kind: id.kind)
    self.init(
      groupKind: GroupKind(group: id.group, kind: id.kind), version: id.version,
      namespace: isClusterScoped ? "" : id.namespace.isEmpty ? defaultNamespace : id.namespace, name: id.name,
      root: resource.root, files: files)
  }
}
