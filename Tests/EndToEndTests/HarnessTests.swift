import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// That what the other tests stand on does what it says.
  @Suite struct HarnessTests {
    @Test func theAPIServerServesFluxsKindsAndComesBackAfterACrash() async throws {
      let server = try await RealAPIServer()
      try await server.createCustomResources()
      try await server.createNamespace("flux-system")
      let kustomization = """
        {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"apps","namespace":
        "flux-system"},"spec":{"interval":"1m","prune":true,"sourceRef":{"kind":"GitRepository","name":"fleet"}}}
        """
      try await server.kubectl("create", "--validate=false", "-f", "-", input: kustomization)
      #expect(try await server.kubectl("get", "ks", "-A", "-o", "name").contains("/apps"))
      let path = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps"
      try await server.mergePatch(path, ["spec": ["suspend": true]])
      server.kill()
      await #expect(throws: (any Error).self) { try await server.expect(.get, path) }
      try await server.restart()
      #expect(try await server.expect(.get, path).value(at: "spec", "suspend") == true)
    }

    @Test func theReaderMayReadAndNotChange() async throws {
      let server = try await RealAPIServer()
      try await server.createCustomResources()
      try await server.grantReading()
      let list = try await server.request(.get, "/api/v1/configmaps", token: RealAPIServer.readerToken)
      #expect(list.status == 200)
      let secrets = try await server.request(.get, "/api/v1/secrets", token: RealAPIServer.readerToken)
      #expect(secrets.status == 403)
      let create = try await server.request(
        .post, "/api/v1/namespaces", ["metadata": ["name": "no"]], token: RealAPIServer.readerToken)
      #expect(create.status == 403)
      let seen = server.audit().filter { $0.user == "reader" }
      #expect(seen.map(\.verb) == ["list", "list", "create"])
    }

    @Test func theProxyRecordsRequestsAndPassesWatchesOn() async throws {
      let server = try await RealAPIServer()
      let proxy = try RecordingProxy(to: server.url, authorities: server.authority)
      defer { proxy.close() }
      let config = try server.kubeconfig(server: proxy.url)
      let folder = try TemporaryFolder("watch")
      let watch = try ChildProcess(
        "kubectl", ["kubectl", "--kubeconfig", config, "get", "configmaps", "-n", "default", "--watch", "-o", "name"],
        in: folder)
      try await eventually("the watch is open", within: .seconds(20), state: { watch.log }) { () -> Bool? in
        proxy.recorded.contains { $0.target.contains("watch=true") } ? true : nil
      }
      try await server.expect(.post, "/api/v1/namespaces/default/configmaps", ["metadata": ["name": "seen"]])
      try await eventually("the watch tells of it", within: .seconds(20), state: { watch.log }) { () -> Bool? in
        watch.log.contains("configmap/seen") ? true : nil
      }
      #expect(proxy.recorded.allSatisfy { $0.method == "GET" })
    }

    @Test func tmuxShowsAProgramAndItsEnd() async throws {
      let session = try await TmuxSession(
        ["sh", "-c", "stty size; printf 'h\\303\\251llo \\033[31mred\\033[0m\\n'; read x; echo got $x; exit 3"],
        width: 50,
        height: 12)
      try await session.wait(for: "the greeting") { $0.contains("héllo red") && $0.contains("12 50") }
      #expect(try await session.colouredScreen().contains("\u{1B}[31m"))
      #expect(session.exitStatus() == nil)
      try await session.type("hey")
      try await session.press("Enter")
      let status = try await eventually("it ends", within: .seconds(10), state: { try await session.screen() }) {
        session.exitStatus()
      }
      #expect(status == 3)
      #expect(try await session.screen().contains("got hey"))
    }
  }
}
