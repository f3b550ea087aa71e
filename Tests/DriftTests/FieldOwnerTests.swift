import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import Drift

/// Whose doing a difference is, and what becomes of it (R6-R8, Fate).
@Suite struct FieldOwnerTests {
  let nextRun = Fate.reverts(by: Fixture.now.addingTimeInterval(360))
  static let replicas = #"{"f:spec":{"f:replicas":{}}}"#

  /// The engine's set without the replicas, which somebody took.
  static let fluxWithoutReplicas = Fixture.owner(
    "kustomize-controller", "Apply", Fixture.fluxFields.replacingOccurrence(of: #""f:replicas":{},"#, with: ""))

  @Test func aPersonsChangeIsDriftThatRevertsAtTheNextRun() throws {
    let live = Fixture.deployment(
      replicas: "5",
      owners: [Self.fluxWithoutReplicas, Fixture.owner("kubectl-edit", "Update", Self.replicas, at: -60)])
    let rows = try Fixture.rows(Fixture.deployment(), live)
    #expect(rows.paths == ["spec.replicas"])
    let row = try #require(rows.first)
    #expect(row.driftClass == .drifted)
    #expect(row.cause == .human)
    #expect(row.owner?.manager == "kubectl-edit")
    #expect(row.owner?.time == Fixture.now.addingTimeInterval(-60))
    #expect(row.fate == nextRun)
    #expect(row.desired == "3")
    #expect(row.live == "5")
    #expect(row.certainty == .certain)
  }

  @Test func aPersonsScaleHasNoTime() throws {
    let scale = Fixture.owner("kubectl", "Update", Self.replicas, subresource: "scale", at: nil)
    let row = try #require(
      Fixture.rows(Fixture.deployment(), Fixture.deployment(replicas: "5", owners: [Self.fluxWithoutReplicas, scale]))
        .first)
    #expect(row.cause == .human)
    #expect(row.owner?.subresource == "scale")
    #expect(row.owner?.time == nil)
  }

  @Test func anOldServerDoesNotRecordWhoScaled() throws {
    let row = try #require(
      Fixture.rows(Fixture.deployment(), Fixture.deployment(replicas: "5", owners: [Fixture.flux])).first)
    #expect(row.driftClass == .drifted)
    #expect(row.cause == .unknownOwner)
    #expect(row.cause.word == "owner not recorded")
    #expect(row.owner == nil)
    #expect(row.fate == nextRun)
  }

  @Test func aClientSideApplyDidNotWriteWhatItDidNotSend() throws {
    let apply = Fixture.owner("kubectl-client-side-apply", "Update", #"{"f:spec":{"f:replicas":{}}}"#)
    func row(sent replicas: Int) throws -> DriftRow {
      let sent =
        #""kubectl.kubernetes.io/last-applied-configuration": "{\"spec\":{\"replicas\":\#(replicas)}}""#
      return try #require(
        Fixture.rows(Fixture.deployment(), Fixture.deployment(replicas: "9", owners: [apply], annotations: sent)).first)
    }
    #expect(try row(sent: 9).owner?.manager == "kubectl-client-side-apply")
    let scaled = try row(sent: 3)
    #expect(scaled.driftClass == .drifted && scaled.cause == .unknownOwner && scaled.owner == nil)
  }

  @Test func anAutoscalerContestsWhatGitSets() throws {
    let scale = Fixture.owner("kube-controller-manager", "Update", Self.replicas, subresource: "scale", at: nil)
    let live = Fixture.deployment(replicas: "6", owners: [Self.fluxWithoutReplicas, scale])
    let row = try #require(Fixture.rows(Fixture.deployment(), live).first)
    #expect(row.driftClass == .contested)
    #expect(row.fate == .contested)
    #expect(
      row.note
        == "Kustomization apps sets 3 at each reconcile, kube-controller-manager sets 6: take spec.replicas out of Git")
    // A release whose drift is not corrected leaves it to the autoscaler.
    let helm = try #require(Fixture.rows(Fixture.deployment(), live, reconciler: Fixture.helmRelease()).first)
    #expect(helm.driftClass == .delegated)
    let rule = IgnoreRule(kind: "Deployment", path: "/spec/replicas", manager: "kube-controller-manager")
    let ignored = try #require(Fixture.rows(Fixture.deployment(), live) { $0.ignore = [rule] }.first)
    #expect(ignored.driftClass == .delegated)
    let autoscaler = try Fixture.autoscaler()
    let seen = try #require(
      Fixture.rows(Fixture.deployment(), Fixture.deployment(replicas: "6", owners: [Fixture.flux])) {
        $0.autoscalers = [autoscaler]
      }.first)
    #expect(seen.driftClass == .contested)
    #expect(
      seen.note
        == "Kustomization apps sets 3 at each reconcile, HorizontalPodAutoscaler shop/web sets 6: take spec.replicas out of Git"
    )
  }

  @Test func theAutoscalersOwnObjectSaysWhoScales() throws {
    let scale = Fixture.owner("kube-controller-manager", "Update", Self.replicas, subresource: "scale", at: nil)
    let live = Fixture.deployment(replicas: "6", owners: [Self.fluxWithoutReplicas, scale])
    func row(_ autoscalers: [Autoscaler]) throws -> DriftRow {
      try #require(
        try Fixture.rows(Fixture.deployment(), live) {
          $0.autoscalers = autoscalers
          $0.seesAutoscalers = true
        }.first)
    }
    // The autoscaler that once scaled it is gone: nobody works against the next reconcile.
    let gone = try row([])
    #expect(gone.driftClass == .drifted && gone.cause == .controller && gone.fate == nextRun)
    #expect(gone.note == "no autoscaler has this object as its target now")
    let kinds = [
      try Fixture.autoscaler(), try Fixture.autoscaler("ScaledObject", apiVersion: "keda.sh/v1alpha1"),
      try Fixture.autoscaler("VerticalPodAutoscaler", apiVersion: "autoscaling.k8s.io/v1"),
    ]
    // KEDA's object is the one to change; one of requests does not scale.
    #expect(try row(kinds).note?.contains("ScaledObject shop/web sets 6") == true)
    #expect(try row([kinds[2]]).driftClass == .drifted)
    let off = #"""
      {"apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler", "metadata": {"name": "w", "namespace": "shop"},
       "spec": {"targetRef": {"kind": "Deployment", "name": "web"}, "updatePolicy": {"updateMode": "Off"}}}
      """#
    #expect(Autoscaler(try Fixture.object(off)) == nil)
  }

  @Test func whatAdmissionChangedDoesNotCount() throws {
    let live = Fixture.deployment(image: "mirror.example.com/podinfo:6.5.4", owners: [Fixture.flux])
    #expect(try Fixture.rows(Fixture.deployment(), live).map(\.driftClass) == [.mutated])
    // Seen equal before: not admission's doing.
    #expect(try Fixture.rows(Fixture.deployment(), live) { $0.sawEqual = true }.map(\.driftClass) == [.drifted])
    // The engine itself wrote it a moment ago: its status is on the way.
    let fresh = Fixture.deployment(
      image: "podinfo:7", owners: [Fixture.owner("kustomize-controller", "Apply", Fixture.fluxFields, at: -1)])
    #expect(try Fixture.rows(Fixture.deployment(), fresh) { $0.sawEqual = true }.map(\.driftClass) == [.pending])
  }

  @Test func aFieldThatAdmissionDroppedIsStillOwned() throws {
    let desired = Fixture.deployment(containerExtra: #", "imagePullPolicy": "Always""#)
    let fields = Fixture.fluxFields.replacingOccurrence(
      of: #""f:image":{},"#, with: #""f:image":{},"f:imagePullPolicy":{},"#)
    let dropped = Fixture.deployment(owners: [Fixture.owner("kustomize-controller", "Apply", fields)])
    #expect(try Fixture.rows(desired, dropped).map(\.driftClass) == [.mutated])
    // Removed by somebody: nobody owns it any more.
    let rows = try Fixture.rows(desired, Fixture.deployment(owners: [Fixture.flux]))
    #expect(rows.map(\.driftClass) == [.drifted])
    #expect(rows.map(\.cause) == [.unknownOwner])
  }

  @Test func withoutManagedFieldsARowIsLikely() throws {
    let row = try #require(Fixture.rows(Fixture.deployment(), Fixture.deployment(image: "other")).first)
    #expect(row.driftClass == .drifted)
    #expect(row.certainty == .likely)
    let several = Fixture.owner("ancient-changes", "Update", Fixture.fluxFields)
    let old = try #require(
      Fixture.rows(Fixture.deployment(), Fixture.deployment(image: "other", owners: [several])).first)
    #expect(old.cause == .unknownOwner)
    #expect(old.owner?.manager == "ancient-changes")
  }

  @Test(arguments: [
    (#"{"f:metadata":{"f:annotations":{".":{},"f:note":{}}}}"#, "metadata.annotations.note"),
    (
      #"{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"side\"}":{".":{},"f:name":{},"f:image":{}}}}}}}"#,
      "spec.template.spec.containers[side]"
    ),
    (#"{"f:spec":{"f:paused":{}}}"#, "spec.paused"),
    (
      #"{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{"f:livenessProbe":{".":{},"f:httpGet":{".":{},"f:path":{},"f:port":{}},"f:timeoutSeconds":{}}}}}}}}"#,
      "spec.template.spec.containers[app].livenessProbe"
    ),
  ])
  func anAdditionByHandIsOneRow(fields: String, path: String) throws {
    var live = try JSON(
      parsing: Array(
        Fixture.deployment(
          owners: [Fixture.flux, Fixture.owner("kubectl-patch", "Update", fields, at: -60)],
          extra: #", "paused": true"#,
          containerExtra: #", "livenessProbe": {"httpGet": {"path": "/x", "port": 80}, "timeoutSeconds": 1}"#,
          annotations: #""note": "x""#, metadataExtra: #", "creationTimestamp": "2026-01-01T00:00:00Z""#
        ).utf8))
    let side: JSON = ["name": "side", "image": "x"]
    let containers = live.value(at: "spec", "template", "spec", "containers")?.array ?? []
    live["spec"]?["template"]?["spec"]?["containers"] = .array(containers + [side])
    let text = String(decoding: live.encoded(), as: UTF8.self)
    let rows = try Fixture.rows(Fixture.deployment(), text)
    #expect(rows.paths == [path])
    #expect(rows.first?.driftClass == .drifted)
    #expect(rows.first?.cause == .added)
    #expect(rows.first?.desired == nil)
    #expect(rows.first?.fate == nextRun)
    // `ssa: Merge` leaves additions alone, and only them.
    let merge = Fixture.deployment(annotations: #""kustomize.toolkit.fluxcd.io/ssa": "Merge""#)
    #expect(try Fixture.rows(merge, text).filter { $0.cause == .added } == [])
  }

  @Test func whoMadeTheObjectOwnsItsDefaults() throws {
    func rows(_ manager: String, at seconds: Double, engineAt other: Double) throws -> [DriftRow] {
      let live = Fixture.deployment(
        owners: [
          Fixture.owner("kustomize-controller", "Apply", Fixture.fluxFields, at: other),
          Fixture.owner(manager, "Update", #"{"f:spec":{"f:paused":{}}}"#, at: seconds),
        ], extra: #", "paused": true"#, metadataExtra: #", "creationTimestamp": "\#(Fixture.time(-500))""#)
      return try Fixture.rows(Fixture.deployment(), live)
    }
    #expect(try rows("kubectl-create", at: -500, engineAt: -400).isEmpty)
    #expect(try rows("k9s", at: -500, engineAt: -400).isEmpty)
    #expect(try rows("k9s", at: -499, engineAt: -400).count == 1)
    // The engine made it, and a person wrote in the same second.
    #expect(try rows("kubectl-patch", at: -500, engineAt: -500).count == 1)
  }

  @Test func additionsByOtherToolsStay() throws {
    let live = Fixture.deployment(
      owners: [Fixture.flux, Fixture.owner("k9s", "Update", #"{"f:spec":{"f:paused":{}}}"#, at: -60)],
      extra: #", "paused": true"#)
    let row = try #require(Fixture.rows(Fixture.deployment(), live).first)
    #expect(row.fate == .stays(reason: "kustomize-controller leaves what k9s added"))
  }

  @Test func controllersMayAddWhatTheyLike() throws {
    let live = Fixture.deployment(
      owners: [Fixture.flux, Fixture.owner("istiod", "Update", #"{"f:spec":{"f:paused":{}}}"#)],
      extra: #", "paused": true"#)
    #expect(try Fixture.rows(Fixture.deployment(), live) == [])
  }

  @Test func defaultsThatAClientSideApplyOwnsAreNotRows() throws {
    let sent =
      #"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":3}}"#
    let fields =
      #"{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}}},"f:spec":{"f:replicas":{},"f:progressDeadlineSeconds":{},"f:minReadySeconds":{},"f:strategy":{"f:type":{}}}}"#
    let live = Fixture.deployment(
      owners: [Fixture.owner("kubectl-client-side-apply", "Update", fields)],
      extra: #", "progressDeadlineSeconds": 601, "minReadySeconds": 7, "strategy": {"type": "RollingUpdate"}"#,
      annotations: #""kubectl.kubernetes.io/last-applied-configuration": "\#(sent)""#)
    #expect(try Fixture.rows(Fixture.deployment(), live) == [])
  }

  @Test func whatTheLastApplyHadAndGitHasNotIsRemovedFromGit() throws {
    let sent = #"{\"spec\":{\"replicas\":3,\"paused\":true}}"#
    let live = Fixture.deployment(
      owners: [Fixture.owner("kubectl-client-side-apply", "Update", #"{"f:spec":{"f:paused":{}}}"#)],
      extra: #", "paused": true"#, annotations: #""kubectl.kubernetes.io/last-applied-configuration": "\#(sent)""#)
    let rows = try Fixture.rows(Fixture.deployment(), live)
    #expect(rows.paths == ["spec.paused"])
    #expect(rows.first?.cause == .removedFromGit)
  }

  @Test func whatTheEngineAppliedAndGitHasNotIsRemovedFromGit() throws {
    let fields =
      #"{"f:metadata":{"f:labels":{"f:app":{},"f:kustomize.toolkit.fluxcd.io/name":{}}},"f:spec":{"f:paused":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{"f:protocol":{}}}}}}}}}"#
    let live = Fixture.deployment(
      owners: [Fixture.owner("kustomize-controller", "Apply", fields)], extra: #", "paused": true"#)
    let rows = try Fixture.rows(Fixture.deployment(), live)
    #expect(rows.paths == ["spec.paused"])
    #expect(rows.first?.cause == .removedFromGit)
    #expect(rows.first?.fate == nextRun)
    // Owned by Helm's update, which owns its defaults too: nothing.
    let helm = Fixture.deployment(
      owners: [Fixture.owner("helm-controller", "Update", fields)], extra: #", "paused": true"#)
    #expect(try Fixture.rows(Fixture.deployment(), helm, reconciler: Fixture.helmRelease()) == [])
    // Unless the release before had it.
    let previous = try Fixture.desired(Fixture.deployment(extra: #", "paused": true"#))
    let removed = try Fixture.rows(Fixture.deployment(), helm, reconciler: Fixture.helmRelease()) {
      $0.previous = previous
    }
    #expect(removed.map(\.cause) == [.removedFromGit])
  }

  @Test func aRestartByHandWillRollThePodsAgain() throws {
    let fields =
      #"{"f:spec":{"f:template":{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/restartedAt":{}}}}}}"#
    var live = try JSON(
      parsing: Array(
        Fixture.deployment(owners: [Fixture.flux, Fixture.owner("kubectl-rollout", "Update", fields)]).utf8))
    live["spec"]?["template"]?["metadata"] = [
      "annotations": ["kubectl.kubernetes.io/restartedAt": "2026-11-23T10:00:00Z"]
    ]
    let rows = try Fixture.rows(Fixture.deployment(), String(decoding: live.encoded(), as: UTF8.self))
    #expect(rows.paths == ["spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]"])
    #expect(rows.first?.note?.contains("rolls the pods again") == true)
    #expect(rows.first?.fate == nextRun)
  }

  @Test(
    arguments: [
      (Fixture.kustomization { $0.suspension = Suspension() }, Fate.stays(reason: "suspended")),
      (
        Fixture.kustomization {
          $0.reason = "BuildFailed"; $0.health = .failed
        }, .stays(reason: "no apply: BuildFailed")
      ),
      (
        Fixture.kustomization {
          $0.reason = "ReconciliationFailed"; $0.health = .failed
        }, .unknown
      ),
      (Fixture.kustomization { $0.nextRun = Fixture.now.addingTimeInterval(-1) }, .reverts(by: nil)),
      (Fixture.kustomization { $0.nextRun = nil }, .reverts(by: Fixture.now.addingTimeInterval(360))),
      (Fixture.helmRelease(), .stays(reason: "drift detection is off")),
      (
        Fixture.helmRelease {
          $0.corrects = true; $0.nextRun = Fixture.now.addingTimeInterval(9)
        }, .reverts(by: Fixture.now.addingTimeInterval(9))
      ),
      (
        Fixture.kustomization {
          $0.conditions = [Condition(type: "Stalled", status: "True", reason: "AccessDenied", message: "", since: nil)]
        },
        .stays(reason: "stalled: AccessDenied")
      ),
    ] as [(Resource, Fate)])
  func fateFollowsTheReconciler(reconciler: Resource, fate: Fate) throws {
    let live = Fixture.deployment(replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", Self.replicas)])
    let row = try #require(Fixture.rows(Fixture.deployment(), live, reconciler: reconciler).first)
    #expect(row.driftClass == .drifted)
    #expect(row.fate == fate)
  }

  @Test func aSwitchOnTheLiveObjectPausesOnlyIt() throws {
    let live = Fixture.deployment(
      replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", Self.replicas)],
      annotations: #""kustomize.toolkit.fluxcd.io/reconcile": "disabled""#)
    let row = try #require(Fixture.rows(Fixture.deployment(), live).first)
    #expect(row.fate == .stays(reason: "reconcile: disabled on the live object"))
  }

  @Test func theUsersRulesTakeRowsOutOfTheCount() throws {
    let live = Fixture.deployment(
      replicas: "5", image: "other", owners: [Fixture.owner("kubectl-edit", "Update", Fixture.fluxFields)])
    let rows = try Fixture.rows(Fixture.deployment(), live) {
      $0.ignore = [IgnoreRule(kind: nil, path: "/spec/template/spec/containers/*/image", manager: nil)]
    }
    #expect(rows.map(\.driftClass) == [.drifted, .excluded])
    #expect(rows.last?.cause.word == "ignored: /spec/template/spec/containers/*/image")
    let other = try Fixture.rows(Fixture.deployment(), live) {
      $0.ignore = [
        IgnoreRule(kind: "Service", path: "", manager: nil), IgnoreRule(kind: nil, path: "/spec", manager: "k9s"),
        IgnoreRule(kind: nil, path: "/spec/rep", manager: nil),
      ]
    }
    #expect(other.map(\.driftClass) == [.drifted, .drifted])
  }

  @Test func aFieldThatIsRevertedAgainAndAgainIsContested() throws {
    let live = Fixture.deployment(replicas: "5", owners: [Fixture.owner("kubectl-edit", "Update", Self.replicas)])
    #expect(
      try Fixture.rows(Fixture.deployment(), live) { $0.fought = ["/spec/replicas"] }.map(\.driftClass) == [.contested])
  }

  @Test func atomicParentsCarryTheOwner() throws {
    let desired = ComparisonTests.pod("", spec: #", "nodeSelector": {"a": "b"}"#)
    var live = try JSON(parsing: Array(ComparisonTests.pod("", spec: #", "nodeSelector": {"a": "c"}"#).utf8))
    live["metadata"]?["managedFields"] = .array([
      try JSON(
        parsing: Array(
          Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:template":{"f:spec":{"f:nodeSelector":{}}}}}"#).utf8))
    ])
    let rows = try Fixture.rows(desired, String(decoding: live.encoded(), as: UTF8.self))
    #expect(rows.first?.owner?.manager == "kubectl-edit")
  }

  @Test func changedInputsMakeRowsPending() throws {
    let live = Fixture.deployment(image: "other", owners: [Fixture.flux])
    #expect(try Fixture.rows(Fixture.deployment(), live) { $0.inputsChanged = true }.map(\.driftClass) == [.pending])
  }
}

extension String {
  /// The text with the first occurrence of a part replaced.
  func replacingOccurrence(of part: String, with other: String) -> String {
    var text = Array(utf8)
    let wanted = Array(part.utf8)
    guard text.count >= wanted.count else { return self }
    for start in 0...(text.count - wanted.count) where Array(text[start..<start + wanted.count]) == wanted {
      text.replaceSubrange(start..<start + wanted.count, with: Array(other.utf8))
      return String(decoding: text, as: UTF8.self)
    }
    return self
  }
}
