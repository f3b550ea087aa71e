import Structured

/// The part of a kustomization file that is rendered. Every other field that could change the result is refused by name.
struct KustomizationFile: Sendable {
  static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  var resources: [YAMLNode] = []
  var namespace: YAMLNode?
  /// No field says anything: kustomize refuses that.
  let isEmpty: Bool

  init(resources: [YAMLNode], namespace: YAMLNode? = nil) {
    self.resources = resources
    self.namespace = namespace
    isEmpty = false
  }

  /// The path of the one kustomization file of a directory; nil when there is none.
  /// - Throws: `.failed` when there are several.
  static func path(in directory: String, of tree: some FileTree) throws(RenderError) -> String? {
    let found = names.map { TreePath.join(directory, $0) }.filter {
      if case .file? = tree.entry($0) { true } else { false }
    }
    guard found.count <= 1 else {
      throw .failed(
        sentence: "multiple kustomization files: \(found.joined(separator: ", "))", place: found[0])
    }
    return found.first
  }

  /// Fields without influence on objects.
  private static let inert: Set<String> = ["apiVersion", "kind", "metadata"]

  /// - Throws: `.failed` when kustomize would refuse the file, `.undetermined` naming a field that is not rendered.
  init(_ bytes: [UInt8], path: String, file: UInt32) throws(RenderError) {
    let documents: [YAMLNode]
    do throws(ParseError) {
      documents = try YAMLReader.documents(in: bytes, file: file, rules: .goYAML2, repeatedKeys: .lastCounts)
    } catch {
      throw renderError(error, path: path)
    }
    guard let document = documents.first else {
      isEmpty = true
      return
    }
    guard documents.count == 1 else {
      throw .undetermined(feature: "several documents in a kustomization file", place: path)
    }
    guard case .map(let fields) = document.value else {
      throw .failed(sentence: "a kustomization file is a map", place: "\(path):\(document.origin.line)")
    }
    try Self.checkType(document, path: path)
    var isEmpty = true
    for (name, value) in fields {
      let place = "\(path):\(value.origin.line)"
      if Self.isBlank(value) { continue }
      if name != "apiVersion" && name != "kind" { isEmpty = false }
      switch name {
      case "resources", "bases":
        guard let entries = value.list, entries.allSatisfy({ $0.string != nil }) else {
          throw .failed(sentence: "\(name) is not a list of paths", place: place)
        }
        // kustomize appends the deprecated `bases` to `resources`.
        if name == "resources" { resources = entries + resources } else { resources += entries }
      case "namespace":
        guard value.string != nil else { throw .failed(sentence: "namespace is not text", place: place) }
        namespace = value
      // The order of objects makes no drift.
      case "sortOptions" where value["order"]?.string == "legacy": continue
      case "sortOptions" where value["order"]?.string == "fifo" && value["legacySortOptions"] == nil: continue
      case _ where Self.inert.contains(name): continue
      default: throw .undetermined(feature: name, place: place)
      }
    }
    self.isEmpty = isEmpty
  }

  private static func checkType(_ document: YAMLNode, path: String) throws(RenderError) {
    let place = "\(path):\(document.origin.line)"
    let kind = document["kind"]?.string ?? ""
    if kind == "Component" { throw .undetermined(feature: "kind Component", place: place) }
    guard kind.isEmpty || kind == "Kustomization" else {
      throw .failed(sentence: "kind should be Kustomization, not \(kind)", place: place)
    }
    let apiVersion = document["apiVersion"]?.string ?? ""
    guard apiVersion.isEmpty || apiVersion == "kustomize.config.k8s.io/v1beta1" else {
      throw .failed(sentence: "apiVersion should be kustomize.config.k8s.io/v1beta1, not \(apiVersion)", place: place)
    }
  }

  private static func isBlank(_ value: YAMLNode) -> Bool {
    switch value.value {
    case .null: true
    case .string(let text): text.isEmpty
    case .list(let elements): elements.isEmpty
    case .map(let map): map.isEmpty
    case .bool, .number: false
    }
  }
}
