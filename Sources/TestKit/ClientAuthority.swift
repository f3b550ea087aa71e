import Foundation

/// A certificate authority of a test's own, which signs client certificates that live for seconds.
public final class ClientAuthority: Sendable {
  private let folder: TemporaryFolder

  /// What `--client-ca-file` names.
  public var certificatePath: String { folder.file("ca.crt") }

  public init() async throws {
    folder = try TemporaryFolder("ca")
    // `openssl ca` and not `openssl x509`: only it takes an end to the second.
    try folder.write(
      """
      [ca]
      default_ca = own
      [own]
      database = \(folder.file("index"))
      new_certs_dir = \(folder.path)
      certificate = \(folder.file("ca.crt"))
      private_key = \(folder.file("ca.key"))
      rand_serial = yes
      default_md = sha256
      policy = any
      x509_extensions = client
      unique_subject = no
      [any]
      commonName = supplied
      organizationName = optional
      [client]
      extendedKeyUsage = clientAuth
      """, to: "ca.conf")
    try folder.write("", to: "index")
    try await Program.check([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=clients",
      "-keyout", folder.file("ca.key"), "-out", folder.file("ca.crt"),
    ])
  }

  /// Writes a certificate and its key for a user, each at once, in place of what is there.
  /// - Parameters:
  ///   - seconds: from now on it is valid.
  ///   - certificate: the path, as the key's.
  public func issue(
    user: String, group: String, validFor seconds: Double, certificate: String, key: String
  ) async throws {
    let request = folder.file("request")
    let (newKey, new) = (key + ".new", certificate + ".new")
    try await Program.check([
      "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=\(group)/CN=\(user)", "-keyout", newKey,
      "-out", request,
    ])
    try await Program.check([
      "openssl", "ca", "-batch", "-notext", "-config", folder.file("ca.conf"), "-in", request, "-out", new,
      "-startdate", Self.time(-60), "-enddate", Self.time(seconds),
    ])
    // Both are there before either is read: a pair that does not fit is a different test.
    guard rename(newKey, key) == 0, rename(new, certificate) == 0 else { throw Missed("cannot write \(certificate)") }
  }

  /// ASN.1 UTCTime, as openssl-ca(1) takes it.
  private static func time(_ seconds: Double) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "yyMMddHHmmss'Z'"
    return format.string(from: Date(timeIntervalSinceNow: seconds))
  }
}
