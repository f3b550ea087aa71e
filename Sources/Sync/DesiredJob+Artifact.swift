import Drift
import Git
import GitOps
import Kube
import Rendering
import Structured

/// Sources that are not Git, or that this machine cannot read: first the commit that an OCI artifact says it came from, then
/// the artifact itself.
extension DesiredJob {
  private typealias Problem = ArtifactKeeper.Problem

  /// - Parameter reason: why the source is not read from Git.
  mutating func fromArtifact(_ source: Resource, because reason: String) async -> DesiredState.Value {
    guard let document = try? request.sourceObject?.document(), let artifact = FluxArtifact(source: document) else {
      return .undetermined(reason)
    }
    guard let revision = wantedRevision, revision.text == artifact.revision else {
      return .undetermined("\(reason); \(source.ref.path) does not hold the revision in effect")
    }
    var problems = [reason]
    if artifact.originURL != nil, let repo = request.key.repo, let row = await engine.repoRow(repo) {
      if row.link == .connecting { return .undetermined("repository not read yet") }
      problems += [row.reason].compactMap(\.self)
    }
    let discovery = await engine.discovery(of: request.place)
    let inputs = RenderedCommit.Inputs(request.key)
    if let known = request.rendered.first(where: { $0.inputs == inputs && $0.commit == artifact.digest }),
      case .success(let objects) = known.result
    {
      rendered.append(known)
      return ready(index(objects, discovery))
    }
    let variables = await VariableReader(engine: engine, reconciler: request.reconciler).values(spec.substituteFrom)
    var found: [DesiredObject]?
    switch await fromOrigin(artifact, variables, discovery) {
    case .success(let objects): found = objects
    case .failure(let problem): problems.append(problem.text)
    case nil: break
    }
    if found == nil {
      switch await fromArchive(source.ref, artifact, variables) {
      case .success(let objects): found = objects
      case .failure(let problem): problems.append(problem.text)
      }
    }
    guard let found else { return .undetermined(problems.joined(separator: "; ")) }
    rendered.append(
      RenderedCommit(
        inputs: inputs, repo: nil, commit: artifact.digest, footprint: TreeFootprint(), result: .success(found)))
    return ready(index(found, discovery))
  }

  /// The newer one while an apply is under way; without any, what is there to be applied.
  private var wantedRevision: Revision? {
    switch request.key.inEffect {
    case .revision(let revision): revision
    case .either(_, let new): new
    case .nothing: request.source?.artifact
    }
  }

  private func ready(_ objects: [ObjectRef: DesiredObject]) -> DesiredState.Value {
    var set = DesiredSet()
    if case .nothing = request.key.inEffect {
      set.head = objects
      set.headState = .ahead(nil)
    } else {
      set.objects = objects
      set.headState = .same
    }
    return .ready(set)
  }

  // MARK: The commit behind an OCI artifact

  /// Which directory became the artifact is written nowhere: it is the one whose objects are those that were applied. Two
  /// that make different objects of the same names leave it open.
  /// - Returns: nil where the artifact names no commit that is here.
  private func fromOrigin(
    _ artifact: FluxArtifact, _ variables: [VariableReference: VariableSource], _ discovery: Discovery?
  ) async -> Result<[DesiredObject], Problem>? {
    guard let url = artifact.originURL, let commit = artifact.originRevision.flatMap({ Revision($0).commit }),
      let git = engine.git, let mirror = try? git.mirror(of: url).mirror, await mirror.contains(commit)
    else { return nil }
    let applied = Set(
      request.resource.inventory.map {
        ObjectRef(cluster: request.place, groupKind: $0.groupKind, namespace: $0.namespace, name: $0.name)
      })
    guard !applied.isEmpty else { return .failure(Problem(text: "nothing was applied to recognise its directory by")) }
    let spec = spec
    let renderer = Renderer()
    let candidates: [[DesiredObject]]
    do throws(GitError) {
      candidates = try await mirror.withTree(at: commit) { tree throws(Never) in
        let tree = GitFileTree(tree: tree)
        var results: [[DesiredObject]] = []
        for path in ArtifactRoots.paths(for: spec.path, in: tree) {
          var spec = spec
          spec.path = path
          let result = try? renderer.render(spec, tree: tree) { variables[$0] ?? .unknown }
          if let result { results.append(result.map(SecretValues.hashed)) }
        }
        return results
      }.get()
    } catch {
      return .failure(Problem(text: error.message))
    }
    let same = candidates.map { (objects: $0, index: index($0, discovery)) }.filter { Set($0.index.keys) == applied }
    guard let first = same.first else {
      return .failure(
        Problem(text: "no directory of \(commit.prefix(7)) in \(mirror.address.url) makes what was applied"))
    }
    let isOne = same.dropFirst().allSatisfy { other in
      first.index.allSatisfy { other.index[$0.key]?.packed == $0.value.packed }
    }
    guard isOne else {
      return .failure(
        Problem(text: "several directories of \(commit.prefix(7)) in \(mirror.address.url) may have become it"))
    }
    return .success(first.objects)
  }

  // MARK: The artifact itself

  private func fromArchive(
    _ source: ObjectRef, _ artifact: FluxArtifact, _ variables: [VariableReference: VariableSource]
  ) async -> Result<[DesiredObject], Problem> {
    guard let reader = await engine.reader(of: source.cluster) else {
      return .failure(Problem(text: "not connected"))
    }
    let archive: ArtifactArchive
    switch await engine.artifacts.archive(of: source, artifact, reader) {
    case .success(let downloaded): archive = downloaded
    case .failure(let problem): return .failure(problem)
    }
    do throws(RenderError) {
      let objects = try Renderer().render(spec, source: .artifact, tree: archive) { variables[$0] ?? .unknown }
      return .success(objects.map(SecretValues.hashed))
    } catch {
      return .failure(Problem(text: error.description))
    }
  }
}
