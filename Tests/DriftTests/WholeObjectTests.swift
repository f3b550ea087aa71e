import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import Drift

/// Missing, terminating, extra, label removed, switched off (B.4).
@Suite struct WholeObjectTests {
  let nextRun = Fate.reverts(by: Fixture.now.addingTimeInterval(360))
  static let entry = InventoryEntry(
    groupKind: GroupKind(group: "apps", kind: "Deployment"), version: "v1", namespace: "shop", name: "web")
  static let labels =
    #", "labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}"#

  private func rows(
    _ desired: Desired, _ live: Live, reconciler: Resource = Fixture.kustomization(),
    _ change: (inout DriftInput) -> Void = { _ in }
  ) -> [DriftRow] {
    driftRows(Fixture.input(desired, live, reconciler: reconciler, change), schema: Fixture.apps)
  }

  private func live(_ metadata: String = "") throws -> Object {
    try Fixture.object(
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"\#(metadata)}}"#)
  }

  @Test func missingSaysWhetherItWasEverThere() throws {
    let desired = Desired.object(try Fixture.desired(Fixture.deployment()))
    let deleted = try #require(rows(desired, .absent(seenBefore: true)).first)
    #expect(deleted.driftClass == .missing)
    #expect(deleted.cause == .deleted)
    #expect(deleted.fate == nextRun)
    #expect(deleted.path == "")
    #expect(deleted.origin == "apps/web.yaml:14")
    #expect(rows(desired, .absent(seenBefore: false)).map(\.cause) == [.neverCreated])
    let listed = Fixture.kustomization { $0.inventory = [Self.entry] }
    #expect(rows(desired, .absent(seenBefore: false), reconciler: listed).map(\.cause) == [.deleted])
    #expect(
      rows(desired, .absent(seenBefore: true), reconciler: Fixture.helmRelease()).map(\.fate)
        == [.stays(reason: "drift detection is off")])
  }

  @Test func nothingIsMissingBeforeTheFirstApply() throws {
    let desired = Desired.object(try Fixture.desired(Fixture.deployment()))
    let fresh = Fixture.kustomization { $0.inEffect = .nothing }
    #expect(rows(desired, .absent(seenBefore: false), reconciler: fresh).map(\.driftClass) == [.pending])
    let other = try Fixture.object(Fixture.deployment(replicas: "7"))
    #expect(rows(desired, .present(other, labelled: true), reconciler: fresh).map(\.driftClass) == [.pending])
  }

  @Test func finishedJobsAndHooksAreNotMissing() throws {
    let job =
      #"{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"ttlSecondsAfterFinished": 60}}"#
    #expect(
      rows(.object(try Fixture.desired(job)), .absent(seenBefore: true)).map(\.cause) == [.ignored(rule: "completed")])
    let hook =
      #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "annotations": {"helm.sh/hook": "test"}}}"#
    #expect(rows(.object(try Fixture.desired(hook)), .absent(seenBefore: true)).counted == [])
  }

  @Test func aFinalizerHoldsADeletedObject() throws {
    let object = try live(#", "deletionTimestamp": "2026-11-23T10:00:00Z", "finalizers": ["example.com/hold"]"#)
    let row = try #require(
      rows(.object(try Fixture.desired(Fixture.deployment())), .present(object, labelled: true)).first)
    #expect(row.driftClass == .missing)
    #expect(row.cause == .terminating)
    #expect(row.note == "terminating since 2026-11-23T10:00:00Z, held by example.com/hold")
    #expect(row.fate == .stays(reason: "held by example.com/hold"))
  }

  @Test func aLostLabelIsNotADeletion() throws {
    let desired = Fixture.deployment()
    let object = try Fixture.object(desired)
    let found = rows(.object(try Fixture.desired(desired)), .present(object, labelled: false))
    #expect(found.map(\.cause) == [.labelRemoved])
    #expect(found.paths == ["metadata.labels[kustomize.toolkit.fluxcd.io/name]"])
    #expect(found.first?.desired == "apps")
    #expect(found.first?.fate == nextRun)
    // Also where rendering adds the labels to the desired object: still one row.
    var marked = try Fixture.desired(desired)
    marked.root["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/name"] = YAMLNode(.string("apps"))
    marked.root["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/namespace"] = YAMLNode(.string("flux-system"))
    #expect(rows(.object(marked), .present(object, labelled: false)).count == 1)
  }

  @Test func twoReconcilersOfOneObjectContestIt() throws {
    let object = try Fixture.object(
      Fixture.deployment(image: "other", owners: [Fixture.flux]).replacingOccurrence(
        of: #""app": "web""#, with: #""app": "web", "kustomize.toolkit.fluxcd.io/name": "infra""#))
    let found = rows(.object(try Fixture.desired(Fixture.deployment())), .present(object, labelled: true))
    #expect(found.map(\.driftClass) == [.contested, .contested])
    #expect(found.first?.note == "also applied by Kustomization flux-system/infra")
  }

  @Test(arguments: [
    ("reconcile", "disabled", "reconcile: disabled"), ("ssa", "Ignore", "ssa: Ignore"),
    ("ssa", "IfNotPresent", "ssa: IfNotPresent"),
  ])
  func switchesInGitExclude(key: String, value: String, rule: String) throws {
    let desired = Fixture.deployment(annotations: #""kustomize.toolkit.fluxcd.io/\#(key)": "\#(value)""#)
    let other = try Fixture.object(Fixture.deployment(replicas: "9"))
    #expect(
      rows(.object(try Fixture.desired(desired)), .present(other, labelled: true)).map(\.cause) == [
        .ignored(rule: rule)
      ])
    let gone = rows(.object(try Fixture.desired(desired)), .absent(seenBefore: true)).map(\.driftClass)
    #expect(gone == (value == "IfNotPresent" ? [.missing] : [.excluded]))
  }

  @Test func whatTheInventoryHasAndGitHasNotIsExtra() throws {
    let listed = Fixture.kustomization { $0.inventory = [Self.entry] }
    let object = try live(Self.labels)
    #expect(rows(.absent, .present(object, labelled: true), reconciler: listed).map(\.driftClass) == [.extra])
    #expect(rows(.absent, .present(object, labelled: true), reconciler: listed).map(\.fate) == [nextRun])
    let keeping = Fixture.kustomization {
      $0.inventory = [Self.entry]; $0.prunes = false
    }
    #expect(
      rows(.absent, .present(object, labelled: true), reconciler: keeping).map(\.fate) == [
        .stays(reason: "prune is off")
      ])
    let kept = try live(Self.labels + #", "annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}"#)
    #expect(rows(.absent, .present(kept, labelled: true), reconciler: listed).map(\.driftClass) == [.excluded])
    let going = try live(Self.labels + #", "deletionTimestamp": "2026-11-23T10:00:00Z""#)
    #expect(rows(.absent, .present(going, labelled: true), reconciler: listed).map(\.driftClass) == [.pending])
    #expect(rows(.absent, .absent(seenBefore: true), reconciler: listed) == [])
  }

  @Test func aCopyWithLabelsIsNotAnOrphan() throws {
    #expect(rows(.absent, .present(try live(Self.labels), labelled: true)) == [])
    // An apply of the engine proves that GitOps wrote it.
    let orphan = try live(Self.labels + #", "managedFields": [\#(Fixture.flux)]"#)
    let found = rows(.absent, .present(orphan, labelled: true))
    #expect(found.map(\.driftClass) == [.extra])
    #expect(found.map(\.fate) == [.stays(reason: "not in the inventory")])
    let owned = try live(Self.labels + #", "managedFields": [\#(Fixture.flux)], "ownerReferences": [{"uid": "x"}]"#)
    #expect(rows(.absent, .present(owned, labelled: true)) == [])
  }

  @Test func unreadableMeansUndetermined() throws {
    let desired = Desired.object(try Fixture.desired(Fixture.deployment()))
    #expect(rows(desired, .unknown(reason: "forbidden")).map(\.cause) == [.reason("forbidden")])
    let object = try Fixture.object(Fixture.deployment(replicas: "5"))
    let old = rows(desired, .present(object, labelled: true)) { $0.isVersionServed = false }
    #expect(old.map(\.cause) == [.reason("apiVersion not served")])
    let beta = try Fixture.desired(Fixture.deployment().replacingOccurrence(of: "apps/v1", with: "apps/v1beta1"))
    #expect(
      rows(.object(beta), .present(object, labelled: true)).map(\.cause) == [
        .reason("read as apps/v1, Git says apps/v1beta1")
      ])
    let broken = Object(
      ref: object.ref, version: "v1", uid: "", resourceVersion: "", generation: nil, labels: [:], created: nil,
      deleted: nil,
      bytes: Array("{".utf8))
    #expect(rows(desired, .present(broken, labelled: true)).map(\.driftClass) == [.undetermined])
  }

  @Test func withoutGitAPersonsWriteIsTouched() throws {
    let scale = Fixture.owner("kubectl", "Update", #"{"f:spec":{"f:replicas":{}}}"#, subresource: "scale", at: nil)
    let object = try Fixture.object(Fixture.deployment(replicas: "5", owners: [Fixture.flux, scale]))
    let found = rows(.unknown(reason: "no access to Git"), .present(object, labelled: true))
    #expect(found.map(\.driftClass) == [.touched])
    #expect(found.first?.live == "5")
    #expect(found.first?.note == "set by kubectl (scale); Git's value is not known here")
    // Before the last apply: undone by it.
    let earlier = Fixture.owner("kubectl-edit", "Update", #"{"f:spec":{"f:replicas":{}}}"#, at: -900)
    let undone = try Fixture.object(Fixture.deployment(replicas: "5", owners: [Fixture.flux, earlier]))
    #expect(
      rows(.unknown(reason: "no access to Git"), .present(undone, labelled: true)).map(\.cause) == [
        .reason("no access to Git")
      ])
  }

  @Test func withoutGitTheLastClientSideApplyIsCompared() throws {
    let sent =
      #"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":3}}"#
    let object = try Fixture.object(
      Fixture.deployment(
        replicas: "5", owners: [Fixture.owner("kubectl-client-side-apply", "Update", Fixture.fluxFields)],
        annotations: #""kubectl.kubernetes.io/last-applied-configuration": "\#(sent)""#))
    let found = rows(.unknown(reason: "no access to Git"), .present(object, labelled: true))
    #expect(found.paths == ["spec.replicas"])
    #expect(found.first?.certainty == .likely)
  }
}
