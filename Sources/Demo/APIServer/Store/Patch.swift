import Structured

/// The patch formats of the API (kubernetes: API concepts, patch).
enum Patch: Sendable {
  /// RFC 7386.
  case merge(JSON)
  /// RFC 6902.
  case json(JSON)
  /// Merge keys from the schema; built-in kinds only.
  case strategic(JSON)

  func applied(to object: JSON, kind: ServedKind, catalog: SchemaCatalog) throws(APIStatus) -> JSON {
    switch self {
    case .merge(let patch):
      guard patch.object != nil else { throw .badRequest("a merge patch of an object is an object") }
      return object.merging(patch: patch)
    case .json(let operations): return try JSONPatch.apply(operations, to: object, kind: kind)
    case .strategic(let patch):
      guard !kind.isCustom else {
        throw .unsupportedMediaType(
          "application/strategic-merge-patch+json",
          expected: "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
      }
      return StrategicMerge(catalog: catalog).merge(object, patch, .object(kind.schemaName)) ?? object
    }
  }
}

/// RFC 6902.
enum JSONPatch {
  static func apply(_ operations: JSON, to object: JSON, kind: ServedKind) throws(APIStatus) -> JSON {
    guard let list = operations.array else { throw .badRequest("a JSON patch is a list of operations") }
    var result = object
    for operation in list {
      let path = operation["path"]?.string ?? ""
      let tokens = try tokens(path)
      switch operation["op"]?.string {
      case "add": result = try change(result, tokens, path) { _ in operation["value"] ?? .null }
      case "replace":
        guard value(result, tokens) != nil else { throw missing(path) }
        result = try change(result, tokens, path, inserting: false) { _ in operation["value"] ?? .null }
      case "remove":
        guard value(result, tokens) != nil else { throw missing(path) }
        result = try change(result, tokens, path, inserting: false) { _ in nil }
      case "test":
        guard value(result, tokens) == operation["value"] ?? .null else {
          throw .invalid(kind, object["metadata"]?["name"]?.string ?? "", "testing value \(path) failed")
        }
      case "copy", "move":
        let from = operation["from"]?.string ?? ""
        let source = try Self.tokens(from)
        guard let moved = value(result, source) else { throw missing(from) }
        if operation["op"]?.string == "move" {
          result = try change(result, source, from, inserting: false) { _ in nil }
        }
        result = try change(result, tokens, path) { _ in moved }
      default: throw .badRequest("unknown operation \"\(operation["op"]?.string ?? "")\" in a JSON patch")
      }
    }
    return result
  }

  private static func missing(_ path: String) -> APIStatus {
    APIStatus(
      code: 422, reason: "Invalid", message: "the server rejected our request due to an error in our request: \(path)")
  }

  private static func tokens(_ pointer: String) throws(APIStatus) -> [String] {
    if pointer.isEmpty { return [] }
    guard pointer.hasPrefix("/") else { throw .badRequest("\(pointer) is not a JSON pointer") }
    return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  private static func value(_ json: JSON, _ tokens: [String]) -> JSON? {
    var node: JSON? = json
    for token in tokens {
      if case .array(let items)? = node {
        guard let index = Int(token), items.indices.contains(index) else { return nil }
        node = items[index]
      } else {
        node = node?[token]
      }
    }
    return node
  }

  private static func change(
    _ json: JSON, _ tokens: [String], _ path: String, inserting: Bool = true, _ body: (JSON?) -> JSON?
  ) throws(APIStatus) -> JSON {
    guard let first = tokens.first else { return body(json) ?? .null }
    let rest = Array(tokens.dropFirst())
    switch json {
    case .object(var object):
      if rest.isEmpty {
        object[first] = body(object[first])
      } else {
        guard let member = object[first] else { throw missing(path) }
        object[first] = try change(member, rest, path, inserting: inserting, body)
      }
      return .object(object)
    case .array(var items):
      if rest.isEmpty, inserting {
        guard let new = body(nil) else { return json }
        let index = first == "-" ? items.count : Int(first) ?? -1
        guard index >= 0, index <= items.count else { throw missing(path) }
        items.insert(new, at: index)
        return .array(items)
      }
      guard let index = Int(first), items.indices.contains(index) else { throw missing(path) }
      if rest.isEmpty {
        if let new = body(items[index]) { items[index] = new } else { items.remove(at: index) }
      } else {
        items[index] = try change(items[index], rest, path, inserting: inserting, body)
      }
      return .array(items)
    case .null, .bool, .number, .string: throw missing(path)
    }
  }
}

/// Strategic merge patch (kubernetes: apimachinery pkg/util/strategicpatch): keyed lists are merged by their first key.
struct StrategicMerge {
  let catalog: SchemaCatalog

  /// Nil when the patch deletes the value.
  func merge(_ original: JSON?, _ patch: JSON, _ schema: Schema) -> JSON? {
    switch patch {
    case .null: return nil
    case .object(let changes):
      switch changes["$patch"]?.string {
      case "delete": return nil
      case "replace": return .object(plain(changes))
      default: break
      }
      var object = original?.object ?? JSONObject()
      if let retained = changes["$retainKeys"]?.array?.compactMap(\.string) {
        object = JSONObject(object.filter { retained.contains($0.key) }.map { ($0.key, $0.value) })
      }
      for (key, value) in changes {
        if key.hasPrefix("$deleteFromPrimitiveList/") {
          let name = String(key.dropFirst("$deleteFromPrimitiveList/".count))
          let gone = value.array ?? []
          object[name] = object[name]?.array.map { .array($0.filter { !gone.contains($0) }) } ?? object[name]
        }
        if key.hasPrefix("$") { continue }
        object[key] = merge(object[key], value, schema.member(key, in: catalog))
      }
      return .object(object)
    case .array(let items):
      guard case .list(let element, let kind) = schema, kind != .atomic, let live = original?.array else {
        return .array(items.filter { $0["$patch"] == nil })
      }
      if items.contains(where: { $0["$patch"]?.string == "replace" }) {
        return .array(items.filter { $0["$patch"] == nil })
      }
      guard case .keyed(let keys) = kind, let key = keys.first else {
        return .array(live + items.filter { !live.contains($0) })
      }
      return .array(mergeItems(live, items, key: key, element))
    case .bool, .number, .string: return patch
    }
  }

  private func mergeItems(_ live: [JSON], _ items: [JSON], key: String, _ element: Schema) -> [JSON] {
    var result = live
    for item in items {
      let index = result.firstIndex { $0[key] == item[key] }
      let merged = merge(index.map { result[$0] }, item, element)
      switch (index, merged) {
      case (let index?, let merged?): result[index] = merged
      case (let index?, nil): result.remove(at: index)
      case (nil, let merged?): result.append(merged)
      case (nil, nil): break
      }
    }
    return result
  }

  private func plain(_ object: JSONObject) -> JSONObject {
    JSONObject(object.filter { !$0.key.hasPrefix("$") }.map { ($0.key, $0.value) })
  }
}
