import Foundation
import HTTP
import TestKit
import Testing

@testable import Git

/// Certificates of Git hosts, against OpenSSL's own server.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
  private let network = Network()
  private let folder: TestKit.TemporaryFolder
  private let commit = String(repeating: "a", count: 40)
  private let place: ReservedPort
  private let server: ChildProcess

  init() throws {
    folder = try TestKit.TemporaryFolder("tls")
    place = try ReservedPort()
    try Self.certificate("host", in: folder)
    try Self.certificate("other", in: folder)
    let answer = LoopbackServer.advertisement([("HEAD", commit), ("refs/heads/main", commit)])
    try folder.write(
      String(decoding: answer, as: UTF8.self), to: "www/acme/fleet.git/info/refs?service=git-upload-pack")
    // -HTTP: a file is the whole answer.
    let command =
      "cd '\(folder.file("www"))' && exec openssl s_server -quiet -accept 127.0.0.1:\(place.port) -HTTP"
      + " -cert '\(folder.file("host.pem"))' -key '\(folder.file("host.key"))'"
    server = try ChildProcess("server", ["/bin/sh", "-c", command], in: folder)
  }

  private static func certificate(_ name: String, in folder: TestKit.TemporaryFolder) throws {
    let command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=\(name)'"
      + " -addext subjectAltName=IP:127.0.0.1 -keyout '\(folder.file("\(name).key"))' -out '\(folder.file("\(name).pem"))'"
    guard let pipe = popen("\(command) 2>/dev/null", "r"), pclose(pipe) == 0 else { throw Missed("no certificate") }
  }

  /// Once the server listens.
  private func error(authority: String?) async throws -> GitError? {
    let address = try RepositoryAddress("https://127.0.0.1:\(place.port)/acme/fleet.git", namedBy: .configuration)
    let location = RepositoryLocation(named: address, address: address, authority: authority)
    let cache = try MirrorCache(directory: folder.file("cache"), access: HostAccess(network: network))
    while true {
      do throws(GitError) {
        let head = try await cache.mirror(of: location).remoteHead(.branch("main"))
        #expect(head == commit)
        return nil
      } catch {
        guard error.message.contains("refused)") else { return error }
        await Task.yield()
      }
    }
  }

  @Test func E_G02_trustsTheCAThatTheConfigurationNames() async throws {
    #expect(try await error(authority: folder.file("host.pem")) == nil)
  }

  @Test(arguments: [nil, "other.pem"])
  func E_G02_refusesACertificateThatDoesNotVerify(authority: String?) async throws {
    let error = try await error(authority: authority.map { folder.file($0) })
    #expect(error?.kind == .certificate, "\(error?.message ?? "accepted")")
    #expect(error?.message.contains("name its CA with ca: under repos:") == true)
  }

  @Test func E_G02_aCAThatCannotBeReadIsNamed() async throws {
    let error = try await error(authority: folder.file("missing.pem"))
    #expect(error?.kind == .certificate)
    #expect(error?.message.contains("missing.pem") == true)
  }
}
