import FoundationEssentials
import GitOps
import Structured

/// Reads and writes straight in the store, for those who set a scene: no request, no access rules, any time.
extension APIServer {
  /// Creates an object; a namespace that is missing is made.
  /// - Parameter status: written afterwards, as by the status subresource.
  @discardableResult
  public func create(
    _ object: JSON, status: JSON? = nil, as manager: String = "test", at time: Date = .now
  ) throws(APIStatus) -> JSON {
    let kind = try served(object)
    let key = ObjectKey(of: object)
    let stored = try store.write { (store) throws(APIStatus) in
      try store.makeNamespace(kind, key.namespace, time)
      var stored = try store.create(
        kind, namespace: key.namespace, object, WriteOptions(manager: manager, now: time))
      if let status {
        let options = WriteOptions(manager: manager, subresource: .status, now: time)
        stored = try store.patch(kind, ObjectKey(of: stored.json), .merge(["status": status]), options)
      }
      return stored
    }
    return stored.json
  }

  /// Server-side apply, forced.
  @discardableResult
  public func apply(_ object: JSON, as manager: String, at time: Date = .now) throws(APIStatus) -> JSON {
    let kind = try served(object)
    let key = ObjectKey(of: object)
    return try store.write { (store) throws(APIStatus) in
      try store.makeNamespace(kind, key.namespace, time)
      return try store.apply(kind, key, object, WriteOptions(manager: manager, force: true, now: time)).json
    }
  }

  /// RFC 7386 on an object; `subresource` is `status`, `scale` or empty.
  @discardableResult
  public func merge(
    _ groupKind: GroupKind, namespace: String, name: String, _ patch: JSON, subresource: String = "",
    as manager: String = "test", at time: Date = .now
  ) throws(APIStatus) -> JSON {
    let kind = try served(groupKind)
    let key = ObjectKey(namespace: namespace, name: name)
    let options = WriteOptions(
      manager: manager, subresource: WriteOptions.Subresource(rawValue: subresource) ?? .none, now: time)
    return try store.write { (store) throws(APIStatus) in
      try store.patch(kind, key, .merge(patch), options).json
    }
  }

  public func delete(
    _ groupKind: GroupKind, namespace: String, name: String, at time: Date = .now
  ) throws(APIStatus) {
    let kind = try served(groupKind)
    let key = ObjectKey(namespace: namespace, name: name)
    _ = try store.write { (store) throws(APIStatus) in
      try store.delete(kind, key, WriteOptions(now: time)).isGone
    }
  }

  public func object(_ groupKind: GroupKind, namespace: String, name: String) -> JSON? {
    guard let kind = try? served(groupKind) else { return nil }
    return store.read { $0.object(kind, ObjectKey(namespace: namespace, name: name))?.json }
  }

  /// All objects of a kind, by namespace and name.
  public func objects(_ groupKind: GroupKind) -> [JSON] {
    guard let kind = try? served(groupKind) else { return [] }
    return store.read { store in
      let table = store.table(kind.resource)
      return table.keys.compactMap { table.objects[$0]?.json }
    }
  }

  /// A line in a pod's log.
  public func log(_ line: String, pod: String, namespace: String, at time: Date = .now) {
    logs.append(line, to: ObjectKey(namespace: namespace, name: pod), at: time)
  }

  /// How many past events watches can start from.
  public func setWindow(_ events: Int) {
    _ = try? store.write { (store: inout ObjectStore) throws(APIStatus) in store.window = max(0, events) }
  }

  /// Ends every watch that is open, as at its time-out.
  public func endWatches() { store.interrupt(.end) }

  /// Ends every watch that is open with an ERROR event that says 410, and forgets all past events: every client has to
  /// list again.
  public func expireWatches() throws {
    try expireEvents()
    store.interrupt(.expiry)
  }

  private func served(_ object: JSON) throws(APIStatus) -> ServedKind {
    let parts = (object["apiVersion"]?.string ?? "").split(separator: "/")
    return try served(
      GroupKind(group: parts.count > 1 ? String(parts[0]) : "", kind: object["kind"]?.string ?? ""))
  }

  private func served(_ groupKind: GroupKind) throws(APIStatus) -> ServedKind {
    guard let kind = kinds.first(where: { $0.group == groupKind.group && $0.kind == groupKind.kind }) else {
      throw .unknownPath()
    }
    return kind
  }
}

extension ObjectStore {
  fileprivate mutating func makeNamespace(_ kind: ServedKind, _ name: String, _ time: Date) throws(APIStatus) {
    guard kind.namespaced, let namespaces = self.kind("", "namespaces"),
      object(namespaces, ObjectKey(namespace: "", name: name)) == nil
    else { return }
    _ = try create(namespaces, namespace: "", ["metadata": ["name": .string(name)]], WriteOptions(now: time))
  }
}
