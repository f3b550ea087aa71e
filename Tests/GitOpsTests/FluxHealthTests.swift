import Foundation
import GitOps
import Structured
import Testing

struct FluxHealthTests {
  static let own: [(String, Health)] = [
    ("kustomization/ready", .ready), ("kustomization/health-check-failed", .failed),
    ("kustomization/suspended-remote", .suspended), ("kustomization/waiting", .waiting),
    ("kustomization/legacy-v1beta1", .ready), ("helmrelease/ready", .ready), ("helmrelease/upgrade-failed", .failed),
    ("helmrelease/stalled", .failed), ("helmrelease/legacy-v2beta1", .ready), ("gitrepository/ready", .ready),
    ("gitrepository/fetch-failed", .failed), ("gitrepository/edited", .progressing), ("ocirepository/ready", .ready),
    ("ocirepository/unverified", .failed), ("ocirepository/pulling", .progressing), ("helmrepository/ready", .ready),
    ("helmrepository/oci-static", .ready), ("helmrepository/index-failed", .failed), ("helmchart/ready", .ready),
    ("helmchart/no-such-version", .failed), ("helmchart/suspended", .suspended), ("bucket/ready", .ready),
    ("bucket/forbidden", .failed), ("bucket/new", .progressing),
  ]

  @Test(arguments: own)
  func readsHealthOfOurFixtures(name: String, health: Health) throws {
    #expect(try Fixtures.describe(Fixtures.object(name)).health == health)
  }

  static let shared: [(String, Health)] = [
    ("kustomization-ready", .ready), ("kustomization-reconciling", .progressing),
    ("kustomization-health-checking", .progressing), ("kustomization-health-check-failed", .failed),
    ("kustomization-dependency-not-ready", .waiting), ("kustomization-build-failed", .failed),
    ("kustomization-apply-failed", .failed), ("kustomization-source-not-found", .failed),
    ("kustomization-access-denied-stalled", .failed), ("kustomization-prune-failed", .failed),
    ("kustomization-suspended", .suspended), ("kustomization-deleting", .deleting),
    ("kustomization-new-no-status", .progressing), ("kustomization-remote-cluster", .ready),
    ("helmrelease-ready", .ready), ("helmrelease-progressing", .progressing),
    ("helmrelease-upgrade-failed-retrying", .failed), ("helmrelease-rolled-back", .failed),
    ("helmrelease-retries-exceeded-stalled", .failed), ("helmrelease-drifted", .ready),
    ("helmrelease-dependency-not-ready", .waiting), ("helmrelease-source-not-ready", .waiting),
    ("helmrelease-install-failed", .failed), ("helmrelease-suspended", .suspended),
    ("gitrepository-ready", .ready), ("gitrepository-requested-not-handled", .ready),
    ("gitrepository-reconciling", .progressing), ("gitrepository-failed-retrying", .failed),
    ("gitrepository-auth-failed-no-artifact", .failed), ("gitrepository-stalled", .failed),
    ("gitrepository-suspended", .suspended), ("gitrepository-legacy-revision-v1beta2", .ready),
    ("ocirepository-ready", .ready), ("ocirepository-verify-failed", .failed), ("bucket-ready", .ready),
    ("helmrepository-ready", .ready), ("helmrepository-oci-static", .ready), ("helmchart-ready", .ready),
    ("helmchart-build-failed", .failed),
  ]

  @Test(arguments: shared)
  func readsHealthOfTheSharedSamples(name: String, health: Health) throws {
    guard let object = try Fixtures.sample(name) else { return }
    #expect(try Fixtures.describe(object).health == health)
  }

  /// Conditions as `type=status/reason@generation`, status.observedGeneration, and what they mean at generation 2.
  static let table: [([String], Int?, Health)] = [
    (["Ready=True/Succeeded@2"], 2, .ready), (["Ready=True/Succeeded@1"], 1, .progressing),
    (["Ready=True/Succeeded@2"], 1, .progressing), (["Ready=True/Succeeded"], nil, .ready),
    (["Ready=True/Succeeded", "Reconciling=True/Progressing"], 2, .progressing),
    (["Ready=Unknown/Progressing"], 2, .progressing), (["Ready=False/Progressing"], 2, .progressing),
    (["Ready=False/ProgressingWithRetry"], 2, .progressing),
    (["Ready=False/BuildFailed", "Reconciling=True/ProgressingWithRetry"], 2, .failed),
    (["Ready=False/BuildFailed@2", "Reconciling=True/Progressing@2"], 1, .failed),
    (["Ready=False/BuildFailed@1"], 1, .progressing), (["Ready=False/BuildFailed"], 1, .progressing),
    (["Ready=False/DependencyNotReady@2"], -1, .waiting), (["Ready=False/SourceNotReady"], 2, .waiting),
    (["Ready=False/HealthCheckCanceled"], 2, .progressing), (["Ready=False/ArtifactFailed"], 2, .failed),
    (["Stalled=True/AccessDenied@2", "Ready=Unknown/Progressing@2"], 2, .failed),
    (["Stalled=False/AccessDenied", "Ready=True/Succeeded"], 2, .ready),
    (["Stalled=True/InvalidURL@1", "Ready=False/InvalidURL@1"], 1, .progressing),
    (["Reconciling=True/Progressing"], nil, .progressing), ([], -1, .progressing), ([], nil, .progressing),
    (["Healthy=True/Succeeded"], 2, .unknown), (["Ready=False/"], 2, .failed),
  ]

  @Test(arguments: table)
  func judgesConditions(conditions: [String], observed: Int?, health: Health) throws {
    let parts = conditions.map { text -> JSON in
      let at = text.split(separator: "@").map(String.init)
      let sides = at[0].split(separator: "=").map(String.init)
      let value = sides[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      var json: JSON = ["type": .string(sides[0]), "status": .string(value[0]), "reason": .string(value[1])]
      if at.count > 1, let generation = Int(at[1]) { json["observedGeneration"] = .integer(generation) }
      return json
    }
    var json: JSON = [
      "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
      "metadata": ["name": "apps", "namespace": "flux-system", "generation": .integer(2)],
      "spec": ["interval": "10m"], "status": ["conditions": .array(parts)],
    ]
    if let observed { json["status"]?["observedGeneration"] = .integer(observed) }
    #expect(try Fixtures.describe(Fixtures.object(json)).health == health)
    json["spec"]?["suspend"] = true
    #expect(try Fixtures.describe(Fixtures.object(json)).health == .suspended)
    json["spec"]?["suspend"] = false
    json["metadata"]?["deletionTimestamp"] = "2026-11-20T10:00:00Z"
    #expect(try Fixtures.describe(Fixtures.object(json)).health == .deleting)
  }

  @Test func saysWhoSuspendedWhyAndUntilWhen() throws {
    let resource = try Fixtures.describe(Fixtures.object("kustomization/suspended-remote"))
    let suspension = try #require(resource.suspension)
    #expect(suspension.by == "a.author@jump.example.com")
    #expect(suspension.reason == "incident 42")
    #expect(suspension.since == Timestamp.parse("2026-11-20T08:00:00Z"))
    #expect(suspension.until == Timestamp.parse("2026-11-20T12:00:00Z"))
    #expect(resource.reason == "BuildFailed")
    #expect(try Fixtures.describe(Fixtures.object("helmchart/suspended")).suspension == Suspension())
  }

  @Test func ignoresSuspensionNotesOnWhatIsNotSuspended() throws {
    var json = try Fixtures.json(
      Fixtures.root.appendingPathComponent("Tests/Fixtures/kustomization/suspended-remote.yaml"))
    json["spec"]?["suspend"] = nil
    #expect(try Fixtures.describe(Fixtures.object(json)).suspension == nil)
  }

  @Test func namesTheCauseAfterARollback() throws {
    let stalled = try Fixtures.describe(Fixtures.object("helmrelease/stalled"))
    #expect(stalled.reason == "RetriesExceeded")
    #expect(stalled.message.contains("2 attempt(s)") && stalled.message.contains("job failed"))
  }

  @Test func refusesVerbsThatWouldDoNothing() throws {
    let ready = try Fixtures.describe(Fixtures.object("kustomization/ready"))
    let suspended = try Fixtures.describe(Fixtures.object("kustomization/suspended-remote"))
    #expect(KustomizationAdapter.refusal(of: .reconcile, on: ready) == nil)
    #expect(KustomizationAdapter.refusal(of: .suspend, on: ready) == nil)
    #expect(KustomizationAdapter.refusal(of: .resume, on: ready) != nil)
    #expect(KustomizationAdapter.refusal(of: .reconcileWithSource, on: suspended) != nil)
    #expect(KustomizationAdapter.refusal(of: .suspend, on: suspended) != nil)
    #expect(KustomizationAdapter.refusal(of: .resume, on: suspended) == nil)
    let oci = try Fixtures.describe(Fixtures.object("helmrepository/oci-static"))
    #expect(HelmRepositoryAdapter.refusal(of: .reconcile, on: oci) != nil)
    let index = try Fixtures.describe(Fixtures.object("helmrepository/ready"))
    #expect(HelmRepositoryAdapter.refusal(of: .reconcile, on: index) == nil)
  }
}
