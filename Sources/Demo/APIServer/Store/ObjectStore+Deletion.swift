import FoundationEssentials
import GitOps
import Structured

/// How objects go: held by finalizers, and with what they own.
extension ObjectStore {
  /// - Returns: the last state, and whether the object is gone (a finalizer may hold it).
  mutating func delete(
    _ kind: ServedKind, _ key: ObjectKey, _ options: WriteOptions, orphan: Bool = false
  ) throws(APIStatus) -> (object: StoredObject, isGone: Bool) {
    let previous = try get(kind, key)
    if let uid = options.uid, uid != previous.uid {
      throw .conflict(
        kind, key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(previous.uid)")
    }
    if options.dryRun { return (previous, true) }
    guard previous.json["metadata"]?["finalizers"]?.array?.isEmpty ?? true else {
      if previous.json["metadata"]?["deletionTimestamp"] != nil { return (previous, false) }
      var json = previous.json
      json["metadata"]?["deletionTimestamp"] = .string(Timestamp.format(options.now))
      json["metadata"]?["deletionGracePeriodSeconds"] = .integer(0)
      let entries = previous.entries
      return (store(kind, key, json, entries: entries, previous: previous, event: .modified), false)
    }
    return (remove(kind, key, previous.json, previous, options, orphan: orphan), true)
  }

  mutating func remove(
    _ kind: ServedKind, _ key: ObjectKey, _ last: JSON, _ previous: StoredObject, _ options: WriteOptions, orphan: Bool
  ) -> StoredObject {
    if kind.group.isEmpty, kind.kind == "Namespace" { empty(key.name, options) }
    let gone = store(kind, key, last, entries: previous.entries, previous: previous, event: .deleted)
    if !orphan { collect(ownedBy: previous.uid, namespace: key.namespace, options) }
    return gone
  }

  /// Everything in a namespace goes with it; finalizers are not waited for.
  private mutating func empty(_ namespace: String, _ options: WriteOptions) {
    for kind in kinds.values.filter(\.namespaced).sorted(by: { $0.resourceName < $1.resourceName }) {
      for key in table(kind.resource).keys where key.namespace == namespace {
        guard let object = object(kind, key) else { continue }
        _ = remove(kind, key, object.json, object, options, orphan: true)
      }
    }
  }

  /// The garbage collector: objects whose owners are all gone.
  private mutating func collect(ownedBy uid: String, namespace: String, _ options: WriteOptions) {
    for resource in Self.ownedResources {
      guard let kind = kinds[resource] else { continue }
      for key in table(resource).keys where key.namespace == namespace {
        guard let object = object(kind, key), let owners = object.json["metadata"]?["ownerReferences"]?.array,
          owners.count == 1, owners.first?["uid"]?.string == uid
        else { continue }
        _ = try? delete(kind, key, WriteOptions(now: options.now))
      }
    }
  }

  private static let ownedResources = [
    GroupResource(group: "apps", plural: "replicasets"), GroupResource(group: "", plural: "pods"),
    GroupResource(group: "", plural: "secrets"), GroupResource(group: "", plural: "configmaps"),
  ]

  /// Events older than an hour vanish (kubernetes: --event-ttl).
  mutating func expireEvents(at now: Date) {
    guard let events = kind("", "events") else { return }
    for key in table(events.resource).keys {
      guard let event = object(events, key),
        let time = event.json["lastTimestamp"]?.string.flatMap(Timestamp.parse),
        now.timeIntervalSince(time) > 3600
      else { continue }
      _ = try? delete(events, key, WriteOptions(now: now))
    }
  }
}
