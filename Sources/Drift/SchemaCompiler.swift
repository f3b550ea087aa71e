import Structured

/// Turns one OpenAPI schema into nodes of a table.
struct SchemaCompiler {
  /// All named schemas of the document, to look up the defaults of list keys.
  let definitions: JSONNode
  let builtIn: Bool

  /// Types of Kubernetes itself go through Go structs; everything else is a custom resource, stored as sent.
  static func isBuiltIn(_ name: String) -> Bool {
    ["io.k8s.api.", "io.k8s.apimachinery.", "io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator."]
      .contains { name.hasPrefix($0) }
  }

  /// The node of a schema that is written in place, or of the type it refers to.
  func node(for schema: JSONNode, in table: inout SchemaTable) -> SchemaTable.ID {
    if let name = reference(schema) {
      // A field may take back that its type is atomic (PersistentVolume's claimRef): then it is compared field by field.
      if schema["x-kubernetes-map-type"]?.string == "granular" { return table.append() }
      return table.definition(name)
    }
    let id = table.append()
    fill(id, from: schema, named: nil, in: &table)
    return id
  }

  func fill(
    _ id: SchemaTable.ID, from schema: JSONNode, named name: String?, in table: inout SchemaTable
  ) {
    let index = Int(id)
    var traits: SchemaTable.Traits = builtIn ? .builtIn : []
    if schema["x-kubernetes-map-type"]?.string == "atomic" { traits.insert(.atomic) }
    if let fallback = schema["default"].flatMap({ Scalar($0) }), fallback.isZero { traits.insert(.defaultsToZero) }
    table.keySets[index] = 0
    table.childCount[index] = 0
    table.items[index] = SchemaTable.none
    defer { table.traits[index] = traits }

    if let scalar = scalarClass(schema, named: name) {
      table.shapes[index] = .scalar
      table.scalars[index] = scalar
      return
    }
    let type = schema["type"]?.string
    if type == "array" || (type == nil && schema["items"] != nil) {
      fillList(index, from: schema, in: &table)
      return
    }
    let extra = schema["additionalProperties"]
    if let extra, extra.kind == .object { table.items[index] = node(for: extra, in: &table) }
    guard let properties = schema["properties"]?.members, schema["properties"]?.count ?? 0 > 0 else {
      table.shapes[index] = extra.map { $0.kind == .object || $0.bool == true } == true ? .map : .any
      return
    }
    table.shapes[index] = .object
    let keepsUnknown =
      extra != nil || schema["x-kubernetes-preserve-unknown-fields"]?.bool == true
      || schema["x-kubernetes-embedded-resource"]?.bool == true
    if !keepsUnknown { traits.insert(.closed) }
    let required = Set(schema["required"]?.elements?.compactMap(\.string) ?? [])
    var children: [(name: UInt32, node: SchemaTable.ID, isRequired: Bool)] = []
    for (key, value) in properties {
      children.append((table.name(key), node(for: value, in: &table), required.contains(key)))
    }
    table.setChildren(children, of: index)
  }

  private func fillList(_ index: Int, from schema: JSONNode, in table: inout SchemaTable) {
    table.shapes[index] = .list
    if let items = schema["items"] { table.items[index] = node(for: items, in: &table) }
    let declared = schema["x-kubernetes-list-type"]?.string
    var keys = schema["x-kubernetes-list-map-keys"]?.elements?.compactMap(\.string) ?? []
    let merges = schema["x-kubernetes-patch-strategy"]?.string?.contains("merge") == true
    // Kubernetes up to 1.2x marks most lists only for strategic merge patches.
    if keys.isEmpty, declared == "map" || (declared == nil && merges),
      let key = schema["x-kubernetes-patch-merge-key"]?.string
    {
      keys = [key]
    }
    switch declared {
    case "set": table.listTypes[index] = .set
    case "map": table.listTypes[index] = keys.isEmpty ? .atomic : .map
    case nil where !keys.isEmpty: table.listTypes[index] = .map
    case nil where merges: table.listTypes[index] = .set
    default: table.listTypes[index] = .atomic
    }
    if table.listTypes[index] == .map {
      let completed = keys.map { SchemaTable.Key(name: $0, fallback: keyDefault($0, in: schema["items"])) }
      table.keySets[index] = table.keySet(completed)
    }
  }

  /// OpenAPI v2 carries no defaults; the only default that any key of Kubernetes' own lists has is this one.
  private func keyDefault(_ key: String, in items: JSONNode?) -> String? {
    let element = items.flatMap { reference($0) }.flatMap { definitions[$0] } ?? items
    if let fallback = element?.value(at: "properties", key, "default").flatMap({ Scalar($0) }), !fallback.isZero {
      return fallback.text
    }
    return key == "protocol" ? "TCP" : nil
  }

  /// Nil when the schema is not that of a scalar.
  private func scalarClass(_ schema: JSONNode, named name: String?) -> ScalarClass? {
    if let name, builtIn {
      if name.hasSuffix(".api.resource.Quantity") { return .quantity }
      if name.hasSuffix(".util.intstr.IntOrString") { return .intOrString }
      if name.hasSuffix(".meta.v1.Time") || name.hasSuffix(".meta.v1.MicroTime") { return .dateTime }
      if name.hasSuffix(".meta.v1.Duration") { return .duration }
    }
    let isAmount = schema["pattern"]?.string?.contains("KMGTPE") == true
    if schema["x-kubernetes-int-or-string"]?.bool == true || schema["format"]?.string == "int-or-string" {
      return isAmount ? .quantity : .intOrString
    }
    switch schema["type"]?.string {
    case "string":
      switch schema["format"]?.string {
      case "byte": return .bytes
      case "date-time": return .dateTime
      case "duration": return .duration
      default: return isAmount ? .quantity : .string
      }
    case "integer": return .integer
    case "number": return .number
    case "boolean": return .boolean
    default: return nil
    }
  }

  /// The type that a schema refers to, also through the wrapper `allOf` that v3 puts around a reference with a default.
  private func reference(_ schema: JSONNode) -> String? {
    if let text = schema["$ref"]?.string { return text.split(separator: "/").last.map(String.init) }
    guard let all = schema["allOf"], all.count == 1, schema["properties"] == nil, let only = all[0] else { return nil }
    return only["$ref"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) }
  }
}
