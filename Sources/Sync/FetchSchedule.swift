import FoundationEssentials
import Git
import GitOps
import Rendering

extension Engine {
  /// A source object appeared or changed: follow its repository.
  func follow(_ source: Resource) {
    guard let (url, reference) = repository(of: source) else {
      unfollow(source.ref)
      return
    }
    let (address, name) = Self.shown(url, git)
    let id = RepoRow.ID(url: address, ref: reference?.word ?? source.follows ?? "")
    if let old = repoOfSource[source.ref], old != id { unfollow(source.ref) }
    repoOfSource[source.ref] = id
    var state =
      repos[id]
      ?? RepoState(row: RepoRow(url: address, name: name, ref: id.ref), remote: url, reference: reference)
    state.note(source.ref, commit: source.artifact?.commit ?? source.origin?.commit)
    repos[id] = state
    fetchSignal.yield()
  }

  /// The repository that a source is read from: an OCI artifact's is the one that it says it came from.
  private func repository(of source: Resource) -> (url: String, reference: GitReference?)? {
    switch source.ref.kind {
    case "GitRepository": return source.url.map { ($0, Self.reference(of: source)) }
    case "OCIRepository":
      guard let document = try? store.object(source.ref)?.document(), let artifact = FluxArtifact(source: document),
        let url = artifact.originURL, let revision = artifact.originRevision.map({ Revision($0) }),
        revision.commit != nil
      else { return nil }
      return (url, .branch(revision.name ?? "main"))
    default: return nil
    }
  }

  func unfollow(_ source: ObjectRef) {
    guard let id = repoOfSource.removeValue(forKey: source) else { return }
    repos[id]?.forget(source)
    if repos[id]?.row.sources.isEmpty == true { repos[id] = nil }
  }

  /// Looks at every repository again as soon as it may be.
  func askRepositories() {
    for id in repos.keys { repos[id]?.plan.ask() }
    fetchSignal.yield()
  }

  private static func shown(_ url: String, _ git: GitSources?) -> (url: String, name: String) {
    if let address = try? git?.rules.locate(url).named { return (address.url, address.name) }
    let redacted = RepositoryAddress.redacted(url)
    return (redacted, redacted.split(separator: "/").last.map(String.init) ?? redacted)
  }

  /// The Git reference that a GitRepository follows; nil for a pinned commit and for semver ranges, which are read at the
  /// commit that the source reports (flux: GitRepository spec.ref, precedence).
  public static func reference(of source: Resource) -> GitReference? {
    if let branch = source.branch { return .branch(branch) }
    guard let follows = source.follows else { return .branch("master") }
    if follows.hasPrefix("tag ") { return .tag(String(follows.dropFirst(4))) }
    if follows.hasPrefix("refs/") { return .name(follows) }
    return nil
  }

  /// Looks at every repository when it is due, each on its own, so that a dead host delays nobody. Sleeps until the next
  /// one is due or somebody asks: with nothing to do nothing wakes up.
  func fetchLoop() async {
    await withDiscardingTaskGroup { group in
      var timer: Task<Void, Never>?
      for await _ in fetchWakeUps {
        timer?.cancel()
        let now = ContinuousClock.now
        for (id, state) in takeDue(now) { group.addTask { await self.look(id, state) } }
        timer = nextMoment(now).map { moment in
          Task { [fetchSignal] in
            do { try await Task.sleep(until: moment, tolerance: .milliseconds(100)) } catch { return }
            fetchSignal.yield()
          }
        }
      }
      timer?.cancel()
    }
  }

  private func takeDue(_ now: LookPlan.Instant) -> [(RepoRow.ID, RepoState)] {
    var due: [(RepoRow.ID, RepoState)] = []
    for (id, state) in repos {
      if let begun = state.plan.begun {
        if begun + options.gitPatience <= now, state.row.link == .live {
          repos[id]?.delayed()
          markDirty()
        }
      } else if let moment = state.plan.due(now), moment <= now {
        repos[id]?.plan.begin(now)
        due.append((id, state))
      }
    }
    return due
  }

  /// When somebody is due next, or has been looked at for too long.
  private func nextMoment(_ now: LookPlan.Instant) -> LookPlan.Instant? {
    repos.values.lazy.compactMap { [options] state in
      guard let begun = state.plan.begun else { return state.plan.due(now) }
      return state.row.link == .live ? begun + options.gitPatience : nil
    }.min()
  }

  nonisolated private func look(_ id: RepoRow.ID, _ state: RepoState) async {
    guard let git else {
      return await looked(id, .failure(GitError(.io, "no folder for mirrors of Git repositories")))
    }
    do throws(GitError) {
      let (mirror, _) = try git.mirror(of: state.remote)
      if let reference = state.reference {
        return await looked(id, .success(try await mirror.commit(try await mirror.fetch(reference))))
      }
      guard let revision = await pinnedRevision(id), let commit = revision.commit else {
        throw GitError(.noSuchReference, "the source names no branch or tag and has no artifact yet")
      }
      if await !mirror.contains(commit) {
        // A semver range reports the tag that it found (`v1.2.3@sha1:…`), a pinned commit none.
        _ = try await mirror.fetch(revision.name.map { .tag($0) } ?? .head)
      }
      await looked(id, .success(try await mirror.commit(commit)))
    } catch {
      await looked(id, .failure(error))
    }
  }

  private func pinnedRevision(_ id: RepoRow.ID) -> Revision? {
    repos[id]?.row.sources.lazy.compactMap { self.resources[$0]?.artifact }.first
  }

  private func looked(_ id: RepoRow.ID, _ result: Result<CommitSummary, GitError>) {
    guard var state = repos[id] else { return }
    let refresh = Duration.seconds(options.gitRefresh * Double.random(in: 0.9...1.1))
    let jitter = Double.random(in: 1...2)
    switch result {
    case .success(let head):
      state.plan.end(.now, nil, refresh: refresh, jitter: jitter)
      state.succeeded(head, at: options.now())
    case .failure(let error):
      state.plan.end(.now, error.kind, refresh: refresh, jitter: jitter)
      state.failed(error)
    }
    repos[id] = state
    fetchSignal.yield()
    for resource in resources.values where resource.role == .reconciler {
      guard let source = resource.source, repoOfSource[source] == id else { continue }
      refreshDesired(resource)
    }
    workDone()
  }
}
