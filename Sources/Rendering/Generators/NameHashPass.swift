import Crypto
import FoundationEssentials
import Structured

/// Puts the hash of their content behind the names of generated objects (kustomize: api/hasher, HashTransformer).
struct NameHashPass: Pass {
  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError) {
    for index in list.indices where list[index].needsHash {
      var resource = list[index]
      let hash = try Self.hash(resource, place: place)
      resource.rememberID()
      let name = resource.root["metadata"]?["name"]
      resource.root["metadata"]?["name"] = YAMLNode(
        .string("\(name?.string ?? "")-\(hash)"), origin: (name?.origin ?? .none).layered(.nameHash))
      list[index] = resource
    }
  }

  /// Ten characters of a SHA-256, the easily misread ones replaced.
  static func hash(_ resource: Resource, place: Place) throws(RenderError) -> String {
    let root = resource.root
    // The key `metadata/name` that the hasher looks up is never there: the name is always empty.
    var fields: [(String, String)] = []
    func add(_ key: String, orEmpty: Bool) {
      if let value = root[key], !value.isNull {
        fields.append((key, GoJSON.encode(value)))
      } else if orEmpty {
        fields.append((key, "\"\""))
      }
    }
    switch resource.id.kind {
    case "ConfigMap":
      add("binaryData", orEmpty: false)
      add("data", orEmpty: true)
      fields += [("kind", "\"ConfigMap\""), ("name", "\"\"")]
    case "Secret":
      add("data", orEmpty: true)
      fields += [("kind", "\"Secret\""), ("name", "\"\"")]
      add("stringData", orEmpty: false)
      add("type", orEmpty: true)
    default:
      // The whole object as JSON.
      return Self.digest(GoJSON.encode(root))
    }
    return Self.digest("{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
  }

  private static func digest(_ text: String) -> String {
    let hex = SHA256.hash(data: Data(text.utf8)).prefix(5).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return String(
      hex.joined().map { character in
        switch character {
        case "0": "g"
        case "1": "h"
        case "3": "k"
        case "a": "m"
        case "e": "t"
        default: character
        }
      })
  }
}

/// JSON as Go's encoding/json writes it: keys in bytewise order, no spaces, `<`, `>`, `&` and two separators escaped.
enum GoJSON {
  static func encode(_ node: YAMLNode) -> String {
    switch node.value {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .number(let text): return text
    case .string(let text): return quote(text)
    case .list(let elements): return "[" + elements.map(encode).joined(separator: ",") + "]"
    case .map(let map):
      return "{" + map.sorted.map { "\(quote($0.key)):\(encode($0.value))" }.joined(separator: ",") + "}"
    }
  }

  private static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
