import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Credentials that end while the program runs.
  @Suite struct CredentialTests {
    /// A service account whose tokens live as long as the Secrets they are bound to.
    private struct Account {
      let server: RealAPIServer
      private static let core = "/api/v1/namespaces/default"

      init(_ server: RealAPIServer) async throws {
        self.server = server
        try await server.expect(.post, "\(Self.core)/serviceaccounts", ["metadata": ["name": "viewer"]])
        try await server.expect(
          .post, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
          [
            "metadata": ["name": "viewer"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"],
            "subjects": [["kind": "ServiceAccount", "name": "viewer", "namespace": "default"]],
          ])
      }

      func token(_ name: String) async throws -> String {
        let secret = try await server.expect(.post, "\(Self.core)/secrets", ["metadata": ["name": .string(name)]])
        let answer = try await server.expect(
          .post, "\(Self.core)/serviceaccounts/viewer/token",
          [
            "spec": [
              "audiences": [], "expirationSeconds": 3600,
              "boundObjectRef": [
                "apiVersion": "v1", "kind": "Secret", "name": .string(name),
                "uid": secret.value(at: "metadata", "uid") ?? .null,
              ],
            ]
          ])
        guard let token = answer.value(at: "status", "token")?.string else { throw Missed("no token: \(answer)") }
        return token
      }

      /// Deletes the Secret and waits until the server refuses the token: it remembers for seconds that it was good.
      func revoke(_ name: String, _ token: String) async throws {
        try await server.expect(.delete, "\(Self.core)/secrets/\(name)")
        try await eventually("the token of \(name) is refused", within: .seconds(30)) { () -> Bool? in
          try await server.request(.get, "/api/v1/configmaps", token: token).status == 401 ? true : nil
        }
      }
    }

    /// Three contexts, three ways: one wait for all of them, since a refused credential is tried again once a minute.
    @Test func A15_A16_expiredAndRevokedCredentialsAreAskedForAndTakenFromTheSameFiles() async throws {
      let clients = try await ClientAuthority()
      var options = RealAPIServer.Options()
      options.clients = clients
      let world = try await StillWorld(options: options)
      try await world.server.grantReading()
      let account = try await Account(world.server)
      let files = world.folder
      let (certificate, key) = (files.file("client.crt"), files.file("client.key"))
      let old = try await account.token("old")
      let (rotated, revoked) = (try files.write(old, to: "rotated"), try files.write(old, to: "revoked"))
      let ends = ContinuousClock.now + .seconds(25)
      try await clients.issue(user: "reader", group: "readers", validFor: 25, certificate: certificate, key: key)
      let session = try await world.program(
        EndToEnd.executable(),
        kubeconfigs: [
          world.server.kubeconfig(
            context: "expiring", user: ["client-certificate": .string(certificate), "client-key": .string(key)]),
          world.server.kubeconfig(context: "rotated", user: ["tokenFile": .string(rotated)]),
          world.server.kubeconfig(context: "revoked", user: ["tokenFile": .string(revoked)]),
        ])
      func rows(_ text: ScreenText) -> [String] {
        text.pane("4 Reconcilers").filter { $0.contains("flux-system/apps") }
      }
      try await session.wait(for: "all three", within: .seconds(20)) {
        rows(ScreenText($0)).count { $0.contains("Ready") } == 3
      }
      let watch = ScreenWatch(session) { $0.mark(of: "rotated") == "auth needed" ? "a rotated token is in doubt" : nil }
      try files.write(try await account.token("new"), to: "rotated")
      try await account.revoke("old", old)
      try await eventually("the certificate is no longer valid", within: .seconds(40)) { () -> Bool? in
        ContinuousClock.now > ends + .seconds(1) ? true : nil
      }
      // What is open stays open with what it began with: every stream begins anew.
      world.server.kill()
      try await world.server.restart()
      try await session.wait(for: "two need a credential, one is live", within: .seconds(90)) {
        let text = ScreenText($0)
        return text.mark(of: "expiring") == "auth needed" && text.mark(of: "revoked") == "auth needed"
          && text.cluster("rotated") != nil && text.mark(of: "rotated") == nil
      }
      try await clients.issue(user: "reader", group: "readers", validFor: 3600, certificate: certificate, key: key)
      try files.write(files.read("rotated"), to: "revoked")
      try await world.server.mergePatch("/api/v1/namespaces/shop/configmaps/flags", ["data": ["mode": "renewed"]])
      try await session.wait(for: "all are live again and know the newest", within: .seconds(150)) {
        let text = ScreenText($0)
        return ["expiring", "rotated", "revoked"].allSatisfy { text.cluster($0) != nil && text.mark(of: $0) == nil }
          && text.drift("ConfigMap shop/flags").count { $0.contains("live renewed") } == 3
      }
      #expect(watch.result.wrong.isEmpty, "\(watch.result.wrong.first ?? "")")
      let screen = try await session.screen()
      #expect(!screen.contains(old.prefix(20)), "no token is ever shown")
    }
  }
}
