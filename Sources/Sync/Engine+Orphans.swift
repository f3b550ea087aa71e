import Drift
import FoundationEssentials
import GitOps

/// Objects that an engine applied and that no reconciler answers for (`drift.md` B.4, orphans).
extension Engine {
  /// An object with an owner's labels came or changed, of which its owner says nothing or which has none any more: labels
  /// alone prove nothing, copies carry them too.
  func strayChanged(_ object: Object) { strayChanged(object, isGone: isGone) }

  private func strayChanged(_ object: Object, isGone: (ObjectRef) -> Bool) {
    let ref = object.ref
    let named = owners[ref] == nil ? OwnerLabels.owners(of: object) : []
    for owner in named {
      if let resource = resources[owner], desired[owner]?.set != nil, isApplied(object, by: owner) {
        refreshMembership(resource)
        compare(ref, under: owner)
      }
    }
    let gone = named.allSatisfy(isGone) ? named.first { isApplied(object, by: $0) } : nil
    if orphans[ref] != gone { forgetOrphan(ref) }
    guard let gone else { return }
    orphans[ref] = gone
    deliver(orphanRow(object, of: gone, now: options.now()).map { [$0] } ?? [], of: ref, under: gone)
  }

  /// Objects that the reconciler once applied and that neither Git nor its inventory has.
  func strays(of resource: Resource, besides members: Set<ObjectRef>) -> Set<ObjectRef> {
    guard desired[resource.ref]?.set != nil, resource.inEffect != .nothing else { return [] }
    let owner = resource.ref.moved(to: place(of: resource) ?? resource.ref.cluster)
    return store.managed(by: owner).subtracting(members).filter { ref in
      store.object(ref).map { isApplied($0, by: resource.ref) } ?? false
    }
  }

  private func isApplied(_ object: Object, by owner: ObjectRef) -> Bool {
    Ownership.isApplied(object, by: ManagerTable.engine(of: owner.groupKind))
  }

  /// All owners of a kind are known, and this is none of them. Labels name no cluster: where the owner's namespace has no
  /// reconciler of its kind at all, it may be one of another cluster that applies here.
  private func isGone(_ owner: ObjectRef) -> Bool {
    guard resources[owner] == nil, let state = clusters[owner.cluster],
      let whole = state.ownStreams.first(where: { $0.groupKind == owner.groupKind })
    else { return false }
    let isListed = state.visibility.streams(of: whole).contains { part in
      (part.namespace == nil || part.namespace == owner.namespace) && state.listed.contains(part)
    }
    guard isListed else { return false }
    var hasNeighbour = false
    for ref in resources.keys where ref.groupKind == owner.groupKind && ref.namespace == owner.namespace {
      if ref.cluster == owner.cluster {
        hasNeighbour = true
      } else if ref.name == owner.name, resources[ref]?.target != nil {
        return false
      }
    }
    return hasNeighbour
  }

  /// What carries the labels of an owner that came or went is looked at again.
  func ownerChanged(_ owner: ObjectRef) {
    // Looks through all reconcilers: once for all that it left.
    let isOwnerGone = isGone(owner)
    for ref in store.managed(by: owner) {
      if resources[owner] != nil {
        forgetOrphan(ref)
      } else if let object = store.object(ref) {
        strayChanged(object) { $0 == owner ? isOwnerGone : isGone($0) }
      }
    }
  }

  /// The owners of a kind are known now.
  func ownersListed(_ stream: StreamID) {
    guard KindAdapters.adapter(for: stream.groupKind)?.ownerLabels != nil else { return }
    for owner in store.owners
    where owner.cluster == stream.cluster && owner.groupKind == stream.groupKind && resources[owner] == nil {
      ownerChanged(owner)
    }
  }

  func forgetOrphan(_ ref: ObjectRef) {
    guard let owner = orphans.removeValue(forKey: ref) else { return }
    verdicts[owner]?[ref] = nil
    if verdicts[owner]?.isEmpty == true { verdicts[owner] = nil }
    summaries[owner] = nil
    markDirty()
  }
}
