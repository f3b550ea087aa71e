/// Who waits for whom: `spec.dependsOn` and sources of the resources of a snapshot, folded to root causes.
public struct Graph: Sendable, Equatable {
  /// For each waiting resource the failed one at the root of its chain. One that waits for two has the root that sorts
  /// first; one that waits for a progressing or an unknown resource has none.
  public let blockedBy: [ObjectRef: ObjectRef]
  /// For each root how many wait for it, however long the chain.
  public let blocking: [ObjectRef: Int]

  /// Linear in resources and dependencies; cycles of dependencies end by themselves, since each resource is reached once.
  public init(_ resources: some Sequence<Resource>) {
    var dependants: [ObjectRef: [ObjectRef]] = [:]
    var waiting: Set<ObjectRef> = []
    var roots: [ObjectRef] = []
    var starved: [Resource] = []
    for resource in resources {
      if resource.health == .waiting {
        waiting.insert(resource.ref)
        for dependency in resource.dependsOn { dependants[dependency, default: []].append(resource.ref) }
        if let source = resource.source { dependants[source, default: []].append(resource.ref) }
      } else if resource.holdsUpDependants {
        if resource.lacksSource { starved.append(resource) } else { roots.append(resource.ref) }
      }
    }
    // What failed only because its source did is no cause of its own. Chains of these (a chart of a repository) are short.
    var causes = Set(roots)
    var open = starved
    while true {
      var left: [Resource] = []
      for resource in open {
        guard let source = resource.source, causes.contains(source) else {
          left.append(resource)
          continue
        }
        waiting.insert(resource.ref)
        causes.insert(resource.ref)
        dependants[source, default: []].append(resource.ref)
      }
      if left.count == open.count { break }
      open = left
    }
    roots += open.map(\.ref)
    var blockedBy: [ObjectRef: ObjectRef] = [:]
    var blocking: [ObjectRef: Int] = [:]
    for root in roots.sorted() {
      var open = [root]
      while let ref = open.popLast() {
        for dependant in dependants[ref] ?? [] where waiting.contains(dependant) && blockedBy[dependant] == nil {
          blockedBy[dependant] = root
          blocking[root, default: 0] += 1
          open.append(dependant)
        }
      }
    }
    self.blockedBy = blockedBy
    self.blocking = blocking
  }
}

extension Resource {
  /// Failed, or suspended before it ever got ready: nothing that depends on it goes on by itself.
  fileprivate var holdsUpDependants: Bool {
    health == .failed || (health == .suspended && condition("Ready")?.status != "True")
  }

  /// Failed for want of what its source provides (flux: reasons of Kustomization, HelmRelease and HelmChart).
  fileprivate var lacksSource: Bool {
    health == .failed && source != nil
      && ["ArtifactFailed", "SourceNotReady", "NoSourceArtifact", "SourceUnavailable"].contains(reason)
  }
}
