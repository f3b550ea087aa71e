import HTTP

/// Credentials in files, read at each use: they are small, and a rotated one counts at the next request (A16).
struct CredentialFiles: CredentialSource {
  var token: String?
  var certificate: String?
  var key: String?
  /// What the kubeconfig holds directly, beside the files.
  var base = Credential()

  func credential() async throws(APIError) -> Credential {
    var result = base
    if let token {
      let text = String(decoding: try read(token, "token"), as: UTF8.self)
      let trimmed = text.split(whereSeparator: \.isWhitespace)
      guard let word = trimmed.first, trimmed.count == 1 else {
        throw APIError(
          .credential, message: "the token file \(token) is \(trimmed.isEmpty ? "empty" : "not one token")")
      }
      result.authorization = "Bearer \(word)"
    }
    if let certificate { result.certificate = try read(certificate, "client certificate") }
    if let key { result.key = try read(key, "client key") }
    return result
  }

  func renewed(after credential: Credential) async throws(APIError) -> Credential? {
    let fresh = try await self.credential()
    return fresh == credential ? nil : fresh
  }

  private func read(_ path: String, _ what: String) throws(APIError) -> [UInt8] {
    do { return try SmallFile.read(path).bytes } catch {
      throw APIError(.credential, message: "the \(what) file \(path) \(error.reason)")
    }
  }
}
