import HTTP

extension KubeReader {
  /// The writes of this reader's connection, and what goes through a service, are refused before they are sent.
  public var isReadOnly: Bool { connection.isReadOnly }

  /// A file that a service of the cluster serves over http, through the API server (kubernetes: `services/proxy`). A read-only
  /// gate refuses it.
  /// - Parameters:
  ///   - path: begins with a slash; in normal form.
  ///   - limit: bytes.
  public func file(
    of service: String, in namespace: String, port: Int, at path: String, limit: Int
  ) async throws(APIError) -> [UInt8] {
    var call = APICall(.get, "/api/v1/namespaces/\(namespace)/services/http:\(service):\(port)/proxy\(path)")
    call.accept = "*/*"
    call.limits.body = limit
    call.timeouts.total = .seconds(120)
    return try await connection.answer(to: call).body
  }
}
