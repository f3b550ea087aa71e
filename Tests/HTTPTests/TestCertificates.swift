import Foundation
import TestKit

/// Certificates of a private authority and servers that present them, made with the openssl program.
final class TestCertificates: Sendable {
  /// What a server shows.
  enum Flaw: String, CaseIterable, Sendable {
    case none, expired, notYetValid, otherName, selfSigned, otherAuthority, escapesInName
  }

  let folder: TemporaryFolder

  /// Made once for all tests.
  static let shared = Task { try await TestCertificates() }

  /// PEM of the authority that clients are told to trust.
  var authority: [UInt8] { Array(folder.read("ca.pem").utf8) }

  private init() async throws {
    folder = try TemporaryFolder("tls")
    try folder.write(
      """
      [ca]
      default_ca = d
      [d]
      new_certs_dir = \(folder.path)
      database = \(folder.file("index"))
      rand_serial = yes
      default_md = sha256
      unique_subject = no
      policy = p
      [p]
      commonName = supplied
      """, to: "ca.cnf")
    try folder.write("", to: "index")
    try folder.write("subjectAltName = IP:127.0.0.1, DNS:localhost\n", to: "here")
    try folder.write("subjectAltName = DNS:other.invalid\n", to: "elsewhere")
    for name in ["ca", "stranger"] { try await root(name, subject: "/CN=\(name)") }
    try await root("selfSigned", subject: "/CN=127.0.0.1")
    try await leaf(.none)
    try await leaf(.expired, from: "20200101000000Z", until: "20200201000000Z")
    try await leaf(.notYetValid, from: "20980101000000Z", until: "20990101000000Z")
    try await leaf(.otherName, names: "elsewhere")
    try await leaf(.otherAuthority, by: "stranger")
    try await leaf(.escapesInName, subject: "/CN=api\u{1B}[31m\u{202E}red", by: "stranger")
  }

  private func root(_ name: String, subject: String) async throws {
    try await Program.check(
      ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-utf8", "-subj"]
        + [subject, "-days", "30", "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).pem")])
  }

  private func leaf(
    _ flaw: Flaw, subject: String = "/CN=api", from: String = "20200101000000Z", until: String = "20980101000000Z",
    names: String = "here", by authority: String = "ca"
  ) async throws {
    let name = flaw.rawValue
    try await Program.check(
      ["openssl", "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-utf8", "-subj", subject]
        + ["-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).csr")])
    try await Program.check(
      ["openssl", "ca", "-batch", "-notext", "-utf8", "-config", folder.file("ca.cnf"), "-startdate", from, "-enddate"]
        + [until, "-cert", folder.file("\(authority).pem"), "-keyfile", folder.file("\(authority).key"), "-extfile"]
        + [folder.file(names), "-in", folder.file("\(name).csr"), "-out", folder.file("\(name).pem")])
  }

  /// A TLS server on loopback that answers every request with a page.
  func serve(_ flaw: Flaw, options: [String] = []) async throws -> (server: ChildProcess, place: ReservedPort) {
    let place = try ReservedPort()
    let port = place.port
    let name = flaw.rawValue
    let server = try ChildProcess(
      "server-\(port)",
      ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", folder.file("\(name).pem"), "-key"]
        + [folder.file("\(name).key"), "-www"] + options, in: folder)
    try await eventually("openssl listens", within: .seconds(20), state: { server.log }) {
      server.log.contains("ACCEPT") ? true : nil
    }
    return (server, place)
  }
}
