import Structured

/// A kustomization file, its fields checked and sorted by what becomes of them (kustomize: types.Kustomization).
struct KustomizationFile: Sendable {
  static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  /// Its fields by name, without blank ones and without deprecated names.
  private let fields: YAMLMap
  let isComponent: Bool
  /// No field says anything: kustomize refuses that.
  let isEmpty: Bool
  let origin: Origin

  /// The path of the one kustomization file of a directory; nil when there is none.
  /// - Throws: `.failed` when there are several.
  static func path(in directory: String, of tree: some FileTree) throws(RenderError) -> String? {
    var found: [String] = []
    for name in names {
      let path = TreePath.join(directory, name)
      if case .file? = tree.entry(path) { found.append(path) }
    }
    guard found.count <= 1 else {
      throw .failed(
        sentence: "multiple kustomization files: \(found.joined(separator: ", "))", place: found[0])
    }
    return found.first
  }

  /// Reads a file.
  /// - Throws: `.failed` when kustomize would refuse it.
  static func root(of bytes: [UInt8], path: String, file: UInt32) throws(RenderError) -> YAMLNode? {
    let documents: [YAMLNode]
    do throws(ParseError) {
      documents = try YAMLReader.documents(in: bytes, file: file, rules: .goYAML2, repeatedKeys: .lastCounts)
    } catch {
      throw renderError(error, path: path)
    }
    guard documents.count <= 1 else {
      throw .undetermined(feature: "several documents in a kustomization file", place: path)
    }
    return documents.first
  }

  /// What each field is; another one is unknown to kustomize, which fails then.
  private enum Shape { case text, list, map, texts, ignored, unsupported }

  private static let shapes: [String: Shape] = [
    "apiVersion": .text, "kind": .text, "metadata": .ignored, "resources": .texts, "components": .texts,
    "crds": .texts, "configurations": .texts, "generators": .texts, "transformers": .texts, "validators": .texts,
    "namespace": .text, "namePrefix": .text, "nameSuffix": .text, "commonLabels": .map, "labels": .list,
    "commonAnnotations": .map, "patches": .list, "patchesStrategicMerge": .texts, "patchesJson6902": .list,
    "images": .list, "replicas": .list, "replacements": .list, "vars": .list, "configMapGenerator": .list,
    "secretGenerator": .list, "generatorOptions": .map, "sortOptions": .map, "buildMetadata": .texts,
    "openapi": .map, "helmCharts": .unsupported, "helmGlobals": .ignored,
    "helmChartInflationGenerator": .unsupported,
  ]

  /// Takes the fields of the root map of a kustomization.
  init(_ document: YAMLNode?, place: Place) throws(RenderError) {
    guard let document else {
      (fields, isComponent, isEmpty, origin) = (YAMLMap(), false, true, .none)
      return
    }
    let root = ConfigKeys.canonical(document)
    guard case .map(let written) = root.value else {
      throw .failed(sentence: "a kustomization file is a map", place: place(root.origin))
    }
    isComponent = root["kind"]?.string == "Component"
    origin = root.origin
    try Self.checkType(root, place: place)
    var fields = YAMLMap()
    var says = false
    for (name, value) in written {
      if Self.isBlank(value) { continue }
      if name != "apiVersion" && name != "kind" { says = true }
      switch name {
      // Old names of what others are now (kustomize: FixKustomizationPostUnmarshalling).
      case "bases":
        guard let paths = value.list else { throw Self.misshapen(name, value, place) }
        fields["resources"] = YAMLNode(
          .list((fields["resources"]?.list ?? []) + paths), origin: fields["resources"]?.origin ?? value.origin)
      case "imageTags": fields["images"] = value
      case "resources":
        guard let paths = value.list else { throw Self.misshapen(name, value, place) }
        let bases = fields["resources"]?.list ?? []
        fields["resources"] = YAMLNode(.list(paths + bases), origin: value.origin)
      default: fields[name] = value
      }
    }
    self.fields = fields
    isEmpty = !says
    for (name, value) in fields { try Self.check(name, value, place) }
    let words: Set = ["managedByLabel", "originAnnotations", "transformerAnnotations"]
    if let odd = list("buildMetadata").first(where: { !words.contains($0.string ?? "") }) {
      throw .failed(
        sentence: "buildMetadata must be one of \(words.sorted().joined(separator: ", "))", place: place(odd.origin))
    }
  }

  private static func check(_ name: String, _ value: YAMLNode, _ place: Place) throws(RenderError) {
    guard let shape = shapes[name] else {
      throw .failed(sentence: "invalid Kustomization: unknown field \"\(name)\"", place: place(value.origin))
    }
    let fits =
      switch shape {
      case .text: value.string != nil
      case .map: value.map != nil
      case .list: value.list?.allSatisfy { $0.map != nil } ?? false
      case .texts: value.list?.allSatisfy { $0.string != nil } ?? false
      case .ignored: true
      case .unsupported: throw .undetermined(feature: name, place: place(value.origin))
      }
    guard fits else { throw misshapen(name, value, place) }
  }

  private static func misshapen(_ name: String, _ value: YAMLNode, _ place: Place) -> RenderError {
    let shape =
      switch shapes[name] {
      case .texts: "a list of texts"
      case .list: "a list of maps"
      case .map: "a map"
      default: "text"
      }
    return .failed(sentence: "\(name) is not \(shape)", place: place(value.origin))
  }

  private static func checkType(_ root: YAMLNode, place: Place) throws(RenderError) {
    let kind = root["kind"]?.string ?? ""
    guard ["", "Kustomization", "Component"].contains(kind) else {
      throw .failed(sentence: "kind should be Kustomization or Component, not \(kind)", place: place(root.origin))
    }
    let wanted =
      kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1"
    let apiVersion = root["apiVersion"]?.string ?? ""
    // A Component may be read as either version.
    guard apiVersion.isEmpty || apiVersion == wanted else {
      throw .failed(
        sentence: "apiVersion for \(kind.isEmpty ? "Kustomization" : kind) should be \(wanted)",
        place: place(root.origin))
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

  /// A field that says something.
  subscript(name: String) -> YAMLNode? { fields[name] }

  /// The entries of a list, none when it is not there.
  func list(_ name: String) -> [YAMLNode] { fields[name]?.list ?? [] }

  /// The words of `buildMetadata`.
  var metadata: Set<String> { Set(list("buildMetadata").compactMap(\.string)) }
}
