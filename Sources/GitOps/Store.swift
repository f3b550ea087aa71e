/// Live state: the objects of every stream, as a value. What several streams hold (a kind's own watch and a watch by
/// label) is one object here; the one delivered last counts.
public struct Store: Sendable {
  private struct Entry {
    var current: Object
    var stream: Int
    /// The same object in other streams, oldest delivery first.
    var others: [(stream: Int, object: Object)] = []
  }

  private var numbers: [StreamID: Int] = [:]
  private var members: [Int: Set<ObjectRef>] = [:]
  private var entries: [ObjectRef: Entry] = [:]
  private var owned: [ObjectRef: Set<ObjectRef>] = [:]
  /// The state of each stream that reported one.
  public private(set) var links: [StreamID: Link] = [:]

  public init() {}

  public var count: Int { entries.count }
  public var refs: some Collection<ObjectRef> { entries.keys }
  /// The owners that labels of objects name.
  public var owners: some Collection<ObjectRef> { owned.keys }
  public var streams: some Collection<StreamID> { numbers.keys }

  public func object(_ ref: ObjectRef) -> Object? { entries[ref]?.current }

  /// What one stream holds now; empty before its first list.
  public func refs(in stream: StreamID) -> Set<ObjectRef> { numbers[stream].flatMap { members[$0] } ?? [] }

  /// Whether a complete list of this stream has arrived since it was opened.
  public func isListed(_ stream: StreamID) -> Bool { numbers[stream] != nil }

  /// The objects whose labels name this owner, in the cluster of `owner`: move the reference to the target cluster of a
  /// reconciler that applies elsewhere.
  public func managed(by owner: ObjectRef) -> Set<ObjectRef> { owned[owner] ?? [] }

  /// Takes a fact, and says what is different now. An object that arrives again unchanged is no difference.
  public mutating func apply(_ change: Change) -> StoreDelta {
    var delta = StoreDelta()
    switch change {
    case .replaceAll(let stream, let objects): replace(stream, objects, &delta)
    case .upsert(let stream, let object): insert(object, number(stream), &delta)
    case .remove(let stream, let object): remove(object.ref, number(stream), &delta)
    case .link(let stream, let link): delta.link = links.updateValue(link, forKey: stream) != link
    }
    return delta
  }

  /// Forgets a stream: its watch ended because nobody wants it any more.
  public mutating func close(_ stream: StreamID) -> StoreDelta {
    var delta = StoreDelta()
    if let number = numbers.removeValue(forKey: stream) {
      for ref in members.removeValue(forKey: number) ?? [] { withdraw(ref, number, &delta) }
    }
    delta.link = links.removeValue(forKey: stream) != nil
    return delta
  }

  private mutating func number(_ stream: StreamID) -> Int {
    if let number = numbers[stream] { return number }
    let number = (numbers.values.max() ?? -1) + 1
    numbers[stream] = number
    return number
  }

  private mutating func replace(_ stream: StreamID, _ objects: [Object], _ delta: inout StoreDelta) {
    let number = number(stream)
    if var gone = members[number], !gone.isEmpty {
      for object in objects { gone.remove(object.ref) }
      for ref in gone { remove(ref, number, &delta) }
    } else {
      // A first list: growing step by step would hash each reference several times.
      members[number] = Set(minimumCapacity: objects.count)
      entries.reserveCapacity(entries.count + objects.count)
      delta.added.reserveCapacity(objects.count)
    }
    for object in objects { insert(object, number, &delta) }
  }

  private mutating func insert(_ object: Object, _ number: Int, _ delta: inout StoreDelta) {
    let ref = object.ref
    members[number, default: []].insert(ref)
    guard var entry = entries[ref] else {
      entries[ref] = Entry(current: object, stream: number)
      index(object, true)
      delta.note(ref, existed: false, exists: true)
      return
    }
    let before = entry.current
    entry.others.removeAll { $0.stream == number }
    if entry.stream != number { entry.others.append((entry.stream, entry.current)) }
    entry.current = object
    entry.stream = number
    entries[ref] = entry
    exchange(before, object, &delta)
  }

  private mutating func remove(_ ref: ObjectRef, _ number: Int, _ delta: inout StoreDelta) {
    if members[number]?.remove(ref) != nil { withdraw(ref, number, &delta) }
  }

  private mutating func withdraw(_ ref: ObjectRef, _ number: Int, _ delta: inout StoreDelta) {
    guard var entry = entries[ref] else { return }
    guard entry.stream == number else {
      entry.others.removeAll { $0.stream == number }
      entries[ref] = entry
      return
    }
    let before = entry.current
    guard let next = entry.others.popLast() else {
      entries[ref] = nil
      index(before, false)
      delta.note(ref, existed: true, exists: false)
      return
    }
    entry.current = next.object
    entry.stream = next.stream
    entries[ref] = entry
    exchange(before, next.object, &delta)
  }

  private mutating func exchange(_ before: Object, _ after: Object, _ delta: inout StoreDelta) {
    if before.isSame(as: after) { return }
    if before.labels != after.labels {
      index(before, false)
      index(after, true)
    }
    delta.note(after.ref, existed: true, exists: true)
  }

  private mutating func index(_ object: Object, _ present: Bool) {
    for owner in OwnerLabels.owners(of: object) {
      if present {
        owned[owner, default: []].insert(object.ref)
      } else {
        owned[owner]?.remove(object.ref)
        if owned[owner]?.isEmpty == true { owned[owner] = nil }
      }
    }
  }
}

/// What one change made different, each object in exactly one of the sets.
public struct StoreDelta: Sendable, Equatable {
  public internal(set) var added: Set<ObjectRef> = []
  public internal(set) var changed: Set<ObjectRef> = []
  public internal(set) var removed: Set<ObjectRef> = []
  /// The link of the stream is another one.
  public internal(set) var link = false

  public init() {}

  public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty && !link }
  /// All objects that are not as they were.
  public var touched: Set<ObjectRef> { added.union(changed).union(removed) }

  /// Folds a second step on the same object into the first (a list may name an object twice).
  mutating func note(_ ref: ObjectRef, existed: Bool, exists: Bool) {
    switch (existed, exists) {
    case (false, true):
      if !removed.isEmpty, removed.remove(ref) != nil { changed.insert(ref) } else { added.insert(ref) }
    case (true, true): if added.isEmpty || !added.contains(ref) { changed.insert(ref) }
    case (true, false):
      changed.remove(ref)
      if added.remove(ref) == nil { removed.insert(ref) }
    case (false, false): break
    }
  }
}

extension Object {
  /// The same state of the same object, to the byte.
  func isSame(as other: Object) -> Bool {
    resourceVersion == other.resourceVersion && uid == other.uid && version == other.version && bytes == other.bytes
  }
}
