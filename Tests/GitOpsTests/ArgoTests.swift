import Foundation
import GitOps
import Structured
import Testing

/// What an Application says of itself, and what the verbs write.
struct ArgoTests {
  private func application(_ name: String) throws -> Resource {
    try Fixtures.describe(Fixtures.object("application/\(name)"))
  }

  @Test(arguments: [
    ("synced", Health.ready, "Synced"), ("drifted", .ready, "OutOfSync"), ("behind-manual", .ready, "OutOfSync"),
    ("sync-failed", .failed, "SyncError"), ("degraded", .failed, "Degraded"), ("auto-sync-off", .suspended, "Synced"),
    ("retrying", .waiting, "Retrying"), ("new", .progressing, ""),
  ])
  func theWorstOfSyncHealthAndOperationDecides(name: String, health: Health, reason: String) throws {
    let resource = try application(name)
    #expect(resource.health == health && resource.reason == reason, "\(resource.reason): \(resource.message)")
  }

  @Test func theMessageNamesTheObjectThatFailed() throws {
    #expect(try application("sync-failed").message == "Deployment ferry/ferry: spec.selector is immutable")
    #expect(try application("degraded").message == "Deployment ferry/ferry: its deadline passed")
  }

  @Test func inEffectIsWhatTheLastGoodSyncSent() throws {
    let failed = try application("sync-failed")
    #expect(failed.attempted != failed.inEffect.shown && failed.inEffect.shown?.text.hasPrefix("0a1b2c3") == true)
    let behind = try application("behind-manual")
    #expect(behind.compared != behind.inEffect.shown && behind.outOfSync.map(\.name) == ["ferry"])
    #expect(try application("new").inEffect == .nothing)
  }

  @Test func anotherClusterIsNamedByItsServerAndTheOwnOneIsNone() throws {
    #expect(try application("synced").target == nil)
    #expect(try application("behind-manual").target == .server("https://edge.example.com:6443/"))
  }

  @Test func noUserOfAnAddressIsKept() throws {
    let resource = try application("retrying")
    #expect(resource.url == "https://git.example.com/harbour/ferry.git")
  }

  @Test func whatAnApplicationSetMadeIsNotChangedBehindItsBack() throws {
    let resource = try application("sync-failed")
    #expect(resource.parent?.kind == "ApplicationSet" && resource.parent?.name == "harbour")
    #expect(
      ApplicationAdapter.refusal(of: .suspend, on: resource)
        == "ApplicationSet delivery/harbour made it and would undo that: change it there")
    #expect(ApplicationAdapter.refusal(of: .reconcile, on: resource) == nil)
  }

  @Test func aTrackingIdOfAnotherObjectIsNobodysMark() throws {
    func parent(_ id: String) throws -> ObjectRef? {
      var json = try Fixtures.json(Fixtures.root.appending(path: "Tests/Fixtures/application/synced.yaml"))
      json["metadata"]?["annotations"] = ["argocd.argoproj.io/tracking-id": .string(id)]
      return try Fixtures.describe(Fixtures.object(json)).parent
    }
    #expect(try parent("fleet:argoproj.io/Application:delivery/ferry")?.path == "delivery/fleet")
    #expect(try parent("central_fleet:argoproj.io/Application:delivery/ferry")?.path == "central/fleet")
    #expect(try parent("fleet:argoproj.io/Application:delivery/other") == nil)
    #expect(try parent("ferry:argoproj.io/Application:delivery/ferry") == nil)
    #expect(try parent("nonsense") == nil)
  }

  /// Off and on again leaves the very policy that was there, whatever the definition of the kind knows.
  @Test(arguments: [#"{}"#, #"{"prune":true}"#, #"{"prune":true,"selfHeal":true,"allowEmpty":false}"#])
  func autoSyncComesBackAsItWas(policy: String) throws {
    var json = try Fixtures.json(Fixtures.root.appending(path: "Tests/Fixtures/application/synced.yaml"))
    let before = try JSON(parsing: Array(policy.utf8))
    json["spec"]?["syncPolicy"] = ["automated": before]
    let suspension = Suspension(by: "r.keeper@example.com", reason: "storm", since: Date(timeIntervalSince1970: 0))
    let off = try #require(
      ApplicationAdapter.patch(
        .suspend, request: PatchRequest(token: "t", suspension: suspension, object: Fixtures.object(json))))
    let resting = json.merging(patch: off)
    #expect(resting.value(at: "spec", "syncPolicy", "automated") == nil)
    let row = try Fixtures.describe(Fixtures.object(resting))
    #expect(row.health == .suspended && row.suspension?.reason == "storm" && row.pausedBy == "auto-sync off")
    let on = try #require(
      ApplicationAdapter.patch(.resume, request: PatchRequest(token: "t", object: Fixtures.object(resting))))
    let again = resting.merging(patch: on)
    #expect(again.value(at: "spec", "syncPolicy", "automated") == before)
    #expect(again.value(at: "metadata", "annotations", "driftglass.dev/automated") == nil)
    #expect(again.value(at: "metadata", "annotations", "driftglass.dev/suspended-by") == nil)
  }

  @Test func aRefreshIsDoneWhenItsAnnotationIsGoneAndItWasReconciledSince() throws {
    let resource = try application("synced")
    let last = try #require(resource.lastRun)
    #expect(ApplicationAdapter.isHandled(.reconcile, resource, token: "", since: last.addingTimeInterval(0.7)))
    #expect(!ApplicationAdapter.isHandled(.reconcile, resource, token: "", since: last.addingTimeInterval(2)))
    var asked = resource
    asked.requestedToken = "normal"
    #expect(!ApplicationAdapter.isHandled(.reconcile, asked, token: "", since: last))
    #expect(
      ApplicationAdapter.patch(.reconcileWithSource, request: PatchRequest(token: ""))?
        .value(at: "metadata", "annotations", "argocd.argoproj.io/refresh") == "hard")
  }

  @Test func aSyncIsAnOperationOfTheVersionThatWasSeen() throws {
    var json = try Fixtures.json(Fixtures.root.appending(path: "Tests/Fixtures/application/synced.yaml"))
    json["spec"]?["syncPolicy"] = ["syncOptions": ["CreateNamespace=true"]]
    let request = PatchRequest(token: "t", object: try Fixtures.object(json))
    let patch = try #require(ApplicationAdapter.patch(.syncAndPrune, request: request))
    let text = String(decoding: patch.encoded(), as: UTF8.self)
    #expect(
      text
        == #"""
        {"operation":{"initiatedBy":{"username":"driftglass"},"sync":{"syncStrategy":{"hook":{}},"prune":true,\
        "syncOptions":["CreateNamespace=true"]}},"metadata":{"resourceVersion":"5001"}}
        """#.replacing("\\\n", with: ""))
    let preview = ApplicationAdapter.patch(.previewSync, request: request)
    #expect(preview?.value(at: "operation", "sync", "dryRun") == true)
    #expect(preview?.value(at: "operation", "sync", "prune") == false)
  }

  @Test func aSyncWaitsForTheOperationThatItAskedFor() throws {
    var json = try Fixtures.json(Fixtures.root.appending(path: "Tests/Fixtures/application/synced.yaml"))
    let begun = Date(timeIntervalSince1970: 1_763_629_800.4)
    json["status"]?["operationState"]?["startedAt"] = "2025-11-20T09:10:00Z"
    #expect(ApplicationAdapter.isHandled(.sync, try Fixtures.describe(Fixtures.object(json)), token: "", since: begun))
    #expect(
      !ApplicationAdapter.isHandled(
        .sync, try Fixtures.describe(Fixtures.object(json)), token: "", since: begun.addingTimeInterval(5)))
    json["operation"] = ["sync": [:]]
    let running = try Fixtures.describe(Fixtures.object(json))
    #expect(!ApplicationAdapter.isHandled(.sync, running, token: "", since: begun))
    #expect(
      ApplicationAdapter.refusal(of: .sync, on: running) == "an operation is under way: it would be overwritten")
  }

  @Test func forceAndResetWriteOneTokenTwice() throws {
    let request = PatchRequest(token: "2026-11-20T10:00:00.000001Z")
    for (verb, key) in [(Verb.force, "reconcile.fluxcd.io/forceAt"), (.reset, "reconcile.fluxcd.io/resetAt")] {
      let annotations = HelmReleaseAdapter.patch(verb, request: request)?.value(at: "metadata", "annotations")
      #expect(annotations?["reconcile.fluxcd.io/requestedAt"] == "2026-11-20T10:00:00.000001Z")
      #expect(annotations?[key] == "2026-11-20T10:00:00.000001Z")
      #expect(KustomizationAdapter.patch(verb, request: request) == nil)
    }
  }

  @Test func whatRestsIsListedWithWhoAndWhy() throws {
    var snapshot = Snapshot()
    for name in ["synced", "auto-sync-off"] {
      snapshot.reconcilers.append(ReconcilerRow(resource: try application(name), target: Fixtures.cluster))
    }
    let deployment = ObjectRef(
      cluster: Fixtures.cluster, group: "apps", kind: "Deployment", namespace: "ferry", name: "ferry")
    for rule in ["reconcile: disabled", "completed"] {
      snapshot.drift.append(
        DriftRow(
          object: deployment, version: "v1", reconciler: snapshot.reconcilers[0].ref, path: "", pointer: "",
          driftClass: .excluded, cause: .ignored(rule: rule), fate: .unknown, desired: nil, live: nil,
          certainty: .certain, firstSeen: Date(timeIntervalSince1970: 0)))
    }
    #expect(snapshot.paused.map(\.how) == ["reconcile: disabled", "auto-sync off"])
    #expect(snapshot.paused.last?.suspension.by == "r.keeper@example.com")
  }
}
