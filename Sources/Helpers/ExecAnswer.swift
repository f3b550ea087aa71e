import FoundationEssentials
import GitOps
import Kube
import Structured

/// What a credential helper prints: an `ExecCredential` (kubernetes: client-go pkg/apis/clientauthentication).
struct ExecAnswer {
  struct Problem: Error { let sentence: String }

  let credential: Credential
  /// Nil: good until it is refused.
  var expires: Date? { credential.expires }

  init(_ output: [UInt8], apiVersion: String) throws(Problem) {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: output) } catch { throw Problem(sentence: "printed no JSON") }
    let root = document.root
    guard root["kind"]?.string == "ExecCredential" else { throw Problem(sentence: "printed no ExecCredential") }
    guard root["apiVersion"]?.string == apiVersion else {
      throw Problem(sentence: "answered in another apiVersion than \(apiVersion)")
    }
    let status = root["status"]
    var credential = Credential()
    if let token = status?["token"]?.string, !token.isEmpty {
      guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Problem(sentence: "gave a token that is none")
      }
      credential = .token(token)
    }
    credential.certificate = try Self.pem(status?["clientCertificateData"], "CERTIFICATE-----", "certificate")
    credential.key = try Self.pem(status?["clientKeyData"], "PRIVATE KEY-----", "key")
    guard (credential.certificate == nil) == (credential.key == nil) else {
      throw Problem(sentence: "gave a certificate without a key, or a key without a certificate")
    }
    guard credential.authorization != nil || credential.certificate != nil else {
      throw Problem(sentence: "gave neither a token nor a certificate")
    }
    if let text = status?["expirationTimestamp"], !text.isNull {
      guard let date = text.string.flatMap(Timestamp.parse) else {
        throw Problem(sentence: "gave an expirationTimestamp that is no time")
      }
      credential.expires = date
    }
    self.credential = credential
  }

  private static func pem(_ node: JSONNode?, _ marker: String, _ what: String) throws(Problem) -> [UInt8]? {
    guard let text = node?.string, !text.isEmpty else { return nil }
    guard text.contains("-----BEGIN "), text.contains(marker) else {
      throw Problem(sentence: "gave a \(what) that is not PEM")
    }
    return Array(text.utf8)
  }
}

extension ExecHelper {
  /// The value of `KUBERNETES_EXEC_INFO`.
  func information(isInteractive: Bool) -> String {
    var specification: JSON = .object(JSONObject([("interactive", .bool(isInteractive))]))
    if let cluster {
      var entry = JSON.object(JSONObject([("server", .string(cluster.server))]))
      if let name = cluster.serverName { entry["tls-server-name"] = .string(name) }
      if !cluster.verifies { entry["insecure-skip-tls-verify"] = .bool(true) }
      if let authorities = cluster.authorities {
        entry["certificate-authority-data"] = .string(Data(authorities).base64EncodedString())
      }
      if let proxy = cluster.proxy { entry["proxy-url"] = .string(proxy) }
      if let configuration = cluster.configuration { entry["config"] = configuration }
      specification["cluster"] = entry
    }
    let request = JSON.object(
      JSONObject([
        ("apiVersion", .string(apiVersion)), ("kind", .string("ExecCredential")), ("spec", specification),
      ]))
    return String(decoding: request.encoded(), as: UTF8.self)
  }
}
