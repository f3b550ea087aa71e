import GitOps
import Structured

/// Something in a desired object that its schema does not allow.
public struct SchemaProblem: Sendable, Hashable {
  /// Keys, and decimal indexes of lists.
  public let path: [String]
  public let origin: Origin
  /// `unknown field "replcas"; did you mean "replicas"?`
  public let sentence: String
}

extension SchemaTable {
  /// What an API server with these schemas would refuse or drop, in the order of the object; nil when its kind is not known
  /// here. Values that are not known are passed over, and so are those for which `isOpen` says that they are not final.
  public func problems(
    in object: DesiredObject, isOpen: @escaping (String) -> Bool = { _ in false }
  ) -> [SchemaProblem]? {
    guard let root = root(group: object.groupKind.group, version: object.version, kind: object.groupKind.kind) else {
      return nil
    }
    var check = SchemaCheck(table: self, isOpen: isOpen)
    check.object(object.packed, root, [], isRoot: true)
    return check.problems
  }
}

private struct SchemaCheck {
  let table: SchemaTable
  let isOpen: (String) -> Bool
  var problems: [SchemaProblem] = []

  private mutating func report(_ sentence: String, _ node: PackedNode, _ path: [String]) {
    problems.append(SchemaProblem(path: path, origin: node.origin, sentence: sentence))
  }

  private mutating func value(_ node: PackedNode, _ id: SchemaTable.ID, _ path: [String]) {
    // Null takes a field away.
    if node.isUnknown || node.isNull { return }
    if let text = node.string, isOpen(text) { return }
    switch table.shape(id) {
    case .any: return
    case .object: object(node, id, path, isRoot: false)
    case .map:
      guard node.isMap else { return report("\(Self.name(node)) where a map belongs", node, path) }
      guard let item = table.item(of: id) else { return }
      for (key, inner) in node.entries { value(inner, item, path + [key]) }
    case .list:
      guard node.isList else { return report("\(Self.name(node)) where a list belongs", node, path) }
      guard let item = table.item(of: id) else { return }
      for (index, inner) in node.elements.enumerated() { value(inner, item, path + ["\(index)"]) }
    case .scalar:
      guard let wanted = Self.misfit(node, table.scalars[Int(id)]) else { return }
      report("\(Self.name(node)) where \(wanted) belongs", node, path)
    }
  }

  mutating func object(_ node: PackedNode, _ id: SchemaTable.ID, _ path: [String], isRoot: Bool) {
    guard node.isMap else { return report("\(Self.name(node)) where a map belongs", node, path) }
    for (key, inner) in node.entries {
      switch table.child(of: id, named: key) {
      case .node(let child): value(inner, child, path + [key])
      case .free: continue
      case .dropped:
        // Every kind has these, whether its schema says so or not.
        if isRoot, ["apiVersion", "kind", "metadata", "status"].contains(key) { continue }
        let near = table.nearest(key, of: id).map { "; did you mean \"\($0)\"?" } ?? ""
        report("unknown field \"\(key)\"\(near)", inner, path + [key])
      }
    }
    for name in table.names(requiredBy: id) where node[name] == nil { report("\"\(name)\" is missing", node, path) }
  }

  private static func name(_ node: PackedNode) -> String {
    switch node.kind {
    case .null: "nothing"
    case .no, .yes: "true or false"
    case .number: "a number"
    case .string: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// What belongs there; nil when the value fits.
  private static func misfit(_ node: PackedNode, _ scalar: ScalarClass) -> String? {
    switch (scalar, node.kind) {
    case (_, .list), (_, .map): "a single value"
    case (.unknown, _), (_, .null): nil
    case (.string, .string), (.dateTime, .string), (.duration, .string), (.bytes, .string): nil
    case (.integer, .number) where !(node.number ?? "").utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }): nil
    case (.number, .number), (.boolean, .no), (.boolean, .yes), (.quantity, .number), (.quantity, .string): nil
    case (.intOrString, .number), (.intOrString, .string): nil
    case (.string, _), (.dateTime, _), (.duration, _), (.bytes, _): "text"
    case (.integer, _): "a whole number"
    case (.number, _): "a number"
    case (.boolean, _): "true or false"
    case (.quantity, _): "a quantity"
    case (.intOrString, _): "a number or text"
    }
  }
}

extension SchemaTable {
  fileprivate func names(requiredBy id: ID) -> [String] { (required[id] ?? []).map { texts[Int($0)] }.sorted() }

  /// The field that was perhaps meant: one that differs by two letters at most.
  fileprivate func nearest(_ name: String, of id: ID) -> String? {
    let index = Int(id)
    let children = childNames[Int(firstChild[index])..<Int(firstChild[index]) + Int(childCount[index])]
    let best = children.map { texts[Int($0)] }.map { ($0, Self.distance(name, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
    return best.flatMap { $0.1 <= min(2, name.utf8.count / 2) ? $0.0 : nil }
  }

  /// Letters to change, add or take away; case alone is half a difference.
  private static func distance(_ a: String, _ b: String) -> Int {
    if a.lowercased() == b.lowercased() { return 0 }
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
