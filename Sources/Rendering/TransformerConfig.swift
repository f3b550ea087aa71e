import Structured

/// The fields where references to one kind of object stand (kustomize: api/internal/plugins/builtinconfig/namebackreferences.go).
struct NameBackReferences: Sendable, Hashable {
  var group = ""
  var version = ""
  var kind: String
  var referrers: [FieldSpec]
}

/// Which fields each pass changes: kustomize's defaults, and what `configurations` and `crds` add
/// (kustomize: api/internal/plugins/builtinconfig/transformerconfig.go).
struct TransformerConfig: Sendable, Hashable {
  var namePrefix: [FieldSpec] = []
  var nameSuffix: [FieldSpec] = []
  var namespace: [FieldSpec] = []
  var labels: [FieldSpec] = []
  var commonLabels: [FieldSpec] = []
  var templateLabels: [FieldSpec] = []
  var commonAnnotations: [FieldSpec] = []
  var nameReferences: [NameBackReferences] = []
  var variableReferences: [FieldSpec] = []
  var images: [FieldSpec] = []
  var replicas: [FieldSpec] = []

  /// Its lists of fields by their names in a configuration file.
  private static let lists: [(String, WritableKeyPath<TransformerConfig, [FieldSpec]> & Sendable)] = [
    ("namePrefix", \.namePrefix), ("nameSuffix", \.nameSuffix), ("namespace", \.namespace), ("labels", \.labels),
    ("commonLabels", \.commonLabels), ("templateLabels", \.templateLabels),
    ("commonAnnotations", \.commonAnnotations), ("varReference", \.variableReferences), ("images", \.images),
    ("replicas", \.replicas),
  ]

  /// - Throws: `.failed` when one of the other's fields contradicts one that is there.
  mutating func merge(_ other: TransformerConfig) throws(RenderError) {
    guard self != other else { return }
    for (_, list) in Self.lists { try Self.merge(other[keyPath: list], into: &self[keyPath: list]) }
    for references in other.nameReferences { try merge(references) }
  }

  private mutating func merge(_ references: NameBackReferences) throws(RenderError) {
    let known = nameReferences.firstIndex {
      $0.kind == references.kind && $0.group == references.group && $0.version == references.version
    }
    if let known {
      try Self.merge(references.referrers, into: &nameReferences[known].referrers)
    } else {
      nameReferences.append(references)
    }
  }

  /// Adds the fields that are not there yet (kustomize: types.FsSlice.MergeAll).
  static func merge(_ more: [FieldSpec], into list: inout [FieldSpec]) throws(RenderError) {
    for spec in more {
      let known = list.firstIndex {
        $0.path == spec.path && isSelected($0.group, by: spec.group) && isSelected($0.version, by: spec.version)
          && isSelected($0.kind, by: spec.kind)
      }
      guard let known else {
        list.append(spec)
        continue
      }
      guard list[known].creates == spec.creates else {
        throw .failed(sentence: "conflicting fieldspecs for \(spec.path.joined(separator: "/"))", place: nil)
      }
    }
  }

  private static func isSelected(_ text: String, by selector: String) -> Bool { selector.isEmpty || text == selector }

  /// Reads one file of `configurations`, or the object of a built-in transformer's own fields.
  /// - Throws: `.failed` where the file is not of that shape.
  init(configuration document: YAMLNode, place: Place) throws(RenderError) {
    // Lists of fields here, whatever stands in them elsewhere.
    var root = YAMLNode(.map(YAMLMap()), origin: document.origin)
    for (key, value) in ConfigKeys.canonical(document).map ?? YAMLMap() { root[key] = ConfigKeys.canonical(value) }
    for (name, list) in Self.lists { self[keyPath: list] = try Self.fieldSpecs(root[name], place) }
    for entry in root["nameReference"]?.list ?? [] {
      let references = NameBackReferences(
        group: entry["group"]?.string ?? "", version: entry["version"]?.string ?? "",
        kind: entry["kind"]?.string ?? "", referrers: try Self.fieldSpecs(entry["fieldSpecs"], place))
      try merge(references)
    }
  }

  init() {}

  /// A list of `{group, version, kind, path, create}`.
  static func fieldSpecs(_ node: YAMLNode?, _ place: Place) throws(RenderError) -> [FieldSpec] {
    guard let node, !node.isNull else { return [] }
    guard let entries = node.list else {
      throw .failed(sentence: "field specs are a list", place: place(node.origin))
    }
    var specs: [FieldSpec] = []
    for entry in entries {
      guard entry.map != nil else { throw .failed(sentence: "a field spec is a map", place: place(entry.origin)) }
      specs.append(
        FieldSpec(
          group: entry["group"]?.string ?? "", version: entry["version"]?.string ?? "",
          kind: entry["kind"]?.string ?? "", path: entry["path"]?.string ?? "",
          creates: entry["create"]?.bool ?? false))
    }
    return specs
  }
}
