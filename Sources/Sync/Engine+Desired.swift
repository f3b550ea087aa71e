import Drift
import FoundationEssentials
import Git
import GitOps
import Kube
import Rendering
import Structured

extension Engine {
  /// Renders again if something that decides the desired state changed.
  func refreshDesired(_ resource: Resource) {
    // What an Application wants is known by its engine's own verdict.
    guard resource.role == .reconciler, resource.ref.groupKind != ApplicationAdapter.kind.groupKind else { return }
    let key = desiredKey(of: resource)
    if desired[resource.ref]?.key == key { return }
    var state = desired[resource.ref] ?? DesiredState(key: key)
    state.key = key
    state.isRefreshing = true
    desired[resource.ref] = state
    let place = place(of: resource) ?? resource.ref.cluster
    if clusters[place]?.postpones(resource.ref) != true { renderQueue.add(resource.ref) }
    markDirty()
  }

  func desiredKey(of resource: Resource) -> DesiredKey {
    let repo = resource.source.flatMap { repoOfSource[$0] }
    let isGit = resource.source?.groupKind == GitRepositoryAdapter.kind.groupKind
    let problem = repo.flatMap { repos[$0]?.row.reason }
    return DesiredKey(
      place: place(of: resource), notAttached: whyNotAttached(resource),
      generation: store.object(resource.ref)?.generation ?? 0,
      sourceGeneration: resource.source.flatMap { store.object($0)?.generation } ?? 0, inEffect: resource.inEffect,
      repo: repo,
      head: repo.flatMap { repos[$0]?.row.head?.id },
      artifact: isGit && problem == nil ? nil : resource.source.flatMap { resources[$0]?.artifact?.text },
      problem: problem,
      release: resource.release, variables: variableVersions(of: resource.ref))
  }

  func renderLoop() async {
    await work(renderQueue.wakeUps, width: 2, take: { $0.takeRender() }) { requests in
      for request in requests { await self.render(request) }
    }
  }

  private func takeRender() -> [RenderRequest] {
    guard let ref = renderQueue.take(1).first else { return [] }
    guard let resource = resources[ref], let state = desired[ref], let object = store.object(ref) else {
      renderQueue.done(1)
      return takeRender()
    }
    return [
      RenderRequest(
        reconciler: ref, place: state.key.place ?? ref.cluster, key: state.key, object: object, resource: resource,
        source: resource.source.flatMap { resources[$0] }, sourceObject: resource.source.flatMap { store.object($0) },
        rendered: state.rendered, previous: state.set, answers: state.answers)
    ]
  }

  nonisolated private func render(_ request: RenderRequest) async {
    var job = DesiredJob(request: request, engine: self)
    let value = await job.run()
    var touched: Set<ObjectRef>?
    if case .ready(let set) = value, let previous = request.previous, set.ignore == previous.ignore {
      touched = set.differences(from: previous)
    }
    await finish(request, value, job.rendered, touched)
  }

  /// - Parameter touched: the objects of which something else is wanted than before; nil: all.
  private func finish(
    _ request: RenderRequest, _ value: DesiredState.Value, _ rendered: [RenderedCommit], _ touched: Set<ObjectRef>?
  ) {
    renderQueue.done(1)
    defer { workDone() }
    guard var state = desired[request.reconciler], state.key == request.key else { return }
    state.value = value
    state.rendered = rendered
    state.isRefreshing = false
    // Between two requests another one may have been answered: what it changed is not in `touched`.
    let touched = state.answers == request.answers ? touched : nil
    state.answers += 1
    desired[request.reconciler] = state
    if let touched { satisfied[request.reconciler]?.subtract(touched) } else { satisfied[request.reconciler] = nil }
    if let resource = resources[request.reconciler] {
      refreshMembership(resource)
      compareAll(request.reconciler, touched: touched)
    }
  }

  /// What a desired job needs from outside itself.
  func reader(of cluster: ClusterID) -> KubeReader? { clusters[cluster]?.reader }
  func discovery(of cluster: ClusterID) -> Discovery? { clusters[cluster]?.discovery }
  func repoRow(_ id: RepoRow.ID) -> RepoRow? { repos[id]?.row }
  func renderer(of id: RepoRow.ID) -> Renderer { Renderer(parsed: repos[id]?.parsed ?? ParsedFiles()) }

  /// Who wants what: objects of the desired state and of the inventory, and from them the kinds to watch.
  func refreshMembership(_ resource: Resource) {
    let reconciler = resource.ref
    // Of a cluster that is not attached nothing is watched.
    guard let place = place(of: resource) else { return leave(reconciler) }
    var members: Set<ObjectRef> = []
    if let set = desired[reconciler]?.set {
      members.formUnion(set.objects.keys)
      if let alternative = set.alternative { members.formUnion(alternative.keys) }
    }
    for entry in resource.inventory {
      members.insert(
        ObjectRef(cluster: place, groupKind: entry.groupKind, namespace: entry.namespace, name: entry.name))
    }
    members.formUnion(strays(of: resource, besides: members))
    let old = membership[reconciler] ?? []
    if let label = Self.ownerLabels(of: reconciler)?.name {
      memberKinds[reconciler] = MemberKinds(
        cluster: place, label: label, members: members, desired: desired[reconciler]?.set?.objects)
    }
    guard old != members else { return }
    summaries[reconciler] = nil
    for gone in old.subtracting(members) {
      verdicts[reconciler]?[gone] = nil
      disown(gone, reconciler)
    }
    for new in members where !old.contains(new) { owners[new, default: []].append(reconciler) }
    membership[reconciler] = members
    updateWatches(of: place)
  }

  /// Its objects are out of sight.
  private func leave(_ reconciler: ObjectRef) {
    guard let members = membership.removeValue(forKey: reconciler) else { return }
    for object in members { disown(object, reconciler) }
    memberKinds[reconciler] = nil
    verdicts[reconciler] = nil
    summaries[reconciler] = nil
    satisfied[reconciler] = nil
  }

  /// Why there is nothing to show.
  public struct NothingWanted: Error, Sendable { public let text: String }

  /// The objects that a reconciler should have applied, in order; ahead of it what HEAD says.
  public func wanted(by reconciler: ObjectRef, ahead: Bool) -> Result<[DesiredObject], NothingWanted> {
    switch desired[reconciler]?.value {
    case .ready(let set):
      let objects = ahead ? set.head ?? set.objects : set.objects
      return .success(objects.sorted { $0.key < $1.key }.map(\.value))
    case .undetermined(let reason): return .failure(NothingWanted(text: reason))
    case .loading, nil: return .failure(NothingWanted(text: "not rendered yet"))
    }
  }
}
