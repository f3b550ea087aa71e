import CGit2
import FoundationEssentials
import GitOps
import Synchronization

/// A bare copy of one repository: fetched on one queue, read on others, so that a fetch that hangs never holds up a
/// reader. There is no working tree, no index, no hook, no filter (D1).
public final class Mirror: Sendable {
  public let address: RepositoryAddress
  private let token: TokenReference?
  /// Path of the CA's certificates.
  private let authority: String?
  private let layout: BareLayout
  private let limits: FetchLimits
  private let slots: FetchSlots
  private let credentials: CredentialSource?
  private let access: HostAccess?
  private let left: LeftBehind
  private let fetches: FetchQueue
  private let shared = Mutex(Shared())
  private let readers: [MirrorReader]
  /// Looks through history.
  let historian: MirrorReader
  /// How many wait for each reader.
  private let waiting: Mutex<[Int]>

  /// As many trees are read at a time; each reader has the repository open for itself.
  private static let readerCount = 2

  /// Between the fetching and the reading side.
  private struct Shared {
    /// A reader or a fetch met damage: nothing is read until a fetch has begun anew.
    var isDamaged = false
    /// What a helper gave and the server took.
    var credential: GitCredential?
  }

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
    let layout = layout
    let name = address.url
    historian = MirrorReader(layout, name: name)
    readers = (0..<Self.readerCount).map { _ in MirrorReader(layout, name: name) }
    waiting = Mutex(Array(repeating: 0, count: Self.readerCount))
  }

  /// The commit that the remote's reference points to now; nothing is downloaded.
  /// - Throws: `GitError`.
  public func remoteHead(_ reference: GitReference) async throws(GitError) -> String {
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
  public func fetch(_ reference: GitReference) async throws(GitError) -> String {
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
  private func converse<T: Sendable>(
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
  private func attempt<T: Sendable>(
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

  private func knownCredential() throws(GitError) -> GitCredential? {
    guard let token else { return shared.withLock { $0.credential } }
    guard address.scheme == .https || address.scheme == .http else { return nil }
    return GitCredential(user: address.user ?? "git", password: try token.read(for: address))
  }

  private func knownAuthorities() throws(GitError) -> [UInt8]? {
    guard let authority else { return nil }
    guard let bytes = TokenReference.contents(of: authority, atMost: 1 << 20), !bytes.isEmpty else {
      throw GitError(.certificate, "\(address.url): its CA cannot be read from \(authority); correct ca: under repos:")
    }
    return bytes
  }

  /// On the fetching thread: the commit of the reference, if the remote's is where the mirror's is.
  private func unmoved(
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
  private func download(
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
  private func prepared() throws(GitError) -> Handle {
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

  // MARK: Reading

  /// The commit of a reference at its last fetch; nil before the first one.
  /// - Throws: `GitError` of kind `corrupt` or `io`.
  public func head(_ reference: GitReference) async throws(GitError) -> String? {
    guard layout.exists else { return nil }
    return try await read { reader throws(GitError) in
      try await reader.read { history throws(GitError) in try history.head(reference)?.text }
    }
  }

  /// Whether a commit is here and can be read.
  public func contains(_ commit: String) async -> Bool {
    guard let id = ObjectID(commit), layout.exists else { return false }
    let answer = try? await read { reader throws(GitError) in
      try await reader.read { history throws(GitError) in history.contains(id) }
    }
    return answer ?? false
  }

  /// Author, time and subject of a commit; text that is not UTF-8 is repaired, long text cut, odd times clamped.
  /// - Throws: `GitError` of kind `gone` when the commit is not here, `corrupt`, `io`.
  public func commit(_ id: String) async throws(GitError) -> CommitSummary {
    try await read { reader throws(GitError) in
      try await reader.read { history throws(GitError) in try history.summary(history.known(id)) }
    }
  }

  /// How many commits `head` has that `base` has not; nil when the base is not here.
  /// - Throws: `GitError` of kind `gone` when the head is not here, `corrupt`, `io`.
  public func ahead(base: String, head: String) async throws(GitError) -> Int? {
    try await read { reader throws(GitError) in
      try await reader.read { history throws(GitError) in
        let head = try history.known(head)
        guard let base = ObjectID(base), history.contains(base) else { return nil }
        return try history.ahead(base: base, head: head)
      }
    }
  }

  /// The commits that `head` has and `base` has not (nil: its whole history), newest first.
  /// - Throws: `GitError` of kind `gone`, `corrupt`, `io`.
  public func commits(after base: String?, upTo head: String, limit: Int) async throws(GitError) -> [CommitSummary] {
    try await read { reader throws(GitError) in
      try await reader.read { history throws(GitError) in
        var hidden: ObjectID?
        if let base { hidden = try history.known(base) }
        return try history.log(after: hidden, upTo: history.known(head), limit: limit)
      }
    }
  }

  /// The paths that differ between two commits' trees.
  /// - Throws: `GitError` of kind `gone`, `limit` (more than 100,000), `corrupt`, `io`.
  public func changes(from old: String, to new: String) async throws(GitError) -> PathChanges {
    try await read { reader throws(GitError) in try await reader.changes(from: old, to: new) }
  }

  /// Runs `body` with the tree of a commit on a reading queue; fetches do not wait for it. What was made from a tree that
  /// could not be read completely is dropped.
  /// - Throws: `GitError` of kind `gone`, `limit`, `corrupt`, `io`; what `body` throws is in the result.
  public func withTree<T: Sendable, Failure: Error>(
    at commit: String, _ body: @Sendable (GitTree) throws(Failure) -> T
  ) async throws(GitError) -> Result<T, Failure> {
    try await read { reader throws(GitError) in try await reader.withTree(at: commit, body) }
  }

  /// With the reader for which the fewest wait.
  private func read<T: Sendable>(
    _ body: (MirrorReader) async throws(GitError) -> T
  ) async throws(GitError) -> T {
    let number = waiting.withLock { waiting in
      let number = waiting.indices.min { waiting[$0] < waiting[$1] } ?? 0
      waiting[number] += 1
      return number
    }
    defer { waiting.withLock { $0[number] -= 1 } }
    return try await guarded { () throws(GitError) in try await body(readers[number]) }
  }

  /// Nothing is read of a mirror that is damaged, and whoever meets damage says so.
  func guarded<T: Sendable>(_ body: () async throws(GitError) -> T) async throws(GitError) -> T {
    guard !shared.withLock({ $0.isDamaged }) else {
      throw GitError(.corrupt, "\(address.url): its mirror is damaged; it is fetched anew")
    }
    do throws(GitError) {
      return try await body()
    } catch {
      if error.kind == .corrupt { shared.withLock { $0.isDamaged = true } }
      throw error
    }
  }

  func close() async {
    for reader in readers + [historian] { await reader.close() }
  }
}
