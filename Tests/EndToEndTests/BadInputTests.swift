import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Bad input is answered with one clear line, never with a crash, and disturbs nothing else.
  @Suite struct BadInputTests {
    private func run(_ words: [String], environment: [String: String] = [:]) async throws -> Program.Result {
      let home = try TemporaryFolder("home")
      var variables = ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8", "TERM": "xterm-256color"]
      variables.merge(environment) { $1 }
      return try await Program.run([EndToEnd.executable()] + words, environment: variables)
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    private func kubeconfig(_ folder: TemporaryFolder, server: String, token: String = "t") throws -> String {
      try folder.write(
        """
        apiVersion: v1
        kind: Config
        current-context: odd
        clusters: [{name: odd, cluster: {server: "\(server)"}}]
        users: [{name: odd, user: {token: \(token)}}]
        contexts: [{name: odd, context: {cluster: odd, user: odd}}]
        """, to: "odd.yaml")
    }

    @Test func withoutAKubeconfigGetSaysWhereItLooked() async throws {
      let result = try await run(["get", "clusters"])
      #expect(result.status == 2)
      #expect(lines(result.errors).count == 1 && result.errors.contains(".kube/config"), "\(result.errors)")
      #expect(result.output.isEmpty)
    }

    @Test func aContextThatDoesNotExistIsNamed() async throws {
      let folder = try TemporaryFolder("odd")
      let config = try kubeconfig(folder, server: "https://127.0.0.1:1")
      let result = try await run(["get", "clusters", "--kubeconfig", config, "--context", "nowhere"])
      #expect(result.status == 2)
      #expect(lines(result.errors).count == 1 && result.errors.contains("nowhere"), "\(result.errors)")
    }

    @Test func aServerThatIsDownIsNamed() async throws {
      let folder = try TemporaryFolder("odd")
      let nobody = try ReservedPort()
      defer { withExtendedLifetime(nobody) {} }
      let config = try kubeconfig(folder, server: "https://127.0.0.1:\(nobody.port)")
      let result = try await run(["get", "reconcilers", "--kubeconfig", config, "--timeout", "5s", "-o", "json"])
      #expect(result.status == 2)
      let json = try JSON(parsing: Array(result.output.utf8))
      #expect(json["items"] == [])
      #expect(json["incomplete"]?[0]?["cluster"] == "odd")
      #expect(json["incomplete"]?[0]?["reason"]?.string?.isEmpty == false, "\(result.output)")
    }

    @Test func aServerThatIsNotKubernetesIsNamed() async throws {
      let folder = try TemporaryFolder("odd")
      let place = try ReservedPort()
      defer { withExtendedLifetime(place) {} }
      let web = try ChildProcess(
        "web", ["perl", "-MIO::Socket::INET", "-e", Self.webServer, String(place.port)], in: folder)
      defer { web.kill() }
      let config = try kubeconfig(folder, server: "http://127.0.0.1:\(place.port)")
      let result = try await run(["get", "reconcilers", "--kubeconfig", config, "--timeout", "5s"])
      #expect(result.status == 2)
      #expect(result.errors.contains("odd"), "\(result.errors)")
    }

    private static let webServer = """
      my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 9, ReuseAddr => 1) or die;
      while (my $c = $s->accept) { while (<$c>) { last if /^\\r?$/ }
        print $c "HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: 12\\r\\n\\r\\n<html>hello\\n"; close $c }
      """

    @Test func aWrongCertificateAndARefusedTokenAreToldApart() async throws {
      let server = try await RealAPIServer()
      try await server.createCustomResources()
      try await Program.check([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other.example.com",
        "-keyout", server.folder.file("other.key"), "-out", server.folder.file("other.crt"),
      ])
      let stranger = Array(server.folder.read("other.crt").utf8)
      let untrusted = try await run([
        "get", "clusters", "--kubeconfig", server.kubeconfig(authority: stranger), "--timeout", "5s",
      ])
      #expect(untrusted.status == 2)
      #expect(untrusted.errors.lowercased().contains("certificate"), "\(untrusted.errors)")
      let refused = try await run([
        "get", "clusters", "--kubeconfig", server.kubeconfig(token: "wrong"), "--timeout", "5s",
      ])
      #expect(refused.status == 2)
      #expect(refused.errors.contains("401") || refused.errors.lowercased().contains("auth"), "\(refused.errors)")
      #expect(!refused.errors.contains("wrong"), "the token is not repeated")
    }

    @Test(arguments: ["dumb", "no-such-terminal", ""])
    func aTerminalThatCannotBeUsedIsNamed(name: String) async throws {
      let session = try await TmuxSession([EndToEnd.executable(), "demo"], environment: ["TERM": name])
      let status = try await eventually("it ends", within: .seconds(15), state: { try await session.screen() }) {
        session.exitStatus()
      }
      #expect(status == 2)
      let text = try await session.screen().trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(lines(text).count <= 2 && text.contains("get"), "\(text)")
    }

    @Test func withoutATerminalTheDashboardSaysWhatToUse() async throws {
      let result = try await run(["demo"])
      #expect(result.status == 2)
      #expect(lines(result.errors).count == 1 && result.errors.contains("driftglass get"), "\(result.errors)")
    }

    @Test func aRepositoryThatCannotBeReachedAndAnOddObjectDisturbNothingElse() async throws {
      var files = FluxWorld.files()
      files["broken/odd.yaml"] = "a: [1\nb: }\n"
      let world = try await FluxWorld(files: files)
      let sources = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories"
      let nobody = try ReservedPort()
      defer { withExtendedLifetime(nobody) {} }
      let unreachable = "https://127.0.0.1:\(nobody.port)/gone.git"
      try await world.server.expect(
        .post, sources,
        [
          "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": ["name": "gone"],
          "spec": ["interval": "1h", "url": .string(unreachable), "ref": ["branch": "main"]],
        ])
      try await world.server.expect(
        .post, "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
        [
          "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": ["name": "broken"],
          "spec": [
            "interval": "1h", "path": "./broken", "prune": true,
            "sourceRef": ["kind": "GitRepository", "name": "fleet"],
          ],
        ])
      // A status of the wrong shape, as far as the schema lets one through.
      try await world.server.mergePatch(
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/broken/status",
        ["status": ["inventory": ["entries": [["id": "_", "v": "v1"], ["id": "x", "v": "v1"]]]]])
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "the good row, and the bad ones with their reasons", within: .seconds(40)) {
        let text = ScreenText($0)
        return text.reconciler("ks flux-system/apps")?.contains("Ready") == true
          && text.reconciler("ks flux-system/broken") != nil
      }
      try await world.server.kubectl(
        "-n", "shop", "patch", "deployment", "web", "--type=merge", "-p", #"{"spec":{"replicas":5}}"#)
      try await session.wait(for: "drift is still seen") {
        ScreenText($0).drift("Deployment shop/web").contains { $0.contains("live 5") }
      }
      #expect(session.exitStatus() == nil)
    }
  }
}
