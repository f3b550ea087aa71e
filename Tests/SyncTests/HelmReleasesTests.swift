import Foundation
import GitOps
import HTTP
import Kube
import Structured
import Synchronization
import TestKit
import Testing

@testable import Sync

/// Releases by the records that Helm keeps of them, whoever installed them.
@Suite struct HelmReleasesTests {
  private static func record(_ version: Int, _ status: String) -> String {
    #"{"metadata":{"name":"x.v\#(version)","labels":{"owner":"helm","name":"web","version":"\#(version)","status":"\#(status)"}}}"#
  }

  private static func body(_ version: Int, of plural: String) -> String {
    let release: JSON = [
      "name": "web", "namespace": "shop", "version": .number("\(version)"), "info": ["status": "deployed"],
      "chart": ["metadata": ["name": "web", "version": "1.0.0"]],
      "manifest": .string("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-\(version)}\n"),
    ]
    let once = Data(release.encoded()).base64EncodedString()
    let text = plural == "secrets" ? Data(once.utf8).base64EncodedString() : once
    let kind = plural == "secrets" ? "Secret" : "ConfigMap"
    return
      #"{"apiVersion":"v1","kind":"\#(kind)","metadata":{"name":"r","namespace":"shop"},"data":{"release":"\#(text)"}}"#
  }

  /// A server that keeps the records in one kind, and the requests that it got.
  private func withServer(
    _ plural: String, _ records: [(Int, String)], mayList: Bool = true,
    _ body: (HelmReleases) async throws -> Void
  ) async throws -> [String] {
    let asked = Mutex<[String]>([])
    let server = try ScenarioServer { request, _ in
      asked.withLock { $0.append("\(request.path) \(request.headers["accept"] ?? "")") }
      let base = "/api/v1/namespaces/shop/"
      if request.path == base + plural {
        guard mayList else {
          return .json(#"{"kind":"Status","code":403,"reason":"Forbidden","message":"no"}"#, status: 403)
        }
        let items = records.map { Self.record($0.0, $0.1) }.joined(separator: ",")
        return .json(#"{"kind":"PartialObjectMetadataList","items":[\#(items)]}"#)
      }
      if request.path == base + "secrets" || request.path == base + "configmaps" {
        return .json(#"{"kind":"PartialObjectMetadataList","items":[]}"#)
      }
      for (version, _) in records where request.path == base + "\(plural)/sh.helm.release.v1.web.v\(version)" {
        return .json(Self.body(version, of: plural))
      }
      return .json(#"{"kind":"Status","code":404,"reason":"NotFound","message":"not found"}"#, status: 404)
    }
    let network = Network()
    let reader = KubeReader(
      access: try ClusterAccess(server: server.url), cluster: ClusterID("one"), network: network, gate: .readOnly())
    try await body(HelmReleases(reader))
    network.shutdown()
    server.stop()
    return asked.withLock { $0 }
  }

  @Test(arguments: ["secrets", "configmaps"]) func theNewestRecordIsTheRelease(_ plural: String) async throws {
    let asked = try await withServer(plural, [(9, "superseded"), (11, "failed"), (10, "deployed"), (2, "superseded")]) {
      releases in
      let release = try #require(try await releases.newest("web", in: "shop"))
      #expect(release.version == 11 && release.status == "failed" && release.isPartial && release.previous == 10)
      let objects = try await releases.objects(of: release, 10)
      #expect(objects.map(\.name) == ["web-10"] && objects.map(\.namespace) == ["shop"])
      #expect(objects[0].place(of: objects[0].root.origin) == "release web.v10:1")
    }
    // Of records that are only counted no value is asked for.
    let lists = asked.filter { !$0.contains("sh.helm") }
    #expect(lists.allSatisfy { $0.hasSuffix("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1") })
    #expect(asked.filter { $0.contains("\(plural)/sh.helm") }.count == 1)
  }

  @Test func noReleaseAndNoPermissionAreNotTheSame() async throws {
    _ = try await withServer("secrets", []) { releases in
      let release = try await releases.newest("web", in: "shop")
      #expect(release == nil)
    }
    _ = try await withServer("secrets", [], mayList: false) { releases in
      do {
        _ = try await releases.newest("web", in: "shop")
        Issue.record("who may not list is told that there is none")
      } catch let problem as HelmReleases.Problem {
        #expect(problem.text == "no permission to list secrets in shop")
      }
    }
  }

  @Test(
    arguments: [
      ([:], [:], "shop-web", "shop"), (["releaseName": "r"], [:], "r", "shop"),
      (["targetNamespace": "prod"], [:], "shop-prod-web", "prod"),
      (["targetNamespace": "shop"], [:], "shop-web", "shop"),
      (["targetNamespace": "prod", "releaseName": "r"], ["releaseName": "old"], "old", "prod"),
    ] as [(JSON, JSON, String, String)])
  func theHelmOperatorNamesItsReleasesLikeThis(_ spec: JSON, _ status: JSON, _ name: String, _ namespace: String) throws
  {
    let object: JSON = ["metadata": ["name": "web", "namespace": "shop"], "spec": spec, "status": status]
    let release = try #require(HelmReleases.release(ofOperator: JSONDocument(parsing: object.encoded())))
    #expect(release.name == name && release.namespace == namespace)
  }
}
