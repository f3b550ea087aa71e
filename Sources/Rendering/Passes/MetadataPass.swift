import Structured

/// Labels or annotations for every object: `labels`, `commonLabels`, `commonAnnotations` (kustomize: LabelTransformer,
/// AnnotationsTransformer, api/filters/labels).
struct MetadataPass: Pass {
  let pairs: [(key: String, value: YAMLNode)]
  let fields: [FieldSpec]

  /// - Parameter layer: `.labels` or `.annotations`.
  /// - Throws: `.failed` when the pairs are not a map of scalars.
  init(_ pairs: YAMLNode, fields: [FieldSpec], layer: Layer, step: Int = 0, place: Place) throws(RenderError) {
    guard let map = pairs.map else {
      throw .failed(sentence: "\(layer.title) are a map", place: place(pairs.origin))
    }
    var texts: [(key: String, value: YAMLNode)] = []
    for (key, value) in map {
      guard let text = Self.text(value) else {
        throw .failed(sentence: "the value of \(key) is not text", place: place(value.origin))
      }
      texts.append((key, YAMLNode(.string(text), origin: value.origin.layered(layer, step: step))))
    }
    self.pairs = texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    self.fields = fields
  }

  init(_ field: String, plugin: YAMLNode, layer: Layer, place: Place) throws(RenderError) {
    try self.init(
      plugin[field] ?? YAMLNode(.map(YAMLMap())), fields: try TransformerConfig.fieldSpecs(plugin["fieldSpecs"], place),
      layer: layer, place: place)
  }

  /// One entry of `labels:`.
  static func labels(
    _ entry: YAMLNode, step: Int, config: TransformerConfig, place: Place
  ) throws(RenderError) -> MetadataPass {
    var fields = try TransformerConfig.fieldSpecs(entry["fields"], place)
    if entry["includeSelectors"]?.bool == true {
      try TransformerConfig.merge(config.commonLabels, into: &fields)
    } else {
      if entry["includeTemplates"]?.bool == true { try TransformerConfig.merge(config.templateLabels, into: &fields) }
      if entry["includeVolumeClaimTemplates"]?.bool == true {
        try TransformerConfig.merge([TransformerConfig.claimLabels], into: &fields)
      }
      try TransformerConfig.merge([TransformerConfig.metadataLabels] + config.labels, into: &fields)
    }
    return try MetadataPass(
      entry["pairs"] ?? YAMLNode(.map(YAMLMap()), origin: entry.origin), fields: fields, layer: .labels, step: step,
      place: place)
  }

  /// kustomize reads the pairs as text, whatever they look like.
  private static func text(_ node: YAMLNode) -> String? {
    switch node.value {
    case .string(let text): text
    case .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null: ""
    case .list, .map: nil
    }
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    guard !pairs.isEmpty else { return }
    try list.transform { resource throws(RenderError) in
      let id = resource.id
      for field in fields where field.matches(id) {
        try field.visit(&resource.root, creating: .map, place: place) { node throws(RenderError) in
          switch node.value {
          case .map: break
          case .null: node.value = .map(YAMLMap())
          default:
            throw .failed(
              sentence: "\(field.path.joined(separator: ".")) of \(id) is not a map", place: place(node.origin))
          }
          for (key, value) in pairs { node[key] = value }
        }
      }
    }
  }
}
