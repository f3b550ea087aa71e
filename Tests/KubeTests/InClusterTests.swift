import Foundation
import Kube
import TestKit
import Testing

/// The service account that a pod finds (kubernetes: client-go rest/config.go, InClusterConfig).
@Suite struct InClusterTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("pod")
    try folder.write(KubeconfigTests.certificate, to: "account/ca.crt")
    try folder.write("first\n", to: "account/token")
    try folder.write("flux-system\n", to: "account/namespace")
  }

  private func load(_ host: String?, port: String = "443", explicit: String? = nil, kubeconfig: String? = nil) throws
    -> Kubeconfig
  {
    var environment: [String: String] = ["KUBERNETES_SERVICE_PORT": port]
    environment["KUBERNETES_SERVICE_HOST"] = host
    environment["KUBECONFIG"] = kubeconfig
    return try Kubeconfig.load(
      explicit: explicit, environment: environment, home: folder.path, serviceAccount: folder.file("account"))
  }

  @Test(arguments: [
    ("10.96.0.1", "https://10.96.0.1:443"), ("fd00::1", "https://[fd00::1]:443"),
    ("[fd00::1]", "https://[fd00::1]:443"),
  ])
  func isUsedWhereThereIsNoKubeconfig(host: String, server: String) async throws {
    let config = try load(host)
    #expect(config.contexts.map(\.name) == ["in-cluster"])
    #expect(config.current == "in-cluster")
    let access = try config.contexts[0].access.get()
    #expect(access.server == server)
    #expect(access.namespace == "flux-system")
    #expect(access.tls.authorities == Array(KubeconfigTests.certificate.utf8))
    #expect(try await access.credentials.credential() == .token("first"))
    // It rotates.
    try folder.write("second", to: "account/token")
    #expect(try await access.credentials.credential() == .token("second"))
  }

  @Test func anyKubeconfigComesFirst() throws {
    try folder.write("contexts: []", to: ".kube/config")
    #expect(try load("10.96.0.1").contexts.isEmpty)
    let error = #expect(throws: KubeconfigError.self) { try load("10.96.0.1", explicit: "/nonexistent") }
    #expect(error?.description == "the kubeconfig /nonexistent does not exist")
    try folder.write("contexts: [", to: "broken")
    #expect(throws: KubeconfigError.self) { try load("10.96.0.1", kubeconfig: folder.file("broken")) }
  }

  @Test func outsideOfAPodThereIsNone() {
    #expect(throws: KubeconfigError.self) { try load(nil) }
    #expect(throws: KubeconfigError.self) { try load("10.96.0.1", port: "") }
  }

  @Test func whatIsMissingDisablesIt() throws {
    unlink(folder.file("account/ca.crt"))
    guard case .failure(let problem) = try load("10.96.0.1").contexts[0].access else {
      Issue.record("usable")
      return
    }
    #expect(problem.description == "the service account's CA \(folder.file("account/ca.crt")) does not exist")
  }
}
