import Structured

/// Names of fields in kustomizations and in the configuration of built-in plugins. They are read as Go's encoding/json
/// reads them, whatever their case.
enum ConfigKeys {
  private static let known: [String: String] = {
    let names = [
      "annotationSelector", "annotations", "apiVersion", "behavior", "buildMetadata", "commonAnnotations",
      "commonLabels", "components", "configMapGenerator", "configurations", "count", "crds", "create", "delimiter",
      "digest", "disableNameSuffixHash", "encoding", "env", "envs", "fieldPath", "fieldPaths", "fieldSpecs", "fields",
      "fieldref", "filePathPosition", "files", "generatorOptions", "generators", "group", "images", "imageTag",
      "immutable", "includeSelectors", "includeTemplates", "includeVolumeClaimTemplates", "index", "jsonOp", "kind",
      "labelSelector", "labels", "legacySortOptions", "literals", "metadata", "name", "namePrefix", "nameSuffix",
      "namespace", "newName", "newTag", "objref", "openapi", "options", "order", "orderFirst", "orderLast", "pairs",
      "patch", "patches", "patchesJson6902", "patchesStrategicMerge", "path", "paths", "prefix", "reject",
      "replacements", "replica", "replicas", "resources", "secretGenerator", "select", "selector",
      "setRoleBindingSubjects", "sortOptions", "source", "sourceValue", "suffix", "tagSuffix", "target",
      "targetFilePath", "targets", "transformers", "type", "unsetOnly", "validators", "value", "vars", "version",
      "allowNameChange", "nameReference", "varReference", "templateLabels", "allowKindChange", "bases", "helmCharts",
      "helmGlobals", "imageTags",
    ]
    return Dictionary(names.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
  }()

  /// What stands in these is the user's own.
  private static let free: Set<String> = ["labels", "annotations", "commonLabels", "commonAnnotations", "pairs"]

  /// The same with every name of a field as it is documented.
  static func canonical(_ node: YAMLNode, depth: Int = 0) -> YAMLNode {
    guard depth < 8 else { return node }
    switch node.value {
    case .map(let map):
      var result = YAMLMap()
      for (key, value) in map {
        var name = key
        if let documented = known[key.lowercased()], map[documented] == nil { name = documented }
        let isFree = free.contains(name) && value.map != nil
        result[name] = isFree ? value : canonical(value, depth: depth + 1)
      }
      return YAMLNode(.map(result), origin: node.origin)
    case .list(let elements):
      guard elements.contains(where: { $0.map != nil }) else { return node }
      return YAMLNode(.list(elements.map { canonical($0, depth: depth + 1) }), origin: node.origin)
    default: return node
    }
  }
}
