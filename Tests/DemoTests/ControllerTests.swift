import Foundation
import Git
import GitOps
import Kube
import Rendering
import Structured
import Testing

@testable import Demo

/// The controllers on the store, with a clock that is set by hand.
@Suite struct ControllerTests {
  /// One cluster with Flux objects and one repository.
  private struct Stage {
    let directory: String
    let api: StoreCluster
    let server: APIServer
    let git: CommitBuilder
    var play: Rehearsal
    let begin = Date(timeIntervalSince1970: 1_800_000_000)
    static let url = "https://git.example.com/test.git"

    init() throws {
      directory = NSTemporaryDirectory() + "driftglass-test-\(UInt64.random(in: 0 ... .max))"
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      git = try CommitBuilder(creatingBareAt: "\(directory)/test.git")
      server = APIServer()
      api = StoreCluster(server, now: begin)
      let repositories = try SourceRepositories(
        [Self.url: "\(directory)/test.git"], cache: "\(directory)/mirrors")
      let voice = ControllerVoices(api: api, seed: 1) { _, _, _ in }
      play = Rehearsal(api, SimulatedFlux.controllers(voice, repositories, SimulatedFlux.Options()))
      for name in ["flux-system", "shop"] { try make(.namespace, ["metadata": ["name": .string(name)]]) }
    }

    func make(_ kind: GroupKind, _ object: JSON) throws {
      let resource = try #require(api.resource(for: kind))
      var object = object
      object["apiVersion"] = .string(kind.group.isEmpty ? resource.version : "\(kind.group)/\(resource.version)")
      object["kind"] = .string(kind.kind)
      let namespace = object["metadata"]?["namespace"]?.string ?? (resource.namespaced ? "flux-system" : "")
      _ = try api.create(resource, object, namespace: namespace, as: "flux")
    }

    func commit(_ files: [String: String?], _ subject: String = "Change things") throws {
      try git.commit(
        files.mapValues { $0.map { Array($0.utf8) } }, subject: subject, author: "A. Author",
        email: "a.author@example.com", time: api.now)
    }

    func source() throws {
      try make(
        .gitRepository,
        [
          "metadata": ["name": "test"],
          "spec": ["interval": "1m", "url": .string(Self.url), "ref": ["branch": "main"]],
        ])
    }

    func kustomization(_ name: String, _ spec: JSON) throws {
      let base: JSON = [
        "interval": "10m", "prune": true, "path": "./apps", "timeout": "30s",
        "sourceRef": ["kind": "GitRepository", "name": "test"],
      ]
      try make(.kustomization, ["metadata": ["name": .string(name)], "spec": base.merging(patch: spec)])
    }

    func get(_ kind: GroupKind, _ name: String, _ namespace: String = "flux-system") -> JSON? {
      api.resource(for: kind).flatMap { api.get($0, ObjectKey(namespace: namespace, name: name)) }
    }

    func ready(_ name: String) -> String {
      let condition = get(.kustomization, name).flatMap { Conditions($0)["Ready"] }
      return "\(condition?["status"]?.string ?? "none") \(condition?["reason"]?.string ?? "")"
    }

    mutating func after(_ seconds: Double) async { await play.play(until: api.now.addingTimeInterval(seconds)) }

    func clean() { try? FileManager.default.removeItem(atPath: directory) }
  }

  private static let configMap = GroupKind(group: "", kind: "ConfigMap")

  private static func deployment(_ image: String, replicas: Int = 2) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "\(image)"}]}
    """
  }

  private static func map(_ name: String) -> String {
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name), namespace: shop}\ndata: {a: b}\n"
  }

  @Test func appliesWhatGitSaysAndPrunesWhatItNoLongerSays() async throws {
    var stage = try Stage()
    try stage.commit(["apps/a.yaml": Self.map("a"), "apps/b.yaml": Self.map("b")])
    try stage.source()
    try stage.kustomization("apps", [:])
    await stage.after(30)
    #expect(stage.ready("apps") == "True ReconciliationSucceeded")
    let status = try #require(stage.get(.kustomization, "apps")?["status"])
    let head = try #require(try stage.git.head())
    #expect(status["lastAppliedRevision"]?.string == "main@sha1:\(head)")
    #expect(
      status.value(at: "inventory", "entries")?.array?.compactMap { $0["id"]?.string }
        == ["shop_a__ConfigMap", "shop_b__ConfigMap"])
    #expect(
      stage.get(Self.configMap, "a", "shop")?["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/name"] == "apps")
    try stage.commit(["apps/b.yaml": nil])
    await stage.after(90)
    #expect(stage.get(Self.configMap, "b", "shop") == nil && stage.get(Self.configMap, "a", "shop") != nil)
    stage.clean()
  }

  @Test func aFailedHealthCheckKeepsTheAppliedRevisionAndIsTriedAgain() async throws {
    var stage = try Stage()
    try stage.commit(["apps/web.yaml": Self.deployment("web:1")])
    try stage.source()
    try stage.kustomization("apps", ["wait": true, "retryInterval": "2m"])
    try stage.kustomization("next", ["path": "./next", "dependsOn": [["name": "apps"]]])
    try stage.commit(["next/c.yaml": Self.map("c")])
    await stage.after(120)
    #expect(stage.ready("apps") == "True ReconciliationSucceeded")
    #expect(stage.ready("next") == "True ReconciliationSucceeded")
    let good = stage.get(.kustomization, "apps")?["status"]?["lastAppliedRevision"]
    try stage.commit(["apps/web.yaml": Self.deployment("web:2-broken")])
    await stage.after(80)
    let health = stage.get(.kustomization, "apps").flatMap { Conditions($0)["Reconciling"] }?["message"]?.string
    #expect(stage.ready("apps") == "Unknown Progressing" && health?.hasPrefix("Running health checks") == true)
    await stage.after(40)
    let status = try #require(stage.get(.kustomization, "apps")?["status"])
    #expect(stage.ready("apps") == "False HealthCheckFailed")
    #expect(status["lastAppliedRevision"] == good && status["lastAttemptedRevision"] != good)
    #expect(status.value(at: "history", "0", "lastReconciledStatus") == "HealthCheckFailed")
    #expect(stage.ready("next") == "False DependencyNotReady")
    try stage.commit(["apps/web.yaml": Self.deployment("web:3")])
    await stage.after(120)
    #expect(
      stage.ready("apps") == "True ReconciliationSucceeded" && stage.ready("next") == "True ReconciliationSucceeded")
    stage.clean()
  }

  @Test func theNextRunUndoesWhatWasDoneByHand() async throws {
    var stage = try Stage()
    try stage.commit(["apps/web.yaml": Self.deployment("web:1")])
    try stage.source()
    try stage.kustomization("apps", [:])
    await stage.after(60)
    let hands = Hands(api: stage.api)
    let key = ObjectKey(namespace: "shop", name: "web")
    try await hands.scale(key, to: 7)
    try await hands.setImage(key, to: "web:hotfix")
    _ = try stage.api.merge(
      try #require(stage.api.resource(for: .deployment)), key, ["metadata": ["annotations": ["by": "hand"]]],
      subresource: nil, as: "kubectl-annotate")
    await stage.after(60)
    #expect(stage.get(.deployment, "web", "shop")?.value(at: "spec", "replicas")?.int == 7)
    await stage.after(600)
    let live = try #require(stage.get(.deployment, "web", "shop"))
    #expect(live.value(at: "spec", "replicas")?.int == 2)
    #expect(live.value(at: "spec", "template", "spec", "containers", "0", "image") == "web:1")
    // Also what kubectl added and Git never set (wire-facts 1.4, field managers).
    #expect(live["metadata"]?["annotations"]?["by"] == nil)
    stage.clean()
  }

  @Test func aSuspendedKustomizationIsLeftAlone() async throws {
    var stage = try Stage()
    try stage.commit(["apps/a.yaml": Self.map("a")])
    try stage.source()
    try stage.kustomization("apps", [:])
    await stage.after(30)
    let hands = Hands(api: stage.api)
    try await hands.suspend(
      ObjectKey(namespace: "flux-system", name: "apps"), by: "a", reason: "b", since: stage.begin, until: stage.begin)
    try await hands.delete(Self.configMap, ObjectKey(namespace: "shop", name: "a"))
    await stage.after(1200)
    #expect(stage.get(Self.configMap, "a", "shop") == nil)
    stage.clean()
  }

  @Test func aRequestIsEchoedWhenItIsHandled() async throws {
    var stage = try Stage()
    try stage.commit(["apps/a.yaml": Self.map("a")])
    try stage.source()
    try stage.kustomization("apps", [:])
    await stage.after(30)
    let kustomizations = try #require(stage.api.resource(for: .kustomization))
    let key = ObjectKey(namespace: "flux-system", name: "apps")
    try await Hands(api: stage.api).delete(Self.configMap, ObjectKey(namespace: "shop", name: "a"))
    _ = try stage.api.merge(
      kustomizations, key, ["metadata": ["annotations": [FluxAnnotation.requestedAt: "token-1"]]], subresource: nil,
      as: "test")
    await stage.after(10)
    #expect(stage.get(.kustomization, "apps")?.value(at: "status", "lastHandledReconcileAt") == "token-1")
    #expect(stage.get(Self.configMap, "a", "shop") != nil)
    stage.clean()
  }

  @Test func buildErrorsAndMissingSourcesSayWhy() async throws {
    var stage = try Stage()
    try stage.commit(["apps/bad.yaml": "a: [", "other/x.yaml": Self.map("x")])
    try stage.source()
    try stage.kustomization("bad", [:])
    try stage.kustomization("lost", ["path": "./nowhere"])
    try stage.kustomization("orphan", ["sourceRef": ["name": "none"]])
    await stage.after(30)
    #expect(stage.ready("bad") == "False BuildFailed")
    #expect(stage.ready("lost") == "False BuildFailed")
    #expect(stage.ready("orphan") == "False ArtifactFailed")
    stage.clean()
  }

  @Test func deletingAKustomizationDeletesItsObjects() async throws {
    var stage = try Stage()
    try stage.commit(["apps/a.yaml": Self.map("a")])
    try stage.source()
    try stage.kustomization("apps", [:])
    await stage.after(30)
    try stage.api.delete(
      try #require(stage.api.resource(for: .kustomization)), ObjectKey(namespace: "flux-system", name: "apps"),
      uid: nil, as: "kubectl")
    await stage.after(10)
    #expect(stage.get(.kustomization, "apps") == nil && stage.get(Self.configMap, "a", "shop") == nil)
    stage.clean()
  }

  @Test func aHelmReleaseLeavesARecordThatDecodes() async throws {
    var stage = try Stage()
    try stage.commit(["README.md": "x"])
    try stage.make(.helmRepository, ["metadata": ["name": "charts"], "spec": ["url": "https://charts.example.com"]])
    let release: JSON = [
      "metadata": ["name": "web", "namespace": "shop"],
      "spec": [
        "interval": "5m", "driftDetection": ["mode": "enabled"],
        "chart": [
          "spec": [
            "chart": "web", "version": "1.4.x",
            "sourceRef": ["kind": "HelmRepository", "name": "charts", "namespace": "flux-system"],
          ]
        ], "values": ["replicaCount": 2],
      ],
    ]
    try stage.make(.helmRelease, release)
    await stage.after(60)
    let object = try #require(stage.get(.helmRelease, "web", "shop"))
    #expect(Conditions(object)["Ready"]?["reason"] == "InstallSucceeded")
    #expect(object.value(at: "status", "history", "0", "chartVersion") == "1.4.2")
    let secret = try #require(stage.get(.secret, "sh.helm.release.v1.web.v1", "shop"))
    let manifest = try HelmManifest.decode(record: try JSONDocument(parsing: secret.encoded()))
    #expect(manifest.objects.map(\.groupKind.kind) == ["ConfigMap", "Service", "Deployment"])
    #expect(manifest.version == 1 && manifest.namespace == "shop" && manifest.status == "deployed")
    try await Hands(api: stage.api).scale(ObjectKey(namespace: "shop", name: "web"), to: 9)
    await stage.after(400)
    #expect(stage.get(.deployment, "web", "shop")?.value(at: "spec", "replicas")?.int == 2)
    let releases = try #require(stage.api.resource(for: .helmRelease))
    _ = try stage.api.merge(
      releases, ObjectKey(namespace: "shop", name: "web"), ["spec": ["values": ["replicaCount": 3]]],
      subresource: nil, as: "flux")
    await stage.after(60)
    let upgraded = try #require(stage.get(.helmRelease, "web", "shop"))
    #expect(upgraded.value(at: "status", "history", "0", "version")?.int == 2)
    #expect(upgraded.value(at: "status", "history", "1", "status") == "superseded")
    #expect(stage.get(.deployment, "web", "shop")?.value(at: "spec", "replicas")?.int == 3)
    stage.clean()
  }

  @Test func inventoryIdsRoundTrip() {
    for id in [
      "apps_web_apps_Deployment", "apps_web__Service", "_apps__Namespace",
      "_system__node-reader_rbac.authorization.k8s.io_ClusterRole",
      "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization",
    ] {
      #expect(InventoryItem(["id": .string(id), "v": "v1"])?.id == id)
    }
  }

  @Test(arguments: [(0.021, "0.021s"), (3, "3s"), (90, "1m30s"), (600, "10m0s"), (3600, "1h0m0s"), (1.2, "1.2s")])
  func durationsReadAsGoPrintsThem(_ seconds: Double, _ text: String) { #expect(goText(seconds) == text) }
}
