import FoundationEssentials
import GitOps
import Structured

extension ObjectStore {
  mutating func create(
    _ kind: ServedKind, namespace: String, _ object: JSON, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    var json = object
    try check(kind, json)
    if json["metadata"]?["name"]?.string ?? "" == "", let prefix = json["metadata"]?["generateName"]?.string {
      json["metadata"]?["name"] = .string(prefix + suffix())
    }
    let name = json["metadata"]?["name"]?.string ?? ""
    guard !name.isEmpty else { throw .invalid(kind, name, "metadata.name: Required value: name is required") }
    let key = ObjectKey(namespace: kind.namespaced ? namespace : "", name: name)
    guard self.object(kind, key) == nil else { throw .alreadyExists(kind, name) }
    if let named = json["metadata"]?["namespace"]?.string, !named.isEmpty, kind.namespaced, named != namespace {
      throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
    }
    try checkNamespace(kind, key)
    if kind.hasStatus { json["status"] = nil }
    json["metadata"]?["managedFields"] = nil
    return try write(kind, key, json, previous: nil, options) { store, filled in
      store.updated([], from: nil, to: filled, kind, options)
    }
  }

  /// PUT of the whole object, or of its status.
  mutating func replace(
    _ kind: ServedKind, _ key: ObjectKey, with object: JSON, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    try check(kind, object)
    let previous = try get(kind, key)
    return try change(kind, key, previous, to: object, options)
  }

  mutating func patch(
    _ kind: ServedKind, _ key: ObjectKey, _ patch: Patch, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    let previous = try get(kind, key)
    let target = try patch.applied(to: previous.json, kind: kind, catalog: catalog)
    // A patch says that it depends on a version by naming it.
    return try change(kind, key, previous, to: target, options)
  }

  /// The scale subresource: `spec.replicas` by way of `autoscaling/v1` Scale.
  mutating func scale(
    _ kind: ServedKind, _ key: ObjectKey, replicas: Int, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    let previous = try get(kind, key)
    var json = previous.json
    json["spec"]?["replicas"] = .integer(replicas)
    var options = options
    options.subresource = .scale
    return try change(kind, key, previous, to: json, options)
  }

  mutating func apply(
    _ kind: ServedKind, _ key: ObjectKey, _ config: JSON, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    try check(kind, config)
    if config["metadata"]?["managedFields"] != nil {
      throw .badRequest("metadata.managedFields must be nil")
    }
    let previous = object(kind, key)
    if previous == nil { try checkNamespace(kind, key) }
    var live = previous?.json ?? [:]
    live["metadata"]?["managedFields"] = nil
    var config = config
    if kind.hasStatus, options.subresource != .status { config["status"] = nil }
    let writer = entry(kind, options, .apply)
    let result: Apply.Result
    do {
      result = try Apply(ownership: Ownership(catalog: catalog), schema: .object(kind.schemaName))(
        config, to: live, entries: previous?.entries ?? [], writer: writer, force: options.force)
    } catch {
      throw conflict(kind, key.name, error)
    }
    return try write(kind, key, result.object, previous: previous, options) { _, _ in result.entries }
  }

  private mutating func change(
    _ kind: ServedKind, _ key: ObjectKey, _ previous: StoredObject, to target: JSON, _ options: WriteOptions
  ) throws(APIStatus) -> StoredObject {
    if let wanted = target["metadata"]?["resourceVersion"]?.string, !wanted.isEmpty,
      wanted != versionForm.text(previous.version)
    {
      throw .conflict(
        kind, key.name, "the object has been modified; please apply your changes to the latest version and try again")
    }
    if let wanted = target["metadata"]?["uid"]?.string, wanted != previous.uid {
      throw .conflict(
        kind, key.name, "Precondition failed: UID in precondition: \(wanted), UID in object meta: \(previous.uid)")
    }
    var json = target
    switch options.subresource {
    case .status:
      json = previous.json
      json["status"] = target["status"]
    case .none, .scale: if kind.hasStatus { json["status"] = previous.json["status"] }
    }
    // A writer may set managed fields itself: controllers take over the fields of others so.
    var entries = previous.entries
    if options.subresource == .none, let written = target["metadata"]?["managedFields"]?.array,
      target["metadata"]?["managedFields"] != previous.json["metadata"]?["managedFields"]
    {
      entries = written.compactMap(ManagerEntry.init)
    }
    var before = previous.json
    before["metadata"]?["managedFields"] = nil
    json["metadata"]?["managedFields"] = nil
    return try write(kind, key, json, previous: previous, options) { store, filled in
      store.updated(entries, from: before, to: filled, kind, options)
    }
  }

  private mutating func write(
    _ kind: ServedKind, _ key: ObjectKey, _ object: JSON, previous: StoredObject?, _ options: WriteOptions,
    entries: (ObjectStore, JSON) -> [ManagerEntry]
  ) throws(APIStatus) -> StoredObject {
    let address = Defaults.needsAddress(object, kind: kind) ? self.address() : nil
    var json = Defaults.fill(object, kind: kind, address: address)
    stamp(&json, kind, key, previous: previous, options)
    let owners = entries(self, json)
    if let previous, unchanged(previous, json, owners) { return previous }
    if options.dryRun {
      let at = previous?.version ?? version
      return StoredObject(
        version: at, text: versionForm.text(at), json, entries: owners, previous: previous)
    }
    // The last finalizer of an object that is being deleted lets it go.
    if let previous, json["metadata"]?["deletionTimestamp"] != nil,
      json["metadata"]?["finalizers"]?.array?.isEmpty ?? true
    {
      return remove(kind, key, json, previous, options, orphan: false)
    }
    return store(kind, key, json, entries: owners, previous: previous, event: previous == nil ? .added : .modified)
  }

  /// The metadata that only the server writes.
  private mutating func stamp(
    _ json: inout JSON, _ kind: ServedKind, _ key: ObjectKey, previous: StoredObject?, _ options: WriteOptions
  ) {
    let given = json["metadata"]?.object ?? [:]
    let old = previous?.json["metadata"]
    var metadata = JSONObject([("name", .string(key.name))])
    if kind.namespaced { metadata["namespace"] = .string(key.namespace) }
    metadata["uid"] = old?["uid"] ?? .string(uuid())
    metadata["resourceVersion"] = .string(versionForm.text(previous?.version ?? 0))
    if kind.hasGeneration {
      let generation = old?["generation"]?.int ?? 0
      let isSame = previous.map { specification($0.json) == specification(json) } ?? false
      metadata["generation"] = .integer(isSame ? generation : generation + 1)
    }
    metadata["creationTimestamp"] = old?["creationTimestamp"] ?? .string(Timestamp.format(options.now))
    for name in ["deletionTimestamp", "deletionGracePeriodSeconds"] { metadata[name] = old?[name] }
    for (name, value) in given where metadata[name] == nil && !Self.serverMetadata.contains(name) && value != .null {
      metadata[name] = value
    }
    var ordered = JSONObject([
      ("kind", .string(kind.kind)), ("apiVersion", .string(kind.apiVersion)), ("metadata", .object(metadata)),
    ])
    for (name, value) in json.object ?? [:] where ordered[name] == nil { ordered[name] = value }
    json = .object(ordered)
  }

  private static let serverMetadata: Set<String> = [
    "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "managedFields", "selfLink",
  ]

  /// Everything whose change counts as a new generation.
  private func specification(_ json: JSON) -> JSON {
    var json = json
    json["metadata"] = nil
    json["status"] = nil
    return json
  }

  private func unchanged(_ previous: StoredObject, _ json: JSON, _ owners: [ManagerEntry]) -> Bool {
    guard sameFields(previous.entries, owners) else { return false }
    var old = previous.json
    old["metadata"]?["managedFields"] = nil
    return old == json
  }

  private func sameFields(_ a: [ManagerEntry], _ b: [ManagerEntry]) -> Bool {
    func timeless(_ entries: [ManagerEntry]) -> Set<ManagerEntry> {
      Set(
        entries.map { entry in
          var entry = entry
          entry.time = nil
          return entry
        })
    }
    return timeless(a) == timeless(b)
  }

  private func updated(
    _ entries: [ManagerEntry], from old: JSON?, to new: JSON, _ kind: ServedKind, _ options: WriteOptions
  ) -> [ManagerEntry] {
    let ownership = Ownership(catalog: catalog)
    return ownership.entries(
      entries, updatedBy: entry(kind, options, .update),
      difference: ownership.difference(from: old, to: new, .object(kind.schemaName)))
  }

  private func entry(_ kind: ServedKind, _ options: WriteOptions, _ operation: ManagerEntry.Operation) -> ManagerEntry {
    ManagerEntry(
      manager: String(options.manager.prefix(128)), operation: operation, apiVersion: kind.apiVersion,
      subresource: options.subresource.rawValue,
      time: options.subresource == .scale ? nil : Timestamp.format(options.now), fields: FieldSet())
  }

  private func conflict(_ kind: ServedKind, _ name: String, _ conflict: Apply.Conflict) -> APIStatus {
    let causes = conflict.fields.map { field in
      JSON.object(
        JSONObject([
          ("reason", "FieldManagerConflict"), ("message", .string("conflict with \"\(conflict.manager.manager)\"")),
          ("field", .string(field)),
        ]))
    }
    var status = APIStatus.conflict(kind, name, "")
    status.message =
      "Apply failed with \(causes.count) conflict\(causes.count == 1 ? "" : "s"): conflicts with "
      + "\"\(conflict.manager.manager)\": \(conflict.fields.joined(separator: ", "))"
    status.details["causes"] = .array(causes)
    return status
  }

  private func check(_ kind: ServedKind, _ json: JSON) throws(APIStatus) {
    guard json.object != nil else { throw .badRequest("the object provided is not a JSON object") }
    if let named = json["kind"]?.string, named != kind.kind {
      throw .badRequest("the kind in the data (\(named)) does not match the expected kind (\(kind.kind))")
    }
    if let version = json["apiVersion"]?.string, version != kind.apiVersion {
      throw .badRequest(
        "the API version in the data (\(version)) does not match the expected API version (\(kind.apiVersion))")
    }
  }

  private func checkNamespace(_ kind: ServedKind, _ key: ObjectKey) throws(APIStatus) {
    guard kind.namespaced, let namespaces = self.kind("", "namespaces") else { return }
    _ = try get(namespaces, ObjectKey(namespace: "", name: key.namespace))
  }
}
