import CGit2

/// The one-time set-up of libgit2, before anything else is called in it.
enum GitLibrary {
  /// Largest amount of mapped pack data (D7), and of cached objects, in bytes.
  private static let mappedLimit = 256 << 20
  private static let cacheLimit = 32 << 20
  /// Most objects in one pack (D7).
  static let objectLimit = 1_000_000

  private static let isReady: Bool = {
    guard git_libgit2_init() > 0 else { return false }
    // No configuration but the one that we write into each mirror (D2).
    for level in [GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL]
    {
      guard cgit2_set_search_path(level.rawValue, "") == 0 else { return false }
    }
    _ = cgit2_set_owner_validation(1)
    _ = cgit2_set_mapped_limit(mappedLimit)
    _ = cgit2_set_cache_limit(cacheLimit)
    _ = cgit2_set_pack_limit(objectLimit)
    SocketStream.register()
    return HTTPTransport.register()
  }()

  /// - Throws: `GitError` of kind `io` when the library cannot be used at all.
  static func prepare() throws(GitError) {
    if !isReady { throw GitError(.io, "libgit2 could not be initialised") }
  }
}
