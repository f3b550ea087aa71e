import Drift
import Git
import GitOps
import Kube
import Rendering
import Structured

/// Sources that are not Git, or that this machine cannot read: first the commit that an OCI artifact says it came from, then
/// the artifact itself.
extension DesiredJob {
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
    switch await fromOrigin(artifact) {
    case .success(let objects): return ready(objects)
    case .failure(let problem): problems.append(problem.text)
    case nil: break
    }
    switch await fromArchive(source.ref, artifact) {
    case .success(let objects): return ready(objects)
    case .failure(let problem): problems.append(problem.text)
    }
    return .undetermined(problems.joined(separator: "; "))
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
  private mutating func fromOrigin(
    _ artifact: FluxArtifact
  ) async -> Result<[ObjectRef: DesiredObject], Problem>? {
    guard let url = artifact.originURL, let commit = artifact.originRevision.flatMap({ Revision($0).commit }),
      let git = engine.git, let mirror = try? git.mirror(of: url).mirror, await mirror.contains(commit)
    else { return nil }
    let applied = Set(
      request.resource.inventory.map {
        ObjectRef(cluster: request.reconciler.cluster, groupKind: $0.groupKind, namespace: $0.namespace, name: $0.name)
      })
    guard !applied.isEmpty else { return .failure(Problem(text: "nothing was applied to recognise its directory by")) }
    let spec = spec
    let variables = await VariableReader(engine: engine, reconciler: request.reconciler).values(spec.substituteFrom)
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
    let discovery = await engine.discovery(of: request.reconciler.cluster)
    let same = candidates.map { index($0, discovery) }.filter { Set($0.keys) == applied }
    guard let first = same.first else {
      return .failure(
        Problem(text: "no directory of \(commit.prefix(7)) in \(mirror.address.url) makes what was applied"))
    }
    guard same.dropFirst().allSatisfy({ other in first.allSatisfy { other[$0.key]?.root == $0.value.root } }) else {
      return .failure(
        Problem(text: "several directories of \(commit.prefix(7)) in \(mirror.address.url) may have become it"))
    }
    return .success(first)
  }

  // MARK: The artifact itself

  private mutating func fromArchive(
    _ source: ObjectRef, _ artifact: FluxArtifact
  ) async -> Result<[ObjectRef: DesiredObject], Problem> {
    let discovery = await engine.discovery(of: request.reconciler.cluster)
    let inputs = RenderedCommit.Inputs(request.key)
    if let known = request.rendered.first(where: { $0.inputs == inputs && $0.commit == artifact.digest }) {
      rendered.append(known)
      return known.result.map { index($0, discovery) }.mapError { Problem(text: $0.description) }
    }
    guard let reader = await engine.reader(of: source.cluster) else {
      return .failure(Problem(text: "not connected"))
    }
    let archive: ArtifactArchive
    switch await engine.artifacts.archive(of: source, artifact, reader) {
    case .success(let downloaded): archive = downloaded
    case .failure(let problem): return .failure(Problem(text: problem.text))
    }
    let spec = spec
    let variables = await VariableReader(engine: engine, reconciler: request.reconciler).values(spec.substituteFrom)
    let result = Result { () throws(RenderError) in
      try Renderer().render(spec, source: .artifact, tree: archive) { variables[$0] ?? .unknown }.map(
        SecretValues.hashed)
    }
    rendered.append(
      RenderedCommit(inputs: inputs, repo: nil, commit: artifact.digest, footprint: TreeFootprint(), result: result))
    return result.map { index($0, discovery) }.mapError { Problem(text: $0.description) }
  }
}
