import Structured

/// One step into an object, as `fieldsV1` writes it (kubernetes: structured-merge-diff, fieldpath).
enum PathElement: Hashable, Sendable {
  case field(String)
  /// `k:{"name":"x"}`: an item of a keyed list.
  case key(JSONObject)
  /// `v:"x"`: a value of a set.
  case value(JSON)
  case index(Int)

  var text: String {
    switch self {
    case .field(let name): return "f:\(name)"
    case .key(let keys):
      var sorted = JSONObject()
      for name in keys.keys.sorted() { sorted[name] = keys[name] }
      return "k:" + String(decoding: JSON.object(sorted).encoded(), as: UTF8.self)
    case .value(let value): return "v:" + String(decoding: value.encoded(), as: UTF8.self)
    case .index(let index): return "i:\(index)"
    }
  }

  init?(text: String) {
    let rest = String(text.dropFirst(2))
    switch text.prefix(2) {
    case "f:": self = .field(rest)
    case "k:":
      guard let json = try? JSON(parsing: Array(rest.utf8)), let object = json.object else { return nil }
      self = .key(object)
    case "v:":
      guard let json = try? JSON(parsing: Array(rest.utf8)) else { return nil }
      self = .value(json)
    case "i:":
      guard let index = Int(rest) else { return nil }
      self = .index(index)
    default: return nil
    }
  }
}

/// A set of paths into an object: which fields a manager owns.
struct FieldSet: Hashable, Sendable {
  /// The path that leads here is itself in the set.
  var isMember = false
  var children: [PathElement: FieldSet] = [:]

  static let leaf = FieldSet(isMember: true)

  var isEmpty: Bool { !isMember && children.isEmpty }

  /// Reads `fieldsV1`; what it cannot read is left out.
  init(fieldsV1 json: JSON?, isRoot: Bool = true) {
    guard let object = json?.object else { return }
    if object.isEmpty, !isRoot { isMember = true }
    for (key, value) in object {
      if key == "." {
        isMember = true
      } else if let element = PathElement(text: key) {
        children[element] = FieldSet(fieldsV1: value, isRoot: false)
      }
    }
  }

  init(isMember: Bool = false, children: [PathElement: FieldSet] = [:]) {
    self.isMember = isMember
    self.children = children
  }

  var fieldsV1: JSON {
    var object = JSONObject()
    if isMember, !children.isEmpty { object["."] = .object(JSONObject()) }
    for (text, set) in children.map({ ($0.key.text, $0.value) }).sorted(by: { $0.0 < $1.0 }) {
      object[text] = set.fieldsV1
    }
    return .object(object)
  }

  subscript(_ path: [PathElement]) -> FieldSet? {
    var set = self
    for element in path {
      guard let child = set.children[element] else { return nil }
      set = child
    }
    return set
  }

  mutating func insert(_ element: PathElement, _ set: FieldSet) {
    if set.isEmpty { return }
    children[element] = children[element].map { $0.union(set) } ?? set
  }

  func union(_ other: FieldSet) -> FieldSet {
    FieldSet(
      isMember: isMember || other.isMember,
      children: children.merging(other.children) { $0.union($1) })
  }

  /// Without the paths of `other`. A member of `other` takes everything below it along when `deep`.
  func subtracting(_ other: FieldSet, deep: Bool = false) -> FieldSet {
    if deep, other.isMember { return FieldSet() }
    var result = FieldSet(isMember: isMember && !other.isMember)
    for (element, set) in children {
      let rest = other.children[element].map { set.subtracting($0, deep: deep) } ?? set
      if !rest.isEmpty { result.children[element] = rest }
    }
    return result
  }

  /// Whether any path of the two is the same, or one lies below a member of the other.
  func intersection(_ other: FieldSet) -> FieldSet {
    var result = FieldSet(isMember: isMember && other.isMember)
    for (element, set) in children {
      guard let theirs = other.children[element] else { continue }
      let common = set.intersection(theirs)
      if !common.isEmpty { result.children[element] = common }
    }
    return result
  }

  /// Every member as a path in the notation of conflicts: `.spec.template.spec.containers[name="app"].image`.
  func paths(prefix: String = "") -> [String] {
    var result = isMember && !prefix.isEmpty ? [prefix] : []
    for (element, set) in children.sorted(by: { $0.key.text < $1.key.text }) {
      let step: String
      switch element {
      case .field(let name): step = ".\(name)"
      case .key(let keys):
        step =
          "["
          + keys.map { "\($0.key)=\(String(decoding: $0.value.encoded(), as: UTF8.self))" }.sorted()
          .joined(separator: ",") + "]"
      case .value(let value): step = "[=\(String(decoding: value.encoded(), as: UTF8.self))]"
      case .index(let index): step = "[\(index)]"
      }
      result += set.paths(prefix: prefix + step)
    }
    return result
  }

  /// Without what no manager owns: identity and the server's own fields (`drift.md`, ownership fact 6).
  func strippingServerFields() -> FieldSet {
    var result = self
    result.children[.field("apiVersion")] = nil
    result.children[.field("kind")] = nil
    if var metadata = result.children[.field("metadata")] {
      for name in Self.serverFields { metadata.children[.field(name)] = nil }
      if metadata.children.isEmpty { metadata.isMember = false }
      result.children[.field("metadata")] = metadata.isEmpty ? nil : metadata
    }
    result.isMember = false
    return result
  }

  private static let serverFields = [
    "name", "namespace", "generateName", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
  ]
}
