import Structured

extension SchemaTable {
  /// Adds one group version's document of `/openapi/v3` (wire-facts 9.6). A kind that is added again replaces the old one.
  /// - Throws: `ParseError` when it is not such a document, or over 64 MiB.
  public mutating func add(openAPIv3 bytes: [UInt8]) throws(ParseError) {
    let document = try JSONDocument(parsing: bytes, limits: .listPage)
    guard let components = document.root["components"] else {
      // A group without kinds has none.
      guard document.root["openapi"] != nil else {
        throw ParseError(reason: .shape("not an OpenAPI v3 document: components are missing"))
      }
      return
    }
    guard let schemas = components["schemas"] else { return }
    compile(schemas)
  }

  /// Adds the whole document of `/openapi/v2`, which servers before 1.24 have only.
  /// - Throws: `ParseError` when it is not such a document, or over 64 MiB.
  public mutating func add(openAPIv2 bytes: [UInt8]) throws(ParseError) {
    let document = try JSONDocument(parsing: bytes, limits: .listPage)
    guard let definitions = document.root["definitions"] else {
      throw ParseError(reason: .shape("not an OpenAPI v2 document: definitions are missing"))
    }
    compile(definitions)
  }

  /// Adds the versions of a CustomResourceDefinition (apiextensions.k8s.io/v1), whose schemas are complete where the
  /// server's OpenAPI leaves fields out.
  /// - Throws: `ParseError` when it is not one.
  public mutating func add(customResourceDefinition bytes: [UInt8]) throws(ParseError) {
    let spec = try JSONDocument(parsing: bytes, limits: .object).root["spec"]
    guard let spec, let group = spec["group"]?.string, let kind = spec["names"]?["kind"]?.string,
      let versions = spec["versions"]?.elements
    else { throw ParseError(reason: .shape("not a CustomResourceDefinition of version v1")) }
    for version in versions {
      guard let name = version["name"]?.string, let schema = version.value(at: "schema", "openAPIV3Schema") else {
        continue
      }
      let compiler = SchemaCompiler(definitions: schema, builtIn: false)
      roots[Kind(group: group, version: name, kind: kind)] = compiler.node(for: schema, in: &self)
    }
  }

  private mutating func compile(_ schemas: JSONNode) {
    guard let members = schemas.members else { return }
    for (name, schema) in members {
      let kinds = schema["x-kubernetes-group-version-kind"]?.elements.map(Array.init) ?? []
      let id = definition(name)
      // Shared types are the same in every document of a server; kinds may have changed.
      if kinds.isEmpty, filled.contains(id) { continue }
      filled.insert(id)
      let compiler = SchemaCompiler(definitions: schemas, builtIn: SchemaCompiler.isBuiltIn(name))
      compiler.fill(id, from: schema, named: name, in: &self)
      for kind in kinds {
        guard let kindName = kind["kind"]?.string, let version = kind["version"]?.string else { continue }
        roots[Kind(group: kind["group"]?.string ?? "", version: version, kind: kindName)] = id
      }
    }
  }

  /// The node of a named type; made empty when something refers to it before it was described.
  mutating func definition(_ name: String) -> ID {
    if let id = definitions[name] { return id }
    let id = append()
    definitions[name] = id
    return id
  }

  mutating func append() -> ID {
    shapes.append(.any)
    listTypes.append(.atomic)
    scalars.append(.unknown)
    traits.append([])
    items.append(Self.none)
    firstChild.append(0)
    childCount.append(0)
    keySets.append(0)
    return ID(shapes.count - 1)
  }

  mutating func name(_ text: String) -> UInt32 {
    if let id = names[text] { return id }
    let id = UInt32(names.count)
    names[text] = id
    texts.append(text)
    return id
  }

  /// The fields of an object.
  mutating func setChildren(_ children: [(name: UInt32, node: ID, isRequired: Bool)], of index: Int) {
    let sorted = children.sorted { $0.name < $1.name }
    firstChild[index] = UInt32(childNames.count)
    childCount[index] = UInt32(sorted.count)
    childNames.append(contentsOf: sorted.map(\.name))
    childNodes.append(contentsOf: sorted.map(\.node))
    let needed = sorted.filter(\.isRequired).map(\.name)
    required[ID(index)] = needed.isEmpty ? nil : needed
  }

  mutating func keySet(_ wanted: [Key]) -> UInt32 {
    if let index = keys.firstIndex(of: wanted) { return UInt32(index) }
    keys.append(wanted)
    return UInt32(keys.count - 1)
  }
}
