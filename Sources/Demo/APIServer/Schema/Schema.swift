import Structured

/// The shape of one value, as far as ownership, merging and OpenAPI need it.
indirect enum Schema: Sendable {
  enum Scalar: String, Sendable {
    case string, int32, int64, number, bool, intOrString, quantity, time, microTime, bytes
  }

  enum ListKind: Sendable, Hashable {
    case atomic, set
    /// The keys that identify an item; the first is the merge key of strategic merge patches.
    case keyed([String])
  }

  case scalar(Scalar, default: String?)
  /// A named type of the catalogue.
  case object(String)
  case map(Schema, atomic: Bool)
  case list(Schema, ListKind)
  /// Anything goes: maps are granular, lists are atomic.
  case any
}

/// A named type: its fields in order.
struct ObjectType: Sendable {
  let name: String
  /// The name of its component in OpenAPI documents.
  let component: String
  var fields: [(name: String, schema: Schema)] = []
  /// The value is replaced as a whole (`x-kubernetes-map-type: atomic`).
  let isAtomic: Bool

  func schema(of field: String) -> Schema? { fields.first { $0.name == field }?.schema }
}

/// All types, read from the compact notation of `SchemaTexts`:
/// ```
/// # io.k8s.api.core.v1                      component prefix of the types that follow
/// ContainerPort                             a type; with ! it is atomic
///   containerPort:int32 protocol:string=TCP name:string
/// ```
/// `[T]` is an atomic list, `[T]set`, `[T]{key,key}`; `{T}` a map, `{T}!` an atomic one; `any` is anything.
struct SchemaCatalog: Sendable {
  private(set) var types: [String: ObjectType] = [:]

  static let shared = SchemaCatalog(texts: [SchemaTexts.kubernetes, SchemaTexts.flux])

  init(texts: [String]) {
    for text in texts { read(text) }
  }

  func type(_ name: String) -> ObjectType? { types[name] }

  private mutating func read(_ text: String) {
    var prefix = ""
    var current: ObjectType?
    func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0 == " " } }
    for line in text.split(separator: "\n") where !isBlank(line) {
      if line.hasPrefix("# ") {
        prefix = String(line.dropFirst(2))
      } else if line.hasPrefix(" ") {
        for token in line.split(separator: " ") {
          guard let colon = token.firstIndex(of: ":") else { preconditionFailure("schema text: \(token)") }
          let name = String(token[..<colon])
          current?.fields.append((name, Self.schema(token[token.index(after: colon)...])))
        }
      } else {
        if let done = current { types[done.name] = done }
        let isAtomic = line.hasSuffix("!")
        let name = String(isAtomic ? line.dropLast() : line)
        current = ObjectType(name: name, component: "\(prefix).\(name)", isAtomic: isAtomic)
      }
    }
    if let done = current { types[done.name] = done }
  }

  private static func schema(_ text: Substring) -> Schema {
    if text == "any" { return .any }
    if text.hasPrefix("[") {
      guard let close = text.lastIndex(of: "]") else { preconditionFailure("schema text: \(text)") }
      let element = schema(text[text.index(after: text.startIndex)..<close])
      let suffix = text[text.index(after: close)...]
      if suffix.isEmpty { return .list(element, .atomic) }
      if suffix == "set" { return .list(element, .set) }
      return .list(element, .keyed(suffix.dropFirst().dropLast().split(separator: ",").map(String.init)))
    }
    if text.hasPrefix("{") {
      let isAtomic = text.hasSuffix("!")
      let inner = text.dropFirst().dropLast(isAtomic ? 2 : 1)
      return .map(schema(inner), atomic: isAtomic)
    }
    let parts = text.split(separator: "=", maxSplits: 1)
    let name = parts.first.map(String.init) ?? ""
    if let scalar = Schema.Scalar(rawValue: name) {
      return .scalar(scalar, default: parts.count > 1 ? String(parts[1]) : nil)
    }
    return .object(name)
  }
}

extension Schema {
  /// The shape of a member; `.any` where nothing is known.
  func member(_ key: String, in catalog: SchemaCatalog) -> Schema {
    switch self {
    case .object(let name): catalog.type(name)?.schema(of: key) ?? .any
    case .map(let value, _): value
    case .scalar, .list, .any: .any
    }
  }

  func isAtomic(in catalog: SchemaCatalog) -> Bool {
    switch self {
    case .scalar: true
    case .object(let name): catalog.type(name)?.isAtomic ?? false
    case .map(_, let atomic): atomic
    case .list(_, let kind): kind == .atomic
    case .any: false
    }
  }

  /// What distinguishes an item of a list from its siblings; nil for atomic lists.
  func element(of item: JSON, in catalog: SchemaCatalog) -> PathElement? {
    guard case .list(let schema, let kind) = self else { return nil }
    switch kind {
    case .atomic: return nil
    case .set: return .value(item)
    case .keyed(let keys):
      var pairs: [(String, JSON)] = []
      for key in keys {
        if let value = item[key] {
          pairs.append((key, value))
        } else if case .scalar(_, let fallback?) = schema.member(key, in: catalog) {
          pairs.append((key, .string(fallback)))
        }
      }
      return .key(JSONObject(pairs))
    }
  }
}
