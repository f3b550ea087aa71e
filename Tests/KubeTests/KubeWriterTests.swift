import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import TestKit
import Testing

@Suite struct KubeWriterTests {
  private let network = Network()
  private let ref = ObjectRef(cluster: Samples.cluster, groupKind: Samples.kind, namespace: "flux-system", name: "apps")

  private func writer(_ server: ScenarioServer, gate: Gate = .open) throws -> KubeWriter {
    KubeWriter(
      access: try ClusterAccess(server: server.url), cluster: Samples.cluster, network: network, gate: gate,
      agent: "driftglass/1.2")
  }

  @Test func patchesOneObjectUnderItsUid() async throws {
    let server = try ScenarioServer { _, _ in .json(Samples.json("apps", "8")) }
    defer { server.stop() }
    let patch: JSON = ["metadata": ["annotations": ["reconcile.fluxcd.io/requestedAt": "now"]]]
    let object = try await writer(server).patch(
      ref, version: "v1", plural: "kustomizations", .merge(patch), uid: "u-1")
    #expect(object.resourceVersion == "8")
    let request = server.requests[0]
    #expect(request.method == "PATCH")
    #expect(
      request.target
        == "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps?fieldManager=driftglass")
    #expect(request.headers["content-type"] == "application/merge-patch+json")
    #expect(request.headers["user-agent"] == "driftglass/1.2")
    #expect(
      try JSON(parsing: request.body) == [
        "metadata": ["annotations": ["reconcile.fluxcd.io/requestedAt": "now"], "uid": "u-1"]
      ])
  }

  @Test(arguments: [
    (Patch.merge(["a": 1]), "application/merge-patch+json", #"{"a":1,"metadata":{"uid":"u"}}"#, ""),
    (.strategic(["a": 1]), "application/strategic-merge-patch+json", #"{"a":1,"metadata":{"uid":"u"}}"#, ""),
    (
      .json([["op": "remove", "path": "/a"]]), "application/json-patch+json",
      #"[{"op":"test","path":"/metadata/uid","value":"u"},{"op":"remove","path":"/a"}]"#, ""
    ),
    (.apply(["a": 1], force: true), "application/apply-patch+yaml", #"{"a":1,"metadata":{"uid":"u"}}"#, "&force=true"),
    (.apply(["a": 1], force: false), "application/apply-patch+yaml", #"{"a":1,"metadata":{"uid":"u"}}"#, ""),
  ])
  func writesEachKindOfPatch(patch: Patch, type: String, body: String, query: String) async throws {
    let server = try ScenarioServer { _, _ in .json(Samples.json("apps", "8")) }
    defer { server.stop() }
    _ = try await writer(server).patch(
      ref, version: "v1", plural: "kustomizations", patch, subresource: "status", uid: "u", dryRun: true)
    let request = server.requests[0]
    #expect(request.headers["content-type"] == type)
    #expect(request.text == body)
    #expect(request.target.hasSuffix("/apps/status?fieldManager=driftglass&dryRun=All\(query)"))
  }

  @Test func createsAndDeletes() async throws {
    let server = try ScenarioServer { request, _ in
      request.method == "POST" ? .json(Samples.json("apps", "1"), status: 201) : .json("{\"kind\":\"Status\"}")
    }
    defer { server.stop() }
    let writer = try writer(server)
    let body = try JSON(parsing: Array(Samples.json("apps", "").utf8))
    _ = try await writer.create(body, groupKind: Samples.kind, version: "v1", plural: "kustomizations", namespace: "a")
    try await writer.delete(ref, version: "v1", plural: "kustomizations", uid: "u", propagation: .foreground)
    #expect(
      server.requests.map { "\($0.method) \($0.path)" } == [
        "POST /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/a/kustomizations",
        "DELETE /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps",
      ])
    #expect(
      try JSON(parsing: server.requests[1].body) == [
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground", "preconditions": ["uid": "u"],
      ])
  }

  @Test func aLostAnswerIsNotAskedForAgain() async throws {
    let server = try ScenarioServer { request, _ in request.method == "GET" ? .json("{}") : .raw([], then: .cut) }
    defer { server.stop() }
    let writer = try writer(server)
    // A connection that could be reused is there.
    _ = try? await Samples.reader(server, network: network).version()
    let error = await #expect(throws: APIError.self) {
      try await writer.patch(ref, version: "v1", plural: "kustomizations", .merge([:]))
    }
    #expect(error?.kind == .connection(.cut))
    #expect(error?.isCertainlyNotDone == false)
    #expect(server.requests.filter { $0.method == "PATCH" }.count == 1)
  }

  @Test(arguments: [409, 422, 403, 404, 429, 500])
  func aRefusalIsTheServersSentenceAndFinal(status: Int) async throws {
    let server = try ScenarioServer { _, _ in Samples.refusal(status, "Conflict", headers: ["Retry-After: 1"]) }
    defer { server.stop() }
    let error = await #expect(throws: APIError.self) {
      try await writer(server).patch(ref, version: "v1", plural: "kustomizations", .merge([:]), uid: "old")
    }
    #expect(error?.message == "sorry")
    #expect(error?.status == status)
    #expect(server.requests.count == 1)
  }

  @Test func aReadOnlyGateLetsNoWriteOut() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let record = GateRecord()
    let writer = try writer(server, gate: .readOnly().recording(into: record))
    _ = try? await writer.patch(ref, version: "v1", plural: "kustomizations", .merge([:]))
    _ = try? await writer.delete(ref, version: "v1", plural: "kustomizations")
    _ = try? await writer.create([:], groupKind: Samples.kind, version: "v1", plural: "kustomizations", namespace: "a")
    #expect(server.connections == 0)
    #expect(record.refused.values.reduce(0, +) == 3)
  }
}
