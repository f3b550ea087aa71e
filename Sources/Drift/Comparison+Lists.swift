import Structured

extension Comparison {
  mutating func compareList(_ whole: PackedNode, _ live: JSONNode, _ node: SchemaTable.ID?) {
    let desired = Array(whole.elements)
    let elements = live.elements.map(Array.init) ?? []
    let item = node.flatMap { schema.item(of: $0) }
    let keys = node.map { schema.keys(of: $0).map(\.name) } ?? ["name"]
    // Which element is which cannot be told then.
    if desired.contains(where: { $0.isUnknown(among: keys) }) { return note(.unknown, whole, live, node) }
    switch rules.treatment(at: steps) {
    case .unordered: return compareUnordered(desired, elements, item, whole, live, node, allowsMore: false)
    case .subset: return compareUnordered(desired, elements, item, whole, live, node, allowsMore: true)
    case .ignored, .ignoredWhenZero, .ignoredWhenPlaceholder, nil: break
    }
    guard let node, schema.shape(node) == .list else {
      // In free-form parts of a known type lists are replaced as a whole.
      if !hasSchema, let keys = guessedKeys(desired, elements) {
        compareKeyed(desired, elements, item, keys, node)
      } else {
        compareAtomic(desired, elements, item, whole, live, node)
      }
      return
    }
    switch schema.listTypes[Int(node)] {
    case .map: compareKeyed(desired, elements, item, schema.keys(of: node), node)
    case .set: compareSet(desired, elements, item, node)
    case .atomic: compareAtomic(desired, elements, item, whole, live, node)
    }
  }

  /// Same length, and each element satisfied: then server defaults inside do not show. Else one row for the list (R5c).
  private mutating func compareAtomic(
    _ desired: [PackedNode], _ live: [JSONNode], _ item: SchemaTable.ID?, _ whole: PackedNode, _ liveList: JSONNode,
    _ node: SchemaTable.ID?
  ) {
    guard desired.count == live.count else { return note(.changed, whole, liveList, node) }
    for (index, element) in desired.enumerated() {
      steps.append(.element(index: index))
      let isEqual = satisfies(element, live[index], item)
      steps.removeLast()
      if !isEqual { return note(element.isEncrypted ? .encrypted : .changed, whole, liveList, node) }
    }
  }

  /// Each desired element is satisfied by a live element of its own, in any order.
  private mutating func compareUnordered(
    _ desired: [PackedNode], _ live: [JSONNode], _ item: SchemaTable.ID?, _ whole: PackedNode, _ liveList: JSONNode,
    _ node: SchemaTable.ID?, allowsMore: Bool
  ) {
    let wanted = desired.filter { !$0.isNull }
    guard allowsMore ? wanted.count <= live.count : wanted.count == live.count else {
      return note(.changed, whole, liveList, node)
    }
    // Trying every pair is quadratic: beyond this the order has to be the same.
    let reach = wanted.count > 200 ? 0 : live.count
    var taken = Array(repeating: false, count: live.count)
    for (position, element) in wanted.enumerated() {
      var match: Int?
      for offset in 0..<max(reach, 1) {
        // The same position first: mostly it is there.
        let candidate = (position + offset) % live.count
        if taken[candidate] { continue }
        steps.append(.element(index: candidate))
        let isEqual = satisfies(element, live[candidate], item)
        steps.removeLast()
        if isEqual {
          match = candidate
          break
        }
      }
      guard let match else { return note(.changed, whole, liveList, node) }
      taken[match] = true
    }
  }

  /// Members are found by their value; those of sets of objects, which are atomic, by what they hold.
  private mutating func compareSet(
    _ desired: [PackedNode], _ live: [JSONNode], _ item: SchemaTable.ID?, _ node: SchemaTable.ID?
  ) {
    let members = Set(live.compactMap { Scalar($0)?.text })
    for (index, element) in desired.enumerated() where !element.isNull {
      if isDone { return }
      if let text = Scalar(element)?.text {
        if members.contains(text) { continue }
      } else if isMember(element, of: live, at: index, item) {
        continue
      }
      steps.append(.member(index: -1 - index))
      note(.missing, element, nil, node)
      steps.removeLast()
    }
  }

  private mutating func isMember(
    _ element: PackedNode, of live: [JSONNode], at index: Int, _ item: SchemaTable.ID?
  ) -> Bool {
    // Mostly it is where it was; a long list is not searched for each.
    let places = [index] + (live.count > 200 ? [] : Array(live.indices))
    for place in places where live.indices.contains(place) {
      steps.append(.element(index: place))
      defer { steps.removeLast() }
      if satisfies(element, live[place], item) { return true }
    }
    return false
  }

  /// Elements are found by their keys, whatever their order (R5).
  private mutating func compareKeyed(
    _ desired: [PackedNode], _ live: [JSONNode], _ item: SchemaTable.ID?, _ keys: [SchemaTable.Key],
    _ node: SchemaTable.ID?
  ) {
    let wanted = desired.map { identity($0, keys) }
    let present = live.map { identity($0, keys) }
    if wanted == present {
      for (index, element) in desired.enumerated() { compareItem(element, live[index], index, item, keys) }
      return
    }
    var places: [String: [Int]] = [:]
    for (index, key) in present.enumerated() { places[key, default: []].append(index) }
    var doubles: [String: Int] = [:]
    for (index, element) in desired.enumerated() where !element.isNull {
      if isDone { return }
      let key = wanted[index]
      let occurrence = doubles[key, default: 0]
      doubles[key] = occurrence + 1
      let candidates = places[key] ?? []
      if occurrence < candidates.count {
        let place = candidates[occurrence]
        // The server keeps one of several elements with the same key: the last (apply) or the first (update).
        if occurrence == candidates.count - 1, wanted[(index + 1)...].contains(key) {
          if isDeduplicated(desired, wanted, key, live[place], item, keys, at: place) { continue }
        }
        compareItem(element, live[place], place, item, keys)
      } else if candidates.isEmpty, occurrence == 0 {
        steps.append(.item(index: -1 - index, keys: keys))
        note(.missing, element, nil, node)
        steps.removeLast()
      }
    }
  }

  private mutating func isDeduplicated(
    _ desired: [PackedNode], _ wanted: [String], _ key: String, _ live: JSONNode, _ item: SchemaTable.ID?,
    _ keys: [SchemaTable.Key], at place: Int
  ) -> Bool {
    for (index, element) in desired.enumerated() where wanted[index] == key {
      steps.append(.item(index: place, keys: keys))
      let isEqual = satisfies(element, live, item)
      steps.removeLast()
      if isEqual { return true }
    }
    return false
  }

  private mutating func compareItem(
    _ desired: PackedNode, _ live: JSONNode, _ index: Int, _ item: SchemaTable.ID?, _ keys: [SchemaTable.Key]
  ) {
    if isDone { return }
    steps.append(.item(index: index, keys: keys))
    compare(desired, live, item, .other)
    steps.removeLast()
  }

  /// Whether one element is satisfied, without keeping what differs.
  private mutating func satisfies(_ desired: PackedNode, _ live: JSONNode, _ item: SchemaTable.ID?) -> Bool {
    if desired.isNull { return live.isNull }
    let kept = found
    let wasEarly = stopsEarly
    found = []
    stopsEarly = true
    compare(desired, live, item, .other)
    let isEqual = found.isEmpty
    found = kept
    stopsEarly = wasEarly
    return isEqual
  }

  private func identity(_ node: PackedNode, _ keys: [SchemaTable.Key]) -> String {
    if keys.count == 1 { return node[keys[0].name].flatMap { Scalar($0) }?.text ?? keys[0].fallback ?? "" }
    return keys.map { node[$0.name].flatMap { Scalar($0) }?.text ?? $0.fallback ?? "" }.joined(separator: "\u{0}")
  }

  private func identity(_ node: JSONNode, _ keys: [SchemaTable.Key]) -> String {
    if keys.count == 1 { return node[keys[0].name].flatMap { Scalar($0) }?.text ?? keys[0].fallback ?? "" }
    return keys.map { node[$0.name].flatMap { Scalar($0) }?.text ?? $0.fallback ?? "" }.joined(separator: "\u{0}")
  }

  /// Without a schema: the keys that Kubernetes' own lists of this name have, if every element has them.
  private func guessedKeys(_ desired: [PackedNode], _ live: [JSONNode]) -> [SchemaTable.Key]? {
    guard case .key(let field)? = steps.last, !desired.isEmpty else { return nil }
    let names = field == "ports" && desired.contains { $0["containerPort"] != nil } ? "containerPorts" : field
    let keys = FieldFacts.listKeys[names] ?? [SchemaTable.Key(name: "name", fallback: nil)]
    for key in keys where key.fallback == nil {
      guard desired.allSatisfy({ $0[key.name].flatMap { Scalar($0) } != nil }),
        live.allSatisfy({ $0[key.name].flatMap { Scalar($0) } != nil })
      else { return nil }
    }
    guard Set(live.map { identity($0, keys) }).count == live.count else { return nil }
    return keys
  }
}
