import Structured

/// RFC 6902 as kustomize applies it (through evanphx/json-patch): operations on the object, one after the other.
struct JSONPatch {
  private struct Operation {
    let name: String
    let path: [String]
    let from: [String]
    let value: YAMLNode?
    let origin: Origin
  }

  private let operations: [Operation]
  private let place: Place

  /// - Parameter document: the list of operations.
  /// - Throws: `.failed` when it is none.
  init(_ document: YAMLNode, layer: (Origin) -> Origin, place: @escaping Place) throws(RenderError) {
    self.place = place
    guard let entries = document.list else {
      throw .failed(sentence: "a JSON patch is a list of operations", place: place(document.origin))
    }
    var operations: [Operation] = []
    for entry in entries {
      guard let name = entry["op"]?.string, let path = entry["path"]?.string else {
        throw .failed(sentence: "an operation of a JSON patch needs op and path", place: place(entry.origin))
      }
      guard ["add", "remove", "replace", "move", "copy", "test"].contains(name) else {
        throw .failed(sentence: "Unexpected kind: \(name)", place: place(entry.origin))
      }
      operations.append(
        Operation(
          name: name, path: try Self.pointer(path, entry, place),
          from: try Self.pointer(entry["from"]?.string ?? "", entry, place),
          value: entry["value"].map { $0.relabelled(layer) }, origin: entry.origin))
    }
    self.operations = operations
  }

  /// RFC 6901.
  private static func pointer(_ text: String, _ entry: YAMLNode, _ place: Place) throws(RenderError) -> [String] {
    guard !text.isEmpty else { return [] }
    guard text.hasPrefix("/") else {
      throw .failed(sentence: "the path \(text) does not start with /", place: place(entry.origin))
    }
    return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
      var result = ""
      var isEscaped = false
      for character in part.unicodeScalars {
        if isEscaped {
          isEscaped = false
          switch character {
          case "1": result += "/"
          case "0": result += "~"
          default:
            result += "~"
            result.unicodeScalars.append(character)
          }
        } else if character == "~" {
          isEscaped = true
        } else {
          result.unicodeScalars.append(character)
        }
      }
      return isEscaped ? result + "~" : result
    }
  }

  func apply(to root: inout YAMLNode) throws(RenderError) {
    for operation in operations {
      switch operation.name {
      case "add": try change(&root, operation.path[...], operation, .add, operation.value ?? YAMLNode(.null))
      case "replace": try change(&root, operation.path[...], operation, .replace, operation.value ?? YAMLNode(.null))
      case "remove": try change(&root, operation.path[...], operation, .remove, nil)
      case "move":
        let value = try value(at: operation.from, of: root, operation)
        try change(&root, operation.from[...], operation, .remove, nil)
        try change(&root, operation.path[...], operation, .add, value)
      case "copy":
        let value = try value(at: operation.from, of: root, operation)
        try change(&root, operation.path[...], operation, .add, value)
      default:
        let found = try? value(at: operation.path, of: root, operation)
        guard (found ?? YAMLNode(.null)) == (operation.value ?? YAMLNode(.null)) else {
          throw failure("testing value /\(operation.path.joined(separator: "/")) failed", operation)
        }
      }
    }
  }

  private func failure(_ sentence: String, _ operation: Operation) -> RenderError {
    .failed(sentence: sentence, place: place(operation.origin))
  }

  private func missing(_ operation: Operation) -> RenderError {
    failure(
      "\(operation.name) operation does not apply: doc is missing path: /\(operation.path.joined(separator: "/"))",
      operation)
  }

  private func value(at path: [String], of root: YAMLNode, _ operation: Operation) throws(RenderError) -> YAMLNode {
    var here = root
    for step in path {
      let next: YAMLNode? =
        if let list = here.list {
          try index(step, count: list.count, operation).flatMap { list.indices.contains($0) ? list[$0] : nil }
        } else {
          here[step]
        }
      guard let next else { throw missing(operation) }
      here = next
    }
    return here
  }

  /// Nil: not a number. Negative numbers count from the end.
  private func index(_ text: String, count: Int, _ operation: Operation) throws(RenderError) -> Int? {
    guard let number = Int(text) else { return nil }
    return number < 0 ? count + number : number
  }

  private enum Change { case add, replace, remove }

  private func change(
    _ node: inout YAMLNode, _ path: ArraySlice<String>, _ operation: Operation, _ change: Change, _ value: YAMLNode?
  ) throws(RenderError) {
    guard let step = path.first else {
      guard let value else { throw failure("remove operation does not apply to the whole object", operation) }
      node = value
      return
    }
    let isLast = path.count == 1
    switch node.value {
    case .map(let map):
      if isLast {
        if change != .add, map[step] == nil { throw missing(operation) }
        node[step] = value
        return
      }
      guard var child = map[step] else { throw missing(operation) }
      try self.change(&child, path.dropFirst(), operation, change, value)
      node[step] = child
    case .list(var list):
      if isLast, change == .add, step == "-", let value {
        list.append(value)
        node.value = .list(list)
        return
      }
      guard let index = try index(step, count: isLast && change == .add ? list.count + 1 : list.count, operation) else {
        throw missing(operation)
      }
      guard index >= 0, index < list.count || isLast && change == .add && index == list.count else {
        throw failure("\(operation.name) operation does not apply: index out of bounds: \(step)", operation)
      }
      if !isLast {
        try self.change(&list[index], path.dropFirst(), operation, change, value)
      } else if let value {
        if change == .add { list.insert(value, at: index) } else { list[index] = value }
      } else {
        list.remove(at: index)
      }
      node.value = .list(list)
    case .null, .bool, .number, .string: throw missing(operation)
    }
  }
}

extension YAMLNode {
  /// The same with every origin changed.
  func relabelled(_ layer: (Origin) -> Origin) -> YAMLNode {
    let origin = layer(origin)
    switch value {
    case .list(let elements): return YAMLNode(.list(elements.map { $0.relabelled(layer) }), origin: origin)
    case .map(var map):
      map.mutateValues { _, value in value = value.relabelled(layer) }
      return YAMLNode(.map(map), origin: origin)
    default: return YAMLNode(value, origin: origin, written: written)
    }
  }
}
