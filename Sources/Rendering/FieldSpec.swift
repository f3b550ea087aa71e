import Structured

/// Fields of objects, by type and path (kustomize: api/types/fieldspec.go; the walk: api/filters/fieldspec).
struct FieldSpec: Sendable, Hashable {
  /// Empty matches every one; so do version and kind.
  var group = ""
  var version = ""
  var kind = ""
  /// `spec/template/metadata/labels`, split; `containers[]` is a step that must be a list.
  var path: [String]
  /// Missing maps on the way are made.
  var creates = false

  init(group: String = "", version: String = "", kind: String = "", path: String, creates: Bool = false) {
    self.group = group
    self.version = version
    self.kind = kind
    self.path = Self.split(path)
    self.creates = creates
  }

  /// Splits at `/`, except where it is escaped as `\/`; a leading one is dropped (kustomize: utils.PathSplitter).
  static func split(_ path: String) -> [String] {
    var parts: [String] = [""]
    var isEscaped = false
    for character in path.unicodeScalars {
      if isEscaped {
        if character != "/" { parts[parts.count - 1].unicodeScalars.append("\\") }
        parts[parts.count - 1].unicodeScalars.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "/" {
        parts.append("")
      } else {
        parts[parts.count - 1].unicodeScalars.append(character)
      }
    }
    if isEscaped { parts[parts.count - 1] += "\\" }
    if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
    return parts
  }

  func matches(_ id: ResourceID) -> Bool {
    (group.isEmpty || group == id.group) && (version.isEmpty || version == id.version)
      && (kind.isEmpty || kind == id.kind)
  }

  /// What the last step becomes when it is missing or null and the spec creates.
  enum Creation { case none, scalar, map }

  /// Calls `body` with every field that the path leads to. Lists on the way are entered element by element.
  /// - Throws: what `body` throws, `.failed` where the path meets a scalar on its way.
  func visit(
    _ root: inout YAMLNode, creating creation: Creation, place: Place,
    _ body: (inout YAMLNode) throws(RenderError) -> Void
  ) throws(RenderError) {
    try visit(&root, path[...], creation, place, body)
  }

  private func visit(
    _ node: inout YAMLNode, _ rest: ArraySlice<String>, _ creation: Creation, _ place: Place,
    _ body: (inout YAMLNode) throws(RenderError) -> Void
  ) throws(RenderError) {
    guard let step = rest.first else { return try body(&node) }
    switch node.value {
    case .null: return
    case .list(var elements):
      node.value = .null
      defer { node.value = .list(elements) }
      for index in elements.indices { try visit(&elements[index], rest, creation, place, body) }
    case .map(let map):
      let isList = step.hasSuffix("[]")
      let key = isList ? String(step.dropLast(2)) : step
      guard !key.isEmpty else {
        throw .failed(sentence: "cannot set or create an empty field name", place: place(node.origin))
      }
      let isLast = rest.count == 1
      let isCreating = creates && creation != .none && !isList
      var child = map[key]
      if isCreating, child == nil || child?.isNull == true {
        let blank: YAMLValue = isLast && creation == .scalar ? .null : .map(YAMLMap())
        child = YAMLNode(blank, origin: child?.origin ?? .none)
      }
      guard var child else { return }
      if isList, creates, child.isNull { child.value = .list([]) }
      try visit(&child, rest.dropFirst(), creation, place, body)
      node[key] = child
    case .bool, .number, .string:
      throw .failed(
        sentence: "a list or a map is expected on the way to \(path.joined(separator: "/"))",
        place: place(node.origin))
    }
  }
}
