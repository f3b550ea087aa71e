import Foundation
import GitOps
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Every kind in each of its states, on a server with the systems' own definitions.
  @Suite struct EveryKindTests {
    /// A fixture of one kind as it can be created: under a name of its own, as a first generation.
    private struct Example {
      let kind: Kind
      let version: String
      let name: String
      let json: JSON
    }

    private static let namespace = "zoo"

    private func examples() throws -> [Example] {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      return try KindAdapters.kinds.flatMap { kind in
        let folder = root.appending(path: "Fixtures/\(kind.groupKind.kind.lowercased())")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        return try files.sorted().compactMap { file -> Example? in
          let bytes = try [UInt8](Data(contentsOf: folder.appending(path: file)))
          guard var json = try YAMLReader.documents(in: bytes, rules: .core).first?.json else { return nil }
          // What is being deleted cannot be made.
          if json.value(at: "metadata", "deletionTimestamp") != nil { return nil }
          let name = String(file.dropLast(5))
          let generation = Int(json.value(at: "metadata", "generation")?.number ?? "1") ?? 1
          json["status"] = json["status"].map { Self.observing($0, less: generation - 1) }
          var metadata = JSONObject([("name", .string(name))])
          for key in ["annotations", "labels"] { metadata[key] = json.value(at: "metadata", key) }
          if kind.namespaced { metadata["namespace"] = .string(Self.namespace) }
          json["metadata"] = .object(metadata)
          let version = json["apiVersion"]?.string?.split(separator: "/").last.map(String.init) ?? ""
          return Example(kind: kind, version: version, name: name, json: json)
        }
      }
    }

    /// The observed generations of a status, as of an object that was never changed.
    private static func observing(_ json: JSON, less: Int) -> JSON {
      if let members = json.object {
        return .object(
          JSONObject(
            members.map { key, value in
              guard key == "observedGeneration", let number = value.number.flatMap(Int.init), number >= 0 else {
                return (key, observing(value, less: less))
              }
              return (key, .integer(max(0, number - less)))
            }))
      }
      return json.array.map { .array($0.map { observing($0, less: less) }) } ?? json
    }

    @Test func anObjectOfEachKindInEachStateHasTheRightRow() async throws {
      let server = try await RealAPIServer()
      try await server.createCustomResources(KindAdapters.kinds)
      try await server.createNamespace(Self.namespace)
      var made: [String: (Example, Resource)] = [:]
      for example in try examples() {
        let (kind, json) = (example.kind, example.json)
        let place = kind.namespaced ? "namespaces/\(Self.namespace)/" : ""
        let path = "/apis/\(json["apiVersion"]?.string ?? "")/\(place)\(kind.plural)"
        let answer = try await server.request(.post, path, json)
        // An older version that the newest definition does not serve any more.
        if answer.status == 404 { continue }
        guard answer.isSuccess else {
          Issue.record("\(kind.groupKind) \(example.name): \(String(decoding: answer.body, as: UTF8.self))")
          continue
        }
        if let status = json["status"] {
          let written = try await server.request(
            .patch, "\(path)/\(example.name)/status", ["status": status], type: "application/merge-patch+json")
          // Argo CD's Application has its status in the object itself.
          if !written.isSuccess, written.status != 404 {
            Issue.record("\(kind.groupKind) \(example.name): \(String(decoding: written.body, as: UTF8.self))")
          }
        }
        let live = try await server.expect(.get, "\(path)/\(example.name)")
        let object = try Object(
          bytes: live.encoded(), cluster: ClusterID("real"), groupKind: kind.groupKind, version: example.version)
        let adapter = try #require(KindAdapters.adapter(for: kind.groupKind))
        made["\(kind.groupKind.kind) \(example.name)"] = (example, adapter.describe(object))
      }
      let kinds = Set(made.values.map(\.0.kind.groupKind))
      #expect(kinds.count == KindAdapters.kinds.count)
      let home = try TemporaryFolder("home")
      var found: [String: JSON] = [:]
      for list in ["reconcilers", "sources", "companions"] {
        let result = try await Program.run(
          [EndToEnd.executable(), "get", list, "-o", "json", "--kubeconfig", try server.kubeconfig()],
          environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
        #expect(!result.output.contains("invented"), "a secret value is shown")
        #expect(!result.output.contains("0f0f0f0f"), "the path of a webhook is shown")
        for item in try JSON(parsing: Array(result.output.utf8))["items"]?.array ?? [] {
          found["\(item["kind"]?.string ?? "") \(item["name"]?.string ?? "")"] = item
        }
      }
      #expect(found.count == made.count)
      for (key, (_, resource)) in made.sorted(by: { $0.key < $1.key }) {
        guard let item = found[key] else {
          Issue.record("\(key) has no row")
          continue
        }
        #expect(item["reason"]?.string == resource.reason && item["message"]?.string == resource.message, "\(key)")
        let state = item["state"]?.string ?? ""
        switch resource.health {
        case .ready: #expect(["Ready", "Pending", "Drifted", "Missing", "Unknown"].contains(state), "\(key): \(state)")
        case .suspended: #expect(["Suspended", "Overdue", "Drifted"].contains(state), "\(key): \(state)")
        case .progressing:
          #expect(["Progressing", "Missing", "Drifted", "Pending"].contains(state), "\(key): \(state)")
        default: #expect(state == resource.health.word, "\(key): \(state)")
        }
      }
      let paused = try await Program.run(
        [EndToEnd.executable(), "get", "suspended", "-o", "json", "--kubeconfig", try server.kubeconfig()],
        environment: ["PATH": "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8"])
      let resting = try JSON(parsing: Array(paused.output.utf8))["items"]?.array ?? []
      #expect(resting.count == made.values.count { $0.1.suspension != nil })
      let keeper = resting.filter { $0["by"] == "r.keeper@example.com" }.compactMap { $0["kind"]?.string }
      #expect(Set(keeper).isSuperset(of: ["Application", "FluxInstance"]))
    }
  }
}
