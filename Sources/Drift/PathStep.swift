import Structured

/// One step from the root of an object to a field. Indexes are those of the live object; the element that only Git has at
/// index n is -1 - n.
enum PathStep: Sendable {
  case key(String)
  /// An element of a list with keys.
  case item(index: Int, keys: [SchemaTable.Key])
  /// A member of a set.
  case member(index: Int)
  /// An element of a list without keys.
  case element(index: Int)

  func matches(_ pattern: String) -> Bool {
    if case .key(let key) = self { return pattern == "*" || key == pattern }
    return pattern == "*"
  }
}

/// A path resolved against a live object: for people, for machines, and for `managedFields`.
struct FieldPath {
  /// One step as FieldsV1 spells it (kubernetes: structured-merge-diff, fieldpath/serialize.go).
  enum Owned {
    case field(String)
    case item([(name: String, value: Scalar)])
    case value(Scalar)
    case index(Int)
  }

  /// `spec.template.spec.containers[app].image`.
  private(set) var text = ""
  /// RFC 6901.
  private(set) var pointer = ""
  private(set) var owned: [Owned] = []

  /// - Parameter desired: what Git has at the end of the path: it names the element that live lacks.
  init(_ steps: [PathStep], live root: JSONNode?, desired: PackedNode?) {
    var here = root
    for (depth, step) in steps.enumerated() {
      let isLast = depth == steps.count - 1
      switch step {
      case .key(let key):
        text += Self.isPlain(key) ? (text.isEmpty ? key : ".\(key)") : "[\(key)]"
        pointer += "/" + Self.escaped(key)
        owned.append(.field(key))
        here = here?[key]
      case .item(let index, let keys):
        let element = index >= 0 ? here?[index] : nil
        let values = keys.map { key -> (name: String, value: Scalar) in
          let value =
            element?[key.name].flatMap { Scalar($0) } ?? (isLast ? desired?[key.name].flatMap { Scalar($0) } : nil)
          return (key.name, value ?? key.fallback.map(Scalar.string) ?? .null)
        }
        text +=
          "[" + values.map { if case .null = $0.value { "-" } else { $0.value.text } }.joined(separator: "/") + "]"
        pointer += "/\(Self.position(index, in: here))"
        owned.append(.item(values))
        here = element
      case .member(let index):
        let element = index >= 0 ? here?[index] : nil
        let value = element.flatMap { Scalar($0) } ?? (isLast ? desired.flatMap { Scalar($0) } : nil) ?? .null
        text += "[\(value.text)]"
        pointer += "/\(Self.position(index, in: here))"
        owned.append(.value(value))
        here = element
      case .element(let index):
        text += "[\(index)]"
        pointer += "/\(index)"
        owned.append(.index(index))
        here = here?[index]
      }
    }
  }

  /// The index of an element; for one that live lacks, a place past its end, another one for each.
  private static func position(_ index: Int, in list: JSONNode?) -> Int {
    index >= 0 ? index : (list?.count ?? 0) + (-1 - index)
  }

  /// `~` and `/` as RFC 6901 section 3 writes them.
  static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else { return key }
    var out: [UInt8] = []
    for byte in key.utf8 {
      switch byte {
      case 0x7E: out.append(contentsOf: "~0".utf8)
      case 0x2F: out.append(contentsOf: "~1".utf8)
      default: out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Field names stand behind a dot, keys with other characters in brackets.
  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty
      && key.utf8.allSatisfy {
        $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
      }
  }
}
