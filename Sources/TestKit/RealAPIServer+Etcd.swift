import Foundation
import HTTP
import Structured

extension RealAPIServer {
  /// Throws away every version but the newest, as etcd's compaction does hourly or so: watches from older versions and
  /// lists that go on from them are told that they are expired.
  public func compact() async throws {
    let newest = try await ask("range", ["key": "AA=="]).value(at: "header", "revision")
    guard let revision = newest?.string ?? newest?.int.map(String.init) else { throw Missed("etcd names no revision") }
    _ = try await ask("compaction", ["revision": .string(revision), "physical": true])
  }

  /// etcd's JSON gateway (etcd: Documentation/dev-guide/api_grpc_gateway.md): keys are base64, numbers are strings.
  private func ask(_ call: String, _ body: JSON) async throws -> JSON {
    let request = Request(
      .post, "\(etcdAddress)/v3/kv/\(call)", target: .apiServer(base: etcdAddress),
      headers: [("Content-Type", "application/json")], body: body.encoded())
    let response = try await network.send(request, gate: .open)
    guard response.isSuccess else {
      throw Missed("etcd \(call): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return try JSON(parsing: response.body)
  }
}
