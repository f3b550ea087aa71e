import CGit2
import FoundationEssentials
import GitOps
import Synchronization

/// A bare copy of one repository: fetched on one queue, read on another, so that a fetch that hangs never holds up a
/// reader. There is no working tree, no index, no hook, no filter (D1).
public actor Mirror {
  public nonisolated let address: RepositoryAddress
  private nonisolated let token: TokenReference?
  /// Path of the CA's certificates.
  private nonisolated let authority: String?
  private nonisolated let layout: BareLayout
  private nonisolated let limits: FetchLimits
  private nonisolated let slots: FetchSlots
  private nonisolated let credentials: CredentialSource?
  private nonisolated let access: HostAccess?
  private nonisolated let left: LeftBehind
  private nonisolated let fetches: FetchQueue
  private nonisolated let shared = Mutex(Shared())
  private nonisolated let executor: QueueExecutor

  /// Between the fetching and the reading side.
  private struct Shared {
    /// A reader or a fetch met damage: nothing is read until a fetch has begun anew.
    var isDamaged = false
    /// What a helper gave and the server took.
    var credential: GitCredential?
  }

  private var repository: Handle?
  /// All reconcilers of a repository ask the same after a commit.
  private var lastChanges: (old: String, new: String, changes: PathChanges)?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(of location: RepositoryLocation, in cache: MirrorCache) {
    address = location.address
    token = location.token
    authority = location.authority
    layout = cache.layout(of: location.address)
    limits = cache.limits
    slots = cache.slots
    credentials = cache.credentials
    access = cache.access
    left = cache.left
    fetches = FetchQueue(label: "git.fetch", left: cache.left)
    executor = QueueExecutor(label: "git.read")
  }

  /// The commit that the remote's reference points to now; nothing is downloaded.
  /// - Throws: `GitError`.
  public nonisolated func remoteHead(_ reference: GitReference) async throws(GitError) -> String {
    try reference.check(in: address)
    return try await converse(isDownload: false) { [address] operation in
      Result { () throws(GitError) in
        let connection = try RemoteConnection(to: address, into: nil, operation: operation)
        return try connection.find(reference).commit.text
      }
    }
  }

  /// Brings the reference with its whole history here, if the remote's has moved, and gives its commit.
  /// - Throws: `GitError`; what was here before stays readable.
  public nonisolated func fetch(_ reference: GitReference) async throws(GitError) -> String {
    try reference.check(in: address)
    // Most of the time nothing has moved. Asking first takes none of the few places for downloads, and a silent host
    // holds up nobody who may download.
    let known = try await converse(isDownload: false) { [self] operation in
      Result { () throws(GitError) in try unmoved(reference, operation) }
    }
    if let known { return known }
    return try await converse(isDownload: true) { [self] operation in
      let result = Result { () throws(GitError) in try download(reference, operation) }
      if case .failure(let error) = result, error.kind == .corrupt { shared.withLock { $0.isDamaged = true } }
      return result
    }
  }

  /// Runs one conversation with the remote in a slot, and once more with a credential when the server wants one.
  private nonisolated func converse<T: Sendable>(
    isDownload: Bool, _ body: @escaping @Sendable (FetchOperation) -> Result<T, GitError>
  ) async throws(GitError) -> T {
    let host = address.scheme == .file ? layout.path : address.host
    let place = FetchSlots.Place(host: host, mirror: layout.path, isDownload: isDownload)
    switch await slots.acquire(place) {
    case .granted: break
    case .cancelled: throw GitError(.cancelled, "\(address.url): the fetch was cancelled")
    case .hostIsSilent:
      throw GitError(
        .timeout, "\(address.url): \(address.host) did not answer for another repository; it is tried again")
    }
    let wasHeard = Mutex(true)
    let result: Result<T, GitError>
    do throws(GitError) {
      result = .success(try await attempt(body) { operation in wasHeard.withLock { $0 = operation.wasHeard } })
    } catch {
      result = .failure(error)
    }
    await slots.release(place, hostIsSilent: !wasHeard.withLock { $0 } && result.error?.isOfHost == true)
    return try result.get()
  }

  /// - Parameter ended: given each operation that ended.
  private nonisolated func attempt<T: Sendable>(
    _ body: @escaping @Sendable (FetchOperation) -> Result<T, GitError>, ended: (FetchOperation) -> Void
  ) async throws(GitError) -> T {
    guard !fetches.isHanging else {
      throw GitError(.timeout, "\(address.url): an earlier fetch still hangs; nothing new is begun until it ends")
    }
    guard address.scheme != .ssh || left.count < limits.abandoned else {
      throw GitError(
        .timeout,
        "\(address.url): \(left.count) earlier fetches still hang; nothing new is begun over ssh until one ends")
    }
    if layout.exists, !layout.isIntact { shared.withLock { $0.isDamaged = true } }
    // libgit2 shares open packs by path within the process: what is discarded must not be open.
    if shared.withLock({ $0.isDamaged }) { await close() }
    let known = try knownCredential()
    let authorities = try knownAuthorities()
    let first = FetchOperation(
      address: address, credential: known, limits: limits, access: access, authorities: authorities)
    let result = await fetches.run(first) { body(first) }
    ended(first)
    guard case .failure(let error) = result, error.kind == .authentication else { return try result.get() }
    shared.withLock { $0.credential = nil }
    guard token == nil, first.wantsCredential, let credentials else { throw error }
    let request = CredentialRequest(
      scheme: address.scheme.rawValue, host: address.authority, path: String(address.path.dropFirst()),
      user: address.user)
    guard let credential = try await credentials(request) else { throw error }
    let second = FetchOperation(
      address: address, credential: credential, limits: limits, access: access, authorities: authorities)
    let again = await fetches.run(second) { body(second) }
    ended(second)
    let value = try again.get()
    shared.withLock { $0.credential = credential }
    return value
  }

  private nonisolated func knownCredential() throws(GitError) -> GitCredential? {
    guard let token else { return shared.withLock { $0.credential } }
    guard address.scheme == .https || address.scheme == .http else { return nil }
    return GitCredential(user: address.user ?? "git", password: try token.read(for: address))
  }

  private nonisolated func knownAuthorities() throws(GitError) -> [UInt8]? {
    guard let authority else { return nil }
    guard let bytes = TokenReference.contents(of: authority, atMost: 1 << 20), !bytes.isEmpty else {
      throw GitError(.certificate, "\(address.url): its CA cannot be read from \(authority); correct ca: under repos:")
    }
    return bytes
  }

  /// On the fetching thread: the commit of the reference, if the remote's is where the mirror's is.
  private nonisolated func unmoved(
    _ reference: GitReference, _ operation: FetchOperation
  ) throws(GitError) -> String? {
    let remote = try RemoteConnection(to: address, into: nil, operation: operation).find(reference)
    guard layout.exists, !shared.withLock({ $0.isDamaged }) else { return nil }
    layout.removeLeftovers(olderThan: 600)
    let repository: Handle
    do throws(GitFailure) { repository = try layout.open() } catch { return nil }
    let history = History(repository: repository.pointer, name: address.url)
    guard try history.target(of: reference) == remote.id, history.contains(remote.commit) else { return nil }
    return remote.commit.text
  }

  /// On the fetching thread.
  private nonisolated func download(
    _ reference: GitReference, _ operation: FetchOperation
  ) throws(GitError) -> String {
    let repository = try prepared()
    let connection = try RemoteConnection(to: address, into: repository.pointer, operation: operation)
    // Checked before anything is downloaded.
    _ = try connection.find(reference)
    let history = History(repository: repository.pointer, name: address.url)
    try connection.fetch(reference)
    guard let commit = try history.head(reference) else {
      throw GitError(.noSuchReference, "\(address.url): \(reference.word) points to no commit")
    }
    return commit.text
  }

  /// The repository to fetch into: as we made it, or made anew.
  private nonisolated func prepared() throws(GitError) -> Handle {
    if shared.withLock({ $0.isDamaged }), layout.exists { try layout.discard() }
    if !layout.exists { try layout.create() }
    shared.withLock { $0.isDamaged = false }
    layout.removeLeftovers(olderThan: 600)
    do throws(GitFailure) {
      return try layout.open()
    } catch {
      shared.withLock { $0.isDamaged = true }
      throw GitError(reading: address.url, error)
    }
  }

  /// The commit of a reference at its last fetch; nil before the first one.
  /// - Throws: `GitError` of kind `corrupt` or `io`.
  public func head(_ reference: GitReference) throws(GitError) -> String? {
    guard layout.exists else { return nil }
    return try read { history throws(GitError) in try history.head(reference)?.text }
  }

  /// Whether a commit is here and can be read.
  public func contains(_ commit: String) -> Bool {
    guard let id = ObjectID(commit), layout.exists else { return false }
    return (try? read { history throws(GitError) in history.contains(id) }) ?? false
  }

  /// Author, time and subject of a commit; text that is not UTF-8 is repaired, long text cut, odd times clamped.
  /// - Throws: `GitError` of kind `gone` when the commit is not here, `corrupt`, `io`.
  public func commit(_ id: String) throws(GitError) -> CommitSummary {
    try read { history throws(GitError) in try history.summary(history.known(id)) }
  }

  /// How many commits `head` has that `base` has not; nil when the base is not here.
  /// - Throws: `GitError` of kind `gone` when the head is not here, `corrupt`, `io`.
  public func ahead(base: String, head: String) throws(GitError) -> Int? {
    try read { history throws(GitError) in
      let head = try history.known(head)
      guard let base = ObjectID(base), history.contains(base) else { return nil }
      return try history.ahead(base: base, head: head)
    }
  }

  /// The commits that `head` has and `base` has not (nil: its whole history), newest first.
  /// - Throws: `GitError` of kind `gone`, `corrupt`, `io`.
  public func commits(after base: String?, upTo head: String, limit: Int) throws(GitError) -> [CommitSummary] {
    try read { history throws(GitError) in
      var hidden: ObjectID?
      if let base { hidden = try history.known(base) }
      return try history.log(after: hidden, upTo: history.known(head), limit: limit)
    }
  }

  /// The paths that differ between two commits' trees.
  /// - Throws: `GitError` of kind `gone`, `limit` (more than 100,000), `corrupt`, `io`.
  public func changes(from old: String, to new: String) throws(GitError) -> PathChanges {
    if let last = lastChanges, last.old == old, last.new == new { return last.changes }
    let changes = try read { history throws(GitError) in
      try history.changes(from: history.known(old), to: history.known(new))
    }
    lastChanges = (old, new, changes)
    return changes
  }

  /// Runs `body` with the tree of a commit on the reading queue: other readers of this mirror wait for it, fetches do
  /// not. What was made from a tree that could not be read completely is dropped.
  /// - Throws: `GitError` of kind `gone`, `limit`, `corrupt`, `io`; what `body` throws is in the result.
  public func withTree<T: Sendable, Failure: Error>(
    at commit: String, _ body: @Sendable (GitTree) throws(Failure) -> T
  ) throws(GitError) -> Result<T, Failure> {
    try read { history throws(GitError) in
      let root = try history.tree(of: history.known(commit))
      let tree = GitTree(repository: history.repository, root: root, name: address.url)
      defer { tree.close() }
      let result = Result { () throws(Failure) in try body(tree) }
      if let failure = tree.failure { throw failure }
      return result
    }
  }

  private func read<T>(_ body: (History) throws(GitError) -> T) throws(GitError) -> T {
    do throws(GitError) {
      return try body(History(repository: opened(), name: address.url))
    } catch {
      if error.kind == .corrupt { shared.withLock { $0.isDamaged = true } }
      throw error
    }
  }

  private func opened() throws(GitError) -> OpaquePointer {
    guard !shared.withLock({ $0.isDamaged }) else {
      throw GitError(.corrupt, "\(address.url): its mirror is damaged; it is fetched anew")
    }
    if let open = repository?.pointer { return open }
    guard layout.exists else { throw GitError(.io, "\(address.url): it was not fetched yet") }
    guard layout.isIntact else {
      throw GitError(.corrupt, "\(address.url): its mirror was changed by somebody else; it is fetched anew")
    }
    do throws(GitFailure) {
      let handle = try layout.open()
      let pointer = handle.pointer
      repository = consume handle
      return pointer
    } catch {
      throw GitError(reading: address.url, error)
    }
  }

  func close() { repository = nil }
}
