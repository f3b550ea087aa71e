import CGit2
import Synchronization

/// The directory with all mirrors, and what they share: the slots for fetches and the credential source.
public final class MirrorCache: Sendable {
  let directory: String
  let limits: FetchLimits
  let slots: FetchSlots
  let credentials: CredentialSource?
  let access: HostAccess?
  let left = LeftBehind()
  /// One mirror for each location, so that all readers share its open repository.
  private let mirrors = Mutex<[RepositoryLocation: Mirror]>([:])

  /// - Parameter directory: absolute; made with mode 0700 when it is missing, else checked (C11).
  /// - Parameter access: the way to hosts over http; nil where only files and ssh are read.
  /// - Parameter credentials: asked after a server refused; nil where no helper may run.
  /// - Throws: `GitError` of kind `io` with what to do.
  public init(
    directory: String, access: HostAccess? = nil, credentials: CredentialSource? = nil,
    limits: FetchLimits = FetchLimits()
  ) throws(GitError) {
    try GitLibrary.prepare()
    try PrivateDirectory.make(directory)
    self.directory = directory
    self.access = access
    self.credentials = credentials
    self.limits = limits
    slots = FetchSlots(limits)
  }

  /// The mirror of a repository; the same one for the same location. Nothing happens on disk yet.
  public func mirror(of location: RepositoryLocation) -> Mirror {
    mirrors.withLock {
      let key = RepositoryLocation(
        named: location.address, address: location.address, token: location.token, authority: location.authority)
      if let known = $0[key] { return known }
      let mirror = Mirror(of: key, in: self)
      $0[key] = mirror
      return mirror
    }
  }

  /// `fleet-2f1c….git`: readable, and unique by the SHA-1 of the address.
  func layout(of address: RepositoryAddress) -> BareLayout {
    var id = git_oid()
    let key = Array(address.fetchURL.utf8)
    _ = git_odb_hash(&id, key, key.count, GIT_OBJECT_BLOB)
    let name = address.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    return BareLayout(path: "\(directory)/\(name.prefix(40))-\(ObjectID(id).text).git")
  }
}
