import Structured

/// One entry of `images:` (kustomize: ImageTagTransformer, api/filters/imagetag, api/internal/image).
struct ImagesPass: Pass {
  private let name: String
  private let newName: String?
  private let newTag: String?
  private let tagSuffix: String?
  private let digest: String?
  private let origin: Origin
  private let fields: [FieldSpec]
  /// Nil when the name is no pattern at all: then no image has it.
  private let pattern: GoRegex?

  init(_ entry: YAMLNode, step: Int, fields: [FieldSpec], place: Place) throws(RenderError) {
    func text(_ key: String) -> String? { entry[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    name = entry["name"]?.string ?? ""
    newName = text("newName")
    newTag = text("newTag") ?? entry["newTag"].flatMap { $0.written ?? $0.number }
    tagSuffix = text("tagSuffix")
    digest = text("digest")
    if digest == nil, newTag != nil || tagSuffix != nil, newTag != nil, tagSuffix != nil {
      throw .failed(sentence: "an image has newTag or tagSuffix, not both", place: place(entry.origin))
    }
    origin = (entry["newTag"] ?? entry["digest"] ?? entry["newName"] ?? entry).origin.layered(.images, step: step)
    self.fields = fields
    let text = "^(?:\(name))(?::[a-zA-Z0-9_.{}-]*)?(?:@sha256:[a-zA-Z0-9_.{}-]*)?$"
    do throws(RenderError) {
      _ = try GoRegex(name, place: place(entry.origin))
      pattern = try GoRegex(text, place: place(entry.origin))
    } catch .failed {
      pattern = nil
    }
  }

  init(plugin: YAMLNode, place: Place) throws(RenderError) {
    try self.init(
      plugin["imageTag"] ?? plugin, step: 0, fields: try TransformerConfig.fieldSpecs(plugin["fieldSpecs"], place),
      place: place)
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    try list.transform { resource throws(RenderError) in
      // kustomize: imagetag.LegacyFilter skips definitions, which describe containers.
      if resource.id.kind != "CustomResourceDefinition" { walk(&resource.root, depth: 0) }
      let id = resource.id
      for field in fields where field.matches(id) {
        try field.visit(&resource.root, creating: .none, place: place) { node throws(RenderError) in update(&node) }
      }
    }
  }

  /// Lists named `containers` and `initContainers` at any depth.
  private func walk(_ node: inout YAMLNode, depth: Int) {
    switch node.value {
    case .map(var map):
      guard Self.mayHoldContainers(map) else { return }
      node.value = .null
      map.mutateValues { key, value in
        if key == "containers" || key == "initContainers", case .list(var elements) = value.value {
          value.value = .null
          for index in elements.indices {
            guard elements[index].map != nil, var image = elements[index]["image"] else { continue }
            if update(&image) { elements[index]["image"] = image }
          }
          value.value = .list(elements)
        } else {
          walk(&value, depth: depth + 1)
        }
      }
      node.value = .map(map)
    case .list(var elements):
      guard elements.contains(where: { $0.map != nil || $0.list != nil }) else { return }
      node.value = .null
      for index in elements.indices { walk(&elements[index], depth: depth + 1) }
      node.value = .list(elements)
    default: return
    }
  }

  /// A map of scalars alone is left as it is.
  private static func mayHoldContainers(_ map: YAMLMap) -> Bool {
    map.contains { $0.value.map != nil || $0.value.list != nil }
  }

  @discardableResult
  private func update(_ node: inout YAMLNode) -> Bool {
    guard let image = node.string, pattern?.matches(image) == true else { return false }
    let parts = Self.split(image)
    var (name, tag, digest) = (parts.name, parts.tag, parts.digest)
    if let newName { name = newName }
    if newTag != nil || self.digest != nil {
      // Both replace what is there: a digest is worth more than a tag.
      tag = newTag ?? ""
      digest = self.digest ?? ""
    }
    if let tagSuffix {
      tag += tagSuffix
      digest = ""
    }
    node = YAMLNode(
      .string(name + (tag.isEmpty ? "" : ":\(tag)") + (digest.isEmpty ? "" : "@\(digest)")), origin: origin)
    return true
  }

  /// `host:port/name:tag@digest` (kustomize: image.Split).
  static func split(_ image: String) -> (name: String, tag: String, digest: String) {
    var rest = Substring(image)
    var digest = ""
    if let at = rest.lastIndex(of: "@") {
      digest = String(rest[rest.index(after: at)...])
      rest = rest[..<at]
    }
    // The colon of a port stands before a slash.
    let slash = rest.firstIndex(of: "/") ?? rest.startIndex
    guard let colon = rest.lastIndex(of: ":"), colon > slash || !rest.contains("/") else {
      return (String(rest), "", digest)
    }
    return (String(rest[..<colon]), String(rest[rest.index(after: colon)...]), digest)
  }
}
