import Foundation
import GitOps
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

    @Test func whatAGoneReconcilerLeftIsAnOrphanUnlessItIsKept() async throws {
      let world = try await StillWorld()
      let home = try TemporaryFolder("home")
      let gone = StillWorld.Application("former")
      try await world.apply(StillWorld.configMap("left"), of: gone)
      let kept: JSON = ["metadata": ["annotations": ["kustomize.toolkit.fluxcd.io/prune": "disabled"]]]
      try await world.apply(StillWorld.configMap("kept").merging(patch: kept), of: gone)
      let result = try await Program.run(
        [
          EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", try world.server.kubeconfig(),
          "--config", try world.configuration(),
        ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
      let items = try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? []
      let rows = Dictionary(
        items.map { ($0.value(at: "object", "name")?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      #expect(rows.count == 2 && result.status == 1, "\(result.output)")
      #expect(rows["left"]?["class"] == "extra" && rows["left"]?["reconciler"] == "Kustomization/flux-system/former")
      #expect(rows["left"]?["fateReason"] == "Kustomization flux-system/former is gone")
      #expect(rows["kept"]?["class"] == "excluded" && rows["kept"]?["cause"] == "ignored: prune: disabled")
    }

    /// A hub's Kustomization names the kubeconfig of another cluster: its objects are there, and nowhere else.
    @Test func whatAHubAppliesToAnotherClusterIsComparedThere() async throws {
      let apps = StillWorld.Application(isApplied: true)
      let hub = try await StillWorld("hub", [apps])
      let edge = try await RealAPIServer()
      try await edge.createNamespace("shop")
      let there = StillWorld.Application()
      for name in ["flags", "limits"] {
        var object = StillWorld.configMap(name)
        object["metadata"]?["labels"] = [
          "kustomize.toolkit.fluxcd.io/name": .string(there.name),
          "kustomize.toolkit.fluxcd.io/namespace": .string(there.namespace),
        ]
        if name == "limits" { object["data"] = ["mode": "off"] }
        try await edge.apply("/api/v1/namespaces/shop/configmaps/\(name)", object, manager: "kustomize-controller")
      }
      let config = try Data(contentsOf: URL(filePath: edge.kubeconfig(context: "admin")))
      try await hub.server.expect(
        .post, "/api/v1/namespaces/flux-system/secrets",
        [
          "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "edge-kubeconfig"],
          "data": ["value": .string(config.base64EncodedString())],
        ])
      try await hub.server.mergePatch(
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps",
        ["spec": ["kubeConfig": ["secretRef": ["name": "edge-kubeconfig"]]]])
      let home = try TemporaryFolder("home")
      func get(_ what: String, _ kubeconfigs: [String]) async throws -> JSON {
        let result = try await Program.run(
          [EndToEnd.executable(), "get", what, "-o", "json", "--config", try hub.configuration()],
          environment: [
            "PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8",
            "KUBECONFIG": kubeconfigs.joined(separator: ":"),
          ])
        return try JSON(parsing: Array(result.output.utf8))
      }
      let both = [try hub.server.kubeconfig(context: "hub"), try edge.kubeconfig(context: "edge")]
      let rows = try await get("drift", both)["items"]?.array ?? []
      let found = Dictionary(
        rows.map { ($0.value(at: "object", "name")?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      #expect(found["limits"]?["path"] == "data.mode" && found["limits"]?["cluster"] == "edge", "\(rows)")
      #expect(found["web"]?["class"] == "missing" && found["flags"] == nil && rows.count == 2)
      let reconcilers = try await get("reconcilers", both)["items"]?.array ?? []
      #expect(reconcilers.first?["cluster"] == "hub" && reconcilers.first?["target"] == "edge")
      let alone = try await get("reconcilers", [both[0]])["items"]?.array ?? []
      #expect(alone.first?["target"] == .null)
      #expect(alone.first?["undetermined"]?.string?.contains("target not attached (\(edge.url)") == true, "\(alone)")
    }

    /// Argo CD says which object differs; which field, and whose, the object itself says.
    @Test func whatArgoCDCallsDifferentIsAFieldWithItsOwner() async throws {
      let server = try await RealAPIServer()
      try await server.createCustomResources([ApplicationAdapter.kind])
      try await server.createNamespace("shop")
      let config = try server.folder.write("", to: "none")
      for name in ["flags", "limits", "quiet"] {
        try await server.kubectl(
          "apply", "-f", "-",
          input: String(decoding: StillWorld.configMap(name).encoded(), as: UTF8.self))
      }
      for name in ["flags", "quiet"] {
        try await server.kubectl(
          "-n", "shop", "patch", "configmap", name, "--type=merge", "-p", #"{"data":{"mode":"off"}}"#,
          "--field-manager=kubectl-patch")
      }
      let revision = String(repeating: "1", count: 40)
      func entry(_ name: String, _ status: String) -> JSON {
        ["version": "v1", "kind": "ConfigMap", "namespace": "shop", "name": .string(name), "status": .string(status)]
      }
      let own = "https://kubernetes.default.svc"
      let source: JSON = [
        "repoURL": "https://git.example.com/acme/fleet.git", "path": "shop", "targetRevision": "main",
      ]
      try await server.expect(
        .post, "/apis/argoproj.io/v1alpha1/namespaces/shop/applications",
        [
          "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": "ferry"],
          "spec": [
            "project": "default", "destination": ["server": .string(own), "namespace": "shop"], "source": source,
            "ignoreDifferences": [["kind": "ConfigMap", "name": "quiet", "jqPathExpressions": [".data.mode"]]],
          ],
          "status": [
            "sync": [
              "status": "OutOfSync", "revision": .string(revision),
              "comparedTo": ["source": source, "destination": ["server": .string(own), "namespace": "shop"]],
            ],
            "health": ["status": "Healthy"],
            "history": [
              ["id": 1, "revision": .string(revision), "deployedAt": "2026-11-20T08:00:00Z", "source": source]
            ],
            "resources": [entry("flags", "OutOfSync"), entry("limits", "Synced"), entry("quiet", "Synced")],
          ],
        ])
      let home = try TemporaryFolder("home")
      let result = try await Program.run(
        [
          EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", try server.kubeconfig(), "--config",
          config,
        ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
      let items = try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? []
      let rows = Dictionary(
        items.map { ($0.value(at: "object", "name")?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      #expect(rows.count == 2 && result.status == 1, "\(result.output)")
      #expect(rows["flags"]?["path"] == "data.mode" && rows["flags"]?["class"] == "drifted")
      #expect(rows["flags"]?["desired"] == "on" && rows["flags"]?["live"] == "off")
      #expect(rows["flags"]?.value(at: "owner", "manager") == "kubectl-patch")
      #expect(rows["quiet"]?["class"] == "excluded")
      #expect(rows["quiet"]?["cause"]?.string?.hasSuffix("(ignoreDifferences of Application ferry)") == true)
    }

    @Test func whatNothingAnswersForIsAListOfItsOwn() async throws {
      let world = try await StillWorld()
      let home = try TemporaryFolder("home")
      let made: [(path: String, name: String, more: JSON)] = [
        ("configmaps", "by-hand", [:]), ("configmaps", "kube-root-ca.crt", [:]),
        ("configmaps", "of-a-release", ["metadata": ["annotations": ["meta.helm.sh/release-name": "web"]]]),
        (
          "configmaps", "of-an-object",
          [
            "metadata": [
              "ownerReferences": [["apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "4d1c4ad2"]]
            ]
          ]
        ),
      ]
      for (path, name, more) in made {
        try await world.server.expect(
          .post, "/api/v1/namespaces/shop/\(path)", StillWorld.configMap(name).merging(patch: more))
      }
      func unmanaged(_ program: String) async throws -> (json: JSON, status: Int32) {
        let result = try await Program.run(
          [
            EndToEnd.executable(program), "get", "unmanaged", "-o", "json", "--kubeconfig",
            try world.server.kubeconfig(), "--config", try world.configuration(),
          ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
        return (try JSON(parsing: Array(result.output.utf8)), result.status)
      }
      let found = try await unmanaged("driftglass")
      let names = found.json["items"]?.array?.compactMap { $0.value(at: "object", "name")?.string }
      #expect(names == ["by-hand"] && found.status == 0, "\(found.json)")
      // Secrets are listed by no read-only program: that is said.
      let less = try await unmanaged("driftglass-view")
      #expect(less.json["items"]?.array?.count == 1 && less.status == 2)
      #expect(less.json["incomplete"]?[0]?["reason"]?.string?.contains("secrets") == true, "\(less.json)")
    }

    @Test func aDryRunConfirmsRowsWhereItIsAskedFor() async throws {
      let world = try await StillWorld()
      let home = try TemporaryFolder("home")
      try await world.server.kubectl(
        "-n", "shop", "patch", "configmap", "flags", "--type=merge", "-p", #"{"data":{"mode":"by hand"}}"#)
      func rows(_ program: String, dryRun: Bool) async throws -> [JSON] {
        let result = try await Program.run(
          [
            EndToEnd.executable(program), "get", "drift", "-o", "json", "--kubeconfig",
            try world.server.kubeconfig(), "--config", try world.configuration(more: "dryRun: \(dryRun)"),
          ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
        return try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? []
      }
      func patches() -> [AuditedRequest] { world.server.audit(agent: "driftglass/").filter { $0.verb == "patch" } }
      let before = try await rows("driftglass", dryRun: false)
      #expect(before.count == 1 && before[0]["note"] == .null, "\(before)")
      _ = try await rows("driftglass-view", dryRun: true)
      #expect(patches().isEmpty)
      let after = try await rows("driftglass", dryRun: true)
      #expect(after.count == 1 && after[0]["class"] == "drifted" && after[0]["certainty"] == "certain")
      #expect(after[0]["note"] == "a server-side dry run changes it")
      let sent = patches()
      #expect(sent.count == 1 && sent.allSatisfy { $0.uri.contains("dryRun=All") && $0.uri.contains("force=true") })
      let object = try await world.server.expect(.get, "/api/v1/namespaces/shop/configmaps/flags")
      #expect(object.value(at: "data", "mode") == "by hand")
    }
  }
}
