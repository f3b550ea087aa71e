import Structured

extension TransformerConfig {
  /// Reads a file of `crds`: OpenAPI definitions whose extensions say which fields are labels, annotations, or names of other
  /// objects (kustomize: api/internal/accumulator/loadconfigfromcrds.go).
  init(crd root: YAMLNode) throws(RenderError) {
    self.init()
    let types = root.map ?? YAMLMap()
    for (name, type) in types {
      let properties = type["Schema"]?["properties"]
      guard properties?["kind"] != nil, properties?["apiVersion"] != nil, properties?["metadata"] != nil else {
        continue
      }
      let kind = name.split(separator: ".").last.map(String.init) ?? name
      try load(name, of: types, kind: kind, path: [], depth: 0)
    }
  }

  private mutating func load(
    _ name: String, of types: YAMLMap, kind: String, path: [String], depth: Int
  ) throws(RenderError) {
    guard depth < 50 else { throw .undetermined(feature: "crds nested deeper than 50", place: nil) }
    for (property, schema) in types[name]?["Schema"]?["properties"]?.map ?? YAMLMap() {
      let here = path + [property]
      func spec(_ steps: [String]) -> FieldSpec {
        var spec = FieldSpec(kind: kind, path: "")
        spec.path = steps
        return spec
      }
      if schema["x-kubernetes-annotation"] != nil { try Self.merge([spec(here)], into: &commonAnnotations) }
      if schema["x-kubernetes-label-selector"] != nil { try Self.merge([spec(here)], into: &commonLabels) }
      if schema["x-kubernetes-identity"] != nil { try Self.merge([spec(here)], into: &namePrefix) }
      if let version = schema["x-kubernetes-object-ref-api-version"]?.string,
        let target = schema["x-kubernetes-object-ref-kind"]?.string
      {
        let key = schema["x-kubernetes-object-ref-name-key"]?.string ?? "name"
        let (group, version) = ResourceID.split(apiVersion: version)
        var more = TransformerConfig()
        more.nameReferences = [
          NameBackReferences(group: group, version: version, kind: target, referrers: [spec(here + [key])])
        ]
        try merge(more)
      }
      if let reference = schema["$ref"]?.string {
        try load(reference, of: types, kind: kind, path: here, depth: depth + 1)
      }
    }
  }
}
