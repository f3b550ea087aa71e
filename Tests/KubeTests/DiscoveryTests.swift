import FoundationEssentials
import GitOps
import HTTP
import Kube
import TestKit
import Testing

@Suite struct DiscoveryTests {
  private let network = Network()

  static let aggregatedCore = """
    {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[{"metadata":{"name":""},"versions":[
    {"version":"v1","freshness":"Current","resources":[{"resource":"pods","responseKind":{"group":"","version":"v1",
    "kind":"Pod"},"scope":"Namespaced","verbs":["get","list","watch"],"shortNames":["po"],"subresources":[{"subresource":
    "log","verbs":["get"]}]},{"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster","verbs":[]},
    {"resource":"odd","responseKind":{"kind":""}},{"resource":7},null]}]}]}
    """

  @Test func E_P20_readsAggregatedDiscovery() async throws {
    let groups = """
      {"kind":"APIGroupDiscoveryList","items":[
      {"metadata":{"name":"kustomize.toolkit.fluxcd.io"},"versions":[
      {"version":"v1","freshness":"Current","resources":[{"resource":"kustomizations","responseKind":{"kind":
      "Kustomization"},"scope":"Namespaced","verbs":["list","watch"]}]},
      {"version":"v1beta2","freshness":"Current","resources":[{"resource":"kustomizations","responseKind":{"kind":
      "Kustomization"},"scope":"Namespaced","verbs":["list","watch"]}]}]},
      {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]}
      """
    let server = try ScenarioServer { request, _ in .json(request.path == "/api" ? Self.aggregatedCore : groups) }
    defer { server.stop() }
    let discovery = try await Samples.reader(server, network: network, gate: .readOnly()).discover()
    // Both are asked at once.
    #expect(server.requests.map(\.target).sorted() == ["/api", "/apis"])
    #expect(server.requests[0].headers["accept"]?.contains("as=APIGroupDiscoveryList") == true)
    let pod = discovery.resource(for: GroupKind(group: "", kind: "Pod"))
    #expect(pod?.plural == "pods")
    #expect(pod?.subresources == ["log"])
    #expect(pod?.isWatchable == true)
    #expect(discovery.resource(for: GroupKind(group: "", kind: "Namespace"))?.namespaced == false)
    #expect(discovery.versions(of: Samples.kind) == ["v1", "v1beta2"])
    #expect(discovery.resource(for: Samples.kind, preferring: ["v1beta2", "v1"])?.version == "v1beta2")
    #expect(discovery.resource(for: Samples.kind, preferring: ["v9"]) == nil)
    #expect(discovery.broken == ["metrics.k8s.io": "its API server is not reachable (v1beta1 is stale)"])
  }

  @Test(arguments: [true, false])
  func E_P20_readsPlainDiscoveryGroupByGroup(refusesTheAcceptHeader: Bool) async throws {
    let answers = [
      "/api": #"{"kind":"APIVersions","versions":["v1"]}"#,
      "/api/v1": """
      {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","namespaced":true,"kind":"Pod","verbs":
      ["get","list","watch"],"shortNames":["po"]},{"name":"pods/log","namespaced":true,"kind":"Pod","verbs":["get"]}]}
      """,
      "/apis": """
      {"kind":"APIGroupList","groups":[{"name":"kustomize.toolkit.fluxcd.io","versions":[{"version":"v1beta2"},
      {"version":"v1"}],"preferredVersion":{"version":"v1"}},{"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}]}]}
      """,
      "/apis/kustomize.toolkit.fluxcd.io/v1":
        #"{"resources":[{"name":"kustomizations","namespaced":true,"kind":"Kustomization","verbs":["list","watch"]}]}"#,
      "/apis/kustomize.toolkit.fluxcd.io/v1beta2":
        #"{"resources":[{"name":"kustomizations","namespaced":true,"kind":"Kustomization","verbs":["list","watch"]}]}"#,
    ]
    let server = try ScenarioServer { request, _ in
      if refusesTheAcceptHeader, request.headers["accept"]?.contains("as=") == true {
        return Samples.refusal(406, "NotAcceptable")
      }
      guard let text = answers[request.path] else { return .answer(503, type: "text/plain", body: Array("down".utf8)) }
      return .json(text)
    }
    defer { server.stop() }
    let discovery = try await Samples.reader(server, network: network, gate: .readOnly()).discover()
    #expect(discovery.resource(for: GroupKind(group: "", kind: "Pod"))?.subresources == ["log"])
    #expect(discovery.versions(of: Samples.kind) == ["v1", "v1beta2"])
    #expect(discovery.broken == ["metrics.k8s.io": "127.0.0.1:\(server.port): status 503: down"])
  }

  @Test func somethingElseHasNoVersions() async throws {
    let server = try ScenarioServer { _, _ in .json("{\"hello\":\"world\"}") }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await #expect(throws: APIError.self) { try await reader.discover() }
    #expect(error?.message == "127.0.0.1:\(server.port): not an API server's answer (no API versions)")
  }

  @Test func readsTheSample() async throws {
    guard let path = SharedFolder.path("samples/discovery-aggregated-apis.json") else {
      print("../shared is absent: the sample of discovery is not read")
      return
    }
    let sample = try Data(contentsOf: URL(fileURLWithPath: path))
    let server = try ScenarioServer { request, _ in
      request.path == "/api" ? .json(Self.aggregatedCore) : .answer(200, body: [UInt8](sample))
    }
    defer { server.stop() }
    let discovery = try await Samples.reader(server, network: network).discover()
    #expect(discovery.resource(for: Samples.kind)?.shortNames == ["ks"])
    #expect(discovery.broken.keys.contains("metrics.k8s.io"))
  }

  @Test func prefersOpenAPIv3AndFallsBackToV2() async throws {
    let server = try ScenarioServer { request, _ in
      switch request.path {
      case "/openapi/v3":
        .json(#"{"paths":{"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=0A1B"},"odd":{}}}"#)
      default: .json("{\"path\":\"\(request.target)\"}")
      }
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    guard case .v3(let index) = try await reader.openAPI() else {
      Issue.record("not v3")
      return
    }
    #expect(index == ["apis/apps/v1": "/openapi/v3/apis/apps/v1?hash=0A1B"])
    let document = try await reader.openAPIDocument(at: "/openapi/v3/apis/apps/v1?hash=0A1B")
    #expect(String(decoding: document, as: UTF8.self) == "{\"path\":\"/openapi/v3/apis/apps/v1?hash=0A1B\"}")
    for odd in ["https://other.example.com/x", "/api/v1/secrets", "", "/openapi/v3/../../api"] {
      await #expect(throws: APIError.self) { try await reader.openAPIDocument(at: odd) }
    }
  }

  @Test func asksForV2WhereThereIsNoV3() async throws {
    // Kubernetes 1.20 answers 404 to v3, and calls v2 text/plain.
    let server = try ScenarioServer { request, _ in
      request.path == "/openapi/v2"
        ? .answer(200, type: "text/plain; charset=utf-8", body: Array("{\"swagger\":\"2.0\"}".utf8))
        : .answer(404, type: "text/plain", body: Array("404 page not found".utf8))
    }
    defer { server.stop() }
    guard case .v2(let bytes, _) = try await Samples.reader(server, network: network, gate: .readOnly()).openAPI()
    else {
      Issue.record("not v2")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "{\"swagger\":\"2.0\"}")
  }
}
