import FoundationEssentials
import GitOps
import Structured

/// Namespace and name; lists are in this order.
struct ObjectKey: Hashable, Comparable, Sendable {
  let namespace: String
  let name: String

  static func < (a: ObjectKey, b: ObjectKey) -> Bool { (a.namespace, a.name) < (b.namespace, b.name) }
}

/// One write, as watches see it.
struct StoreEvent: Sendable {
  enum Kind: String, Sendable { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }

  let version: UInt64
  let resource: GroupResource
  let key: ObjectKey
  let kind: Kind
  let object: StoredObject
  let previous: StoredObject?
}

/// How a write is done.
struct WriteOptions: Sendable {
  enum Subresource: String, Sendable { case none = "", status, scale }

  var manager = "unknown"
  var subresource = Subresource.none
  var force = false
  var dryRun = false
  var now: Date
  /// A precondition (kubernetes: DeleteOptions.preconditions).
  var uid: String?
}

/// The state of one API server, pure: objects with versions, a window of past events, ownership of fields. No clock and
/// no network; whoever calls brings the time.
struct ObjectStore: Sendable {
  let kinds: [GroupResource: ServedKind]
  let catalog: SchemaCatalog
  let versionForm: VersionForm
  /// How many past events a watch can start from; older ones answer 410.
  var window: Int {
    didSet { trim() }
  }
  private(set) var version: UInt64
  /// Events after this version are still known.
  private(set) var floor: UInt64
  private(set) var events: [StoreEvent] = []
  private var tables: [GroupResource: Table] = [:]
  private var random: SplitMix64
  private var addresses = 0

  struct Table: Sendable {
    var objects: [ObjectKey: StoredObject] = [:]
    /// Sorted.
    var keys: [ObjectKey] = []
  }

  init(
    kinds: [ServedKind] = ServedKind.all, window: Int = 4096, seed: UInt64 = 1, version: UInt64 = 1000,
    versionForm: VersionForm = .number
  ) {
    self.versionForm = versionForm
    self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.resource, $0) })
    catalog = .shared
    self.window = window
    self.version = version
    floor = version
    random = SplitMix64(seed: seed)
  }

  func kind(_ group: String, _ plural: String) -> ServedKind? {
    kinds[GroupResource(group: group, plural: plural)]
  }

  func object(_ kind: ServedKind, _ key: ObjectKey) -> StoredObject? { tables[kind.resource]?.objects[key] }

  func get(_ kind: ServedKind, _ key: ObjectKey) throws(APIStatus) -> StoredObject {
    guard let object = object(kind, key) else { throw .notFound(kind, key.name) }
    return object
  }

  func table(_ resource: GroupResource) -> Table { tables[resource] ?? Table() }

  /// Forgets all past events: every watch and continue token from before answers 410.
  mutating func compact() {
    events = []
    floor = version
  }

  mutating func uuid() -> String {
    let (a, b) = (random.next(), random.next())
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return
      "\(hex(a >> 32, 8))-\(hex(a >> 16 & 0xffff, 4))-4\(hex(a & 0xfff, 3))-8\(hex(b >> 52, 3))-\(hex(b & 0xffff_ffff_ffff, 12))"
  }

  /// Five characters for generated names (kubernetes: names.SimpleNameGenerator).
  mutating func suffix() -> String {
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    return String((0..<5).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
  }

  mutating func address() -> String {
    addresses += 1
    return "10.96.\(addresses / 250 % 250).\(addresses % 250 + 1)"
  }

  /// Puts a new state in place and tells it to watches. `entries` are written into the object.
  mutating func store(
    _ kind: ServedKind, _ key: ObjectKey, _ json: JSON, entries: [ManagerEntry], previous: StoredObject?,
    event: StoreEvent.Kind
  ) -> StoredObject {
    version += 1
    let object = StoredObject(
      version: version, text: versionForm.text(version), json, entries: entries, previous: previous)
    var table = tables.removeValue(forKey: kind.resource) ?? Table()
    if event == .deleted {
      table.objects[key] = nil
      let index = table.keys.lowerBound(of: key)
      if index < table.keys.count, table.keys[index] == key { table.keys.remove(at: index) }
    } else {
      if table.objects.updateValue(object, forKey: key) == nil {
        table.keys.insert(key, at: table.keys.lowerBound(of: key))
      }
    }
    tables[kind.resource] = table
    events.append(
      StoreEvent(
        version: version, resource: kind.resource, key: key, kind: event, object: object, previous: previous))
    trim()
    return object
  }

  private mutating func trim() {
    // In steps, so that dropping stays cheap.
    guard events.count > window + window / 4 else { return }
    let dropped = events.count - window
    floor = events[dropped - 1].version
    events.removeFirst(dropped)
  }
}

/// A small seeded generator: the same seed gives the same world.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension [ObjectKey] {
  /// Where `key` is, or belongs, in this sorted array.
  func lowerBound(of key: ObjectKey) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
