import CGit2
import FoundationEssentials

/// The key with which an ssh server proves who it is, as it presented it.
struct HostKey: Sendable {
  enum Standing { case known, unknown, changed }

  /// In the format of the wire (RFC 4253, 6.6).
  let bytes: [UInt8]
  /// SHA-256, as `ssh-keygen -l` shows it; nil when the library did not compute it.
  let fingerprint: String?

  init(bytes: [UInt8], fingerprint: String?) {
    self.bytes = bytes
    self.fingerprint = fingerprint
  }

  init(_ key: git_cert_hostkey) {
    let hasRaw = key.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0
    let hasHash = key.type.rawValue & GIT_CERT_SSH_SHA256.rawValue != 0
    let start = UnsafeRawPointer(key.hostkey)
    bytes = hasRaw && start != nil ? Array(UnsafeRawBufferPointer(start: start, count: key.hostkey_len)) : []
    fingerprint =
      hasHash
      ? withUnsafeBytes(of: key.hash_sha256) { hash in
        "SHA256:" + Data(hash).base64EncodedString().filter { $0 != "=" }
      } : nil
  }

  /// The user's list and the system's, as ssh reads them.
  static var knownHostsFiles: [String] {
    let home = getenv("HOME").map { String(cString: $0) }
    return (home.map { ["\($0)/.ssh/known_hosts"] } ?? []) + ["/etc/ssh/ssh_known_hosts"]
  }

  /// What the lists say of this key for a host. Hashed names and `[host]:port` are understood, as far as libssh2 does.
  func standing(of address: RepositoryAddress, in files: [String]) -> Standing {
    guard !bytes.isEmpty, let session = cgit2_ssh_session() else { return .unknown }
    defer { libssh2_session_free(session) }
    var standing = Standing.unknown
    for file in files {
      guard let hosts = libssh2_knownhost_init(session) else { continue }
      defer { libssh2_knownhost_free(hosts) }
      guard libssh2_knownhost_readfile(hosts, file, LIBSSH2_KNOWNHOST_FILE_OPENSSH) >= 0 else { continue }
      let mask = LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW
      let code = bytes.withUnsafeBufferPointer { key in
        key.withMemoryRebound(to: CChar.self) { key in
          libssh2_knownhost_checkp(
            hosts, address.host, Int32(address.port ?? 22), key.baseAddress, key.count, mask, nil)
        }
      }
      if code == LIBSSH2_KNOWNHOST_CHECK_MATCH { return .known }
      if code == LIBSSH2_KNOWNHOST_CHECK_MISMATCH { standing = .changed }
    }
    return standing
  }

  private var shown: String { fingerprint ?? "no fingerprint" }

  /// `host` or `[host]:port`, as known_hosts writes it.
  private func place(_ address: RepositoryAddress) -> String {
    address.port.map { "'[\(address.host)]:\($0)'" } ?? address.host
  }

  func unknown(at address: RepositoryAddress) -> GitError {
    GitError(
      .hostKey,
      "\(address.url): the ssh host key is not known (\(shown)); compare it with what the host publishes, then connect once with ssh to add it"
    )
  }

  func changed(at address: RepositoryAddress) -> GitError {
    GitError(
      .hostKey,
      "\(address.url): the ssh host key has CHANGED (now \(shown), known: see ssh-keygen -l -F \(place(address))); if that is expected remove the old one with ssh-keygen -R \(place(address))"
    )
  }
}
