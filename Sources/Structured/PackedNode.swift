/// A YAML value as it is kept: one flat arena of 20-byte nodes over the bytes of its texts, which the other values that
/// were packed with it share, with the line that each value is from. Immutable, so it may be read from anywhere. A value
/// that is still to be changed is a `YAMLNode`. Equality compares values only, maps whatever their order.
public struct PackedNode: Sendable {
  /// The kinds of YAML values.
  public enum Kind: UInt8, Sendable, Hashable { case null, no, yes, number, string, list, map }

  let tree: PackedTree
  let index: Int

  init(tree: PackedTree, index: Int) {
    self.tree = tree
    self.index = index
  }

  /// A value of its own.
  public init(_ node: YAMLNode) {
    var packer = Packer()
    packer.add(node)
    self.init(tree: packer.tree(), index: 0)
  }

  /// Values that are kept together, such as all objects of a rendering: they share the texts of their keys.
  public static func packed(_ nodes: [YAMLNode]) -> [PackedNode] {
    var packer = Packer()
    let places = nodes.map { node in
      defer { packer.add(node) }
      return packer.nodes.count
    }
    let tree = packer.tree()
    return places.map { PackedNode(tree: tree, index: $0) }
  }

  /// `{}`, from no file.
  public static let emptyMap = PackedNode(YAMLNode(.map(YAMLMap())))

  var node: PackedTree.Node { tree.nodes[index] }

  /// What kind of value this is.
  public var kind: Kind { node.kind }
  /// This is null.
  public var isNull: Bool { node.kind == .null }
  /// Where it was written.
  public var origin: Origin { node.origin }

  /// The text of a string, else nil; the following likewise.
  public var string: String? { node.kind == .string ? tree.text(node) : nil }
  public var number: String? { node.kind == .number ? tree.text(node) : nil }
  public var bool: Bool? {
    switch node.kind {
    case .yes: true
    case .no: false
    case .null, .number, .string, .list, .map: nil
    }
  }
  /// A number that is whole and fits.
  public var int: Int? { number.flatMap(Numeral.int) }

  /// This is a list; the following likewise.
  public var isList: Bool { node.kind == .list }
  public var isMap: Bool { node.kind == .map }
  /// Elements of a list or entries of a map, else 0.
  public var count: Int {
    let node = node
    return node.kind == .list || node.kind == .map ? Int(node.length) : 0
  }

  /// Bytes of the text of a scalar.
  public var textSize: Int { node.kind == .list || node.kind == .map ? 0 : Int(node.length) }

  /// Whether both are strings of the same text.
  public func isSameString(as other: JSONNode) -> Bool {
    let node = node
    return node.kind == .string && tree.withText(node) { other.isString($0) }
  }

  /// Whether this is a string that begins with a text of ASCII.
  public func hasPrefix(_ prefix: StaticString) -> Bool {
    let node = node
    return node.kind == .string
      && tree.withText(node) { text in
        prefix.withUTF8Buffer {
          text.count >= $0.count && UnsafeBufferPointer(rebasing: text[..<$0.count]).isSame(as: $0)
        }
      }
  }

  /// The entry of a map. Walks the entries before it.
  public subscript(key: String) -> PackedNode? {
    var key = key
    return key.withUTF8 { self[utf8: $0] }
  }

  /// The same for the bytes of a key.
  public subscript(utf8 key: UnsafeBufferPointer<UInt8>) -> PackedNode? {
    let node = node
    guard node.kind == .map else { return nil }
    var position = index + 1
    let end = Int(node.offset)
    while position < end {
      let candidate = tree.nodes[position]
      if tree.isKey(candidate.key, key) { return PackedNode(tree: tree, index: position) }
      position = candidate.end(position)
    }
    return nil
  }

  /// The element of a list; nil when there is none. Walks the siblings before it.
  public subscript(index: Int) -> PackedNode? {
    let node = node
    guard node.kind == .list, index >= 0, index < Int(node.length) else { return nil }
    var position = self.index + 1
    for _ in 0..<index { position = tree.nodes[position].end(position) }
    return PackedNode(tree: tree, index: position)
  }

  /// Follows keys (and decimal indexes into lists).
  public func value(at path: String...) -> PackedNode? {
    var here = self
    for step in path {
      let next = here.isList ? Int(step).flatMap { here[$0] } : here[step]
      guard let next else { return nil }
      here = next
    }
    return here
  }

  /// The entries of a map in order; nothing for anything else.
  public var entries: Entries {
    let node = node
    return Entries(tree: tree, position: index + 1, end: node.kind == .map ? Int(node.offset) : 0)
  }

  /// The elements of a list in order; nothing for anything else.
  public var elements: Elements {
    let node = node
    return Elements(tree: tree, position: index + 1, end: node.kind == .list ? Int(node.offset) : 0)
  }

  /// The entries of a map in order.
  public struct Entries: Sequence, IteratorProtocol, Sendable {
    let tree: PackedTree
    var position: Int
    let end: Int

    /// The next entry.
    public mutating func next() -> (key: String, value: PackedNode)? {
      guard position < end else { return nil }
      let node = tree.nodes[position]
      defer { position = node.end(position) }
      return (tree.keys[Int(node.key)], PackedNode(tree: tree, index: position))
    }
  }

  /// The elements of a list in order.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    let tree: PackedTree
    var position: Int
    let end: Int

    /// The next element.
    public mutating func next() -> PackedNode? {
      guard position < end else { return nil }
      defer { position = tree.nodes[position].end(position) }
      return PackedNode(tree: tree, index: position)
    }
  }

  /// The same value, to be changed.
  public var unpacked: YAMLNode {
    let value: YAMLValue =
      switch node.kind {
      case .null: .null
      case .no: .bool(false)
      case .yes: .bool(true)
      case .number: .number(tree.text(node))
      case .string: .string(tree.text(node))
      case .list: .list(elements.map(\.unpacked))
      case .map: .map(YAMLMap(entries.lazy.map { ($0.key, $0.value.unpacked) }))
      }
    return YAMLNode(value, origin: node.origin, written: tree.written[UInt32(index)])
  }

  /// The same value without origins.
  public var json: JSON {
    switch node.kind {
    case .null: .null
    case .no: .bool(false)
    case .yes: .bool(true)
    case .number: .number(tree.text(node))
    case .string: .string(tree.text(node))
    case .list: .array(elements.map(\.json))
    case .map: .object(JSONObject(entries.lazy.map { ($0.key, $0.value.json) }))
    }
  }
}

extension PackedNode: Equatable {
  public static func == (a: PackedNode, b: PackedNode) -> Bool {
    if a.tree === b.tree, a.index == b.index { return true }
    let (mine, other) = (a.node, b.node)
    guard mine.kind == other.kind else { return false }
    switch mine.kind {
    case .null, .no, .yes: return true
    case .number, .string:
      return a.tree.withText(mine) { left in b.tree.withText(other) { left.isSame(as: $0) } }
    case .list: return mine.length == other.length && a.elements.elementsEqual(b.elements)
    case .map:
      guard mine.length == other.length else { return false }
      // Mostly in the same order.
      var rest = b.entries
      var lookup: PackedMap?
      for (key, value) in a.entries {
        if lookup == nil {
          guard let next = rest.next() else { return false }
          if next.key == key {
            if next.value != value { return false }
            continue
          }
        }
        let map = lookup ?? PackedMap(b)
        lookup = map
        guard let next = map[key], next == value else { return false }
      }
      return true
    }
  }
}

/// A map whose entries are looked up: by hash where they are many, or ten thousand labels would be compared with ten
/// thousand labels.
public struct PackedMap {
  private let node: PackedNode
  private let index: [String: PackedNode]?

  /// Anything but a map has no entries.
  public init(_ node: PackedNode) {
    self.node = node
    index = node.count > 64 ? Dictionary(node.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) : nil
  }

  /// The entry of that key.
  public subscript(key: String) -> PackedNode? { index == nil ? node[key] : index?[key] }

  /// The same for the bytes of a key.
  public subscript(utf8 key: UnsafeBufferPointer<UInt8>) -> PackedNode? {
    index == nil ? node[utf8: key] : index?[String(decoding: key, as: UTF8.self)]
  }
}

/// The arena behind packed nodes.
final class PackedTree: Sendable {
  /// Every value stands before what is in it: a map or a list is followed by its children.
  struct Node: Sendable {
    private let head: UInt32
    /// Where the text of a scalar begins; the index behind the last value inside a list or map.
    let offset: UInt32
    /// Bytes of a scalar's text; elements or entries.
    var length: UInt32
    private let place: (UInt32, UInt32)

    /// - Parameter key: index of the entry's key, below 2^28.
    init(_ kind: PackedNode.Kind, key: UInt32, offset: Int, length: Int, origin: Origin) {
      head = key << 4 | UInt32(kind.rawValue)
      self.offset = UInt32(offset)
      self.length = UInt32(length)
      let bits = origin.packed
      place = (UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits))
    }

    var kind: PackedNode.Kind { PackedNode.Kind(rawValue: UInt8(head & 15)) ?? .null }
    var key: UInt32 { head >> 4 }
    var origin: Origin { Origin(packed: UInt64(place.0) << 32 | UInt64(place.1)) }

    /// The index behind this node, which is at `position`, and all that is in it.
    func end(_ position: Int) -> Int { kind == .list || kind == .map ? Int(offset) : position + 1 }
  }

  let nodes: [Node]
  let texts: [UInt8]
  let keys: [String]
  /// Where their bytes are: how long each is, and where it begins in `texts`.
  private let keyPlaces: [(offset: UInt32, length: UInt32)]
  /// How plain scalars stood in their files where they read differently, by node.
  let written: [UInt32: String]

  init(
    nodes: [Node], texts: [UInt8], keys: [String], keyPlaces: [(offset: UInt32, length: UInt32)],
    written: [UInt32: String]
  ) {
    self.nodes = nodes
    self.texts = texts
    self.keys = keys
    self.keyPlaces = keyPlaces
    self.written = written
  }

  func isKey(_ id: UInt32, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let place = keyPlaces[Int(id)]
    guard Int(place.length) == key.count else { return false }
    return texts.withUnsafeBufferPointer {
      UnsafeBufferPointer(rebasing: $0[Int(place.offset)..<Int(place.offset + place.length)]).isSame(as: key)
    }
  }

  func withText<Result>(_ node: Node, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let range = Int(node.offset)..<Int(node.offset) + Int(node.length)
    return texts.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  func text(_ node: Node) -> String { withText(node) { String(decoding: $0, as: UTF8.self) } }
}

/// Builds a tree.
private struct Packer {
  private(set) var nodes: [PackedTree.Node] = []
  private var texts: [UInt8] = []
  private var keys: [String] = []
  private var keyPlaces: [(offset: UInt32, length: UInt32)] = []
  private var places: [String: UInt32] = [:]
  private var written: [UInt32: String] = [:]

  mutating func add(_ node: YAMLNode, key: UInt32 = 0) {
    if let text = node.written { written[UInt32(nodes.count)] = text }
    func scalar(_ kind: PackedNode.Kind, _ text: String = "") {
      nodes.append(
        PackedTree.Node(kind, key: key, offset: texts.count, length: text.utf8.count, origin: node.origin))
      texts.append(contentsOf: text.utf8)
    }
    switch node.value {
    case .null: scalar(.null)
    case .bool(let value): scalar(value ? .yes : .no)
    case .number(let text): scalar(.number, text)
    case .string(let text): scalar(.string, text)
    case .list(let elements):
      let place = open(node, key)
      for element in elements { add(element) }
      close(place, .list, key, elements.count, node.origin)
    case .map(let map):
      let place = open(node, key)
      for (name, value) in map { add(value, key: id(of: name)) }
      close(place, .map, key, map.count, node.origin)
    }
  }

  private mutating func open(_ node: YAMLNode, _ key: UInt32) -> Int {
    nodes.append(PackedTree.Node(.null, key: key, offset: 0, length: 0, origin: node.origin))
    return nodes.count - 1
  }

  private mutating func close(_ place: Int, _ kind: PackedNode.Kind, _ key: UInt32, _ count: Int, _ origin: Origin) {
    nodes[place] = PackedTree.Node(kind, key: key, offset: nodes.count, length: count, origin: origin)
  }

  private mutating func id(of key: String) -> UInt32 {
    if let known = places[key] { return known }
    let new = UInt32(keys.count)
    places[key] = new
    keys.append(key)
    keyPlaces.append((UInt32(texts.count), UInt32(key.utf8.count)))
    texts.append(contentsOf: key.utf8)
    return new
  }

  /// In arrays of just the size.
  func tree() -> PackedTree {
    PackedTree(
      nodes: Array(nodes[...]), texts: Array(texts[...]), keys: Array(keys[...]), keyPlaces: Array(keyPlaces[...]),
      written: written)
  }
}
