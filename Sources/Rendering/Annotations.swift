import Structured

/// What the end of a build does with annotations (kustomize: krusty, Resource.RemoveBuildAnnotations).
enum Annotations {
  private static let internalKeys: Set<String> = [
    "config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations",
    "internal.config.kubernetes.io/previousKinds", "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/prefixes", "internal.config.kubernetes.io/suffixes",
    "internal.config.kubernetes.io/previousNamespaces", "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/generatorBehavior", "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/allowNameChange", "internal.config.kubernetes.io/allowKindChange",
  ]

  /// The object is there for the build's own use and is not applied.
  static func isLocal(_ resource: Resource) -> Bool {
    guard let mark = resource.root["metadata"]?["annotations"]?["config.kubernetes.io/local-config"] else {
      return false
    }
    return text(mark) != "false"
  }

  /// Writes the annotations back as kustomize does: all values as text, its own keys gone, nothing left of none.
  static func settle(_ resource: inout Resource) {
    guard var annotations = resource.root["metadata"]?["annotations"] else { return }
    var settled = YAMLMap()
    for (key, value) in annotations.map ?? YAMLMap() where !internalKeys.contains(key) {
      settled[key] =
        value.string != nil && value.written == nil ? value : YAMLNode(.string(text(value)), origin: value.origin)
    }
    annotations.value = .map(settled)
    resource.root["metadata"]?["annotations"] = settled.isEmpty ? nil : annotations
  }

  /// A scalar as it was written.
  private static func text(_ node: YAMLNode) -> String {
    switch node.value {
    case .null: node.written ?? ""
    case .bool(let value): node.written ?? (value ? "true" : "false")
    case .number(let text), .string(let text): node.written ?? text
    case .list, .map: ""
    }
  }
}
