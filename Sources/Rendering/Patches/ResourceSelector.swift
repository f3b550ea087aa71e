import Structured

/// Which objects a patch or a replacement is for: `target:` (kustomize: types.Selector, resmap Select).
struct ResourceSelector {
  private let group: GoRegex?
  private let version: GoRegex?
  private let kind: GoRegex?
  private let name: GoRegex?
  private let namespace: GoRegex?
  private let labels: LabelSelector?
  private let annotations: LabelSelector?

  /// - Throws: `.failed` when a pattern or selector cannot be read.
  init(_ node: YAMLNode, place: Place) throws(RenderError) {
    func pattern(_ key: String) throws(RenderError) -> GoRegex? {
      guard let text = node[key]?.string, !text.isEmpty else { return nil }
      return try GoRegex("^(?:\(text))$", place: place(node[key]?.origin ?? node.origin))
    }
    func selector(_ key: String) throws(RenderError) -> LabelSelector? {
      guard let text = node[key]?.string, !text.isEmpty else { return nil }
      return try LabelSelector(text, place: place(node[key]?.origin ?? node.origin))
    }
    group = try pattern("group")
    version = try pattern("version")
    kind = try pattern("kind")
    name = try pattern("name")
    namespace = try pattern("namespace")
    labels = try selector("labelSelector")
    annotations = try selector("annotationSelector")
  }

  func matches(_ resource: Resource) -> Bool {
    let id = resource.id
    let original = resource.original
    func fits(_ pattern: GoRegex?, _ texts: String...) -> Bool {
      guard let pattern else { return true }
      return texts.contains { pattern.matches($0) }
    }
    return fits(kind, id.kind) && fits(group, id.group) && fits(version, id.version)
      && fits(name, original.name, id.name)
      && fits(
        namespace, original.effectiveNamespace ?? "_non_namespaceable_",
        id.effectiveNamespace ?? "_non_namespaceable_")
      && (labels?.matches(resource.metadata("labels")) ?? true)
      && (annotations?.matches(resource.metadata("annotations")) ?? true)
  }
}

extension Resource {
  /// Its labels or annotations, those that are text.
  func metadata(_ field: String) -> [String: String] {
    var result: [String: String] = [:]
    for (key, value) in root["metadata"]?[field]?.map ?? YAMLMap() { result[key] = value.string ?? value.number ?? "" }
    return result
  }
}

extension ResourceList {
  /// The one object that has, or had at any time, an id.
  /// - Throws: `.failed` when there is none, or several.
  func index(
    of id: ResourceID, exactly isExact: Bool = true, for what: String, at place: String?
  ) throws(RenderError) -> Int {
    let key = id.key
    var found = indices.filter { index in
      let resource = resources[index]
      return resource.id.key == key || resource.previous.contains { $0.key == key }
    }
    if found.isEmpty, id.version.isEmpty || id.namespace.isEmpty {
      // A target may leave out its version, and its namespace where no other object has the name.
      func isMeant(_ other: ResourceID) -> Bool {
        other.group == id.group && (id.version.isEmpty || other.version == id.version) && other.kind == id.kind
          && other.name == id.name && (id.namespace.isEmpty || other.namespace == id.namespace)
      }
      found =
        isExact ? [] : indices.filter { isMeant(resources[$0].id) || resources[$0].previous.contains(where: isMeant) }
    }
    guard found.count == 1 else {
      let sentence = found.isEmpty ? "no matches for Id \(id)" : "multiple matches for Id \(id)"
      throw .failed(sentence: "\(what): \(sentence); failed to find unique target for patch", place: place)
    }
    return found[0]
  }
}
