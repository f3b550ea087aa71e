import Foundation
import Structured
import Testing

@testable import GitOps

/// What kinds that are no reconcilers say of themselves, and what they must never say.
struct CompanionTests {
  private func facts(_ fixture: String) throws -> [String: String] {
    let facts = try Fixtures.describe(Fixtures.object(fixture)).facts
    return Dictionary(facts.map { ($0.column, $0.text) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func eachKindSaysWhatOnlyItKnows() throws {
    #expect(try facts("imagepolicy/ready")["latest"] == "registry.example.com/harbour/ferry:2.4.0")
    #expect(try facts("imagepolicy/legacy-v1beta1")["latest"] == "registry.example.com/harbour/tug:r41")
    #expect(try facts("imageupdateautomation/ready")["pushed"] == "4d4d4d4")
    #expect(try facts("clusterexternalsecret/error") == ["namespaces": "2", "failed namespaces": "1"])
    #expect(try facts("canary/progressing")["weight"] == "20 %")
    #expect(try facts("sealedsecret/synced") == ["keys": "password, user", "scope": "strict"])
    #expect(try facts("appproject/windows")["windows"] == "1")
    #expect(try facts("applicationset/ready") == ["generators": "git", "applications": "3"])
    #expect(try facts("helmrelease/ready")["history"] == "v7 deployed 2.4.1, v6 superseded 2.4.0")
    let store = try facts("secretstore/vault")
    #expect(store == ["provider": "Vault", "place": "vault.example.com:8200", "access": "ReadWrite"])
    #expect(try facts("secretstore/invalid")["provider"] == "AWS Parameter Store")
  }

  /// Everything that a row could show, of every fixture: no value of a store, no address of a provider, no path of a webhook.
  @Test(arguments: KindAdapters.kinds)
  func noSecretIsInARow(kind: Kind) throws {
    for file in Fixtures.files(of: kind) {
      let resource = try Fixtures.describe(Fixtures.object(Fixtures.json(file)))
      let shown = "\(resource)"
      for secret in ["invented", "Invented", "0f0f0f0f", "1e1e1e1e", "hooks.example.com"] {
        #expect(!shown.contains(secret), "\(file.lastPathComponent) shows \(secret)")
      }
    }
  }

  @Test(
    arguments: [
      ("https://vault.example.com:8200/v1", "vault.example.com:8200"),
      ("https://u:word@vault.example.com", "vault.example.com"),
      ("https://u:wo/rd@vault.example.com", nil), ("https://vault.example.com?token=word", "vault.example.com"),
      ("https://vault.example.com#word", "vault.example.com"), ("https://[::1]:8200", "[::1]:8200"), ("word@host", nil),
      ("https://", nil), ("https://a b", nil),
    ] as [(String, String?)])
  func ofAnAddressOnlyTheHostIsShown(address: String, host: String?) {
    #expect(SecretStatus.host(address) == host)
  }

  @Test(arguments: [
    ("https://git.example.com/a.git", "https://git.example.com/a.git"),
    ("https://u:word@git.example.com/a.git", "https://git.example.com/a.git"),
    ("https://u:wo/rd@git.example.com/a.git", "https://git.example.com/a.git"),
    ("https://git.example.com/a.git?token=word", "https://git.example.com/a.git"),
    ("ssh://git@git.example.com/a.git", "ssh://git.example.com/a.git"),
    ("git@git.example.com:a.git", "git@git.example.com:a.git"),
  ])
  func anAddressOfARepositoryNamesNobody(address: String, shown: String) {
    #expect(ApplicationAdapter.withoutUser(address) == shown)
  }

  @Test(arguments: [
    ("path: /hook/0f0f", "path: /hook/…"), ("'/hook/0f0f'", "'/hook/…'"),
    ("a:/hook/0f0f\n/hook/1e", "a:/hook/…\n/hook/…"),
    ("https://h.example.com/hook/0f0f.", "https://h.example.com/hook/…."), ("no hook here", "no hook here"),
    ("clone 'https://bot:word@git.example.com/a': no", "clone 'https://…@git.example.com/a': no"),
    ("https://bot:wo/rd@git.example.com", "https://…@git.example.com"),
    ("ssh://git@git.example.com/a", "ssh://git@git.example.com/a"),
    ("oci://r.example.com:5000/a@sha256:12", "oci://r.example.com:5000/a@sha256:12"),
    ("a@b.example.com", "a@b.example.com"),
  ])
  func whatIsSecretInAMessageIsMasked(text: String, shown: String) {
    #expect(Masking.text(text) == shown)
  }

  @Test func anObjectForPeopleHidesWhatItsKindHolds() throws {
    for fixture in ["provider/static", "receiver/ready", "secretstore/fake-v1beta1", "clustersecretstore/vault"] {
      let object = try Fixtures.object(fixture)
      let shown = Masking.object(try JSON(parsing: object.bytes), of: object.ref.groupKind)
      let text = String(decoding: shown.encoded(), as: UTF8.self)
      for secret in ["services/invented", "0f0f0f", "invented-plaintext", "robot:invented"] {
        #expect(!text.contains(secret), "\(fixture): \(text)")
      }
      #expect(text.contains("\"name\""))
    }
  }

  @Test func theKindsOfFluxOperatorArePausedByTheirAnnotation() throws {
    let patch = ResourceSetAdapter.patch(
      .suspend, request: PatchRequest(token: "", suspension: Suspension(reason: "storm")))
    let annotations = patch?.value(at: "metadata", "annotations")
    #expect(annotations?["fluxcd.controlplane.io/reconcile"] == "disabled" && patch?["spec"] == nil)
    #expect(annotations?["driftglass.dev/suspended-reason"] == "storm")
    let on = ResourceSetAdapter.patch(.resume, request: PatchRequest(token: ""))?.value(at: "metadata", "annotations")
    #expect(on?["fluxcd.controlplane.io/reconcile"] == "enabled" && on?["driftglass.dev/suspended-reason"] == .null)
    let row = try Fixtures.describe(Fixtures.object("fluxinstance/disabled"))
    #expect(row.suspension?.by == "r.keeper@example.com")
    #expect(row.pausedBy == "fluxcd.controlplane.io/reconcile: disabled")
  }

  /// An empty namespace is the referrer's own, as everywhere in Flux.
  @Test func aDependencyOfAResourceSetIsFoundWithoutANamespace() throws {
    var json = try Fixtures.json(Fixtures.root.appending(path: "Tests/Fixtures/resourceset/ready.yaml"))
    json["spec"]?["dependsOn"] = [
      ["apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "name": "base", "namespace": ""],
      ["apiVersion": "v1", "kind": "ConfigMap", "name": "ready"],
    ]
    let row = try Fixtures.describe(Fixtures.object(json))
    #expect(row.dependsOn.map(\.path) == ["harbour/base", "harbour/ready"])
    #expect(row.dependsOn.map(\.group) == ["kustomize.toolkit.fluxcd.io", ""])
  }

  @Test func whatWeaveGitOpsWroteDownIsReadToo() throws {
    let suspension = try Fixtures.describe(Fixtures.object("imagerepository/suspended-v1beta2")).suspension
    #expect(suspension?.by == "r.keeper@example.com" && suspension?.reason == "the registry moves")
  }

  @Test func aForcedSyncIsDoneWhenTheSecretWasRefreshedSince() throws {
    let row = try Fixtures.describe(Fixtures.object("externalsecret/synced"))
    let last = try #require(row.lastRun)
    #expect(ExternalSecretAdapter.isHandled(.reconcile, row, token: "t", since: last.addingTimeInterval(0.4)))
    #expect(!ExternalSecretAdapter.isHandled(.reconcile, row, token: "t", since: last.addingTimeInterval(1.2)))
    let patch = ExternalSecretAdapter.patch(.reconcile, request: PatchRequest(token: "t"))
    #expect(patch == ["metadata": ["annotations": ["external-secrets.io/force-sync": "t"]]])
  }
}
