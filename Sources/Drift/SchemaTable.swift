/// The types of all kinds of one API server, compiled from its OpenAPI documents into arrays indexed by 32-bit node
/// ids (`drift.md` B.1). Cycles of references are ordinary: a child is an id, and its node may be filled later.
public struct SchemaTable: Sendable {
  typealias ID = UInt32

  enum Shape: UInt8, Sendable {
    /// Anything: free-form, or not described.
    case any
    case object, map, list, scalar
  }

  enum ListType: UInt8, Sendable { case atomic, set, map }

  struct Traits: OptionSet, Sendable {
    let rawValue: UInt8
    /// `x-kubernetes-map-type: atomic`.
    static let atomic = Traits(rawValue: 1)
    /// Fields that are not described are dropped by the server.
    static let closed = Traits(rawValue: 2)
    /// A type of Kubernetes itself, which drops empty values on its way through Go structs.
    static let builtIn = Traits(rawValue: 4)
    /// The schema's default is an empty value.
    static let defaultsToZero = Traits(rawValue: 8)
  }

  /// One field of a list's key, and the value that an element without it has.
  struct Key: Sendable, Hashable {
    let name: String
    let fallback: String?
  }

  enum Child {
    case node(ID)
    /// Not described and kept.
    case free
    /// Not described: the server drops it.
    case dropped
  }

  struct Kind: Hashable, Sendable {
    let group: String
    let version: String
    let kind: String
  }

  static let none = ID.max

  // One entry a node.
  var shapes: [Shape] = []
  var listTypes: [ListType] = []
  var scalars: [ScalarClass] = []
  var traits: [Traits] = []
  /// The elements of a list, the values of a map.
  var items: [ID] = []
  var firstChild: [UInt32] = []
  var childCount: [UInt32] = []
  var keySets: [UInt32] = []

  // Children of objects, sorted by name id within one object.
  var childNames: [UInt32] = []
  var childNodes: [ID] = []
  /// Each set of list keys once; the first is empty.
  var keys: [[Key]] = [[]]
  var names: [String: UInt32] = [:]
  /// The names by id.
  var texts: [String] = []
  var definitions: [String: ID] = [:]
  /// Named types that were described, not only referred to.
  var filled: Set<ID> = []
  var roots: [Kind: ID] = [:]
  /// The fields that objects must have, by the ids of their names.
  var required: [ID: [UInt32]] = [:]

  /// Knows nothing yet: every kind is compared without types.
  public init() {}

  /// Whether fields of this kind can be typed.
  public func knows(group: String, version: String, kind: String) -> Bool {
    roots[Kind(group: group, version: version, kind: kind)] != nil
  }

  /// Whether no kind is known.
  public var isEmpty: Bool { roots.isEmpty }
  /// Number of nodes, for measurements.
  public var count: Int { shapes.count }

  func root(group: String, version: String, kind: String) -> ID? {
    roots[Kind(group: group, version: version, kind: kind)]
  }

  func shape(_ id: ID) -> Shape { shapes[Int(id)] }
  func has(_ trait: Traits, _ id: ID) -> Bool { traits[Int(id)].contains(trait) }
  func keys(of id: ID) -> [Key] { keys[Int(keySets[Int(id)])] }
  func item(of id: ID) -> ID? { items[Int(id)] == Self.none ? nil : items[Int(id)] }

  func child(of id: ID, named name: String) -> Child {
    let index = Int(id)
    switch shapes[index] {
    case .any, .list, .scalar: return .free
    case .map: return items[index] == Self.none ? .free : .node(items[index])
    case .object:
      if let wanted = names[name] {
        var low = Int(firstChild[index])
        var high = low + Int(childCount[index])
        while low < high {
          let middle = (low + high) / 2
          if childNames[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        if low < Int(firstChild[index]) + Int(childCount[index]), childNames[low] == wanted {
          return .node(childNodes[low])
        }
      }
      if items[index] != Self.none { return .node(items[index]) }
      return traits[index].contains(.closed) ? .dropped : .free
    }
  }
}
