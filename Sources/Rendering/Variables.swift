import Structured

/// The `vars` of a build: fields of objects under a name, put where `$(NAME)` stands (kustomize: types.Var, api/types/varref,
/// api/internal/accumulator/refvartransformer.go).
struct Variables: Sendable {
  private struct Variable: Sendable {
    let name: String
    let path: String
    let origin: Origin
  }

  private var variables: [Variable] = []

  /// At the end of each kustomization: notes on the objects that are there which of them the variables read.
  /// - Throws: `.failed` when a name is taken, or when several objects could be meant.
  mutating func declare(_ entries: [YAMLNode], in list: inout ResourceList, place: Place) throws(RenderError) {
    for entry in entries {
      let name = entry["name"]?.string ?? ""
      guard !name.isEmpty, let reference = entry["objref"] else {
        throw .failed(sentence: "a var needs name and objref", place: place(entry.origin))
      }
      var id = ResourceID()
      (id.group, id.version) = ResourceID.split(apiVersion: reference["apiVersion"]?.string ?? "")
      id.group = reference["group"]?.string ?? id.group
      id.version = reference["version"]?.string ?? id.version
      id.kind = reference["kind"]?.string ?? ""
      id.name = reference["name"]?.string ?? ""
      id.namespace = reference["namespace"]?.string ?? ""
      // Without a namespace any will do.
      let isExact = !id.namespace.isEmpty || id.isClusterScoped
      func isMeant(_ other: ResourceID) -> Bool {
        other.group == id.group && other.version == id.version && other.kind == id.kind && other.name == id.name
          && (!isExact || other.effectiveNamespace == id.effectiveNamespace)
      }
      let found = list.indices.filter { index in
        isMeant(list.resources[index].id) || list.resources[index].previous.contains(where: isMeant)
      }
      guard found.count <= 1 else {
        throw .failed(
          sentence: "found \(found.count) resId matches for var \(name) (unable to disambiguate)",
          place: place(entry.origin))
      }
      if let index = found.first {
        var resource = list[index]
        resource.variables.append(name)
        list[index] = resource
      }
      let path = entry["fieldref"]?["fieldpath"]?.string ?? entry["fieldref"]?["fieldPath"]?.string ?? ""
      try add(
        Variable(name: name, path: path.isEmpty ? "metadata.name" : path, origin: entry.origin), place: place)
    }
  }

  /// Takes over the variables of a directory that `resources` names.
  mutating func merge(_ other: Variables, place: Place) throws(RenderError) {
    for variable in other.variables { try add(variable, place: place) }
  }

  private mutating func add(_ variable: Variable, place: Place) throws(RenderError) {
    guard !variables.contains(where: { $0.name == variable.name }) else {
      throw .failed(sentence: "var '\(variable.name)' already encountered", place: place(variable.origin))
    }
    variables.append(variable)
  }

  /// The pass that puts the values in, at the root; nil without variables.
  /// - Throws: `.failed` when a variable reads nothing.
  func pass(over list: ResourceList, fields: [FieldSpec], place: Place) throws(RenderError) -> VariablePass? {
    guard !variables.isEmpty else { return nil }
    var values: [String: YAMLNode] = [:]
    for variable in variables {
      guard let resource = list.resources.first(where: { $0.variables.contains(variable.name) }) else {
        throw .failed(
          sentence: "var '\(variable.name)' cannot be mapped to a field in the set of known resources",
          place: place(variable.origin))
      }
      guard let value = Self.field(variable.path, of: resource.root) else {
        throw .failed(
          sentence: "field specified in var '\(variable.name)' not found in corresponding resource",
          place: place(variable.origin))
      }
      values[variable.name] = YAMLNode(value.value, origin: value.origin.layered(.variable))
    }
    return VariablePass(values: values, fields: fields)
  }

  /// `spec.ports[0].port`, `data.a\.b`, `spec.containers[name=web].image` (kustomize: RNode.GetFieldValue).
  private static func field(_ path: String, of root: YAMLNode) -> YAMLNode? {
    var here = root
    for step in ReplacementPass.split(path) {
      var step = Substring(step)
      var index: Substring?
      if step.hasSuffix("]"), let open = step.lastIndex(of: "[") {
        index = step[step.index(after: open)...].dropLast()
        step = step[..<open]
      }
      if !step.isEmpty {
        let next = here.list != nil ? Int(step).flatMap { here[$0] } : here[String(step)]
        guard let next else { return nil }
        here = next
      }
      guard let index else { continue }
      let next: YAMLNode? =
        if let equals = index.firstIndex(of: "=") {
          here.list?.first { $0[String(index[..<equals])]?.string == String(index[index.index(after: equals)...]) }
        } else {
          Int(index).flatMap { here[$0] }
        }
      guard let next else { return nil }
      here = next
    }
    return here
  }
}

/// Expands `$(NAME)` in the fields that a configuration names (kustomize: api/filters/refvar).
struct VariablePass: Pass {
  let values: [String: YAMLNode]
  let fields: [FieldSpec]

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    try list.transform { resource throws(RenderError) in
      let id = resource.original
      for field in fields where field.matches(id) {
        try field.visit(&resource.root, creating: .none, place: place) { node throws(RenderError) in update(&node) }
      }
    }
  }

  private func update(_ node: inout YAMLNode) {
    switch node.value {
    case .string(let text):
      guard text.utf8.contains(0x24) else { return }
      if let value = whole(text) {
        node = value
      } else {
        let expanded = expand(text)
        if expanded.text != text {
          node = YAMLNode(.string(expanded.text), origin: expanded.origin ?? node.origin.layered(.variable))
        }
      }
    case .list(var elements):
      for index in elements.indices where elements[index].string != nil { update(&elements[index]) }
      node.value = .list(elements)
    case .map(var map):
      map.mutateValues { _, value in if value.string != nil { update(&value) } }
      node.value = .map(map)
    case .null, .bool, .number: return
    }
  }

  /// `$(NAME)` alone keeps the type of what it names.
  private func whole(_ text: String) -> YAMLNode? {
    guard text.hasPrefix("$("), text.hasSuffix(")") else { return nil }
    guard let value = values[String(text.dropFirst(2).dropLast())], value.map == nil, value.list == nil else {
      return nil
    }
    return value
  }

  /// kubernetes: third_party/forked/golang/expansion. `$$` escapes, what is not known stays.
  private func expand(_ text: String) -> (text: String, origin: Origin?) {
    var result = ""
    var origin: Origin?
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest = rest.dropFirst()
      } else if rest.first == "(", let close = rest.firstIndex(of: ")") {
        let name = String(rest[rest.index(after: rest.startIndex)..<close])
        if let value = values[name], let text = ReplacementPass.text(value) {
          result += text
          origin = value.origin
        } else {
          result += "$(\(name))"
        }
        rest = rest[rest.index(after: close)...]
      } else {
        result += "$"
      }
    }
    return (result + rest, origin)
  }
}
