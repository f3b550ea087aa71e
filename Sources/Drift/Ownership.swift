import FoundationEssentials
import GitOps
import Structured

/// Who owns which field, read from `metadata.managedFields` only along the paths that are asked for (kubernetes:
/// FieldsV1; `drift.md`, Facts about ownership).
public struct Ownership {
  /// When an object was written last, as far as the server recorded it; its creation when it recorded nothing else.
  public static func lastWrite(of object: Object) -> Date? {
    (writers(of: object).compactMap(\.time) + [object.created].compactMap { $0 }).max()
  }

  /// Everybody who wrote more than the status of an object.
  static func writers(of object: Object) -> [FieldOwner] {
    guard let root = try? object.document().root else { return [] }
    return Ownership(root, managers: .standard, own: []).entries.map(\.owner)
  }

  /// Whether one of these managers applied the object, which nobody else made of one that they applied.
  public static func isApplied(_ object: Object, by engine: Set<String>) -> Bool {
    guard let root = try? object.document().root, (root.value(at: "metadata", "ownerReferences")?.count ?? 0) == 0
    else {
      return false
    }
    return Ownership(root, managers: .standard, own: engine).hasOwnApply
  }

  struct Entry {
    let owner: FieldOwner
    let apiVersion: String
    let fields: JSONNode
    let party: ManagerTable.Party

    var isApply: Bool { owner.operation == "Apply" }
  }

  /// Without the entries that only concern the status.
  let entries: [Entry]

  init(_ live: JSONNode, managers: ManagerTable, own: Set<String>) {
    var entries: [Entry] = []
    if let list = live.value(at: "metadata", "managedFields")?.elements {
      for entry in list {
        guard let manager = entry["manager"]?.string, let fields = entry["fieldsV1"], fields.kind == .object else {
          continue
        }
        let subresource = entry["subresource"]?.string ?? ""
        if subresource == "status" { continue }
        let owner = FieldOwner(
          manager: manager, operation: entry["operation"]?.string ?? "", subresource: subresource,
          time: entry["time"]?.string.flatMap(Timestamp.parse))
        entries.append(
          Entry(
            owner: owner, apiVersion: entry["apiVersion"]?.string ?? "", fields: fields,
            party: managers.party(of: manager, own: own)))
      }
    }
    self.entries = entries
  }

  /// Emptied by hand, dropped because the object is too large, or never there (fact 7).
  var isEmpty: Bool { entries.isEmpty }
  var hasOwnApply: Bool { entries.contains { $0.party == .own && $0.isApply } }
  var hasOwn: Bool { entries.contains { $0.party == .own } }

  /// The entries that own the path itself, or else the longest ancestor that is owned as a whole.
  func owners(of path: [FieldPath.Owned]) -> [Entry] {
    var best = 0
    var result: [Entry] = []
    for entry in entries {
      let depth = Self.depth(of: path, in: entry.fields)
      if depth == 0 || depth < best { continue }
      if depth > best { result = [] }
      best = depth
      result.append(entry)
    }
    return result
  }

  /// Whether the entry lists the path itself.
  static func owns(_ path: [FieldPath.Owned], _ entry: Entry) -> Bool {
    depth(of: path, in: entry.fields) == path.count
  }

  /// How many steps of the path are owned: all, or as many as lead to a leaf of the set; 0 for none.
  private static func depth(of path: [FieldPath.Owned], in fields: JSONNode) -> Int {
    var here = fields
    for (index, step) in path.enumerated() {
      if here.count == 0 { return index }
      guard let next = child(of: here, step) else { return 0 }
      here = next
    }
    return path.count
  }

  static func child(of fields: JSONNode, _ step: FieldPath.Owned) -> JSONNode? {
    switch step {
    case .field(let name): return fields["f:" + name]
    case .index(let index): return fields["i:\(index)"]
    case .item(let wanted):
      guard let members = fields.members else { return nil }
      for (key, value) in members where key.hasPrefix("k:") {
        if let item = OwnedKey(key), item.matches(wanted) { return value }
      }
      return nil
    case .value(let scalar):
      guard let members = fields.members else { return nil }
      for (key, value) in members where key.hasPrefix("v:") {
        if let node = OwnedKey(key)?.root, let member = Scalar(node), member.text == scalar.text { return value }
      }
      return nil
    }
  }
}

/// The JSON behind `k:` and `v:`.
struct OwnedKey {
  let root: JSONNode

  init?(_ key: String) {
    guard let document = try? JSONDocument(parsing: Array(key.utf8.dropFirst(2))) else { return nil }
    root = document.root
  }

  func matches(_ wanted: [(name: String, value: Scalar)]) -> Bool {
    wanted.allSatisfy { name, value in
      guard let mine = root[name].flatMap({ Scalar($0) }) else {
        if case .null = value { return true } else { return false }
      }
      return mine.text == value.text
    }
  }
}
