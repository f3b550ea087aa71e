import GitOps
import Structured

/// `postBuild`: puts variables into every object that does not forbid it (flux: pkg/kustomize, kustomize_varsub.go). The
/// controller does that in the object's YAML and reads it again, so that a value can change its type.
struct SubstitutionPass {
  private var values: [String: String] = [:]
  /// A source that is not known may set any variable that nothing after it sets.
  private var isOpen = false
  /// Variables that are known whatever the unknown sources say.
  private var settled: Set<String> = []
  private var runs = false
  /// Variables whose values come from a Secret.
  private var secrets: Set<String> = []

  /// - Parameter source: what an entry of `substituteFrom` gives.
  /// - Throws: `.failed` where the controller fails too: a source is missing, a name is malformed.
  init(_ kustomization: FluxKustomization, source: (VariableReference) -> VariableSource) throws(RenderError) {
    let place = "Kustomization \(kustomization.namespace)/\(kustomization.name)"
    for reference in kustomization.substituteFrom {
      switch source(reference) {
      case .values(let more):
        for (name, value) in more { set(name, value, isSecret: reference.kind == "Secret") }
      case .missing where reference.isOptional: continue
      case .missing:
        throw .failed(
          sentence: "substitute from '\(reference.kind)/\(reference.name)' error: not found", place: place)
      case .unknown:
        isOpen = true
        settled = []
      }
    }
    for (name, value) in kustomization.substitute { set(name, value, isSecret: false) }
    for name in values.keys.sorted() where !Self.isName(name) {
      throw .failed(sentence: "'\(name)' var name is invalid", place: place)
    }
    runs = !values.isEmpty || isOpen || kustomization.substitutesAlways
  }

  private mutating func set(_ name: String, _ value: String, isSecret: Bool) {
    if isSecret { secrets.insert(name) } else { secrets.remove(name) }
    // Line breaks would change the structure and are taken out.
    values[name] = String(String.UnicodeScalarView(value.unicodeScalars.filter { $0 != "\n" }))
    settled.insert(name)
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
  }

  /// - Returns: the fields that depend on a variable which is not known.
  /// - Throws: `.failed` where the result cannot be read, `.undetermined` when it is more than a field.
  func apply(to resource: inout Resource, place: Place) throws(RenderError) -> [UndeterminedField] {
    guard runs, !isExempt(resource) else { return [] }
    var undetermined: [UndeterminedField] = []
    try visit(&resource.root, [], &undetermined, place)
    return undetermined
  }

  private func isExempt(_ resource: Resource) -> Bool {
    let metadata = resource.root["metadata"]
    return ["labels", "annotations"].contains {
      metadata?[$0]?["kustomize.toolkit.fluxcd.io/substitute"]?.string == "disabled"
    }
  }

  private func lookup(_ name: String) -> Substitution.Value {
    if let value = values[name], !isOpen || settled.contains(name) { return .text(value) }
    return isOpen ? .unknown : .unset
  }

  /// Without these nothing of an object can be compared.
  private static let identity: Set<[String]> = [
    ["apiVersion"], ["kind"], ["metadata", "name"], ["metadata", "namespace"],
  ]

  private func visit(
    _ node: inout YAMLNode, _ path: [String], _ undetermined: inout [UndeterminedField], _ place: Place
  ) throws(RenderError) {
    switch node.value {
    case .string(let text):
      guard Substitution.concerns(text) else { return }
      try substitute(text, in: &node, path, &undetermined, place)
    case .list(var elements):
      for index in elements.indices { try visit(&elements[index], path + ["\(index)"], &undetermined, place) }
      node.value = .list(elements)
    case .map(var map):
      if let key = map.keys.first(where: Substitution.concerns) {
        map = try renamed(map, key, place)
      }
      guard map.contains(where: { Self.mayConcern($0.value) }) else { return }
      for key in map.keys {
        guard var value = map[key], Self.mayConcern(value) else { continue }
        try visit(&value, path + [key], &undetermined, place)
        map[key] = value
      }
      node.value = .map(map)
    case .null, .bool, .number: return
    }
  }

  private func substitute(
    _ text: String, in node: inout YAMLNode, _ path: [String], _ undetermined: inout [UndeterminedField], _ place: Place
  ) throws(RenderError) {
    let origin = node.origin.layered(.substitution)
    // A branch that is not taken looks its variables up too: rather one value too many is not shown.
    var holdsSecret = false
    let result = withoutActuallyEscaping({ name in
      if secrets.contains(name) { holdsSecret = true }
      return lookup(name)
    }) { noting in
      Result { () throws(Substitution.Problem) in
        try read(Substitution(noting).expand(BlockScalar.document(text)), origin, place)
      }
    }
    switch result {
    case .success(let value):
      node = YAMLNode(value.value, origin: holdsSecret ? origin.layered(.secret) : origin)
    case .failure(.malformed(let sentence)):
      throw .failed(sentence: "variable substitution failed: \(sentence)", place: place(node.origin))
    case .failure(.unknown(let variable)):
      let reason = "depends on the variable \(variable)"
      guard !Self.identity.contains(path) else {
        throw .undetermined(feature: "\(path.joined(separator: ".")) \(reason)", place: place(node.origin))
      }
      undetermined.append(UndeterminedField(path: path, reason: reason))
      node.origin = node.origin.layered(.undetermined)
    }
  }

  private static func mayConcern(_ node: YAMLNode) -> Bool {
    switch node.value {
    case .string(let text): Substitution.concerns(text)
    case .list, .map: true
    case .null, .bool, .number: false
    }
  }

  /// The value of the small document.
  private func read(_ document: String, _ origin: Origin, _ place: Place) throws(Substitution.Problem) -> YAMLNode {
    do throws(ParseError) {
      let documents = try YAMLReader.documents(in: Array(document.utf8), rules: .goYAML2)
      guard documents.count == 1, let map = documents[0].map, map.count == 1, let value = map["k"] else {
        throw ParseError(reason: .syntax("the value changes the structure"))
      }
      return value.relabelled { _ in origin }
    } catch {
      throw .malformed(error.description)
    }
  }

  private func renamed(_ map: YAMLMap, _ key: String, _ place: Place) throws(RenderError) -> YAMLMap {
    var result = YAMLMap()
    for (key, value) in map {
      guard Substitution.concerns(key) else {
        result[key] = value
        continue
      }
      do throws(Substitution.Problem) {
        let name = try read(Substitution(lookup).expand(BlockScalar.document(key)), value.origin, place)
        guard let text = name.string else {
          throw Substitution.Problem.malformed("the key \(key) becomes something else than text")
        }
        result[text] = value
      } catch {
        switch error {
        case .unknown(let variable):
          throw .undetermined(feature: "the key \(key) depends on the variable \(variable)", place: place(value.origin))
        case .malformed(let sentence):
          throw .undetermined(feature: "the key \(key): \(sentence)", place: place(value.origin))
        }
      }
    }
    return result
  }
}
