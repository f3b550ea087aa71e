import CCurl

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Turns libcurl's result into a sentence for people.
struct TransferFailure {
  let code: CURLcode
  /// libcurl's own words; may be empty.
  let text: String
  /// `errno` of the connection attempt, 0 when there was none.
  let number: Int32
  let certificate: RefusedCertificate?
  let request: Request
  let address: Address
  /// The name has an address at which nobody can be.
  var leadsNowhere = false
  /// False when the system has none for a socket or a resolver.
  var hasDescriptors = true

  var error: HTTPError {
    if !hasDescriptors { return make(.connect, SystemCalls.noDescriptors) }
    switch code {
    case CURLE_COULDNT_CONNECT where leadsNowhere:
      return make(.connect, "the name \(address.host) leads to an address that stands for none (0.0.0.0 or ::)")
    case CURLE_SSL_CONNECT_ERROR where certificate != nil: return make(.tls, certificateCause)
    default: return named
    }
  }

  private var named: HTTPError {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: make(.resolve, "the name \(address.host) has no address")
    case CURLE_COULDNT_RESOLVE_PROXY:
      // libcurl quotes the proxy's address here, password and all.
      make(.connect, "the proxy's address is not valid or its name has no address")
    case CURLE_PROXY: make(.connect, "the proxy refused: \(words)")
    case CURLE_COULDNT_CONNECT: make(.connect, connectCause)
    case CURLE_SSL_CONNECT_ERROR: make(.tls, handshakeCause)
    case CURLE_PEER_FAILED_VERIFICATION: make(.tls, certificateCause)
    case CURLE_SSL_CERTPROBLEM where text.contains("private key"):
      make(.tls, "the client certificate and its key do not belong together, or the key is not usable")
    case CURLE_SSL_CERTPROBLEM: make(.tls, "the client certificate is not usable: \(words)")
    case CURLE_SSL_CACERT_BADFILE: make(.tls, "the CA certificates are not usable: \(words)")
    case CURLE_OPERATION_TIMEDOUT: make(.connect, "not reachable: \(words)")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: make(.notHTTP, "what answers does not speak HTTP")
    case CURLE_GOT_NOTHING: make(.cut, "the server closed the connection without an answer")
    case CURLE_PARTIAL_FILE: make(.cut, "the answer ended too early")
    case CURLE_BAD_CONTENT_ENCODING where text.contains("Unrecognized"):
      make(.cut, "the answer is compressed in a way that was not asked for")
    case CURLE_BAD_CONTENT_ENCODING: make(.cut, "the compressed answer is damaged")
    case CURLE_RECV_ERROR where text.contains("CONNECT"): make(.connect, "the proxy refused: \(words)")
    case CURLE_RECV_ERROR where text.contains("alert"): make(.tls, handshakeCause)
    case CURLE_HTTP2, CURLE_HTTP2_STREAM: make(.cut, "the HTTP/2 stream was closed: \(words)")
    default: make(.cut, "the connection was lost: \(words)")
    }
  }

  private func make(_ kind: HTTPError.Kind, _ cause: String) -> HTTPError {
    HTTPError(kind, host: address.hostAndPort, cause: cause)
  }

  private var connectCause: String {
    if request.proxy != nil { return number == 0 ? "the proxy is not reachable" : "the proxy: \(system)" }
    return number == 0 ? "not reachable" : system
  }

  /// `connection refused`, `no route to host`.
  private var system: String { TransferFailure.oneLine(String(cString: strerror(number))).lowercased() }

  private var handshakeCause: String {
    if text.contains("wrong version number") || text.contains("http request") {
      return "what answers does not speak TLS (an http:// server?)"
    }
    if text.contains("SSL_ERROR_SYSCALL") { return "the connection was closed during the TLS handshake" }
    if text.contains("alert") && (text.contains("certificate") || text.contains("unknown ca")) {
      return "the server refused the client certificate: \(words)"
    }
    return "the TLS handshake failed: \(words)"
  }

  private var certificateCause: String {
    if let certificate { return "the server's certificate is not accepted: \(certificate.sentence)" }
    if text.contains("no alternative certificate subject name") || text.contains("does not match") {
      return "the server's certificate is for another name than \(request.tls.serverName ?? address.host)"
    }
    return "the server's certificate is not accepted: \(words)"
  }

  /// libcurl's words without OpenSSL's prefixes.
  private var words: String {
    var result = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    if let mark = result.range("::") { result = String(result[mark...]) }
    for prefix in ["SSL certificate problem: ", "Recv failure: ", "Send failure: "] where result.hasPrefix(prefix) {
      result.removeFirst(prefix.count)
    }
    result = TransferFailure.oneLine(result)
    // `CONNECT tunnel failed` stays as it is.
    guard let first = result.first, result.dropFirst().first?.isUppercase != true else { return result }
    return first.lowercased() + result.dropFirst()
  }

  /// Without control characters and at most 200 characters: certificates and servers choose what stands in it.
  static func oneLine(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : Character($0) }
    return String(String(scalars).prefix(200))
  }
}

extension String {
  /// Where the text after the last `mark` begins.
  fileprivate func range(_ mark: String) -> String.Index? {
    var rest = self[...]
    var found: String.Index?
    while let start = rest.firstRange(of: mark) {
      found = start.upperBound
      rest = rest[start.upperBound...]
    }
    return found
  }
}
