import Structured

/// Fields that an earlier desired object had, the newer has not, and live still has (`drift.md` R6).
struct RemovedFields {
  struct Field {
    let steps: [PathStep]
    let before: PackedNode
    let live: JSONNode
  }

  let schema: SchemaTable
  private(set) var found: [Field] = []
  private var steps: [PathStep] = []

  private static let limit = 100

  static func between(
    _ before: PackedNode, _ after: PackedNode, live: JSONNode, root: SchemaTable.ID?, schema: SchemaTable
  ) -> [Field] {
    var walk = RemovedFields(schema: schema)
    walk.visit(before, after, live, root, .root)
    return walk.found
  }

  private init(schema: SchemaTable) { self.schema = schema }

  private mutating func visit(
    _ before: PackedNode, _ after: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?, _ place: Place
  ) {
    guard steps.count <= Comparison.depthLimit, found.count < Self.limit else { return }
    switch (before.kind, after.kind) {
    case (.map, .map):
      let new = PackedMap(after)
      for (key, value) in before.entries where !value.isNull && !place.hidesSurplus(key) {
        guard let here = live[key], !here.isEmptyValue else { continue }
        steps.append(.key(key))
        defer { steps.removeLast() }
        var child: SchemaTable.ID?
        if let node, case .node(let id) = schema.child(of: node, named: key) { child = id }
        let inner = place.inner(key)
        if let next = new[key], !next.isNull {
          visit(value, next, here, child, inner)
        } else if inner.isOpenMap || child.map({ schema.shape($0) == .map }) ?? false {
          visit(value, PackedNode.emptyMap, here, child, inner)
        } else {
          keep(value, here)
        }
      }
    case (.list, .list): visitList(Array(before.elements), Array(after.elements), live, node)
    default: break
    }
  }

  private mutating func visitList(_ old: [PackedNode], _ new: [PackedNode], _ live: JSONNode, _ node: SchemaTable.ID?) {
    guard let node, schema.shape(node) == .list, let elements = live.elements.map(Array.init) else { return }
    let keys = schema.keys(of: node)
    let isSet = schema.listTypes[Int(node)] == .set
    guard isSet || !keys.isEmpty else { return }
    func identity(_ value: (String) -> Scalar?) -> String {
      keys.map { value($0.name)?.text ?? $0.fallback ?? "" }.joined(separator: "\u{0}")
    }
    func identity(_ element: PackedNode) -> String {
      isSet ? Scalar(element)?.text ?? "" : identity { element[$0].flatMap { Scalar($0) } }
    }
    func identity(_ element: JSONNode) -> String {
      isSet ? Scalar(element)?.text ?? "" : identity { element[$0].flatMap { Scalar($0) } }
    }
    let newer = Dictionary(new.map { (identity($0), $0) }, uniquingKeysWith: { $1 })
    let places = Dictionary(
      elements.indices.map { (identity(elements[$0]), $0) }, uniquingKeysWith: { first, _ in first })
    for element in old {
      let key = identity(element)
      guard let index = places[key] else { continue }
      steps.append(isSet ? .member(index: index) : .item(index: index, keys: keys))
      defer { steps.removeLast() }
      if let next = newer[key] {
        if !isSet { visit(element, next, elements[index], schema.item(of: node), .other) }
      } else {
        keep(element, elements[index])
      }
    }
  }

  private mutating func keep(_ before: PackedNode, _ live: JSONNode) {
    guard let step = steps.last, !SurplusWalk.isDefault(live, step), found.count < Self.limit else { return }
    found.append(Field(steps: steps, before: before, live: live))
  }
}
