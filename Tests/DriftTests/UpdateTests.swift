import GitOps
import Structured
import Testing

@testable import Drift

@Suite struct UpdateTests {
  private func object(
    generation: String? = "3", spec: String = #"{"replicas": 3}"#, status: String = "{}", metadata: String = "",
    owners: [String] = [Fixture.flux], version: String = "1", uid: String = "u"
  ) throws -> Object {
    let number = generation.map { #", "generation": \#($0)"# } ?? ""
    return try Fixture.object(
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "uid": "\#(uid)", "resourceVersion": "\#(version)"\#(number)\#(metadata), "managedFields": [\#(owners.joined(separator: ","))]}, "spec": \#(spec), "status": \#(status)}"#
    )
  }

  @Test func aChangeOfTheStatusIsOne() throws {
    let status = Fixture.owner("kube-controller-manager", "Update", #"{"f:status":{}}"#, subresource: "status")
    let old = try object()
    let new = try object(status: #"{"readyReplicas": 3}"#, owners: [Fixture.flux, status], version: "2")
    #expect(isStatusOnlyUpdate(old: old, new: new))
    // Kinds without a generation are compared.
    #expect(
      isStatusOnlyUpdate(
        old: try object(generation: nil), new: try object(generation: nil, status: #"{"a": 1}"#, version: "2")))
  }

  @Test func anythingElseIsNot() throws {
    let old = try object()
    let others = [
      try object(generation: "4"), try object(metadata: #", "labels": {"a": "b"}"#),
      try object(metadata: #", "annotations": {"a": "b"}"#), try object(metadata: #", "finalizers": ["x"]"#),
      try object(metadata: #", "deletionTimestamp": "2026-11-23T10:00:00Z""#), try object(uid: "v"),
      try object(owners: [Fixture.flux, Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#)]),
    ]
    for new in others { #expect(!isStatusOnlyUpdate(old: old, new: new)) }
    #expect(
      !isStatusOnlyUpdate(old: try object(generation: nil), new: try object(generation: nil, spec: #"{"replicas": 4}"#))
    )
    #expect(!isStatusOnlyUpdate(old: try object(generation: "0"), new: try object(generation: "0", spec: "{}")))
  }

  @Test func identityFollowsTheScopeOfTheKind() throws {
    var role = try Fixture.desired(
      #"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "namespace": "x"}}"#)
    let stray = Identity(role, in: Fixture.cluster, namespaced: false, namespace: "default")
    #expect(stray.object.namespace == "")
    #expect(stray.hasStrayNamespace)
    role.namespace = ""
    #expect(Identity(role, in: Fixture.cluster, namespaced: true, namespace: "target").object.namespace == "target")
  }
}

@Suite struct RevertTests {
  private static let row = DriftRow(
    object: ObjectRef(cluster: Fixture.cluster, group: "apps", kind: "Deployment", namespace: "shop", name: "web"),
    version: "v1", reconciler: Fixture.kustomization().ref, path: "spec.replicas", pointer: "/spec/replicas",
    driftClass: .drifted, cause: .human, desired: "3", live: "5", firstSeen: Fixture.now)

  @Test func whatIsPutBackThreeTimesInAnHourIsFoughtOver() throws {
    var reverts = Reverts()
    for minute in [0.0, 10, 20] {
      #expect(reverts.fought(at: Fixture.now.addingTimeInterval(minute * 60)).isEmpty)
      // It differs still: nothing was put back.
      reverts.take([Self.row], earlier: [Self.row], now: Fixture.now.addingTimeInterval(minute * 60))
      reverts.take([], earlier: [Self.row], now: Fixture.now.addingTimeInterval(minute * 60))
    }
    #expect(reverts.fought(at: Fixture.now.addingTimeInterval(30 * 60)) == ["/spec/replicas"])
    #expect(reverts.fought(at: Fixture.now.addingTimeInterval(61 * 60)).isEmpty)
    let scale = Fixture.owner("kubectl", "Update", #"{"f:spec":{"f:replicas":{}}}"#, subresource: "scale", at: nil)
    let live = Fixture.deployment(replicas: "5", owners: [Fixture.flux, scale])
    let row = try #require(
      try Fixture.rows(Fixture.deployment(), live) { $0.fought = ["/spec/replicas"] }.first)
    #expect(row.driftClass == .contested && row.fate == .contested)
  }
}
