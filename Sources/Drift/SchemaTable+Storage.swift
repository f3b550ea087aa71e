/// A table as bytes, so that what was compiled once is read again instead, and two tables as one.
extension SchemaTable {
  /// Changes with the layout; what another one wrote is not read.
  private static let layout: UInt32 = 1
  private static let mark: UInt32 = 0x5347_4444

  /// All of it but what only compiling needs.
  public func encoded() -> [UInt8] {
    var out = Writer()
    out.number(Self.mark)
    out.number(Self.layout)
    out.bytes(shapes.map(\.rawValue))
    out.bytes(listTypes.map(\.rawValue))
    out.bytes(scalars.map(\.rawValue))
    out.bytes(traits.map(\.rawValue))
    for array in [items, firstChild, childCount, keySets, childNames, childNodes] { out.numbers(array) }
    out.number(UInt32(clamping: keys.count))
    for set in keys {
      out.number(UInt32(clamping: set.count))
      for key in set {
        out.text(key.name)
        out.number(key.fallback == nil ? 0 : 1)
        out.text(key.fallback ?? "")
      }
    }
    out.number(UInt32(clamping: texts.count))
    for text in texts { out.text(text) }
    out.number(UInt32(clamping: roots.count))
    for (kind, id) in roots {
      for part in [kind.group, kind.version, kind.kind] { out.text(part) }
      out.number(id)
    }
    out.number(UInt32(clamping: required.count))
    for (id, names) in required {
      out.number(id)
      out.numbers(names)
    }
    return out.bytes
  }

  /// Nil unless the bytes are a whole table whose parts fit each other: a file is not trusted.
  public init?(encoded bytes: [UInt8]) {
    var reader = Reader(bytes)
    guard reader.number() == Self.mark, reader.number() == Self.layout,
      let shapes = reader.values(Shape.init), let listTypes = reader.values(ListType.init),
      let scalars = reader.values(ScalarClass.init), let traits = reader.values({ Traits(rawValue: $0) }),
      let items = reader.numbers(), let firstChild = reader.numbers(), let childCount = reader.numbers(),
      let keySets = reader.numbers(), let childNames = reader.numbers(), let childNodes = reader.numbers(),
      let keys = reader.list({ $0.list { $0.key() } }), let texts = reader.list({ $0.text() }),
      let roots = reader.list({ $0.root() }),
      let required = reader.list({ reader in reader.number().flatMap { id in reader.numbers().map { (id, $0) } } }),
      reader.isAtEnd
    else { return nil }
    let count = shapes.count
    guard
      [listTypes.count, scalars.count, traits.count, items.count, firstChild.count, childCount.count, keySets.count]
        .allSatisfy({ $0 == count }), childNames.count == childNodes.count, !keys.isEmpty
    else { return nil }
    func isNode(_ id: ID) -> Bool { Int(id) < count }
    guard items.allSatisfy({ $0 == Self.none || isNode($0) }), childNodes.allSatisfy(isNode),
      childNames.allSatisfy({ Int($0) < texts.count }), keySets.allSatisfy({ Int($0) < keys.count }),
      roots.allSatisfy({ isNode($0.1) }),
      required.allSatisfy({ isNode($0.0) && $0.1.allSatisfy { Int($0) < texts.count } }),
      zip(firstChild, childCount).allSatisfy({ Int($0) + Int($1) <= childNames.count })
    else { return nil }
    self.shapes = shapes
    self.listTypes = listTypes
    self.scalars = scalars
    self.traits = traits
    self.items = items
    self.firstChild = firstChild
    self.childCount = childCount
    self.keySets = keySets
    self.childNames = childNames
    self.childNodes = childNodes
    self.keys = keys
    self.texts = texts
    names = Dictionary(zip(texts, texts.indices.map { UInt32($0) }), uniquingKeysWith: { first, _ in first })
    self.roots = Dictionary(roots, uniquingKeysWith: { $1 })
    self.required = Dictionary(required, uniquingKeysWith: { $1 })
    for index in 0..<count { sortChildren(of: index) }
  }

  /// Adds what another table knows; what both know is as the other has it.
  public mutating func merge(_ other: SchemaTable) {
    let offset = UInt32(shapes.count)
    let children = UInt32(childNames.count)
    let sets = UInt32(keys.count)
    let renamed = other.texts.map { text -> UInt32 in
      if let known = names[text] { return known }
      names[text] = UInt32(texts.count)
      texts.append(text)
      return UInt32(texts.count - 1)
    }
    shapes += other.shapes
    listTypes += other.listTypes
    scalars += other.scalars
    traits += other.traits
    items += other.items.map { $0 == Self.none ? Self.none : $0 + offset }
    firstChild += other.firstChild.map { $0 + children }
    childCount += other.childCount
    keySets += other.keySets.map { $0 == 0 ? 0 : $0 + sets }
    childNames += other.childNames.map { renamed[Int($0)] }
    childNodes += other.childNodes.map { $0 + offset }
    keys += other.keys
    for (kind, id) in other.roots { roots[kind] = id + offset }
    for (id, fields) in other.required { required[id + offset] = fields.map { renamed[Int($0)] } }
    for index in Int(offset)..<shapes.count { sortChildren(of: index) }
  }

  /// They are looked up by halves.
  private mutating func sortChildren(of index: Int) {
    let range = Int(firstChild[index])..<Int(firstChild[index]) + Int(childCount[index])
    guard !range.isEmpty, !zip(range, range.dropFirst()).allSatisfy({ childNames[$0] <= childNames[$1] }) else {
      return
    }
    let sorted = range.map { (childNames[$0], childNodes[$0]) }.sorted { $0.0 < $1.0 }
    for (place, child) in zip(range, sorted) { (childNames[place], childNodes[place]) = child }
  }

  /// Numbers in little-endian, texts and lists behind their count.
  private struct Writer {
    var bytes: [UInt8] = []

    mutating func number(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }

    mutating func bytes(_ values: [UInt8]) {
      number(UInt32(clamping: values.count))
      bytes += values
    }

    mutating func numbers(_ values: [UInt32]) {
      number(UInt32(clamping: values.count))
      bytes.reserveCapacity(bytes.count + values.count * 4)
      for value in values { number(value) }
    }

    mutating func text(_ text: String) { bytes(Array(text.utf8)) }
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func number() -> UInt32? {
      guard bytes.count - place >= 4 else { return nil }
      defer { place += 4 }
      return (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }

    private mutating func slice(_ width: Int) -> ArraySlice<UInt8>? {
      guard let count = number().map({ Int($0) * width }), bytes.count - place >= count else { return nil }
      defer { place += count }
      return bytes[place..<place + count]
    }

    mutating func values<Value>(_ make: (UInt8) -> Value?) -> [Value]? {
      guard let slice = slice(1) else { return nil }
      let values = slice.compactMap(make)
      return values.count == slice.count ? values : nil
    }

    mutating func numbers() -> [UInt32]? {
      guard let slice = slice(4) else { return nil }
      return stride(from: slice.startIndex, to: slice.endIndex, by: 4).map { start in
        (0..<4).reduce(0) { $0 | UInt32(slice[start + $1]) << UInt32(8 * $1) }
      }
    }

    mutating func text() -> String? { slice(1).flatMap { String(validating: $0, as: UTF8.self) } }

    mutating func list<Value>(_ element: (inout Reader) -> Value?) -> [Value]? {
      // Each element takes four bytes at least: a count that cannot be right reserves nothing.
      guard let count = number(), Int(count) <= (bytes.count - place) / 4 else { return nil }
      var result: [Value] = []
      for _ in 0..<count {
        guard let value = element(&self) else { return nil }
        result.append(value)
      }
      return result
    }

    mutating func key() -> Key? {
      guard let name = text(), let hasFallback = number(), let fallback = text() else { return nil }
      return Key(name: name, fallback: hasFallback == 0 ? nil : fallback)
    }

    mutating func root() -> (Kind, ID)? {
      guard let group = text(), let version = text(), let kind = text(), let id = number() else { return nil }
      return (Kind(group: group, version: version, kind: kind), id)
    }
  }
}
