/// A map from text that keeps the order of its entries. Equality and hashing ignore the order, as JSON and YAML do.
public struct OrderedMap<Value: Sendable>: Sendable {
  /// One entry.
  public typealias Element = (key: String, value: Value)

  @usableFromInline var entries: [Element] = []
  /// Positions by key, kept once a linear search would be slow.
  @usableFromInline var positions: [String: Int]?

  @usableFromInline static var linearCount: Int { 16 }

  /// Without entries.
  @inlinable public init() {}

  /// A later entry replaces an earlier one with the same key.
  @inlinable public init(_ entries: some Sequence<(String, Value)>) {
    for (key, value) in entries { self[key] = value }
  }

  /// The number of entries.
  @inlinable public var count: Int { entries.count }
  @inlinable public var isEmpty: Bool { entries.isEmpty }
  /// The keys in order.
  @inlinable public var keys: [String] { entries.map(\.key) }

  /// Where an entry is in the order.
  @inlinable func position(of key: String) -> Int? {
    if let positions { return positions[key] }
    return entries.firstIndex { $0.key == key }
  }

  /// Setting a new key appends it; setting nil removes it.
  @inlinable public subscript(key: String) -> Value? {
    get { position(of: key).map { entries[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): entries[position].value = value
      case (nil, let value?): append(key, value)
      case (let position?, nil):
        entries.remove(at: position)
        if positions != nil { index() }
      case (nil, nil): break
      }
    }
  }

  /// Adds an entry whose key is known to be new.
  @inlinable mutating func append(_ key: String, _ value: Value) {
    entries.append((key, value))
    if positions != nil {
      positions?[key] = entries.count - 1
    } else if entries.count > Self.linearCount {
      index()
    }
  }

  @usableFromInline mutating func index() {
    guard entries.count > Self.linearCount else {
      positions = nil
      return
    }
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
  }

  /// Changes every value in place; the keys and their order stay.
  @inlinable public mutating func mutateValues(_ body: (String, inout Value) throws -> Void) rethrows {
    for position in entries.indices { try body(entries[position].key, &entries[position].value) }
  }

  /// The same entries sorted by key, bytewise.
  public var sorted: OrderedMap { OrderedMap(entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) }
}

extension OrderedMap: Sequence {
  @inlinable public func makeIterator() -> IndexingIterator<[Element]> { entries.makeIterator() }
  @inlinable public var underestimatedCount: Int { entries.count }
}

extension OrderedMap: Equatable where Value: Equatable {
  @inlinable public static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.allSatisfy { key, value in b[key] == value }
  }
}

extension OrderedMap: Hashable where Value: Hashable {
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    var sum = 0
    for (key, value) in self {
      var member = Hasher()
      member.combine(key)
      member.combine(value)
      sum ^= member.finalize()
    }
    hasher.combine(sum)
  }
}

extension OrderedMap: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

/// The members of a JSON object in order.
public typealias JSONObject = OrderedMap<JSON>
/// The entries of a YAML map in order.
public typealias YAMLMap = OrderedMap<YAMLNode>
