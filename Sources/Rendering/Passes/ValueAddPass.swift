import Structured

/// kustomize's ValueAddTransformer: one text into fields that target files or the transformer's object name
/// (kustomize: api/filters/valueadd).
struct ValueAddPass: Pass {
  private struct Target {
    let selector: ResourceSelector
    let field: FieldSpec
    /// 0: the whole text.
    let position: Int
  }

  private let value: YAMLNode
  private let targets: [Target]

  /// - Parameter documents: the content of its `targetFilePath`.
  init(plugin: YAMLNode, documents: [YAMLNode], place: Place) throws(RenderError) {
    value = plugin["value"] ?? YAMLNode(.string(""))
    var targets: [Target] = []
    let entries = (plugin["targets"]?.list ?? []) + documents.flatMap { $0["targets"]?.list ?? $0.list ?? [$0] }
    for entry in entries {
      let selector = try ResourceSelector(entry["selector"] ?? YAMLNode(.map(YAMLMap())), place: place)
      let position = entry["filePathPosition"]?.int ?? 0
      let spec = FieldSpec(path: entry["fieldPath"]?.string ?? "", creates: true)
      targets.append(Target(selector: selector, field: spec, position: position))
    }
    self.targets = targets
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    for target in targets {
      try list.transform { resource throws(RenderError) in
        guard target.selector.matches(resource) else { return }
        if target.field.path.first == "metadata" { resource.rememberID() }
        try target.field.visit(&resource.root, creating: .scalar, place: place) { node throws(RenderError) in
          guard target.position > 0, let old = node.string else {
            node = value
            return
          }
          let text = Self.inserting(value.string ?? "", into: old, at: target.position)
          node = YAMLNode(.string(text), origin: value.origin)
        }
      }
    }
  }

  /// As a part of a path of a file: 1 is the first.
  private static func inserting(_ text: String, into path: String, at position: Int) -> String {
    var parts = path.split(separator: "/").map(String.init)
    parts.insert(text, at: min(max(position - 1, 0), parts.count))
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
