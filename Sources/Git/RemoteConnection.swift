import CGit2

/// A reference as the remote advertises it.
struct RemoteReference {
  let name: String
  let id: ObjectID
  /// The commit, when `id` is that of an annotated tag.
  let peeled: ObjectID?

  var commit: ObjectID { peeled ?? id }
}

/// An open connection to a remote, on the fetching thread. It can fetch and list, and nothing else.
struct RemoteConnection: ~Copyable {
  private let remote: Handle
  private let operation: FetchOperation

  /// Connects and receives the list of references.
  /// - Parameter repository: where fetched objects go; nil when only references are asked for.
  init(to address: RepositoryAddress, into repository: OpaquePointer?, operation: FetchOperation) throws(GitError) {
    self.operation = operation
    do throws(GitFailure) {
      remote = try Self.connect(to: address.fetchURL, into: repository, operation)
    } catch {
      throw operation.error(error)
    }
  }

  private static func connect(
    to url: String, into repository: OpaquePointer?, _ operation: FetchOperation
  ) throws(GitFailure) -> Handle {
    var options = git_remote_create_options()
    try GitFailure.check(git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION)))
    options.repository = repository
    // Nothing that a configuration could rewrite, no refspec but the one of each fetch.
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
    let remote = try Handle(freedBy: git_remote_free) { git_remote_create_with_opts($0, url, &options) }
    var connection = git_remote_connect_options()
    try GitFailure.check(git_remote_connect_options_init(&connection, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION)))
    connection.callbacks = try callbacks(operation)
    // No redirects to another host; a credential is never sent to one (D4).
    connection.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    try GitFailure.check(git_remote_connect_ext(remote.pointer, GIT_DIRECTION_FETCH, &connection))
    return remote
  }

  /// - Throws: `GitError` of kind `noSuchReference` when the remote does not have it, `limit` when it has too many.
  func find(_ reference: GitReference) throws(GitError) -> RemoteReference {
    var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    let code = git_remote_ls(&list, &count, remote.pointer)
    guard code == 0 else { throw operation.error(GitFailure(code: code)) }
    let address = operation.address
    guard count <= operation.limits.advertisedReferences else {
      throw GitError(.limit, "\(address.url): it has more than \(operation.limits.advertisedReferences) references")
    }
    let name = reference.remoteName
    var found: ObjectID?
    var peeled: ObjectID?
    for index in 0..<count {
      guard let head = list?[index]?.pointee, let text = head.name.map({ String(cString: $0) }) else { continue }
      if text == name { found = ObjectID(head.oid) } else if text == name + "^{}" { peeled = ObjectID(head.oid) }
    }
    guard let found else {
      let empty = count == 0 ? " (the repository is empty)" : ""
      throw GitError(
        .noSuchReference, "\(address.url): it has no \(reference.word)\(empty); check the source's spec.ref")
    }
    return RemoteReference(name: name, id: found, peeled: peeled)
  }

  /// Downloads the reference with its whole history and then moves the mirror's own one; before the pack is complete
  /// and verified nothing in the mirror changes (D6).
  func fetch(_ reference: GitReference) throws(GitError) {
    do throws(GitFailure) {
      var options = git_fetch_options()
      try GitFailure.check(git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)))
      options.callbacks = try Self.callbacks(operation)
      options.prune = GIT_FETCH_NO_PRUNE
      options.update_fetchhead = 0
      options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
      options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
      let refspec = "+\(reference.remoteName):\(reference.localName)"
      let code = refspec.withCString { text in
        var text: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: text)
        return withUnsafeMutablePointer(to: &text) { strings in
          var list = git_strarray(strings: strings, count: 1)
          return git_remote_fetch(remote.pointer, &list, &options, "fetch")
        }
      }
      try GitFailure.check(code)
    } catch {
      throw operation.error(error)
    }
  }

  private static func callbacks(_ operation: FetchOperation) throws(GitFailure) -> git_remote_callbacks {
    var callbacks = git_remote_callbacks()
    try GitFailure.check(git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION)))
    // Not retained: the caller holds the operation for as long as the connection lives.
    callbacks.payload = Unmanaged.passUnretained(operation).toOpaque()
    callbacks.credentials = { out, _, user, allowed, payload in
      RemoteConnection.operation(payload).provideCredential(
        out, user: user.map { String(cString: $0) }, allowed: allowed)
    }
    callbacks.certificate_check = { certificate, valid, _, payload in
      RemoteConnection.operation(payload).checkCertificate(certificate, isValid: valid != 0)
    }
    callbacks.transfer_progress = { progress, payload in
      RemoteConnection.operation(payload).countProgress(progress)
    }
    callbacks.sideband_progress = { _, _, payload in
      RemoteConnection.operation(payload).heard()
      return 0
    }
    return callbacks
  }

  private static func operation(_ payload: UnsafeMutableRawPointer?) -> FetchOperation {
    guard let payload else { preconditionFailure("libgit2 calls back with the payload that it was given") }
    return Unmanaged<FetchOperation>.fromOpaque(payload).takeUnretainedValue()
  }
}

extension FetchOperation {
  /// For ssh only: over http our own transport sends the credential.
  fileprivate func provideCredential(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, user: String?, allowed: UInt32
  ) -> Int32 {
    func allows(_ type: git_credential_t) -> Bool { allowed & UInt32(type.rawValue) != 0 }
    if allows(GIT_CREDENTIAL_USERNAME) { return git_credential_username_new(out, address.user ?? "git") }
    // Asked a second time: what we had was refused.
    guard isFirstAsking(), allows(GIT_CREDENTIAL_SSH_KEY) else { return GIT_EAUTH.rawValue }
    return git_credential_ssh_key_from_agent(out, user ?? address.user ?? "git")
  }

  /// Never says "accept" to an ssh host key that did not verify (D4), unless the system-wide list knows it, which libgit2
  /// does not read.
  fileprivate func checkCertificate(_ certificate: UnsafeMutablePointer<git_cert>?, isValid: Bool) -> Int32 {
    heard()
    if isValid { return GIT_PASSTHROUGH.rawValue }
    guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
      return GIT_ECERTIFICATE.rawValue
    }
    let key = UnsafeMutableRawPointer(certificate).assumingMemoryBound(to: git_cert_hostkey.self).pointee
    let presented = HostKey(key)
    switch presented.standing(of: address, in: HostKey.knownHostsFiles) {
    case .known: return 0
    case .unknown: fail(presented.unknown(at: address))
    case .changed: fail(presented.changed(at: address))
    }
    return GIT_ECERTIFICATE.rawValue
  }

  fileprivate func countProgress(_ progress: UnsafePointer<git_indexer_progress>?) -> Int32 {
    guard let progress = progress?.pointee else { return 0 }
    heard()
    if Int(progress.total_objects) > limits.objects {
      stop(.tooMuch("\(limits.objects) objects"))
    } else if progress.received_bytes > limits.receivedBytes {
      stop(.tooMuch("\(limits.receivedBytes >> 20) MiB"))
    }
    // Local transports have no socket that could be shut down.
    return isStopped ? GIT_EUSER.rawValue : 0
  }
}
