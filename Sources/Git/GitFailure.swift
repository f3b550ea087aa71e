import CGit2

/// An error as libgit2 reports it: the return code, and the thread's last error.
struct GitFailure: Error {
  let code: Int32
  let area: UInt32
  let text: String

  init(code: Int32, area: git_error_t, text: String) {
    self.code = code
    self.area = area.rawValue
    self.text = text
  }

  init(code: Int32) {
    self.code = code
    if let last = git_error_last() {
      area = UInt32(bitPattern: last.pointee.klass)
      text = last.pointee.message.map { String(cString: $0) } ?? ""
    } else {
      area = GIT_ERROR_NONE.rawValue
      text = ""
    }
  }

  /// Throws what libgit2 says when `code` is an error.
  static func check(_ code: Int32) throws(GitFailure) {
    if code < 0 { throw GitFailure(code: code) }
  }

  var isNotFound: Bool { code == GIT_ENOTFOUND.rawValue }

  func isOf(_ area: git_error_t) -> Bool { self.area == area.rawValue }

  /// libgit2's sentence as part of ours: one line, cut, and without secrets that an address in it may carry.
  var detail: String {
    let line = text.prefix { !$0.isNewline }
    return RepositoryAddress.redacted(String(line.prefix(300)))
  }
}

extension GitError {
  /// A failure while reading the mirror of `name`.
  init(reading name: String, _ failure: GitFailure) {
    if failure.isOf(GIT_ERROR_OS) || failure.isOf(GIT_ERROR_FILESYSTEM) || failure.isOf(GIT_ERROR_NOMEMORY) {
      self.init(.io, "\(name): its mirror cannot be read (\(failure.detail))")
    } else {
      self.init(.corrupt, "\(name): its mirror is damaged (\(failure.detail)); it is fetched anew")
    }
  }

  /// A failure while talking to the remote at `address`.
  init(fetching address: RepositoryAddress, _ failure: GitFailure) {
    let name = address.url
    let detail = failure.detail
    let text = detail.lowercased()
    func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
    switch failure.code {
    case GIT_EAUTH.rawValue:
      self.init(.authentication, "\(name): access was refused; \(address.authenticationRemedy)")
      return
    case GIT_ECERTIFICATE.rawValue:
      self.init(.hostKey, "\(name): its host key does not verify (\(detail)) and is not accepted")
      return
    case GIT_EEOF.rawValue:
      self.init(.unreachable, "\(name): its answer ended too early; it is tried again")
      return
    case GIT_ELOCKED.rawValue:
      self.init(.io, "\(name): another process is writing its mirror; it is tried again")
      return
    default: break
    }
    if says("no space left", "quota exceeded", "read-only file system", "cannot extend packfile") {
      // libgit2 quotes the path of the temporary pack, which it has removed.
      let full = says("no space left", "quota exceeded") ? "no space is left for it" : detail
      self.init(
        .io,
        "\(name): its mirror cannot be written (\(full)); what was read before stays; make room, and it is tried again")
    } else if says("authenticat", "permission denied", "access denied") {
      self.init(.authentication, "\(name): access was refused (\(detail)); \(address.authenticationRemedy)")
    } else if says("not owned by current user") {
      self.init(.io, "\(name): the repository belongs to another user; give it to this user, or name another address")
    } else if says("name or service not known", "name resolution", "no address associated") {
      self.init(.unreachable, "\(name): the host has no address (\(detail)); check the name and the network")
    } else if says("not found", "does not exist", "not appear to be a git")
      || (address.scheme == .file && (failure.isOf(GIT_ERROR_OS) || failure.isOf(GIT_ERROR_REPOSITORY)))
    {
      self.init(
        .notFound, "\(name): no repository there (\(detail)); check the address and what the credential may see")
    } else if failure.isOf(GIT_ERROR_INDEXER) || failure.isOf(GIT_ERROR_ZLIB) || failure.isOf(GIT_ERROR_OBJECT) {
      self.init(.corrupt, "\(name): it sent data that does not verify (\(detail)); nothing of it was kept")
    } else if failure.isOf(GIT_ERROR_ODB) || failure.isOf(GIT_ERROR_FILESYSTEM) || failure.isOf(GIT_ERROR_REFERENCE) {
      self.init(.io, "\(name): its mirror cannot be written (\(detail))")
    } else {
      self.init(.unreachable, "\(name): cannot be reached (\(detail)); check the address and the network")
    }
  }
}

extension RepositoryAddress {
  /// What somebody whose access was refused can do.
  var authenticationRemedy: String {
    switch scheme {
    case .ssh: "load a key with ssh-add that may read it"
    case .https, .http: "name a token for it under repos: in the configuration, or log in with its credential helper"
    case .file: "make it readable for this user"
    }
  }
}
