import GitOps
import Structured

/// Whether an update changed nothing that a drift verdict depends on: only the status, and who wrote it. Most events on a
/// busy cluster are of this kind (`drift.md` B.7).
public func isStatusOnlyUpdate(old: Object, new: Object) -> Bool {
  guard old.ref == new.ref, old.uid == new.uid, old.version == new.version, old.deleted == new.deleted,
    old.generation == new.generation, old.labels == new.labels,
    let before = try? old.document().root, let after = try? new.document().root
  else { return false }
  // The generation counts changes of the spec; kinds without one are compared.
  let isCounted = new.generation.map { $0 > 0 } ?? false
  return areSame(before, after) { $0 == "status" || $0 == "metadata" || (isCounted && $0 == "spec") }
    && areSame(before["metadata"], after["metadata"]) { $0 == "resourceVersion" || $0 == "managedFields" }
    && writers(before) == writers(after)
}

private func areSame(_ a: JSONNode?, _ b: JSONNode?, except: (String) -> Bool) -> Bool {
  guard let a, let b, let mine = a.members, let theirs = b.members else { return a == nil && b == nil }
  for (key, value) in mine where !except(key) {
    guard let other = b[key], other.bytes() == value.bytes() else { return false }
  }
  return theirs.allSatisfy { except($0.key) || a[$0.key] != nil }
}

/// The entries of `managedFields` that do not only concern the status.
private func writers(_ object: JSONNode) -> [[UInt8]] {
  let entries = object.value(at: "metadata", "managedFields")?.elements.map(Array.init) ?? []
  return entries.filter { $0["subresource"]?.string != "status" }.map { $0.bytes() }
}
