import HTTP
import TestKit
import Testing

/// A server whose certificate is not in order is refused with the reason, and nothing is sent to it.
@Suite(.timeLimit(.minutes(2))) struct TLSTests {
  private let network = Network()

  /// What came of asking a server with this flaw: the status, or why not.
  private func ask(
    _ flaw: TestCertificates.Flaw, options: [String] = [], change: (inout Request) -> Void = { _ in }
  ) async throws -> Result<Response, HTTPError> {
    let certificates = try await TestCertificates.shared.value
    let (server, place) = try await certificates.serve(flaw, options: options)
    defer { withExtendedLifetime(place) { server.kill() } }
    var tls = TLS()
    tls.authorities = certificates.authority
    let base = "https://127.0.0.1:\(place.port)"
    var request = Request(
      .get, base + "/", target: .apiServer(base: base), headers: [("Authorization", "Bearer s3cret")], tls: tls)
    change(&request)
    do throws(HTTPError) { return .success(try await network.send(request, gate: .open)) } catch {
      return .failure(error)
    }
  }

  @Test func acceptsACertificateThatIsInOrder() async throws {
    #expect(try await ask(.none).get().status == 200)
  }

  @Test(arguments: [
    (TestCertificates.Flaw.expired, "certificate has expired"), (.notYetValid, "certificate is not yet valid"),
    (.otherName, "for another name than 127.0.0.1"), (.selfSigned, "self-signed certificate"),
    (.otherAuthority, "unable to get local issuer certificate"),
  ])
  func E_N02_refusesACertificateThatIsNotInOrder(flaw: TestCertificates.Flaw, words: String) async throws {
    guard case .failure(let error) = try await ask(flaw) else {
      Issue.record("accepted")
      return
    }
    #expect(error.kind == .tls)
    #expect(error.cause.contains(words), "\(error)")
    #expect(!error.description.contains("s3cret"))
  }

  @Test func E_N02_namesTheCertificateInPlainText() async throws {
    guard case .failure(let error) = try await ask(.escapesInName) else {
      Issue.record("accepted")
      return
    }
    #expect(error.cause.contains("subject /CN=api"), "\(error)")
    #expect(error.description.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }, "\(error)")
  }

  @Test func E_N02_doesNotSpeakOldTLS() async throws {
    let answer = try await ask(.none, options: ["-tls1", "-cipher", "ALL:@SECLEVEL=0"])
    guard case .failure(let error) = answer else {
      Issue.record("accepted")
      return
    }
    #expect(error.kind == .tls)
    #expect(error.cause.hasPrefix("the TLS handshake failed: "), "\(error)")
  }

  @Test func E_N02_aServerNameOfTheKubeconfigIsTheOneThatCounts() async throws {
    #expect(try await ask(.otherName) { $0.tls.serverName = "other.invalid" }.get().status == 200)
    guard case .failure(let error) = try await ask(.none, change: { $0.tls.serverName = "other.invalid" }) else {
      Issue.record("accepted")
      return
    }
    #expect(error.cause == "the server's certificate is for another name than other.invalid")
  }
}
