import Structured

/// The objects of one YAML or JSON file, as kustomize takes them (kustomize: api/resource/factory.go,
/// kyaml/kio/byteio_reader.go).
struct Manifest {
  let path: String
  let file: UInt32
  let rules: ScalarRules
  var repeatedKeys = RepeatedKeys.refused
  var limits = YAMLLimits.file
  /// Keys that YAML does not read as text end the build, as they do where they stay in an object to its end.
  var typedKeys = TypedKeys.asWritten

  /// How deep lists of lists are opened.
  private static let listDepth = 5

  /// - Throws: `.failed` naming the line: not YAML, or not Kubernetes objects.
  func resources(in bytes: [UInt8]) throws(RenderError) -> [Resource] {
    let documents: [YAMLNode]
    do throws(ParseError) {
      documents = try YAMLReader.documents(
        in: bytes, file: file, rules: rules, repeatedKeys: repeatedKeys, typedKeys: typedKeys, limits: limits)
    } catch {
      throw renderError(error, path: path)
    }
    var pending: [YAMLNode] = []
    if documents.count == 1, let items = Self.wrapped(documents[0]) {
      for item in items where !Self.isEmpty(item) { pending.append(try checked(item)) }
    } else {
      for document in documents where !Self.isEmpty(document) { pending.append(try checked(document)) }
    }
    return try open(pending, depth: 0).map(Resource.init)
  }

  /// The items of a lone `kind: List`, in which empty items are allowed.
  private static func wrapped(_ document: YAMLNode) -> [YAMLNode]? {
    guard let kind = document["kind"]?.string, kind == "List" || kind == "ResourceList" else { return nil }
    return document["items"].map { $0.list ?? [] }
  }

  private static func isEmpty(_ node: YAMLNode) -> Bool {
    switch node.value {
    case .null: true
    case .map(let map): map.isEmpty
    case .list(let elements): elements.isEmpty
    case .string(let text): text.isEmpty
    case .bool, .number: false
    }
  }

  /// Replaces every `FooList` by its items.
  private func open(_ nodes: [YAMLNode], depth: Int) throws(RenderError) -> [YAMLNode] {
    var result: [YAMLNode] = []
    for node in nodes {
      guard let kind = node["kind"]?.string, kind.hasSuffix("List") else {
        result.append(node)
        continue
      }
      guard depth < Self.listDepth else { throw failure("lists within lists, deeper than \(Self.listDepth)", node) }
      switch node["items"]?.value {
      case .list(let items):
        var inner: [YAMLNode] = []
        for item in items where !Self.isEmpty(item) { inner.append(try checked(item)) }
        result += try open(inner, depth: depth + 1)
      case .null: continue
      case nil:
        // Releases of kustomize differ: an empty list, or an object whose kind only ends that way.
        throw .undetermined(feature: "kind \(kind) without items", place: place(node))
      default: throw failure("the items of a \(kind) are not a list", node)
      }
    }
    return result
  }

  /// - Throws: `.failed` unless the node is an object with a kind and (lists excepted) a name.
  private func checked(_ node: YAMLNode) throws(RenderError) -> YAMLNode {
    guard case .map = node.value else { throw failure("not a Kubernetes object", node) }
    guard let kind = node["kind"]?.string, !kind.isEmpty else {
      throw failure("not a Kubernetes object: kind is missing", node)
    }
    if !kind.hasSuffix("List") {
      guard let metadata = node["metadata"], case .map = metadata.value else {
        throw failure("not a Kubernetes object: metadata is missing", node)
      }
      guard let name = metadata["name"]?.string, !name.isEmpty else {
        throw failure("not a Kubernetes object: metadata.name is missing or not text", metadata)
      }
    }
    try checkValues(node)
    return node
  }

  /// kustomize refuses `null` in lists (kustomize: RNode.HasNilEntryInList), and some characters.
  private func checkValues(_ node: YAMLNode) throws(RenderError) {
    switch node.value {
    case .list(let elements):
      for element in elements {
        if element.isNull { throw failure("an empty item in a list", node) }
        try checkValues(element)
      }
    case .map(let map): for (_, value) in map { try checkValues(value) }
    case .string(let text):
      if rules == .kustomize, let problem = ControlCharacters.problem(in: text) { throw problem.error(place(node)) }
    case .null, .bool, .number: return
    }
  }

  private func place(_ node: YAMLNode) -> String { "\(path):\(node.origin.line)" }

  private func failure(_ sentence: String, _ node: YAMLNode) -> RenderError {
    .failed(sentence: sentence, place: place(node))
  }
}

/// What a file that cannot be read means: malformed fails everywhere, our limits and missing shapes say nothing about
/// what the tools would do.
func renderError(_ error: ParseError, path: String) -> RenderError {
  let place = error.line.map { "\(path):\($0)" } ?? path
  switch error.reason {
  case .syntax(let text): return .failed(sentence: text, place: place)
  case .limit(let text), .shape(let text): return .undetermined(feature: text, place: place)
  }
}
