import GitOps
import Structured
import Testing

@testable import Drift

/// Which objects something answers for although Git has none of them (`drift.md` B.4).
@Suite struct BystanderTests {
  private func object(_ kind: GroupKind, _ name: String, _ metadata: JSON = [:]) throws -> Object {
    let body: JSON = ["metadata": ["name": .string(name), "namespace": "shop"]]
    return try Object(
      bytes: body.merging(patch: ["metadata": metadata]).encoded(), cluster: Fixture.cluster, groupKind: kind,
      version: "v1")
  }

  private static let configMap = GroupKind(group: "", kind: "ConfigMap")
  private static let secret = GroupKind(group: "", kind: "Secret")

  @Test func whatPeopleMadeIsNone() throws {
    #expect(!Bystander.isOne(try object(Self.configMap, "settings"), claims: []))
    #expect(!Bystander.isOne(try object(Self.secret, "password", ["labels": ["app": "web"]]), claims: []))
    #expect(
      !Bystander.isOne(try object(Self.configMap, "a", ["annotations": ["note": "cert-manager.io/x"]]), claims: []))
  }

  @Test(
    arguments: [
      (configMap, "kube-root-ca.crt", [:]), (secret, "sh.helm.release.v1.web.v3", [:]),
      (GroupKind(group: "", kind: "ServiceAccount"), "default", [:]),
      (GroupKind(group: "discovery.k8s.io", kind: "EndpointSlice"), "web-1", [:]),
      (configMap, "a", ["annotations": ["meta.helm.sh/release-name": "web"]]),
      (secret, "tls", ["annotations": ["cert-manager.io/issuer-name": "le"]]),
      (secret, "s", ["labels": ["reconcile.external-secrets.io/managed": "true"]]),
      (secret, "token", ["annotations": ["kubernetes.io/service-account.name": "web"]]),
      (configMap, "a", ["ownerReferences": [["kind": "Pod", "name": "x"]]]),
      (configMap, "a", ["deletionTimestamp": "2026-01-01T00:00:00Z"]),
      (
        configMap, "copy",
        ["labels": ["kustomize.toolkit.fluxcd.io/name": "a", "kustomize.toolkit.fluxcd.io/namespace": "b"]]
      ),
    ] as [(GroupKind, String, JSON)])
  func whatSomethingAnswersForIsOne(_ kind: GroupKind, _ name: String, _ metadata: JSON) throws {
    #expect(Bystander.isOne(try object(kind, name, metadata), claims: []))
  }

  @Test func claimsOfAStatefulSetBelongToIt() throws {
    let set = try Fixture.desired(
      """
      {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},
      "spec":{"volumeClaimTemplates":[{"metadata":{"name":"data"}},{"metadata":{"name":"log"}}]}}
      """)
    let claims = Bystander.claims(of: set)
    #expect(claims == ["data-db-", "log-db-"])
    let kind = GroupKind(group: "", kind: "PersistentVolumeClaim")
    #expect(Bystander.isOne(try object(kind, "data-db-0"), claims: claims))
    #expect(!Bystander.isOne(try object(kind, "data-db-old"), claims: claims))
    #expect(!Bystander.isOne(try object(kind, "data-db-"), claims: claims))
  }
}
