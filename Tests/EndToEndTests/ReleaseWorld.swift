import Foundation
import GitOps
import Structured
import TestKit

/// A HelmRelease on a real API server as helm-controller leaves it: its objects, and the record that Helm keeps.
final class ReleaseWorld: Sendable {
  let world: StillWorld
  /// What the release made, with the places on the server.
  let held: [RepositoryWorld.Held]
  private let home: TemporaryFolder

  var server: RealAPIServer { world.server }

  private static let release = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases"
  private static let secrets = "/api/v1/namespaces/shop/secrets"

  /// Nil where the reference material is absent: the release is made of the workloads of real repositories.
  init?() async throws {
    let documents = RepositoryObjects.all()
    guard !documents.isEmpty else { return nil }
    world = try await StillWorld("releases", [])
    home = try TemporaryFolder("home")
    let server = world.server
    try await server.createNamespace("shop")
    let places = try await server.kinds()
    var found: [RepositoryWorld.Held] = []
    var known: Set<String> = []
    let kinds: Set = ["Deployment", "Service", "ConfigMap", "ServiceAccount", "NetworkPolicy"]
    for document in documents {
      let json = document.json
      guard kinds.contains(json["kind"]?.string ?? ""),
        let place = places[json["apiVersion"]?.string ?? ""]?[json["kind"]?.string ?? ""]
      else { continue }
      let object = json.merging(
        patch: [
          "metadata": [
            "namespace": "shop",
            "labels": ["helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "shop"],
          ]
        ])
      let each = RepositoryWorld.Held(json: object, place: place, isClientSide: false)
      guard known.insert(each.path).inserted,
        (try? await server.apply(each.path, object, manager: "helm-controller")) != nil
      else { continue }
      found.append(each)
    }
    held = found
    try await record(1, of: found.map(\.json), by: "helm-controller", status: "deployed")
    try await server.expect(
      .post, Self.release,
      [
        "apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": ["name": "web"],
        "spec": [
          "interval": "1h", "driftDetection": ["mode": "enabled"],
          "chart": [
            "spec": ["chart": "web", "version": "1.0.0", "sourceRef": ["kind": "HelmRepository", "name": "charts"]]
          ],
        ],
      ])
    try await server.mergePatch(
      "\(Self.release)/web/status?fieldManager=helm-controller",
      [
        "status": [
          "observedGeneration": 1, "storageNamespace": "shop",
          "history": [
            [
              "name": "web", "namespace": "shop", "version": 1, "status": "deployed", "chartName": "web",
              "chartVersion": "1.0.0", "digest": .string("sha256:" + String(repeating: "0", count: 64)),
              "configDigest": .string("sha256:" + String(repeating: "0", count: 64)),
              "firstDeployed": .string(Timestamp.format(Date())), "lastDeployed": .string(Timestamp.format(Date())),
            ]
          ],
          "conditions": [
            [
              "type": "Ready", "status": "True", "reason": "InstallSucceeded", "observedGeneration": 1,
              "message": "Helm install succeeded for release shop/web.v1 with chart web@1.0.0",
              "lastTransitionTime": .string(Timestamp.format(Date())),
            ]
          ],
        ]
      ])
  }

  /// The record of one revision, as Helm's storage keeps it (wire-facts 1.5).
  func record(_ version: Int, of objects: [JSON], by manager: String, status: String) async throws {
    let manifest = objects.map { "---\n" + YAMLPrinter.text($0) }.joined()
    let release: JSON = [
      "name": "web", "namespace": "shop", "version": .integer(version), "info": ["status": .string(status)],
      "chart": ["metadata": ["name": "web", "version": .string("1.0.\(version - 1)")]], "manifest": .string(manifest),
      "hooks": [],
    ]
    let once = Data(release.encoded()).base64EncodedString()
    try await server.expect(
      .post, "\(Self.secrets)?fieldManager=\(manager)",
      [
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": [
          "name": .string("sh.helm.release.v1.web.v\(version)"),
          "labels": [
            "owner": "helm", "name": "web", "version": .string("\(version)"), "status": .string(status),
          ],
        ],
        "data": ["release": .string(Data(once.utf8).base64EncodedString())],
      ])
  }

  func supersede(_ version: Int) async throws {
    try await server.mergePatch(
      "\(Self.secrets)/sh.helm.release.v1.web.v\(version)?fieldManager=helm",
      ["metadata": ["labels": ["status": "superseded"]]])
  }

  /// The counted rows of `driftglass get drift -o json`.
  func drift() async throws -> [JSON] {
    let result = try await Program.run(
      [
        EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", try server.kubeconfig(), "--config",
        try world.configuration(),
      ], environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
    guard result.status < 2 else { throw Missed(result.errors) }
    let counted: Set = ["drifted", "contested", "missing", "extra", "touched"]
    return (try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? []).filter {
      counted.contains($0["class"]?.string ?? "")
    }
  }
}
