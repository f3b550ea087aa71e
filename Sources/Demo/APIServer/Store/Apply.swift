import Structured

/// Server-side apply (kubernetes: structured-merge-diff): the applied configuration merged into the live object, what
/// the same manager applied before and no longer wants removed, and the fields' owners.
struct Apply {
  let ownership: Ownership
  let schema: Schema
  private var catalog: SchemaCatalog { ownership.catalog }

  init(ownership: Ownership, schema: Schema) {
    self.ownership = ownership
    self.schema = schema
  }

  struct Result {
    var object: JSON
    var entries: [ManagerEntry]
  }

  /// A field that another manager owns with another value.
  struct Conflict: Error {
    var manager: ManagerEntry
    var fields: [String]
  }

  /// - Throws: the conflicts, unless `force`.
  func callAsFunction(
    _ config: JSON, to live: JSON, entries: [ManagerEntry], writer: ManagerEntry, force: Bool
  ) throws(Conflict) -> Result {
    let applied = ownership.fields(of: config, schema, withMaps: false).strippingServerFields()
    let merged = merge(live, config, schema)
    let changed = ownership.difference(from: live, to: merged, schema).changed.strippingServerFields()
    var own = writer
    own.fields = applied
    var previous: ManagerEntry?
    var others: [ManagerEntry] = []
    for var entry in entries {
      if entry.isSameWriter(writer) {
        previous = entry
        continue
      }
      let lost = entry.fields.intersection(changed)
      if !lost.isEmpty, !force { throw Conflict(manager: entry, fields: lost.paths()) }
      entry.fields = entry.fields.subtracting(changed)
      if !entry.fields.isEmpty { others.append(entry) }
    }
    let kept = others.reduce(into: applied) { $0 = $0.union($1.fields) }
    let dropped = previous?.fields.subtracting(applied) ?? FieldSet()
    let object = removing(dropped, keeping: kept, from: merged, schema) ?? .object(JSONObject())
    if object == live, let previous, previous.fields == applied { own.time = previous.time }
    return Result(object: object, entries: [own] + others)
  }

  private func merge(_ live: JSON?, _ config: JSON, _ schema: Schema) -> JSON {
    guard let live, !schema.isAtomic(in: catalog) else { return withoutNulls(config) }
    switch (live, config) {
    case (.object(var object), .object(let wanted)):
      for (key, value) in wanted {
        object[key] = value == .null ? nil : merge(object[key], value, schema.member(key, in: catalog))
      }
      return .object(object)
    case (.array(let items), .array(let wanted)):
      guard case .list(let element, let kind) = schema, kind != .atomic else { return config }
      return .array(mergeItems(items, wanted, schema, element, isSet: kind == .set))
    default: return withoutNulls(config)
    }
  }

  private func mergeItems(_ items: [JSON], _ wanted: [JSON], _ schema: Schema, _ element: Schema, isSet: Bool) -> [JSON]
  {
    var live: [PathElement: JSON] = [:]
    for item in items { if let step = schema.element(of: item, in: catalog) { live[step] = item } }
    var seen: Set<PathElement> = []
    var result: [JSON] = []
    for item in wanted {
      guard let step = schema.element(of: item, in: catalog), seen.insert(step).inserted else { continue }
      result.append(isSet ? item : merge(live[step], item, element))
    }
    for item in items {
      if let step = schema.element(of: item, in: catalog), !seen.contains(step) { result.append(item) }
    }
    return result
  }

  private func withoutNulls(_ value: JSON) -> JSON {
    guard case .object(let object) = value else { return value }
    var result = JSONObject()
    for (key, member) in object where member != .null { result[key] = withoutNulls(member) }
    return .object(result)
  }

  /// The value without the paths of `dropped`, but with everything that `kept` names; nil when nothing remains.
  private func removing(_ dropped: FieldSet, keeping kept: FieldSet?, from value: JSON, _ schema: Schema) -> JSON? {
    if dropped.isEmpty { return value }
    if dropped.isMember, kept?.isEmpty ?? true { return nil }
    switch value {
    case .object(var object):
      for (step, inner) in dropped.children {
        guard case .field(let key) = step, let member = object[key] else { continue }
        object[key] = removing(inner, keeping: kept?.children[step], from: member, schema.member(key, in: catalog))
      }
      return object.isEmpty && kept?.isEmpty ?? true ? nil : .object(object)
    case .array(let items):
      guard case .list(let element, let kind) = schema, kind != .atomic else { return value }
      let rest = items.compactMap { item -> JSON? in
        guard let step = schema.element(of: item, in: catalog), let inner = dropped.children[step] else { return item }
        return removing(inner, keeping: kept?.children[step], from: item, element)
      }
      return rest.isEmpty && kept?.isEmpty ?? true ? nil : .array(rest)
    case .null, .bool, .number, .string: return value
    }
  }
}
