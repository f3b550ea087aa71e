/// Reads just enough of a review's body for the gate to know that it is one: a strict scan, so that no second `kind` and
/// no unusual spelling can mean something else to the server.
enum JSONOutline {
  /// The `kind` of a body whose only top-level members are `apiVersion` (of `authorization.k8s.io/v1`), `kind` and
  /// `spec`, each once; else nil.
  static func kind(ofReview body: [UInt8]) -> String? {
    guard body.count <= 8192 else { return nil }
    var scanner = Scanner(bytes: body)
    guard let members = scanner.topLevel(), Set(members.keys).isSubset(of: ["apiVersion", "kind", "spec"]),
      members["apiVersion"] == .some(.some("authorization.k8s.io/v1")), let kind = members["kind"]
    else { return nil }
    return kind
  }

  private struct Scanner {
    let bytes: [UInt8]
    var index = 0

    /// Members of the outermost object; the value is nil unless it is a string. Nil when it is not one JSON object.
    mutating func topLevel() -> [String: String?]? {
      var members: [String: String?] = [:]
      guard take("{") else { return nil }
      repeat {
        guard let key = string(), take(":") else { return nil }
        guard members[key] == nil else { return nil }
        if peek() == UInt8(ascii: "\"") {
          guard let text = string() else { return nil }
          members[key] = .some(text)
        } else {
          guard value(depth: 0) else { return nil }
          members[key] = .some(nil)
        }
      } while take(",")
      guard take("}") else { return nil }
      skipSpace()
      return index == bytes.count ? members : nil
    }

    private mutating func value(depth: Int) -> Bool {
      guard depth < 8 else { return false }
      switch peek() {
      case UInt8(ascii: "\""): return string() != nil
      case UInt8(ascii: "{"):
        _ = take("{")
        if take("}") { return true }
        repeat {
          guard string() != nil, take(":"), value(depth: depth + 1) else { return false }
        } while take(",")
        return take("}")
      case UInt8(ascii: "["):
        _ = take("[")
        if take("]") { return true }
        repeat { guard value(depth: depth + 1) else { return false } } while take(",")
        return take("]")
      default:
        let start = index
        while index < bytes.count, Address.isUnreserved(bytes[index]) || bytes[index] == UInt8(ascii: "+") {
          index += 1
        }
        return index > start
      }
    }

    /// A string without escapes or control characters.
    private mutating func string() -> String? {
      guard take("\"") else { return nil }
      let start = index
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        guard bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\\") else { return nil }
        index += 1
      }
      guard index < bytes.count, let text = String(validating: bytes[start..<index], as: UTF8.self) else { return nil }
      index += 1
      return text
    }

    private mutating func skipSpace() {
      while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func peek() -> UInt8? {
      skipSpace()
      return index < bytes.count ? bytes[index] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard peek() == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }
  }
}
