import Foundation
import GitOps
import Structured
import Testing

/// Revisions in effect, timing, sources, targets and what verbs write.
struct FluxFactsTests {
  private static let a = Revision("main@sha1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
  private static let b = Revision("main@sha1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
  private static let c = Revision("main@sha1:cccccccccccccccccccccccccccccccccccccccc")

  struct Case: Sendable, CustomStringConvertible {
    let ready: String
    var step = ""
    var applied: Revision? = FluxFactsTests.a
    var attempted: Revision? = FluxFactsTests.b
    var history: (String, Revision)?
    let inEffect: InEffect
    var description: String { "\(ready) \(step) \(history.map { "\($0.0) \($0.1.short)" } ?? "")" }
  }

  static let cases: [Case] = [
    Case(ready: "True/ReconciliationSucceeded", attempted: a, inEffect: .revision(a)),
    Case(ready: "False/ArtifactFailed", inEffect: .revision(a)),
    Case(ready: "False/BuildFailed", inEffect: .revision(a)),
    Case(ready: "False/DependencyNotReady", inEffect: .revision(a)),
    Case(ready: "False/HealthCheckFailed", inEffect: .revision(b)),
    Case(ready: "False/HealthCheckCanceled", inEffect: .revision(b)),
    Case(ready: "False/PruneFailed", inEffect: .revision(b)),
    Case(ready: "False/HealthCheckFailed", applied: nil, inEffect: .revision(b)),
    Case(ready: "False/ReconciliationFailed", inEffect: .either(a, b)),
    Case(ready: "False/ReconciliationFailed", attempted: a, inEffect: .revision(a)),
    Case(ready: "False/ReconciliationFailed", applied: nil, inEffect: .nothing),
    Case(ready: "False/BuildFailed", applied: nil, attempted: nil, inEffect: .nothing),
    Case(ready: "Unknown/Progressing", step: "Running health checks for revision b", inEffect: .revision(b)),
    Case(ready: "Unknown/Progressing", step: "Detecting drift for revision b", inEffect: .either(a, b)),
    Case(ready: "Unknown/Progressing", step: "Building manifests for revision b", inEffect: .either(a, b)),
    Case(ready: "Unknown/Progressing", attempted: a, inEffect: .revision(a)),
    // A revision that failed its health check was sent all the same, whatever a later run fails at.
    Case(ready: "False/BuildFailed", attempted: c, history: ("HealthCheckFailed", b), inEffect: .revision(b)),
    Case(
      ready: "Unknown/Progressing", step: "Building manifests for revision c", attempted: c,
      history: ("HealthCheckFailed", b), inEffect: .revision(b)),
    Case(
      ready: "Unknown/Progressing", step: "Detecting drift for revision c", attempted: c,
      history: ("HealthCheckFailed", b), inEffect: .either(b, c)),
    Case(ready: "False/BuildFailed", attempted: c, history: ("ReconciliationFailed", b), inEffect: .either(a, b)),
    Case(ready: "False/BuildFailed", history: ("ReconciliationSucceeded", a), inEffect: .revision(a)),
  ]

  @Test(arguments: cases)
  func knowsTheRevisionInEffect(test: Case) throws {
    let sides = test.ready.split(separator: "/").map(String.init)
    var conditions: [JSON] = [["type": "Ready", "status": .string(sides[0]), "reason": .string(sides[1])]]
    if !test.step.isEmpty {
      conditions.append([
        "type": "Reconciling", "status": "True", "reason": "Progressing", "message": .string(test.step),
      ])
    }
    var status: JSON = ["conditions": .array(conditions)]
    status["lastAppliedRevision"] = test.applied.map { .string($0.text) }
    status["lastAttemptedRevision"] = test.attempted.map { .string($0.text) }
    if let history = test.history {
      status["history"] = [
        ["lastReconciledStatus": .string(history.0), "metadata": ["revision": .string(history.1.text)]]
      ]
    }
    let object = try Fixtures.object([
      "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
      "metadata": ["name": "apps", "namespace": "flux-system"], "status": status,
    ])
    #expect(KustomizationAdapter.describe(object).inEffect == test.inEffect)
  }

  @Test func helmReleaseInEffectIsTheNewestRelease() throws {
    let ready = try Fixtures.describe(Fixtures.object("helmrelease/ready"))
    #expect(ready.inEffect == .revision(Revision("2.4.1")))
    #expect(
      ready.release
        == HelmReleaseRef(
          name: "cart", namespace: "shop", storageNamespace: "shop", version: 7, status: "deployed",
          chart: "cart@2.4.1",
          previous: ready.release?.previous))
    #expect(ready.release?.record(7) == "sh.helm.release.v1.cart.v7")
    let failed = try Fixtures.describe(Fixtures.object("helmrelease/upgrade-failed"))
    #expect(failed.inEffect == .either(Revision("1.0.2"), Revision("1.1.0")))
    #expect(failed.release?.storageNamespace == "helm")
    #expect(failed.applied == Revision("1.0.2"))
    // What a failed release did not get to is still the release's before it.
    #expect(failed.release?.isPartial == true && failed.release?.previous != nil)
    let rolledBack = try Fixtures.describe(Fixtures.object("helmrelease/stalled"))
    #expect(rolledBack.inEffect == .revision(Revision("0.9.0")))
    let legacy = try Fixtures.describe(Fixtures.object("helmrelease/legacy-v2beta1"))
    #expect(legacy.inEffect == .revision(Revision("3.1.4")))
    #expect(legacy.release?.record(12) == "sh.helm.release.v1.docs-wiki.v12")
    #expect(legacy.release?.namespace == "docs" && legacy.release?.storageNamespace == "tools")
  }

  @Test func estimatesTheNextRunOnlyFromWhatIsKnown() throws {
    let ready = try Fixtures.describe(Fixtures.object("kustomization/ready"))
    #expect(ready.lastRun == Timestamp.parse("2026-11-20T07:35:03Z"))
    #expect(ready.nextRun == Timestamp.parse("2026-11-20T07:40:03Z"))
    let failed = try Fixtures.describe(Fixtures.object("kustomization/health-check-failed"))
    #expect(failed.nextRun == Timestamp.parse("2026-11-20T08:04:00Z"))
    let waiting = try Fixtures.describe(Fixtures.object("kustomization/waiting"))
    #expect(waiting.nextRun == Timestamp.parse("2026-11-20T08:03:30Z"))
    #expect(try Fixtures.describe(Fixtures.object("kustomization/suspended-remote")).nextRun == nil)
    let release = try Fixtures.describe(Fixtures.object("helmrelease/ready"))
    #expect(release.nextRun == Timestamp.parse("2026-11-20T08:25:00Z"))
    let retrying = try Fixtures.describe(Fixtures.object("helmrelease/upgrade-failed"))
    #expect(retrying.nextRun == Timestamp.parse("2026-11-20T08:23:00Z"))
    #expect(try Fixtures.describe(Fixtures.object("helmrelease/stalled")).nextRun == nil)
    #expect(try Fixtures.describe(Fixtures.object("helmrelease/legacy-v2beta1")).nextRun == nil)
    #expect(try Fixtures.describe(Fixtures.object("gitrepository/ready")).nextRun == nil)
  }

  @Test func readsReferences() throws {
    let ks = try Fixtures.describe(Fixtures.object("kustomization/ready"))
    func ref(_ type: any KindAdapter.Type, _ namespace: String, _ name: String) -> ObjectRef {
      ObjectRef(cluster: Fixtures.cluster, groupKind: type.kind.groupKind, namespace: namespace, name: name)
    }
    #expect(ks.source == ref(GitRepositoryAdapter.self, "delivery", "fleet"))
    #expect(
      ks.dependsOn == [
        ref(KustomizationAdapter.self, "delivery", "ingress"), ref(KustomizationAdapter.self, "data", "databases"),
      ])
    #expect(ks.path == "./storefront/production" && ks.prunes && ks.corrects && ks.target == nil)
    let billing = try Fixtures.describe(Fixtures.object("kustomization/health-check-failed"))
    #expect(billing.source == ref(GitRepositoryAdapter.self, "sources", "fleet") && !billing.prunes)
    let kiosk = try Fixtures.describe(Fixtures.object("kustomization/suspended-remote"))
    #expect(kiosk.target == TargetCluster(secret: "kiosk-kubeconfig") && !kiosk.corrects)
    #expect(kiosk.origin?.commit == "3333333333333333333333333333333333333333")
    let cart = try Fixtures.describe(Fixtures.object("helmrelease/ready"))
    #expect(cart.source == ref(HelmChartAdapter.self, "sources", "shop-cart") && cart.corrects)
    let search = try Fixtures.describe(Fixtures.object("helmrelease/upgrade-failed"))
    #expect(search.source == ref(OCIRepositoryAdapter.self, "sources", "search") && !search.corrects)
    // The HelmChart is not made yet: its name is known all the same.
    let mailer = try Fixtures.describe(Fixtures.object("helmrelease/stalled"))
    #expect(mailer.source == ref(HelmChartAdapter.self, "shop", "shop-mailer"))
    let chart = try Fixtures.describe(Fixtures.object("helmchart/ready"))
    #expect(chart.source == ref(HelmRepositoryAdapter.self, "sources", "charts") && chart.follows == "cart 2.x")
  }

  @Test func readsWhatSourcesFollow() throws {
    let branch = try Fixtures.describe(Fixtures.object("gitrepository/ready"))
    #expect(branch.follows == "release/7" && branch.branch == "release/7")
    #expect(
      branch.artifact?.commit == "8f3b1d0c6a5e4f7890ab1234cd5678ef90123456" && branch.artifact?.name == "release/7")
    let semver = try Fixtures.describe(Fixtures.object("gitrepository/fetch-failed"))
    #expect(semver.follows == "semver >=1.0.0" && semver.branch == nil)
    let named = try Fixtures.describe(Fixtures.object("gitrepository/edited"))
    #expect(named.branch == "main" && named.artifact?.commit == "6666666666666666666666666666666666666666")
    var json = try Fixtures.json(Fixtures.root.appendingPathComponent("Tests/Fixtures/gitrepository/ready.yaml"))
    json["spec"]?["ref"] = nil
    #expect(try Fixtures.describe(Fixtures.object(json)).branch == "master")
    json["spec"]?["ref"] = ["commit": "8f3b1d0c6a5e4f7890ab1234cd5678ef90123456", "branch": "main"]
    let pinned = try Fixtures.describe(Fixtures.object(json))
    #expect(pinned.follows == "commit 8f3b1d0" && pinned.branch == nil)
    let oci = try Fixtures.describe(Fixtures.object("ocirepository/ready"))
    #expect(oci.follows == "tag stable" && oci.origin?.commit == "3333333333333333333333333333333333333333")
    #expect(try Fixtures.describe(Fixtures.object("bucket/ready")).url == "s3.example.com/snapshots")
  }

  static let inventory: [(String, InventoryEntry?)] = [
    ("apps_web_apps_Deployment", entry("apps", "Deployment", "apps", "web")),
    ("apps_web__Service", entry("", "Service", "apps", "web")),
    ("_apps__Namespace", entry("", "Namespace", "", "apps")),
    (
      "_system__node-reader_rbac.authorization.k8s.io_ClusterRole",
      entry("rbac.authorization.k8s.io", "ClusterRole", "", "system:node-reader")
    ),
    ("a_x____y_rbac.authorization.k8s.io_Role", entry("rbac.authorization.k8s.io", "Role", "a", "x::y")),
    ("a_x__y_example.com_Thing", entry("example.com", "Thing", "a", "x__y")),
    ("", nil), ("_", nil), ("__", nil), ("___", nil), ("a_b", nil), ("a_b_c", nil), ("a__g_K", nil), ("a_b_c_", nil),
  ]

  private static func entry(_ group: String, _ kind: String, _ namespace: String, _ name: String) -> InventoryEntry {
    InventoryEntry(groupKind: GroupKind(group: group, kind: kind), version: "v1", namespace: namespace, name: name)
  }

  @Test(arguments: inventory)
  func readsInventoryIds(id: String, expected: InventoryEntry?) throws {
    let object = try Fixtures.object([
      "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": ["name": "apps"],
      "status": ["inventory": ["entries": [["id": .string(id), "v": "v1"]]]],
    ])
    #expect(KustomizationAdapter.describe(object).inventory == (expected.map { [$0] } ?? []))
  }

  @Test func writesExactlyTheKnownPatches() {
    let token = "2026-11-20T10:00:00.000001Z"
    let request = PatchRequest(token: token)
    #expect(
      KustomizationAdapter.patch(.reconcile, request: request).map { String(decoding: $0.encoded(), as: UTF8.self) }
        == #"{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"2026-11-20T10:00:00.000001Z"}}}"#)
    let suspension = Suspension(
      by: "a.author@example.com", reason: "incident", until: Timestamp.parse("2026-11-20T14:00:00Z"))
    #expect(
      GitRepositoryAdapter.patch(.suspend, request: PatchRequest(token: token, suspension: suspension))
        == [
          "metadata": [
            "annotations": [
              "driftglass.dev/suspended-by": "a.author@example.com", "driftglass.dev/suspended-reason": "incident",
              "driftglass.dev/suspended-since": .null, "driftglass.dev/suspended-until": "2026-11-20T14:00:00Z",
            ]
          ], "spec": ["suspend": true],
        ])
    #expect(
      HelmReleaseAdapter.patch(.resume, request: request)
        == [
          "metadata": [
            "annotations": [
              "driftglass.dev/suspended-by": .null, "driftglass.dev/suspended-reason": .null,
              "driftglass.dev/suspended-since": .null, "driftglass.dev/suspended-until": .null,
            ]
          ], "spec": ["suspend": .null],
        ])
    #expect(GitRepositoryAdapter.patch(.reconcileWithSource, request: request) == nil)
  }

  @Test func findsOwnersByLabels() throws {
    let object = try Fixtures.object([
      "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": [
        "name": "web", "namespace": "shop",
        "labels": [
          "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
          "helm.toolkit.fluxcd.io/name": "cart",
        ],
      ],
    ])
    // A name without a namespace names nobody.
    #expect(
      OwnerLabels.owners(of: object) == [
        ObjectRef(
          cluster: Fixtures.cluster, groupKind: KustomizationAdapter.kind.groupKind, namespace: "flux-system",
          name: "apps")
      ])
    #expect(
      OwnerLabels.all.map(\.selector) == [
        .labels("kustomize.toolkit.fluxcd.io/name"), .labels("helm.toolkit.fluxcd.io/name"),
        .labels("fluxcd.controlplane.io/name"), .labels("resourceset.fluxcd.controlplane.io/name"),
      ])
  }
}
