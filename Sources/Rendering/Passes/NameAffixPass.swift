import Structured

/// `namePrefix:` and `nameSuffix:` (kustomize: PrefixTransformer, SuffixTransformer, api/filters/prefix).
struct NameAffixPass: Pass {
  enum Side: String { case prefix, suffix }

  let side: Side
  let text: YAMLNode
  let fields: [FieldSpec]

  init(_ side: Side, _ text: YAMLNode, config: TransformerConfig) {
    self.side = side
    self.text = text
    fields = side == .prefix ? config.namePrefix : config.nameSuffix
  }

  init(_ side: Side, plugin: YAMLNode, place: Place) throws(RenderError) {
    self.side = side
    text = plugin[side.rawValue] ?? YAMLNode(.string(""))
    fields = try TransformerConfig.fieldSpecs(plugin["fieldSpecs"], place)
  }

  /// The names of these are fixed by what they are (kustomize: prefixFieldSpecsToSkip).
  private static func isFixed(_ id: ResourceID) -> Bool {
    switch (id.group, id.kind) {
    case (_, "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), (_, "Namespace"): true
    default: false
    }
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    let affix = text.string ?? ""
    guard !affix.isEmpty else { return }
    let origin = text.origin.layered(.nameAffix)
    try list.transform { resource throws(RenderError) in
      let id = resource.id
      if Self.isFixed(id) { return }
      for field in fields where field.matches(id) {
        if field.path == ["metadata", "name"] {
          resource.rememberID()
          if side == .prefix { resource.prefixes.append(affix) } else { resource.suffixes.append(affix) }
        }
        try field.visit(&resource.root, creating: .scalar, place: place) { node throws(RenderError) in
          guard let name = node.string ?? node.number else { return }
          node = YAMLNode(.string(side == .prefix ? affix + name : name + affix), origin: origin)
        }
      }
    }
  }
}
