import Drift
import Git
import GitOps
import Kube
import Rendering
import Structured

/// Finds out what one reconciler wants. Runs off the engine; asks it only for values.
struct DesiredJob: Sendable {
  let request: RenderRequest
  let engine: Engine
  /// What the result was made from.
  var rendered: [RenderedCommit] = []
  /// What the Kustomization says of rendering.
  private(set) var spec = FluxKustomization()
  /// Why the repository cannot be read here at all; an artifact may say more.
  private var unreachable: String?

  init(request: RenderRequest, engine: Engine) {
    self.request = request
    self.engine = engine
  }

  mutating func run() async -> DesiredState.Value {
    let resource = request.resource
    if let reason = request.key.notAttached { return .undetermined(reason) }
    let value: DesiredState.Value
    switch resource.ref.groupKind {
    case HelmReleaseAdapter.kind.groupKind: value = await helmRelease()
    case KustomizationAdapter.kind.groupKind: value = await kustomization()
    default:
      // Nothing applied is nothing to compare.
      return resource.inventory.isEmpty
        ? .ready(DesiredSet()) : .undetermined("what \(resource.ref.kind)s want is not rendered here")
    }
    guard case .ready(var set) = value, let document = try? request.object.document() else { return value }
    set.ignore = FluxIgnore.rules(of: document)
    return .ready(set)
  }

  private func helmRelease() async -> DesiredState.Value {
    guard let release = request.resource.release else {
      return request.resource.inEffect == .nothing
        ? .ready(DesiredSet()) : .undetermined("no release in status.history")
    }
    guard engine.options.readsSecrets else { return .undetermined(Engine.secretsNotRead) }
    guard let reader = await engine.reader(of: request.place) else {
      return .undetermined("not connected")
    }
    let releases = HelmReleases(reader)
    let discovery = await engine.discovery(of: request.place)
    do throws(HelmReleases.Problem) {
      var set = DesiredSet()
      set.objects = index(
        try await releases.objects(of: release, release.version).map(SecretValues.hashed), discovery)
      guard release.isPartial else {
        set.previous = await previous(of: release, releases, set.objects, discovery)
        return .ready(set)
      }
      // What it did not get to is still the release's before it.
      set.alternative = [:]
      if let previous = release.previous {
        set.alternative = index(
          try await releases.objects(of: release, previous).map(SecretValues.hashed), discovery)
      }
      return .ready(set)
    } catch {
      return .undetermined(error.text)
    }
  }

  /// What the release before this one said otherwise; where it cannot be read nothing is known of it.
  private func previous(
    of release: HelmReleaseRef, _ releases: HelmReleases, _ objects: [ObjectRef: DesiredObject],
    _ discovery: Discovery?
  ) async -> [ObjectRef: DesiredObject] {
    guard let version = release.previous,
      let before = try? await releases.objects(of: release, version).map(SecretValues.hashed)
    else { return [:] }
    return index(before, discovery).filter { ref, old in objects[ref].map { $0.packed != old.packed } ?? false }
  }

  private mutating func kustomization() async -> DesiredState.Value {
    do throws(ParseError) {
      spec = FluxKustomization(try request.object.document())
    } catch {
      return .undetermined(error.description)
    }
    guard let source = request.source else {
      return .undetermined("source \(request.resource.source?.path ?? "") not found")
    }
    guard source.ref.kind == "GitRepository", let url = source.url else {
      return await fromArtifact(source, because: "source is \(source.ref.kind), not Git")
    }
    let value = await fromGit(url)
    guard let reason = unreachable, case .undetermined = value else { return value }
    return await fromArtifact(source, because: reason)
  }

  private mutating func fromGit(_ url: String) async -> DesiredState.Value {
    guard let git = engine.git else { return cannotReach("no folder for mirrors of Git repositories") }
    guard let id = request.key.repo, let row = await engine.repoRow(id) else {
      return .undetermined("source not followed")
    }
    let mirror: Mirror
    do throws(GitError) { mirror = try git.mirror(of: url).mirror } catch { return cannotReach(error.message) }
    do throws(GitError) {
      return try await render(mirror, row)
    } catch {
      return .undetermined(error.message)
    }
  }

  private mutating func cannotReach(_ reason: String) -> DesiredState.Value {
    unreachable = reason
    return .undetermined(reason)
  }

  private mutating func render(_ mirror: Mirror, _ row: RepoRow) async throws(GitError) -> DesiredState.Value {
    var set = DesiredSet()
    switch request.key.inEffect {
    case .nothing:
      // Nothing applied yet: all that HEAD says is pending, nothing is missing.
      guard let head = request.key.head else { return .undetermined("repository not read yet") }
      set.headState = .ahead(nil)
      switch try await objects(mirror, head) {
      case .success(let objects): set.head = objects
      case .failure(let error): return .undetermined(error.description)
      }
      return .ready(set)
    case .revision(let revision):
      guard let commit = revision.commit else { return .undetermined("revision \(revision.text) is not a commit") }
      return try await render(mirror, row, commit, alternative: nil, set)
    case .either(let old, let new):
      guard let commit = new.commit else { return .undetermined("revision \(new.text) is not a commit") }
      return try await render(mirror, row, commit, alternative: old.commit, set)
    }
  }

  private mutating func render(
    _ mirror: Mirror, _ row: RepoRow, _ commit: String, alternative: String?, _ start: DesiredSet
  ) async throws(GitError) -> DesiredState.Value {
    var set = start
    guard await mirror.contains(commit) else {
      switch row.link {
      case .live: return cannotReach("revision gone: \(commit.prefix(7)) is not in \(row.url) any more")
      case .connecting: return .undetermined("repository not read yet")
      default: return cannotReach(row.reason ?? "repository cannot be read")
      }
    }
    set.commit = try await mirror.commit(commit)
    switch try await objects(mirror, commit) {
    case .success(let objects): set.objects = objects
    case .failure(let error): return .undetermined(error.description)
    }
    if let alternative, await mirror.contains(alternative) {
      set.alternative = try? await objects(mirror, alternative).get()
    }
    guard let head = request.key.head else { return .ready(set) }
    if head == commit {
      set.headState = .same
    } else {
      let ahead = try await mirror.ahead(base: commit, head: head)
      set.headState = .ahead(ahead.flatMap { $0 > 0 ? $0 : nil })
      set.head = try? await objects(mirror, head).get()
    }
    return .ready(set)
  }

  private mutating func objects(
    _ mirror: Mirror, _ commit: String
  ) async throws(GitError) -> Result<[ObjectRef: DesiredObject], RenderError> {
    let made: RenderedCommit
    if let known = await known(mirror, commit) { made = known } else { made = try await rendered(mirror, commit) }
    rendered.append(made)
    let discovery = await engine.discovery(of: request.place)
    return made.result.map { index($0, discovery) }
  }

  /// What was rendered before, if nothing that it looked at is different in this commit.
  private func known(_ mirror: Mirror, _ commit: String) async -> RenderedCommit? {
    let inputs = RenderedCommit.Inputs(request.key)
    let candidates = (rendered + request.rendered).filter { $0.inputs == inputs && $0.repo == request.key.repo }
    if let same = candidates.first(where: { $0.commit == commit }) { return same }
    for var candidate in candidates {
      guard let changes = try? await mirror.changes(from: candidate.commit, to: commit) else { continue }
      guard !candidate.footprint.isTouched(by: changes) else { continue }
      candidate.commit = commit
      return candidate
    }
    return nil
  }

  private func rendered(_ mirror: Mirror, _ commit: String) async throws(GitError) -> RenderedCommit {
    let inputs = RenderedCommit.Inputs(request.key)
    func done(_ result: Result<[DesiredObject], RenderError>, _ footprint: TreeFootprint) -> RenderedCommit {
      RenderedCommit(
        inputs: inputs, repo: request.key.repo, commit: commit, footprint: footprint,
        result: result.map { $0.map(SecretValues.hashed) })
    }
    var source = FluxSource()
    do throws(ParseError) {
      if let object = request.sourceObject { source = FluxSource(try object.document()) }
    } catch {
      return done(.failure(.failed(sentence: error.description, place: nil)), TreeFootprint())
    }
    let fluxSource = source
    let variables = await VariableReader(engine: engine, reconciler: request.reconciler).values(spec.substituteFrom)
    let renderer = if let repo = request.key.repo { await engine.renderer(of: repo) } else { Renderer() }
    let (result, footprint) = try await mirror.withTree(at: commit) {
      tree throws(Never) -> (Result<[DesiredObject], RenderError>, TreeFootprint) in
      let tree = TrackedTree(GitFileTree(tree: tree))
      let result = Result { () throws(RenderError) in
        try renderer.render(spec, source: fluxSource, tree: tree) { variables[$0] ?? .unknown }
      }
      return (result, tree.footprint)
    }.get()
    return done(result, footprint)
  }

  /// By identity. A namespace on an object of cluster scope is dropped, as the API server does (`drift.md` N3).
  func index(_ objects: [DesiredObject], _ discovery: Discovery?) -> [ObjectRef: DesiredObject] {
    var index: [ObjectRef: DesiredObject] = [:]
    for object in objects {
      var object = object
      if discovery?.resource(for: object.groupKind)?.namespaced == false { object.namespace = "" }
      index[object.ref(in: request.place)] = object
    }
    return index
  }
}
