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

  func run() async -> DesiredState.Value {
    let resource = request.resource
    if let target = resource.target {
      return .undetermined("target not attached (kubeconfig in \(target.secret))")
    }
    if resource.ref.kind == "HelmRelease" { return await helmRelease() }
    return await kustomization()
  }

  private func helmRelease() async -> DesiredState.Value {
    guard let release = request.resource.release else {
      return request.resource.inEffect == .nothing
        ? .ready(DesiredSet()) : .undetermined("no release in status.history")
    }
    guard engine.options.readsSecrets else { return .undetermined(Engine.secretsNotRead) }
    guard let reader = await engine.reader(of: request.reconciler.cluster) else {
      return .undetermined("not connected")
    }
    let secret = ObjectRef(
      cluster: request.reconciler.cluster, group: "", kind: "Secret", namespace: release.storageNamespace,
      name: release.secret)
    do throws(APIError) {
      let object = try await reader.get(secret, version: "v1", plural: "secrets")
      return decode(object, release, await engine.discovery(of: request.reconciler.cluster))
    } catch {
      if error.isForbidden { return .undetermined("release Secret not readable: no permission to get secrets") }
      if error.isNotFound { return .undetermined("release Secret \(secret.path) does not exist") }
      return .undetermined("release Secret not readable: \(error.description)")
    }
  }

  private func decode(
    _ object: Object, _ release: HelmReleaseRef, _ discovery: Discovery?
  ) -> DesiredState.Value {
    do throws(RenderError) {
      let document: JSONDocument
      do throws(ParseError) { document = try object.document() } catch {
        throw RenderError.failed(sentence: error.description, place: nil)
      }
      let manifest = try HelmManifest.decode(secret: document)
      var set = DesiredSet()
      set.objects = index(manifest.objects, discovery)
      if release.status != "deployed", release.status != "superseded" {
        return .undetermined("release \(release.name).v\(release.version) is \(release.status)")
      }
      return .ready(set)
    } catch {
      return .undetermined(error.description)
    }
  }

  private func kustomization() async -> DesiredState.Value {
    guard let source = request.source else {
      return .undetermined("source \(request.resource.source?.path ?? "") not found")
    }
    guard source.ref.kind == "GitRepository", let url = source.url else {
      return .undetermined("source is \(source.ref.kind), not Git")
    }
    guard let git = engine.git else { return .undetermined("no folder for mirrors of Git repositories") }
    guard let id = request.key.repo, let row = await engine.repoRow(id) else {
      return .undetermined("source not followed")
    }
    do throws(GitError) {
      return try await render(try git.mirror(of: url).mirror, row)
    } catch {
      return .undetermined(error.message)
    }
  }

  private func render(_ mirror: Mirror, _ row: RepoRow) async throws(GitError) -> DesiredState.Value {
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

  private func render(
    _ mirror: Mirror, _ row: RepoRow, _ commit: String, alternative: String?, _ start: DesiredSet
  ) async throws(GitError) -> DesiredState.Value {
    var set = start
    guard await mirror.contains(commit) else {
      switch row.link {
      case .live: return .undetermined("revision gone: \(commit.prefix(7)) is not in \(row.url) any more")
      case .connecting: return .undetermined("repository not read yet")
      default: return .undetermined(row.reason ?? "repository cannot be read")
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

  private func objects(
    _ mirror: Mirror, _ commit: String
  ) async throws(GitError) -> Result<[ObjectRef: DesiredObject], RenderError> {
    let spec: FluxKustomization
    var source = FluxSource()
    do throws(ParseError) {
      spec = FluxKustomization(try request.object.document())
      if let object = request.sourceObject { source = FluxSource(try object.document()) }
    } catch {
      return .failure(.failed(sentence: error.description, place: nil))
    }
    let fluxSource = source
    let variables = await VariableReader(engine: engine, reconciler: request.reconciler).values(spec.substituteFrom)
    let rendered = try await mirror.withTree(at: commit) { tree throws(RenderError) -> [DesiredObject] in
      try Renderer().render(spec, source: fluxSource, tree: GitFileTree(tree: tree)) { variables[$0] ?? .unknown }
    }
    let discovery = await engine.discovery(of: request.reconciler.cluster)
    return rendered.map { index($0, discovery) }
  }

  /// By identity. A namespace on an object of cluster scope is dropped, as the API server does (`drift.md` N3).
  private func index(_ objects: [DesiredObject], _ discovery: Discovery?) -> [ObjectRef: DesiredObject] {
    var index: [ObjectRef: DesiredObject] = [:]
    for object in objects {
      var object = SecretValues.hashed(object)
      if discovery?.resource(for: object.groupKind)?.namespaced == false { object.namespace = "" }
      index[object.ref(in: request.reconciler.cluster)] = object
    }
    return index
  }
}
