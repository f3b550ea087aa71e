import Structured

/// One entry of `metadata.managedFields`.
struct ManagerEntry: Hashable, Sendable {
  enum Operation: String, Sendable { case apply = "Apply", update = "Update" }

  var manager: String
  var operation: Operation
  var apiVersion: String
  /// `status`, `scale`, or empty.
  var subresource: String
  /// Nil for what the scale subresource writes (`drift.md`, ownership fact 8).
  var time: String?
  var fields: FieldSet

  /// More entries of operation Update than this are merged into one (kubernetes: capmanagers.go).
  static let updateLimit = 10
  static let merged = "ancient-changes"

  init(
    manager: String, operation: Operation, apiVersion: String, subresource: String, time: String?, fields: FieldSet
  ) {
    self.manager = manager
    self.operation = operation
    self.apiVersion = apiVersion
    self.subresource = subresource
    self.time = time
    self.fields = fields
  }

  init?(_ json: JSON) {
    guard let manager = json["manager"]?.string,
      let operation = json["operation"]?.string.flatMap(Operation.init(rawValue:))
    else { return nil }
    self.init(
      manager: manager, operation: operation, apiVersion: json["apiVersion"]?.string ?? "",
      subresource: json["subresource"]?.string ?? "", time: json["time"]?.string,
      fields: FieldSet(fieldsV1: json["fieldsV1"]))
  }

  var json: JSON {
    var object = JSONObject([
      ("manager", .string(manager)), ("operation", .string(operation.rawValue)), ("apiVersion", .string(apiVersion)),
    ])
    if let time { object["time"] = .string(time) }
    object["fieldsType"] = "FieldsV1"
    object["fieldsV1"] = fields.fieldsV1
    if !subresource.isEmpty { object["subresource"] = .string(subresource) }
    return .object(object)
  }

  func isSameWriter(_ other: ManagerEntry) -> Bool {
    manager == other.manager && operation == other.operation && subresource == other.subresource
      && apiVersion == other.apiVersion
  }
}

/// What a write changes, and who owns what afterwards (`drift.md`, facts about ownership).
struct Ownership {
  let catalog: SchemaCatalog

  struct Difference {
    /// Added, or with another value.
    var changed = FieldSet()
    var removed = FieldSet()
    var isEmpty: Bool { changed.isEmpty && removed.isEmpty }
  }

  /// Every leaf of a value. Items of lists are members themselves; maps are when `withMaps`.
  func fields(of value: JSON, _ schema: Schema, withMaps: Bool) -> FieldSet {
    if schema.isAtomic(in: catalog) { return .leaf }
    switch value {
    case .object(let object):
      if object.isEmpty { return .leaf }
      var set = FieldSet()
      if withMaps, case .map = schema { set.isMember = true }
      for (key, member) in object {
        set.insert(.field(key), fields(of: member, schema.member(key, in: catalog), withMaps: withMaps))
      }
      return set
    case .array(let items):
      guard case .list(let element, let kind) = schema, kind != .atomic, !items.isEmpty else { return .leaf }
      var set = FieldSet()
      for item in items {
        guard let step = schema.element(of: item, in: catalog) else { continue }
        var inner = kind == .set ? FieldSet() : fields(of: item, element, withMaps: withMaps)
        inner.isMember = true
        set.insert(step, inner)
      }
      return set
    case .null, .bool, .number, .string: return .leaf
    }
  }

  func difference(from old: JSON?, to new: JSON?, _ schema: Schema) -> Difference {
    guard let old else {
      return Difference(changed: new.map { fields(of: $0, schema, withMaps: true) } ?? FieldSet())
    }
    guard let new else { return Difference(removed: fields(of: old, schema, withMaps: true)) }
    if schema.isAtomic(in: catalog) { return old == new ? Difference() : Difference(changed: .leaf) }
    switch (old, new) {
    case (.object(let before), .object(let after)):
      var result = Difference()
      for (key, value) in after {
        let inner = difference(from: before[key], to: value, schema.member(key, in: catalog))
        result.changed.insert(.field(key), inner.changed)
        result.removed.insert(.field(key), inner.removed)
      }
      for (key, value) in before where after[key] == nil {
        result.removed.insert(.field(key), fields(of: value, schema.member(key, in: catalog), withMaps: true))
      }
      return result
    case (.array(let before), .array(let after)):
      guard case .list(let element, let kind) = schema, kind != .atomic else {
        return old == new ? Difference() : Difference(changed: .leaf)
      }
      return listDifference(before, after, schema, element)
    default: return old == new ? Difference() : Difference(changed: .leaf)
    }
  }

  private func listDifference(_ before: [JSON], _ after: [JSON], _ schema: Schema, _ element: Schema) -> Difference {
    var old: [PathElement: JSON] = [:]
    for item in before { if let step = schema.element(of: item, in: catalog) { old[step] = item } }
    var result = Difference()
    for item in after {
      guard let step = schema.element(of: item, in: catalog) else { continue }
      let previous = old.removeValue(forKey: step)
      var inner = difference(from: previous, to: item, element)
      if previous == nil { inner.changed.isMember = true }
      result.changed.insert(step, inner.changed)
      result.removed.insert(step, inner.removed)
    }
    for (step, item) in old {
      var inner = fields(of: item, element, withMaps: true)
      inner.isMember = true
      result.removed.insert(step, inner)
    }
    return result
  }

  /// Entries after a write that is not an apply: the writer owns what it changed, nobody else does any more.
  func entries(_ entries: [ManagerEntry], updatedBy writer: ManagerEntry, difference: Difference) -> [ManagerEntry] {
    let changed = difference.changed.strippingServerFields()
    let removed = difference.removed.strippingServerFields()
    if changed.isEmpty, removed.isEmpty { return entries }
    var result: [ManagerEntry] = []
    var own = writer
    own.fields = changed
    for var entry in entries {
      entry.fields = entry.fields.subtracting(changed).subtracting(removed)
      if entry.isSameWriter(writer) {
        own.fields = own.fields.union(entry.fields)
        if changed.isEmpty { own.time = entry.time }
      } else if !entry.fields.isEmpty {
        result.append(entry)
      }
    }
    if !own.fields.isEmpty { result.append(own) }
    return capped(result)
  }

  private func capped(_ entries: [ManagerEntry]) -> [ManagerEntry] {
    let updates = entries.filter { $0.operation == .update && $0.subresource.isEmpty }
    guard updates.count > ManagerEntry.updateLimit else { return entries }
    let oldest = updates.sorted { ($0.time ?? "") < ($1.time ?? "") }
      .prefix(updates.count - ManagerEntry.updateLimit + 1)
    var bucket = oldest.reduce(into: FieldSet()) { $0 = $0.union($1.fields) }
    var result = entries.filter { entry in !oldest.contains(entry) }
    if let index = result.firstIndex(where: { $0.manager == ManagerEntry.merged }) {
      bucket = bucket.union(result[index].fields)
      result.remove(at: index)
    }
    let last = oldest.last
    result.append(
      ManagerEntry(
        manager: ManagerEntry.merged, operation: .update, apiVersion: last?.apiVersion ?? "", subresource: "",
        time: last?.time, fields: bucket))
    return result
  }
}
