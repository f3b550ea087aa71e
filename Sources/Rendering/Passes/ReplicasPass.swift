import Structured

/// One entry of `replicas:` (kustomize: ReplicaCountTransformer).
struct ReplicasPass: Pass {
  private let name: String
  private let count: YAMLNode
  private let fields: [FieldSpec]
  private let origin: Origin

  init(_ entry: YAMLNode, step: Int, fields: [FieldSpec], place: Place) throws(RenderError) {
    guard let name = entry["name"]?.string, !name.isEmpty else {
      throw .failed(sentence: "replicas need a name", place: place(entry.origin))
    }
    let count = entry["count"] ?? YAMLNode(.number("0"), origin: entry.origin)
    guard count.int != nil else {
      throw .failed(sentence: "the count of replicas is a number", place: place(count.origin))
    }
    self.name = name
    self.count = YAMLNode(count.value, origin: count.origin.layered(.replicas, step: step))
    self.fields = fields
    origin = entry.origin
  }

  init(plugin: YAMLNode, place: Place) throws(RenderError) {
    try self.init(
      plugin["replica"] ?? plugin, step: 0, fields: try TransformerConfig.fieldSpecs(plugin["fieldSpecs"], place),
      place: place)
  }

  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    var isFound = false
    for field in fields {
      for index in list.indices {
        let id = list[index].original
        guard
          id.name == name || list[index].id.name == name || list[index].previous.contains(where: { $0.name == name }),
          field.matches(id)
        else { continue }
        isFound = true
        var resource = list[index]
        try field.visit(&resource.root, creating: .scalar, place: place) { node throws(RenderError) in node = count }
        list[index] = resource
      }
    }
    guard isFound else {
      let kinds = Set(fields.map(\.kind)).sorted().joined(separator: ", ")
      throw .failed(
        sentence: "no resource named \(name) of the kinds \(kinds) to set replicas of", place: place(origin))
    }
  }
}
