import Drift
import GitOps

/// A release by where its records are.
struct ReleaseID: Hashable, Sendable {
  let cluster: ClusterID
  let namespace: String
  let name: String
}

/// Helm's records of releases, by their metadata: what was released outside Flux is drift of a HelmRelease (`drift.md` R8).
extension Engine {
  /// An object came, changed or went (nil): where it is a record, its HelmRelease is looked at again.
  func recordChanged(_ object: Object?, _ ref: ObjectRef) {
    guard ref.groupKind == Self.secret else { return }
    let new = object.flatMap { HelmRecord($0) }
    let old = helmRecords[ref]
    guard new != old else { return }
    helmRecords[ref] = new
    for record in [old, new].compactMap({ $0 }) {
      let id = ReleaseID(cluster: ref.cluster, namespace: ref.namespace, name: record.name)
      if new == nil { recordsOfRelease[id]?.remove(ref) } else { recordsOfRelease[id, default: []].insert(ref) }
      if recordsOfRelease[id]?.isEmpty == true { recordsOfRelease[id] = nil }
      if let resource = releasers[id].flatMap({ resources[$0] }) { lookAtRelease(of: resource) }
    }
  }

  /// A HelmRelease says something else of its release, or is gone (nil).
  func releaseChanged(_ old: Resource?, _ new: Resource?) {
    let (before, now) = (old.flatMap(id), new.flatMap(id))
    if before != now {
      if let before, releasers[before] == old?.ref { releasers[before] = nil }
      if let now, let new { releasers[now] = new.ref }
      if before == nil, let now { updateWatches(of: now.cluster) }
    }
    if let new, before != nil || now != nil { lookAtRelease(of: new) }
  }

  private func id(of resource: Resource) -> ReleaseID? {
    guard let release = resource.release, let place = place(of: resource) else { return nil }
    return ReleaseID(cluster: place, namespace: release.storageNamespace, name: release.name)
  }

  /// The newest release that Flux did not make and that is newer than the HelmRelease's own; nil when there is none.
  func newerRelease(of resource: Resource) -> HelmRecord? {
    guard let release = resource.release, let id = id(of: resource) else { return nil }
    let records = (recordsOfRelease[id] ?? []).compactMap { helmRecords[$0] }
    guard let newest = records.max(by: { $0.version < $1.version }), newest.version > release.version else {
      return nil
    }
    return newest.isFlux ? nil : newest
  }

  private func lookAtRelease(of resource: Resource) {
    let newer = newerRelease(of: resource)
    let rows = newer.flatMap { driftRow(of: resource, newer: $0, now: options.now()) }.map { [$0] } ?? []
    let had = verdicts[resource.ref]?[resource.ref]?.isEmpty == false
    deliver(rows, of: resource.ref, under: resource.ref)
    // What the objects are compared with is the same; whose doing a difference is may not be.
    if had != !rows.isEmpty { compareAll(resource.ref) }
  }
}
