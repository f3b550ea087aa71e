import Structured

/// Which lists a strategic merge merges, and by which keys: what kustomize reads out of the schema that it carries, or out of
/// the one that `openapi: path:` names (kustomize: kyaml/openapi).
struct MergeSchema: Sendable {
  /// Index into the types.
  typealias TypeID = Int

  struct Field: Sendable {
    /// Nil: replaced as a whole. Empty: a set of scalars.
    var mergeKeys: [String]?
    /// The type of the value, or of the elements of a list.
    var type: TypeID?
  }

  private var types: [[String: Field]] = []
  private var kinds: [String: TypeID] = [:]

  /// Kubernetes 1.21.2.
  static let standard: MergeSchema = {
    var schema = MergeSchema()
    for line in typeTable.split(separator: "\n", omittingEmptySubsequences: false) {
      var fields: [String: Field] = [:]
      for part in line.split(separator: " ") {
        let sides = part.split(separator: ">")
        let names = sides[0].split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        var field = Field(mergeKeys: nil, type: sides.count > 1 ? Int(sides[1]) : nil)
        if names.count > 1, names[1] != "-" { field.mergeKeys = names[1].split(separator: ",").map(String.init) }
        fields[String(names[0])] = field
      }
      schema.types.append(fields)
    }
    for line in kindTable.split(separator: "\n") {
      let sides = line.split(separator: ">")
      if sides.count == 2, let type = Int(sides[1]) { schema.kinds[String(sides[0])] = type }
    }
    return schema
  }()

  /// The type of an object; nil when the schema does not know it.
  func type(apiVersion: String, kind: String) -> TypeID? {
    let (group, version) = ResourceID.split(apiVersion: apiVersion)
    return kinds["\(group)/\(version)/\(kind)"]
  }

  func field(_ name: String, of type: TypeID?) -> Field? {
    guard let type, types.indices.contains(type) else { return nil }
    return types[type][name]
  }

  private init() {}

  /// Reads an OpenAPI v2 document.
  /// - Throws: `.failed` when it is none.
  init(document: YAMLNode, place: Place) throws(RenderError) {
    guard let definitions = document["definitions"]?.map else {
      throw .failed(sentence: "the openapi document has no definitions", place: place(document.origin))
    }
    let names = Dictionary(
      definitions.keys.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func reference(_ schema: YAMLNode?) -> TypeID? {
      guard let target = schema?["$ref"]?.string, let name = target.split(separator: "/").last else { return nil }
      return names[String(name)]
    }
    types = Array(repeating: [:], count: definitions.count)
    // Types of fields that are described in place follow the named ones, which keep their numbers.
    for (index, (_, definition)) in definitions.enumerated() {
      let fields = Self.fields(definition, reference: reference, into: &types)
      types[index] = fields
      for entry in definition["x-kubernetes-group-version-kind"]?.list ?? [] {
        let (group, version) = (entry["group"]?.string ?? "", entry["version"]?.string ?? "")
        kinds["\(group)/\(version)/\(entry["kind"]?.string ?? "")"] = index
      }
    }
  }

  private static func fields(
    _ definition: YAMLNode, reference: (YAMLNode?) -> TypeID?, into types: inout [[String: Field]], depth: Int = 0
  ) -> [String: Field] {
    var fields: [String: Field] = [:]
    for (name, schema) in definition["properties"]?.map ?? YAMLMap() {
      var field = Field(mergeKeys: nil, type: reference(schema) ?? reference(schema["items"]))
      if let strategy = schema["x-kubernetes-patch-strategy"]?.string, strategy.hasPrefix("merge") {
        let keys = schema["x-kubernetes-list-map-keys"]?.list?.compactMap(\.string)
        field.mergeKeys = keys ?? schema["x-kubernetes-patch-merge-key"]?.string.map { [$0] } ?? []
      }
      let inline = schema["properties"] != nil ? schema : schema["items"]
      if field.type == nil, depth < 50, let inline, inline["properties"] != nil {
        let inner = Self.fields(inline, reference: reference, into: &types, depth: depth + 1)
        types.append(inner)
        field.type = types.count - 1
      }
      fields[name] = field
    }
    return fields
  }
}
