import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// `driftglass check` on a real API server: TLS, tokens and rights are real here.
  @Suite struct CheckTests {
    private func check(_ kubeconfigs: [String], _ options: [String] = []) async throws -> (status: Int32, items: [JSON])
    {
      let home = try TemporaryFolder("home")
      let result = try await Program.run(
        [EndToEnd.executable(), "check", "-o", "json"] + options,
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8",
          "KUBECONFIG": kubeconfigs.joined(separator: ":"),
        ])
      return (result.status, try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? [])
    }

    private func item(_ items: [JSON], _ name: String, _ what: String) throws -> JSON {
      try #require(
        items.first { $0["name"]?.string == name && $0["what"]?.string == what }, "\(name) \(what): \(items)")
    }

    @Test func tellsVersionCertificateAndRightsOfEachUser() async throws {
      let world = try await FluxWorld()
      try await world.server.grantReading()
      let other = try TemporaryFolder("other")
      try await Program.check([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", other.file("key"), "-out",
        other.file("ca.crt"), "-days", "2", "-subj", "/CN=another",
      ])
      let untrusted = try other.write(
        """
        clusters: [{ name: untrusted, cluster: { server: "\(world.server.url)", certificate-authority: ca.crt } }]
        contexts: [{ name: untrusted, context: { cluster: untrusted } }]
        """, to: "config")
      let files = [
        try world.server.kubeconfig(context: "admin"),
        try world.server.kubeconfig(context: "reader", token: RealAPIServer.readerToken),
        try world.server.kubeconfig(context: "wrong", token: "no-such-token"), untrusted,
      ]
      let (status, items) = try await check(files, ["--config", try world.configuration()])
      #expect(status == 1)
      let server = try item(items, "admin", "server")
      #expect(server["state"] == "ok")
      #expect(server.value(at: "facts", "version")?.string?.hasPrefix("v1.") == true)
      #expect(server.value(at: "facts", "latencyMilliseconds") != .null)
      let tls = try item(items, "admin", "tls")
      #expect(tls["state"] == "ok" && tls.value(at: "facts", "serverCertificateExpires")?.string != nil, "\(tls)")
      #expect(try item(items, "admin", "write")["detail"]?.string?.hasSuffix("may be patched") == true)
      #expect(try item(items, "reader", "read")["state"] == "ok")
      #expect(try item(items, "reader", "write")["detail"]?.string?.hasPrefix("nothing") == true)
      #expect(try item(items, "wrong", "server")["state"] == "ok")
      #expect(try item(items, "wrong", "credentials")["state"] == "failed")
      let refused = try item(items, "untrusted", "server")
      #expect(refused["state"] == "failed")
      #expect(refused["remedy"]?.string?.contains("certificate-authority-data") == true, "\(refused)")
      let repositories = items.filter { $0["subject"] == "repository" }
      #expect(repositories.count == 1 && repositories[0]["state"] == "ok", "\(repositories)")
      let writes = world.server.audit().filter { request in
        request.agent.hasPrefix("driftglass") && !["get", "list", "watch"].contains(request.verb)
          && !request.uri.contains("/authorization.k8s.io/")
      }
      #expect(writes.isEmpty, "\(writes)")
    }
  }
}
