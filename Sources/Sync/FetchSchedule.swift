import FoundationEssentials
import Git
import GitOps

extension Engine {
  /// A source object appeared or changed: follow its repository.
  func follow(_ source: Resource) {
    guard source.ref.kind == "GitRepository", let url = source.url else { return }
    let reference = Self.reference(of: source)
    let (address, name) = Self.shown(url, git)
    let id = RepoRow.ID(url: address, ref: reference?.word ?? source.follows ?? "")
    if let old = repoOfSource[source.ref], old != id { unfollow(source.ref) }
    repoOfSource[source.ref] = id
    var state =
      repos[id]
      ?? RepoState(row: RepoRow(url: address, name: name, ref: id.ref), remote: url, reference: reference)
    if !state.row.sources.contains(source.ref) { state.row.sources.append(source.ref) }
    if let commit = source.artifact?.commit, commit != state.row.head?.id { state.wantsLook = true }
    repos[id] = state
    if state.wantsLook { fetchSignal.yield() }
  }

  func unfollow(_ source: ObjectRef) {
    guard let id = repoOfSource.removeValue(forKey: source) else { return }
    repos[id]?.row.sources.removeAll { $0 == source }
    if repos[id]?.row.sources.isEmpty == true { repos[id] = nil }
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

  /// Looks at every repository when it is due: all in turn, each on its own, so that a dead host delays nobody.
  func fetchLoop() async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in self.fetchWakeUps { await self.lookAtDue(.now) }
      }
      group.addTask {
        while !Task.isCancelled {
          try? await Task.sleep(for: .seconds(1))
          await self.lookAtDue(.now)
        }
      }
    }
  }

  private func lookAtDue(_ now: ContinuousClock.Instant) {
    for (id, state) in repos where !state.isBusy && (state.wantsLook || state.nextLook.map { $0 <= now } ?? true) {
      repos[id]?.isBusy = true
      repos[id]?.wantsLook = false
      Task { await look(id, state) }
    }
  }

  nonisolated private func look(_ id: RepoRow.ID, _ state: RepoState) async {
    guard let git else {
      return await looked(id, .failure(GitError(.io, "no folder for mirrors of Git repositories")))
    }
    do throws(GitError) {
      let (mirror, _) = try git.mirror(of: state.remote)
      let commit: String
      if let reference = state.reference {
        commit = try await mirror.fetch(reference)
      } else if let pinned = await pinnedCommit(id) {
        commit = pinned
      } else {
        throw GitError(.noSuchReference, "the source names no branch or tag and has no artifact yet")
      }
      await looked(id, .success(try await mirror.commit(commit)))
    } catch {
      await looked(id, .failure(error))
    }
  }

  private func pinnedCommit(_ id: RepoRow.ID) -> String? {
    repos[id]?.row.sources.lazy.compactMap { self.resources[$0]?.artifact?.commit }.first
  }

  private func looked(_ id: RepoRow.ID, _ result: Result<CommitSummary, GitError>) {
    guard var state = repos[id] else { return }
    state.isBusy = false
    state.isSeen = true
    let spread = options.gitRefresh * Double.random(in: 0.9...1.1)
    state.nextLook = .now + .seconds(spread)
    switch result {
    case .success(let head):
      state.row.head = head
      state.row.link = .live
    case .failure(let error):
      state.row.link =
        error.kind == .authentication ? .authNeeded(reason: error.message) : .retrying(reason: error.message)
    }
    repos[id] = state
    for resource in resources.values where resource.role == .reconciler {
      guard let source = resource.source, repoOfSource[source] == id else { continue }
      refreshDesired(resource)
    }
    workDone()
  }
}
