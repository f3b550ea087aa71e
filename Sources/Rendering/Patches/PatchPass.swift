import Structured

/// One patch: an entry of `patches`, `patchesStrategicMerge` or `patchesJson6902` (kustomize: PatchTransformer,
/// PatchStrategicMergeTransformer, PatchJson6902Transformer).
struct PatchPass: Pass {
  /// A file named in the kustomization, or the text of an inline patch, with the list index of its origins and how its lines
  /// become origins.
  struct Source {
    let bytes: [UInt8]
    let path: String
    /// The origin of a line of the text.
    let file: UInt32
    let firstLine: UInt32
  }

  private enum Content {
    case merge([Resource])
    case json(JSONPatch)
  }

  private enum Target {
    /// Each patch names its object.
    case own
    case selected(ResourceSelector)
    /// The one object with this id.
    case exact(ResourceID)
  }

  private let content: Content
  private let target: Target
  private let schema: MergeSchema
  private let origin: Origin

  /// An entry of `patches`.
  /// - Parameters:
  ///   - source: reads the file that a text names.
  ///   - step: the one-based position among all patches.
  init(
    _ entry: YAMLNode, step: Int, schema: MergeSchema, place: @escaping Place,
    read: (YAMLNode) throws(RenderError) -> Source
  ) throws(RenderError) {
    func failure(_ sentence: String) -> RenderError { .failed(sentence: sentence, place: place(entry.origin)) }
    let path = entry["path"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
    let text = entry["patch"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
    let source: Source
    switch (path, text) {
    case (let path?, nil): source = try read(path)
    case (nil, let text?): source = Self.inline(text, place: place)
    case (nil, nil): throw failure("must specify one of patch and path")
    case (_?, _?): throw failure("patch and path can't be set at the same time")
    }
    let layer = Self.layer(source, step)
    let patches = Result { () throws(RenderError) in try Self.merges(source, layer: layer) }
    let operations = Result { () throws(RenderError) in try Self.operations(source, layer: layer, place: place) }
    switch (patches, operations) {
    case (.success(let patches), .success(let operations)):
      guard patches.isEmpty || operations == nil else {
        throw failure("illegally qualifies as both an SM and JSON patch")
      }
      guard operations != nil || !patches.isEmpty else {
        throw .undetermined(feature: "an empty patch", place: place(entry.origin))
      }
      if let operations { content = .json(operations) } else { content = .merge(patches) }
    case (.success(var patches), .failure):
      for index in patches.indices {
        patches[index].allowsNameChange = entry["options"]?["allowNameChange"]?.bool ?? false
        patches[index].allowsKindChange = entry["options"]?["allowKindChange"]?.bool ?? false
      }
      content = .merge(patches)
    case (.failure, .success(let operations?)): content = .json(operations)
    case (.failure(let error), _): throw error
    }
    if let node = entry["target"], node.map?.isEmpty == false {
      target = .selected(try ResourceSelector(node, place: place))
      if case .merge(let patches) = content, patches.count > 1 {
        throw failure(
          "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field")
      }
    } else {
      if case .json = content { throw failure("must specify a target for a JSON patch") }
      target = .own
    }
    self.schema = schema
    origin = entry.origin
  }

  /// An entry of `patchesStrategicMerge`: YAML, or the path of a file with it.
  init(
    merge entry: YAMLNode, step: Int, schema: MergeSchema, place: @escaping Place,
    read: (YAMLNode) throws(RenderError) -> Source
  ) throws(RenderError) {
    let inline = Self.inline(entry, place: place)
    let patches = try? Self.merges(inline, layer: Self.layer(inline, step))
    if let patches, !patches.isEmpty {
      content = .merge(patches)
    } else {
      let source = try read(entry)
      let patches = try Self.merges(source, layer: Self.layer(source, step))
      guard !patches.isEmpty else {
        // Releases of kustomize differ: an error, or nothing.
        throw .undetermined(feature: "an empty patch", place: place(entry.origin))
      }
      content = .merge(patches)
    }
    target = .own
    self.schema = schema
    origin = entry.origin
  }

  /// An entry of `patchesJson6902`.
  init(
    json entry: YAMLNode, step: Int, schema: MergeSchema, place: @escaping Place,
    read: (YAMLNode) throws(RenderError) -> Source
  ) throws(RenderError) {
    func failure(_ sentence: String) -> RenderError { .failed(sentence: sentence, place: place(entry.origin)) }
    guard let node = entry["target"], let name = node["name"]?.string, !name.isEmpty else {
      throw failure("must specify the target name")
    }
    let path = entry["path"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
    let text = (entry["patch"] ?? entry["jsonOp"]).flatMap { $0.string?.isEmpty == false ? $0 : nil }
    let source: Source
    switch (path, text) {
    case (let path?, nil): source = try read(path)
    case (nil, let text?): source = Self.inline(text, place: place)
    case (nil, nil): throw failure("must specify a json patch, by path or patch")
    case (_?, _?): throw failure("must specify a file path or json content, not both")
    }
    guard let operations = try Self.operations(source, layer: Self.layer(source, step), place: place) else {
      throw failure("the patch is empty")
    }
    content = .json(operations)
    target = .exact(
      ResourceID(
        group: node["group"]?.string ?? "", version: node["version"]?.string ?? "", kind: node["kind"]?.string ?? "",
        name: name, namespace: node["namespace"]?.string ?? ""))
    self.schema = schema
    origin = entry.origin
  }

  /// The text of a scalar of the kustomization. A block starts on the line below its key.
  static func inline(_ node: YAMLNode, place: Place) -> Source {
    let text = node.string ?? ""
    let isBlock = text.utf8.contains(0x0A)
    return Source(
      bytes: Array(text.utf8), path: place(node.origin) ?? "", file: node.origin.file,
      firstLine: node.origin.line + (isBlock ? 1 : 0))
  }

  private static func layer(_ source: Source, _ step: Int) -> (Origin) -> Origin {
    { Origin(file: source.file, line: source.firstLine + max($0.line, 1) - 1, layer: .patch, step: step) }
  }

  private static func merges(_ source: Source, layer: (Origin) -> Origin) throws(RenderError) -> [Resource] {
    try Manifest(path: source.path, file: source.file, rules: .kustomize).resources(in: source.bytes)
      .map { Resource($0.root.relabelled(layer)) }
  }

  /// Nil when the text says nothing.
  private static func operations(
    _ source: Source, layer: (Origin) -> Origin, place: @escaping Place
  ) throws(RenderError) -> JSONPatch? {
    let documents: [YAMLNode]
    do throws(ParseError) {
      documents = try YAMLReader.documents(in: source.bytes, file: source.file, rules: .goYAML2)
    } catch {
      throw renderError(error, path: source.path)
    }
    // Others are not read.
    guard let document = documents.first else { return nil }
    return try JSONPatch(document, layer: layer, place: place)
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    switch content {
    case .merge(let patches):
      for patch in patches { try merge(patch, into: &list, place) }
      list.removeAll { $0.root.map?.isEmpty != false }
    case .json(let operations):
      for index in try targets(nil, list, place) {
        var resource = list[index]
        resource.rememberID()
        try operations.apply(to: &resource.root)
        list[index] = resource
      }
    }
  }

  private func targets(_ patch: Resource?, _ list: ResourceList, _ place: Place) throws(RenderError) -> [Int] {
    switch target {
    case .own:
      guard let patch else { return [] }
      return [
        try list.index(
          of: patch.id, for: "no resource matches strategic merge patch \"\(patch.id)\"", at: place(patch.root.origin))
      ]
    case .selected(let selector): return list.indices.filter { selector.matches(list.resources[$0]) }
    case .exact(let id): return [try list.index(of: id, exactly: false, for: "JSON patch", at: place(origin))]
    }
  }

  private func merge(_ patch: Resource, into list: inout ResourceList, _ place: @escaping Place) throws(RenderError) {
    let merge = StrategicMerge(schema: schema, place: place)
    for index in try targets(patch, list, place) {
      var resource = list[index]
      if patch.allowsNameChange || patch.allowsKindChange { resource.rememberID() }
      var change = patch.root
      if case .selected = target {
        // A selected object keeps its type; the kind may change where the options say so.
        change["apiVersion"] = resource.root["apiVersion"]
      }
      let old = resource.root
      guard var merged = try merge.merge(change, into: old) else {
        list[index].root = YAMLNode(.map(YAMLMap()), origin: old.origin)
        continue
      }
      if !patch.allowsKindChange { merged["kind"] = old["kind"] }
      if !patch.allowsNameChange { merged["metadata", orEmpty: Origin.none]["name"] = old["metadata"]?["name"] }
      if merged["metadata"]?["namespace"] != nil || old["metadata"]?["namespace"] != nil {
        merged["metadata", orEmpty: Origin.none]["namespace"] = old["metadata"]?["namespace"]
      }
      resource.root = merged
      list[index] = resource
    }
  }
}

extension Result where Failure == RenderError {
  /// What a function returns or throws.
  init(_ body: () throws(RenderError) -> Success) {
    do { self = .success(try body()) } catch { self = .failure(error) }
  }
}
