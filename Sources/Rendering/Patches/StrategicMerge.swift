import Structured

/// A strategic merge as kustomize does it (kustomize: kyaml/yaml/merge2, kyaml/yaml/walk).
struct StrategicMerge {
  let schema: MergeSchema
  /// New elements of lists come before the old ones (kustomize: MergeOptionsListPrepend), else behind them.
  var prepends = true
  /// For errors.
  let place: Place

  private static let directive = "$patch"
  private enum Strategy { case merge, replace, delete }

  /// - Returns: nil when the patch deletes the object.
  /// - Throws: `.failed` where shapes do not fit.
  func merge(_ patch: YAMLNode, into target: YAMLNode) throws(RenderError) -> YAMLNode? {
    try walk(target, patch, type: nil)
  }

  private func failure(_ sentence: String, _ node: YAMLNode) -> RenderError {
    .failed(sentence: sentence, place: place(node.origin))
  }

  /// What comes of a field that one or both have; nil clears it.
  private func walk(
    _ target: YAMLNode?, _ patch: YAMLNode?, type: MergeSchema.TypeID?, keys: [String]? = nil
  ) throws(RenderError) -> YAMLNode? {
    switch (target?.isNull == true ? nil : target, patch) {
    case (let target?, nil): return settled(target, type: type, keys: keys)
    case (nil, nil): return target
    case (let target, let patch?):
      if patch.isNull { return nil }
      switch patch.value {
      case .map:
        if let target, target.map == nil { throw failure("a patch has a map where there is none", patch) }
        return try walkMap(target, patch, type: type)
      case .list:
        if let target, target.list == nil { throw failure("a patch has a list where there is none", patch) }
        return try walkList(target, patch, type: type, keys: keys)
      default:
        if let target, target.map != nil || target.list != nil {
          throw failure("a patch has a scalar where there is a map or a list", patch)
        }
        // What was so already keeps its own place.
        return target == patch ? target : patch
      }
    }
  }

  private func walkMap(
    _ target: YAMLNode?, _ patch: YAMLNode, type: MergeSchema.TypeID?
  ) throws(RenderError) -> YAMLNode? {
    var patch = patch
    switch try takeStrategy(&patch) {
    case .delete: return nil
    case .replace: return patch
    case .merge: break
    }
    let type = type ?? self.type(of: target) ?? self.type(of: patch)
    // A new map goes through the same, so that nulls in it clear nothing and are not kept.
    var result = target ?? YAMLNode(.map(YAMLMap()), origin: patch.origin)
    if let type, let map = target?.map {
      for (key, value) in map where patch[key] == nil {
        guard let field = schema.field(key, of: type) else { continue }
        result[key] = settled(value, type: field.type, keys: field.mergeKeys)
      }
    }
    for (key, value) in patch.map ?? YAMLMap() {
      let field = schema.field(key, of: type)
      result[key] = try walk(target?[key], value, type: field?.type, keys: field?.mergeKeys)
    }
    return result
  }

  private func type(of node: YAMLNode?) -> MergeSchema.TypeID? {
    guard let kind = node?["kind"]?.string, let apiVersion = node?["apiVersion"]?.string else { return nil }
    return schema.type(apiVersion: apiVersion, kind: kind)
  }

  /// Takes `$patch` out of a map.
  private func takeStrategy(_ patch: inout YAMLNode) throws(RenderError) -> Strategy {
    guard let directive = patch[Self.directive] else { return .merge }
    patch[Self.directive] = nil
    return try strategy(directive)
  }

  private func strategy(_ directive: YAMLNode) throws(RenderError) -> Strategy {
    switch directive.string {
    case "merge": return .merge
    case "replace": return .replace
    case "delete": return .delete
    default: throw failure("unknown patch strategy '\(directive.string ?? "")'", directive)
    }
  }

  private func walkList(
    _ target: YAMLNode?, _ patch: YAMLNode, type: MergeSchema.TypeID?, keys: [String]?
  ) throws(RenderError) -> YAMLNode? {
    guard let keys else { return patch }
    var elements = patch.list ?? []
    // An element `$patch: replace` alone speaks of the list.
    if let index = elements.firstIndex(where: { $0.map?.count == 1 && $0[Self.directive] != nil }),
      let directive = elements[index][Self.directive]
    {
      elements.remove(at: index)
      switch try strategy(directive) {
      case .delete: return nil
      case .replace: return YAMLNode(.list(elements), origin: patch.origin)
      case .merge: break
      }
    }
    let old = target?.list ?? []
    let isSet = keys.isEmpty || (old + elements).allSatisfy { $0.map == nil && $0.list == nil }
    let merged = isSet ? union(old, elements) : try merge(old, elements, by: keys, type: type)
    // Nothing left of a list is no list.
    if merged.isEmpty { return target == nil && elements.isEmpty ? patch : nil }
    return YAMLNode(.list(merged), origin: target?.origin ?? patch.origin)
  }

  /// Scalars once each.
  private func union(_ old: [YAMLNode], _ new: [YAMLNode]) -> [YAMLNode] {
    var result: [YAMLNode] = []
    var known: Set<JSON> = []
    for element in prepends ? new + old : old + new where known.insert(element.json).inserted {
      result.append(element)
    }
    return result
  }

  private func merge(
    _ old: [YAMLNode], _ new: [YAMLNode], by keys: [String], type: MergeSchema.TypeID?
  ) throws(RenderError) -> [YAMLNode] {
    let identities = ListIdentities(keys: keys, old: old, new: new, prepends: prepends)
    // What kustomize makes of an element without any of the keys depends on the others: it may lose them all.
    if let odd = identities.newWithoutKey.first ?? identities.oldWithoutKey.first, !identities.order.isEmpty {
      let element = identities.newWithoutKey.isEmpty ? old[odd] : new[odd]
      throw .undetermined(
        feature: "a patch of a list with an element that has no \(keys.joined(separator: " or "))",
        place: place(element.origin))
    }
    var result: [YAMLNode] = []
    for identity in identities.order {
      let patch = identities.new[identity].map { new[$0] }
      let targets = identities.old[identity] ?? []
      guard var value = try walk(targets.first.map { old[$0] }, patch, type: type), value.map?.isEmpty != true else {
        continue
      }
      // Of several old elements with the same keys the last one stays, as it is.
      if targets.count > 1, let last = targets.last { value = settled(old[last], type: type, keys: nil) }
      for (key, text) in zip(identities.keys, identity) where value[key] == nil && !text.isEmpty {
        value[key] = YAMLNode(.string(text), origin: value.origin)
      }
      result.append(value)
    }
    // Elements that have no key are nobody's.
    result += identities.oldWithoutKey.map { old[$0] }
    result += identities.newWithoutKey.map { new[$0] }
    return result
  }

  /// What a merge makes of a part that the patch does not touch: lists that are merged by keys hold each of them once.
  private func settled(_ node: YAMLNode, type: MergeSchema.TypeID?, keys: [String]?) -> YAMLNode {
    switch node.value {
    case .map(let map):
      guard let type else { return node }
      var result = node
      for (key, value) in map where value.map != nil || value.list != nil {
        guard let field = schema.field(key, of: type) else { continue }
        let settled = settled(value, type: field.type, keys: field.mergeKeys)
        result[key] = settled
      }
      return result
    case .list(let elements):
      guard let keys, type != nil || !keys.isEmpty else { return node }
      var kept = elements
      if !keys.isEmpty, elements.allSatisfy({ $0.map != nil }) {
        let identities = ListIdentities(keys: keys, old: elements, new: [], prepends: prepends)
        let repeated = Set(identities.old.values.flatMap { $0.dropLast() })
        if !repeated.isEmpty { kept = elements.enumerated().filter { !repeated.contains($0.offset) }.map(\.element) }
      }
      return YAMLNode(.list(kept.map { settled($0, type: type, keys: nil) }), origin: node.origin)
    default: return node
    }
  }
}

/// Which elements of two lists are the same (kustomize: walk/associative_sequence.go).
private struct ListIdentities {
  typealias Identity = [String]

  let keys: [String]
  private(set) var order: [Identity] = []
  /// All with the same keys, in their order.
  private(set) var old: [Identity: [Int]] = [:]
  private(set) var new: [Identity: Int] = [:]
  private(set) var oldWithoutKey: [Int] = []
  private(set) var newWithoutKey: [Int] = []

  init(keys: [String], old: [YAMLNode], new: [YAMLNode], prepends: Bool) {
    func identity(_ node: YAMLNode) -> Identity {
      keys.map { key in
        switch node[key]?.value {
        case .string(let text)?, .number(let text)?: node[key]?.written ?? text
        case .bool(let value)?: value ? "true" : "false"
        default: ""
        }
      }
    }
    let oldIdentities = old.map(identity)
    let newIdentities = new.map(identity)
    var all = Self.unified(prepends ? newIdentities + oldIdentities : oldIdentities + newIdentities)
    var unifiedNew: [Identity]
    var unifiedOld: [Identity]
    if prepends {
      unifiedNew = Array(all.prefix(new.count))
      unifiedOld = Array(all.dropFirst(new.count))
    } else {
      unifiedOld = Array(all.prefix(old.count))
      unifiedNew = Array(all.dropFirst(old.count))
    }
    // A key that no element has says nothing.
    let used = keys.indices.filter { key in all.contains { !$0[key].isEmpty } }
    self.keys = used.map { keys[$0] }
    func reduced(_ list: [Identity]) -> [Identity] { list.map { identity in used.map { identity[$0] } } }
    all = reduced(all)
    unifiedOld = reduced(unifiedOld)
    unifiedNew = reduced(unifiedNew)
    for (index, identity) in unifiedOld.enumerated() {
      if identity.allSatisfy(\.isEmpty) {
        oldWithoutKey.append(index)
      } else {
        self.old[identity, default: []].append(index)
      }
    }
    for (index, identity) in unifiedNew.enumerated() {
      if identity.allSatisfy(\.isEmpty) {
        newWithoutKey.append(index)
      } else if self.new[identity] == nil {
        self.new[identity] = index
      }
    }
    // With several keys old elements keep their order, and come behind the new ones.
    if prepends, self.keys.count > 1 {
      all = unifiedNew.filter { self.old[$0] == nil } + unifiedOld
    }
    var known: Set<Identity> = []
    for identity in all where !identity.allSatisfy(\.isEmpty) && known.insert(identity).inserted {
      order.append(identity)
    }
  }

  /// With several keys, elements that share one and differ by an empty other one are the same.
  private static func unified(_ list: [Identity]) -> [Identity] {
    guard let first = list.first, first.count > 1 else { return list }
    var list = list
    // Elements without any empty key are only compared with those that have one.
    let incomplete = list.indices.filter { list[$0].contains("") }
    for index in incomplete {
      for other in list.indices {
        guard let both = common(list[index], list[other]) else { continue }
        list[index] = both
        list[other] = both
      }
    }
    return list
  }

  private static func common(_ a: Identity, _ b: Identity) -> Identity? {
    var shares = false
    var result: Identity = []
    for (a, b) in zip(a, b) {
      if a == b {
        shares = true
        result.append(a)
      } else if a.isEmpty || b.isEmpty {
        result.append(a.isEmpty ? b : a)
      } else {
        return nil
      }
    }
    return shares ? result : nil
  }
}
