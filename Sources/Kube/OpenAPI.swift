import GitOps
import HTTP
import Structured

/// Where a server describes its types.
public enum OpenAPI: Sendable {
  /// OpenAPI v3 (kubernetes 1.24): one document for each group and version, `apis/apps/v1` → the address to fetch it at.
  case v3([String: String])
  /// The whole OpenAPI v2 document, with the entity tag that the server gave it.
  case v2([UInt8], tag: String?)
  /// The document of v2 is the one with this tag, which was known before.
  case unchanged(tag: String)
}

extension OpenAPI {
  /// What stands between the quotes (RFC 9110, ETag); a weak one says as much here.
  static func tag(_ header: String) -> String? {
    let text = header.hasPrefix("W/") ? header.dropFirst(2) : header[...]
    guard text.count > 2, text.first == "\"", text.last == "\"" else { return nil }
    let tag = text.dropFirst().dropLast()
    return tag.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 } ? String(tag) : nil
  }
}

extension KubeReader {
  /// The index of OpenAPI v3, or the document of v2 where there is no v3.
  /// - Parameter known: entity tags of documents of v2 that need not be sent again.
  public func openAPI(known: [String] = []) async throws(APIError) -> OpenAPI {
    do {
      let paths = try await document(APICall(.get, "/openapi/v3")).root["paths"]
      var index: [String: String] = [:]
      if let members = paths?.members {
        for (key, value) in members { index[key] = value["serverRelativeURL"]?.string }
      }
      if !index.isEmpty { return .v3(index) }
    } catch {
      guard error.kind == .status, let status = error.status, (400..<500).contains(status), status != 401 else {
        throw error
      }
    }
    var call = APICall(.get, "/openapi/v2")
    call.timeouts.total = .seconds(300)
    call.known = known
    let response = try await connection.answer(to: call)
    let tag = response.headers["etag"].flatMap(OpenAPI.tag)
    if response.status == 304 {
      guard let tag = tag ?? (known.count == 1 ? known.first : nil), known.contains(tag) else {
        throw APIError(.unreadable, message: "\(connection.host): it does not say which OpenAPI document is unchanged")
      }
      return .unchanged(tag: tag)
    }
    // Kubernetes 1.20 calls it text/plain.
    if response.body.first(where: { $0 > 0x20 }) != UInt8(ascii: "{") {
      try connection.checkJSON(response.headers, status: response.status)
    }
    return .v2(response.body, tag: tag)
  }

  /// One document of the v3 index.
  /// - Parameter address: `/openapi/v3/apis/apps/v1?hash=…`, as the index says.
  public func openAPIDocument(at address: String) async throws(APIError) -> [UInt8] {
    let parts = address.split(separator: "?", maxSplits: 1)
    guard let path = parts.first, path.hasPrefix("/openapi/v3/") else {
      throw APIError(
        .unreadable, message: "\(connection.host): an OpenAPI address that is none: \(address.prefix(100))")
    }
    var call = APICall(.get, String(path))
    if parts.count == 2, parts[1].hasPrefix("hash="),
      parts[1].dropFirst(5).allSatisfy({ $0.isHexDigit || $0.isASCII && $0.isLetter })
    {
      call.query = [("hash", String(parts[1].dropFirst(5)))]
    }
    call.timeouts.total = .seconds(300)
    return try await connection.json(call)
  }
}
