/// A YAML value. Numbers hold text that is valid JSON.
public enum YAMLValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case list([YAMLNode])
  case map(YAMLMap)
}

/// A YAML value and where it was written. Equality compares values only.
public struct YAMLNode: Sendable, Equatable {
  /// The value. Changing it forgets how it was written.
  public var value: YAMLValue {
    didSet { written = nil }
  }
  /// Where it was written.
  public var origin: Origin
  /// The text of a plain scalar as the file has it, when its value reads differently: `0755`, `True`, `2020-01-01`.
  public private(set) var written: String?

  /// A value, by default from no file.
  public init(_ value: YAMLValue, origin: Origin = .none, written: String? = nil) {
    self.value = value
    self.origin = origin
    self.written = written
  }

  public static func == (a: YAMLNode, b: YAMLNode) -> Bool { a.value == b.value }

  /// The entry of a map. Setting it on anything but a map makes a map; setting nil removes it.
  public subscript(key: String) -> YAMLNode? {
    get { if case .map(let map) = value { map[key] } else { nil } }
    set {
      var map = YAMLMap()
      if case .map(let old) = value { map = old } else if newValue == nil { return }
      value = .null
      map[key] = newValue
      value = .map(map)
    }
  }

  /// The element of a list; nil when there is none.
  public subscript(index: Int) -> YAMLNode? {
    if case .list(let elements) = value, elements.indices.contains(index) { elements[index] } else { nil }
  }

  /// The text of a string, else nil; the following likewise.
  public var string: String? { if case .string(let text) = value { text } else { nil } }
  public var number: String? { if case .number(let text) = value { text } else { nil } }
  public var bool: Bool? { if case .bool(let value) = value { value } else { nil } }
  /// A number that is whole and fits.
  public var int: Int? { number.flatMap(Numeral.int) }
  public var double: Double? { number.flatMap(Double.init) }
  public var list: [YAMLNode]? { if case .list(let elements) = value { elements } else { nil } }
  public var map: YAMLMap? { if case .map(let map) = value { map } else { nil } }
  /// This is null.
  public var isNull: Bool { if case .null = value { true } else { false } }

  /// Follows keys (and decimal indexes into lists).
  public func value(at path: String...) -> YAMLNode? { value(at: path) }

  /// Follows keys (and decimal indexes into lists).
  public func value(at path: [String]) -> YAMLNode? {
    var here = self
    for step in path {
      let next = if case .list = here.value { Int(step).flatMap { here[$0] } } else { here[step] }
      guard let next else { return nil }
      here = next
    }
    return here
  }

  /// The same value without origins.
  public var json: JSON {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .number(text)
    case .string(let text): .string(text)
    case .list(let elements): .array(elements.map(\.json))
    case .map(let map): .object(JSONObject(map.map { ($0.key, $0.value.json) }))
    }
  }

  /// From JSON, which has no lines: every value has the same origin.
  public init(json: JSON, origin: Origin = .none) {
    let value: YAMLValue =
      switch json {
      case .null: .null
      case .bool(let value): .bool(value)
      case .number(let text): .number(text)
      case .string(let text): .string(text)
      case .array(let elements): .list(elements.map { YAMLNode(json: $0, origin: origin) })
      case .object(let object): .map(YAMLMap(object.map { ($0.key, YAMLNode(json: $0.value, origin: origin)) }))
      }
    self.init(value, origin: origin)
  }
}

extension YAMLNode {
  /// The entry of a map, to change in place; a missing or null one becomes an empty map with that origin.
  public subscript(key: String, orEmpty origin: Origin) -> YAMLNode {
    get {
      if let node = self[key], !node.isNull { return node }
      return YAMLNode(.map(YAMLMap()), origin: origin)
    }
    set { self[key] = newValue }
  }
}

extension YAMLNode {
  /// The same with the keys of every map in order, bytewise.
  public var sortedKeys: YAMLNode {
    switch value {
    case .list(let elements): YAMLNode(.list(elements.map(\.sortedKeys)), origin: origin)
    case .map(let map):
      YAMLNode(.map(YAMLMap(map.sorted.map { ($0.key, $0.value.sortedKeys) })), origin: origin)
    default: self
    }
  }
}
