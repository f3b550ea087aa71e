import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// `driftglass get` on a real API server.
  @Suite struct OneShotTests {
    @Test func getDriftPrintsTheRowsAndExitsWithOne() async throws {
      let world = try await FluxWorld()
      let home = try TemporaryFolder("home")
      let common = ["--kubeconfig", try world.server.kubeconfig(), "--config", try world.configuration()]
      let environment = ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"]
      func get(_ kind: String) async throws -> (status: Int32, json: JSON) {
        let result = try await Program.run(
          [EndToEnd.executable(), "get", kind, "-o", "json"] + common, environment: environment)
        return (result.status, try JSON(parsing: Array(result.output.utf8)))
      }
      let clean = try await get("drift")
      #expect(clean.status == 0)
      #expect(clean.json["items"] == [] && clean.json["incomplete"] == [])
      try await world.server.kubectl(
        "-n", "shop", "patch", "deployment", "web", "--type=merge", "-p", #"{"spec":{"replicas":5}}"#)
      let drifted = try await get("drift")
      #expect(drifted.status == 1)
      let row = try #require(drifted.json["items"]?[0])
      #expect(row["path"] == "spec.replicas" && row["pointer"] == "/spec/replicas" && row["class"] == "drifted")
      #expect(row["desired"] == "3" && row["live"] == "5")
      #expect(row.value(at: "object", "name") == "web" && row["fate"] == "reverts")
      #expect(row.value(at: "owner", "manager")?.string?.hasPrefix("kubectl") == true)
      #expect(row.value(at: "commit", "subject") == "begin")
      let reconcilers = try await get("reconcilers").json
      #expect(reconcilers["items"]?.array?.count == 1)
      #expect(reconcilers["items"]?[0]?["name"] == "apps" && reconcilers["items"]?[0]?["drifted"] == 1)
      let clusters = try await get("clusters").json
      #expect(clusters["items"]?[0]?["version"]?.string?.hasPrefix("v") == true, "\(clusters)")
      let repos = try await get("repos").json
      #expect(repos["items"]?[0]?["ref"] == "main" && repos["items"]?[0]?["ahead"] == 0)
      let namespaces = try await get("namespaces").json
      #expect(namespaces["items"]?.array?.contains { $0["name"] == "shop" && $0["objects"] == 2 } == true)
    }

    @Test func whatTheReconcilerIsToldToLeaveIsListedWithTheRule() async throws {
      let world = try await StillWorld()
      let home = try TemporaryFolder("home")
      func drift() async throws -> (status: Int32, json: JSON) {
        let result = try await Program.run(
          [
            EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", try world.server.kubeconfig(),
            "--config", try world.configuration(),
          ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
        return (result.status, try JSON(parsing: Array(result.output.utf8)))
      }
      try await world.server.kubectl(
        "-n", "shop", "patch", "deployment", "web", "--type=merge", "-p", #"{"spec":{"replicas":5}}"#)
      let counted = try await drift()
      #expect(counted.status == 1 && counted.json["items"]?[0]?["class"] == "drifted")
      #expect(counted.json["coverage"] == ["known": 3, "total": 3, "undetermined": [:]])
      try await world.server.mergePatch(
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps",
        ["spec": ["ignore": [["paths": ["/spec/replicas"], "target": ["kind": "Deployment"]]]]])
      let ignored = try await drift()
      #expect(ignored.status == 0)
      let row = try #require(ignored.json["items"]?[0])
      #expect(row["class"] == "excluded" && row["path"] == "spec.replicas")
      #expect(row["cause"] == "ignored: /spec/replicas (spec.ignore of Kustomization apps)")
    }

    @Test func whatWasAppliedAndIsWantedNowhereIsAnOrphanAndACopyIsNone() async throws {
      let world = try await StillWorld()
      let home = try TemporaryFolder("home")
      try await world.apply(StillWorld.configMap("left"), of: StillWorld.Application())
      let labels: JSON = [
        "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
      ]
      try await world.server.expect(
        .post, "/api/v1/namespaces/shop/configmaps?fieldManager=copier",
        StillWorld.configMap("copy").merging(patch: ["metadata": ["labels": labels]]))
      let result = try await Program.run(
        [
          EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", try world.server.kubeconfig(),
          "--config", try world.configuration(),
        ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
      let items = try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? []
      #expect(items.count == 1 && result.status == 1, "\(result.output)")
      #expect(items.first?.value(at: "object", "name") == "left" && items.first?["class"] == "extra")
      #expect(items.first?["fate"] == "stays" && items.first?["fateReason"] == "not in the inventory")
    }
  }
}
