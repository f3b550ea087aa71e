import Foundation
import GitOps
import Structured
import Testing

@testable import Sync

/// Reconcilers that apply to another cluster, and what Argo CD itself says of objects.
@Suite(.timeLimit(.minutes(2))) struct TargetTests {
  private static let applications = StreamID(
    cluster: ScriptedCluster.id, groupKind: GroupKind(group: "argoproj.io", kind: "Application"), version: "v1alpha1",
    plural: "applications")

  private func application(_ status: String, server: String, compared: String, sent: String, heals: Bool = false)
    throws -> Object
  {
    try Object(
      bytes: Array(
        #"""
        {"metadata":{"name":"ferry","namespace":"delivery","uid":"a","resourceVersion":"\#(status)\#(compared)","generation":1},
        "spec":{"destination":{"server":"\#(server)","namespace":"shop"},"syncPolicy":{"automated":{"selfHeal":\#(heals)}}},
        "status":{"sync":{"status":"\#(status)","revision":"\#(compared)"},"health":{"status":"Healthy"},
        "history":[{"revision":"\#(sent)"}],"resources":[
        {"version":"v1","kind":"ConfigMap","namespace":"shop","name":"flags","status":"\#(status)"},
        {"version":"v1","kind":"ConfigMap","namespace":"shop","name":"limits","status":"Synced"}]}}
        """#.utf8), cluster: ScriptedCluster.id, groupKind: Self.applications.groupKind, version: "v1alpha1")
  }

  @Test func argoCDsVerdictIsDriftOfTheRevisionInEffectAndPendingOfANewerOne() async throws {
    let cluster = try await ScriptedCluster()
    let engine = cluster.engine
    let (one, two) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
    let own = "https://kubernetes.default.svc"
    await engine.apply(
      .replaceAll(Self.applications, [try application("OutOfSync", server: own, compared: one, sent: one)]))
    var snapshot = await engine.makeSnapshot()
    var row = try #require(snapshot.reconcilers.first { $0.ref.kind == "Application" })
    #expect(row.objects == 2 && row.undetermined == nil)
    #expect(snapshot.drift.map(\.object.name) == ["flags"] && snapshot.drift.first?.driftClass == .drifted)
    #expect(snapshot.drift.first?.fate == .stays(reason: "the Application does not heal itself"))
    #expect(row.state(at: Date()) == .drifted && snapshot.coverage.known >= 2)
    await engine.apply(
      .upsert(Self.applications, try application("OutOfSync", server: own, compared: one, sent: one, heals: true)))
    #expect(await engine.makeSnapshot().drift.first?.fate == .reverts(by: nil))
    await engine.apply(
      .upsert(Self.applications, try application("OutOfSync", server: own, compared: two, sent: one, heals: true)))
    snapshot = await engine.makeSnapshot()
    row = try #require(snapshot.reconcilers.first { $0.ref.kind == "Application" })
    #expect(snapshot.drift.map(\.driftClass) == [.pending] && snapshot.drift.first?.fate == .pending)
    #expect(row.state(at: Date()) == .pending)
    await engine.apply(
      .upsert(Self.applications, try application("Synced", server: own, compared: two, sent: two)))
    #expect(await engine.makeSnapshot().drift.isEmpty)
    await cluster.stop()
  }

  @Test func aDestinationIsAnAttachedClusterByTheAddressOfItsServer() async throws {
    let cluster = try await ScriptedCluster()
    let engine = cluster.engine
    let one = String(repeating: "1", count: 40)
    for (server, target) in [
      (cluster.server.url + "/", ScriptedCluster.id), ("https://nowhere.example.com", nil),
    ] as [(String, ClusterID?)] {
      await engine.apply(
        .replaceAll(Self.applications, [try application("OutOfSync", server: server, compared: one, sent: one)]))
      let snapshot = await engine.makeSnapshot()
      let row = try #require(snapshot.reconcilers.first { $0.ref.kind == "Application" })
      #expect(row.target == target && row.objects == (target == nil ? 0 : 2), "\(server)")
      #expect(snapshot.drift.count == (target == nil ? 0 : 1), "what is out of sight has no rows")
      #expect(row.undetermined == (target == nil ? "target not attached (https://nowhere.example.com)" : nil))
      #expect(row.head == .same)
    }
    await cluster.stop()
  }

  @Test(arguments: [
    ("https://EDGE.example.com:443/", "https://edge.example.com", true),
    ("https://edge.example.com:6443", "https://edge.example.com", false),
    ("https://edge.example.com/k8s/a", "https://edge.example.com/k8s/a/", true),
  ])
  func oneServerHasSeveralSpellings(a: String, b: String, isSame: Bool) {
    #expect((Engine.normalised(a) == Engine.normalised(b)) == isSame)
  }

  @Test func ofAKubeconfigOnlyTheServerOfItsCurrentContextIsTaken() throws {
    func secret(_ key: String, _ text: String) throws -> Object {
      let data = Data(text.utf8).base64EncodedString()
      return try Object(
        bytes: Array(#"{"metadata":{"name":"edge-kubeconfig"},"data":{"\#(key)":"\#(data)"}}"#.utf8),
        cluster: ScriptedCluster.id, groupKind: GroupKind(group: "", kind: "Secret"), version: "v1")
    }
    let config = """
      current-context: b
      clusters:
      - {name: one, cluster: {server: "https://one.example.com"}}
      - {name: two, cluster: {server: "https://two.example.com"}}
      contexts:
      - {name: a, context: {cluster: one}}
      - {name: b, context: {cluster: two, user: u}}
      users: [{name: u, user: {token: invented}}]
      """
    #expect(Engine.address(in: try secret("value", config)) == .server("https://two.example.com"))
    #expect(Engine.address(in: try secret("value.yaml", config)) == .server("https://two.example.com"))
    #expect(Engine.address(in: try secret("other", config)) == .unknown("no kubeconfig under the key value"))
    #expect(Engine.address(in: try secret("value", "clusters: []")) == .unknown("it names no server"))
    #expect(Engine.address(in: try secret("value", "\u{0}")) == .unknown("not a kubeconfig"))
  }
}
