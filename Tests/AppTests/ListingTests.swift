import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import App

struct ListingTests {
  private let now = Date(timeIntervalSince1970: 1_790_000_000)
  private let cluster = ClusterID("prod-eu")

  private var snapshot: Snapshot {
    var snapshot = Snapshot()
    snapshot.isComplete = true
    var row = ClusterRow(id: cluster, server: "https://10.0.0.1:6443", version: "v1.31.2", link: .live)
    row.reconcilers = 1
    snapshot.clusters = [row]
    let reconciler = ObjectRef(
      cluster: cluster, group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: "flux-system",
      name: "apps")
    let object = ObjectRef(cluster: cluster, group: "apps", kind: "Deployment", namespace: "shop", name: "cart")
    snapshot.drift = [
      DriftRow(
        object: object, version: "v1", reconciler: reconciler, path: "spec.replicas", pointer: "/spec/replicas",
        driftClass: .drifted, cause: .human, fate: .reverts(by: now), desired: "3", live: "5",
        owner: FieldOwner(manager: "kubectl", operation: "Update", subresource: "scale", time: nil), firstSeen: now)
    ]
    return snapshot
  }

  @Test func `a drift row has the documented fields`() throws {
    let item = try #require(Listing(.drift, of: snapshot, at: now).items.first?.object)
    #expect(
      item.keys.sorted() == [
        "cause", "certainty", "class", "cluster", "commit", "desired", "fate", "fateReason", "fateTime", "firstSeen",
        "live", "note", "object", "origin", "owner", "patch", "path", "pointer", "provisional", "reconciler",
      ])
    #expect(item["owner"]?["subresource"] == "scale")
    #expect(item["owner"]?["time"] == .null)
    #expect(item["commit"] == .null)
    #expect(item["class"] == "drifted")
  }

  @Test func `the table aligns and names who wrote`() {
    var table = TextTable(Listing(.drift, of: snapshot, at: now).headings)
    table.rows = Listing(.drift, of: snapshot, at: now).rows
    #expect(
      table.lines() == [
        "CLUSTER  CLASS    KIND        OBJECT     PATH           DESIRED  LIVE  OWNER            FATE",
        "prod-eu  drifted  Deployment  shop/cart  spec.replicas  3        5     kubectl (scale)  reverts",
      ])
  }

  @Test func `what cannot be told is named, never left out`() {
    var partial = snapshot
    partial.clusters[0].link = .retrying(reason: "10.0.0.1:6443: connection refused")
    #expect(partial.incomplete.map(\.reason) == ["10.0.0.1:6443: connection refused"])
    #expect(snapshot.incomplete.isEmpty)
  }

  @Test func `a namespace narrows objects and reconcilers`() {
    #expect(snapshot.narrowed(to: "shop").drift.count == 1)
    #expect(snapshot.narrowed(to: "other").drift.isEmpty)
  }
}
