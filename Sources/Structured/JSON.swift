/// A JSON value that can be changed: for requests, patches and the demo's server. Reading goes through `JSONDocument`,
/// which is far cheaper.
public indirect enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// The exact text: never through a double.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// - Throws: `ParseError` when the bytes are not one JSON document within the limits.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .object) throws(ParseError) {
    self.init(try JSONDocument(parsing: bytes, limits: limits).root)
  }

  /// Copies a node out of its document.
  public init(_ node: JSONNode) {
    switch node.kind {
    case .null: self = .null
    case .bool: self = .bool(node.bool == true)
    case .number: self = .number(node.number ?? "0")
    case .string: self = .string(node.string ?? "")
    case .array: self = .array((node.elements.map(Array.init) ?? []).map(JSON.init))
    case .object:
      var object = JSONObject()
      if let members = node.members {
        for (key, value) in members { object[key] = JSON(value) }
      }
      self = .object(object)
    }
  }

  /// A whole number.
  public static func integer(_ value: Int) -> JSON { .number(String(value)) }

  /// The member of an object. Setting it on anything but an object makes an object; setting nil removes it.
  public subscript(key: String) -> JSON? {
    get { if case .object(let object) = self { object[key] } else { nil } }
    set {
      var object = JSONObject()
      if case .object(let old) = self { object = old } else if newValue == nil { return }
      self = .null
      object[key] = newValue
      self = .object(object)
    }
  }

  /// The element of an array; nil when there is none.
  public subscript(index: Int) -> JSON? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  /// The text of a string, else nil; the following likewise.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  public var number: String? { if case .number(let text) = self { text } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  /// This is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }
  /// A number that is whole and fits.
  public var int: Int? { number.flatMap(Numeral.int) }
  /// A number as the nearest double; nil for anything else.
  public var double: Double? { number.flatMap(Double.init) }

  /// Follows keys (and decimal indexes into arrays).
  public func value(at path: String...) -> JSON? { value(at: path) }

  /// Follows keys (and decimal indexes into arrays).
  public func value(at path: [String]) -> JSON? {
    var here = self
    for step in path {
      let next = if case .array = here { Int(step).flatMap { here[$0] } } else { here[step] }
      guard let next else { return nil }
      here = next
    }
    return here
  }

  /// RFC 7386, JSON merge patch: null removes, objects merge, everything else replaces.
  public func merging(patch: JSON) -> JSON {
    guard case .object(let changes) = patch else { return patch }
    var result = JSONObject()
    if case .object(let old) = self { result = old }
    for (key, change) in changes {
      result[key] = change.isNull ? nil : (result[key] ?? .null).merging(patch: change)
    }
    return .object(result)
  }
}

/// Reading numbers from their text.
enum Numeral {
  /// A whole number that fits, also when written as `3.0` or `3e2`.
  static func int(_ text: String) -> Int? {
    if let value = Int(text) { return value }
    guard text.utf8.contains(where: { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 }) else { return nil }
    return Double(text).flatMap(Int.init(exactly:))
  }

  static func isInteger(_ text: String) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D } }
}
