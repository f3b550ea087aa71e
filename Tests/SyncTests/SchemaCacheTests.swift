import Drift
import Foundation
import GitOps
import HTTP
import Kube
import Structured
import Synchronization
import TestKit
import Testing

@testable import Sync

/// Schemas that an earlier run compiled.
@Suite struct SchemaCacheTests {
  private static let hash = "0A1B2C3D4E5F60718293A4B5C6D7E8F9"
  private static let document = #"""
    {"openapi": "3.0.0", "components": {"schemas": {"com.example.v1.Widget": {"type": "object",
      "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}],
      "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}}}}
    """#

  @Test func aDocumentIsDownloadedAndCompiledOnce() async throws {
    let asked = Mutex<[String]>([])
    let server = try ScenarioServer { request, _ in
      asked.withLock { $0.append(request.path) }
      return switch request.path {
      case "/openapi/v3":
        .json(
          #"{"paths": {"apis/example.com/v1": {"serverRelativeURL": "/openapi/v3/apis/example.com/v1?hash=\#(Self.hash)"}}}"#
        )
      case "/openapi/v3/apis/example.com/v1": .json(Self.document)
      default: .json(#"{"kind":"Status","code":404,"reason":"NotFound","message":"no"}"#, status: 404)
      }
    }
    defer { server.stop() }
    let network = Network()
    defer { network.shutdown() }
    let reader = KubeReader(
      access: try ClusterAccess(server: server.url), cluster: ClusterID("one"), network: network, gate: .readOnly())
    let folder = try TemporaryFolder("schemas")
    let cache = SchemaCache(folder: folder.path)
    func load() async throws -> (knows: Bool, downloads: Int) {
      let before = asked.withLock { $0.count }
      var table = SchemaTable()
      _ = try await table.add(from: reader, groupVersions: ["example.com/v1"], cache: cache)
      let requests = asked.withLock { $0[before...] }
      return (
        table.knows(group: "example.com", version: "v1", kind: "Widget"),
        requests.count { $0.hasPrefix("/openapi/v3/apis") }
      )
    }
    var result = try await load()
    #expect(result == (true, 1))
    result = try await load()
    #expect(result == (true, 0))
    // What somebody broke is read from the server again.
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: folder.file(Self.hash)))
    result = try await load()
    #expect(result == (true, 1))
    #expect(cache.table("../\(Self.hash)") == nil && cache.table("short") == nil)
  }

  /// Servers before Kubernetes 1.24 have one document and no hash.
  @Test func aWholeDocumentIsSentAgainOnlyWhenItChanged() async throws {
    let tag = Mutex("AB12-CD34EF56789012345678")
    let sent = Mutex<[Int]>([])
    let v2 = #"""
      {"swagger": "2.0", "definitions": {"com.example.v1.Widget": {"type": "object",
        "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}],
        "properties": {"spec": {"type": "object"}}}}}
      """#
    let server = try ScenarioServer { request, _ in
      guard request.path == "/openapi/v2" else {
        return .json(#"{"kind":"Status","code":404,"reason":"NotFound","message":"no"}"#, status: 404)
      }
      let current = tag.withLock { "\"\($0)\"" }
      let known = request.headers["if-none-match"]?.contains(current) == true
      sent.withLock { $0.append(known ? 304 : 200) }
      return .answer(
        known ? 304 : 200, headers: ["ETag: \(current)"], body: known ? [] : Array(v2.utf8))
    }
    defer { server.stop() }
    let network = Network()
    defer { network.shutdown() }
    let reader = KubeReader(
      access: try ClusterAccess(server: server.url), cluster: ClusterID("one"), network: network, gate: .readOnly())
    let folder = try TemporaryFolder("schemas")
    let cache = SchemaCache(folder: folder.path)
    func load() async throws -> [Int] {
      let before = sent.withLock { $0.count }
      var table = SchemaTable()
      let hasAll = try await table.add(from: reader, groupVersions: ["example.com/v1"], cache: cache)
      #expect(hasAll && table.knows(group: "example.com", version: "v1", kind: "Widget"))
      return sent.withLock { Array($0[before...]) }
    }
    #expect(try await load() == [200])
    #expect(try await load() == [304])
    tag.withLock { $0 = "99-CD34EF56789012345678" }
    #expect(try await load() == [200])
    #expect(try await load() == [304])
    #expect(cache.wholeTags.count == 2)
    // What somebody broke is read from the server again.
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try Data("nonsense".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
    }
    #expect(try await load() == [304, 200])
  }
}
