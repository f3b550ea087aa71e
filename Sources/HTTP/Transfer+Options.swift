import CCurl

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Transfer {
  /// Sets every option of the easy handle.
  /// - Throws: `.setUp` when libcurl does not take one that comes from the request.
  func configure(_ system: SystemCalls) throws(HTTPError) {
    setCallbacks()
    setConnection(system)
    try setRequest()
    try setTLS()
  }

  private func setCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = setErrorBuffer()
    _ = ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
    _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
    _ = ccurl_set_sink(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context else { return 0 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        .receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    _ = ccurl_set_sink(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let context else { return 0 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        .receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    _ = ccurl_set_prerequest(easy) { context, _, _, _, _ in
      guard let context else { return CURL_PREREQFUNC_ABORT }
      Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().hasConnected()
      return CURL_PREREQFUNC_OK
    }
    _ = ccurl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
    _ = ccurl_set_opensocket(easy) { context, _, wanted in
      guard let context, let wanted else { return -1 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().openSocket(wanted)
    }
    // libcurl 7.88 has no option for the number of probes nor for the user timeout (A9).
    _ = ccurl_set_sockopt(easy) { _, socket, _ in
      #if canImport(Glibc)
        var probes: Int32 = 3
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_KEEPCNT, &probes, socklen_t(MemoryLayout<Int32>.size))
        var milliseconds: Int32 = 30_000
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<Int32>.size))
      #endif
      return CURL_SOCKOPT_OK
    }
  }

  private func setConnection(_ system: SystemCalls) {
    _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    // A name that is still being resolved must not hold the loop when its transfer is given up.
    _ = ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
    _ = ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    _ = ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    _ = ccurl_set_long(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    _ = ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    _ = ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    _ = ccurl_set_long(easy, CURLOPT_TCP_KEEPIDLE, 30)
    _ = ccurl_set_long(easy, CURLOPT_TCP_KEEPINTVL, 10)
    // Without TLS there is no HTTP/2, and hoping for it would make all wait for the first answer.
    let isEncrypted = address.scheme == "https"
    _ = ccurl_set_long(easy, CURLOPT_HTTP_VERSION, isEncrypted ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
    _ = ccurl_set_long(easy, CURLOPT_BUFFERSIZE, request.channel == .short ? 256 << 10 : 64 << 10)
    // Long enough for the watches of one cluster to share an answer, and over when a connection has to be made anew: the
    // name may lead elsewhere by then (E-N01).
    _ = ccurl_set_long(easy, CURLOPT_DNS_CACHE_TIMEOUT, 1)
    if let addresses = system.addresses(address.host) {
      let entry = "+\(address.host):\(address.port):\(addresses.joined(separator: ","))"
      _ = ccurl_set_list(easy, CURLOPT_RESOLVE, list([entry]))
    }
    // The loop has its own limits for connecting; this one only has to be later.
    _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT, 3600)
    if request.mayRepeat {
      // Wait for the lane's connection to learn that it can be shared instead of opening another.
      _ = ccurl_set_long(easy, CURLOPT_PIPEWAIT, isEncrypted ? 1 : 0)
    } else {
      // libcurl sends again what got no answer on a reused connection: a new one rules that out.
      _ = ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
      _ = ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1)
    }
    // The empty string switches the environment's proxies off.
    _ = ccurl_set_string(easy, CURLOPT_PROXY, request.proxy ?? "")
    _ = ccurl_set_string(easy, CURLOPT_NOPROXY, "")
    // A proxy never sees what is said to an API server, and no address in absolute form is sent (C4).
    if request.proxy != nil, case .apiServer = request.target { _ = ccurl_set_long(easy, CURLOPT_HTTPPROXYTUNNEL, 1) }
  }

  private func setRequest() throws(HTTPError) {
    var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    lines.append("Expect:")
    var url = request.url
    if let name = request.tls.serverName, name != address.host, address.scheme == "https" {
      // The certificate belongs to another name than the one that is dialled: libcurl takes both from the URL, so the URL
      // gets the certificate's name, and this line says where to connect.
      let path = "\(address.path)\(address.query.map { "?\($0)" } ?? "")"
      url = "https://\(name):\(address.port)\(path)"
      lines.append("Host: \(address.hostAndPort)")
      let direction = "\(name):\(address.port):\(address.bracketedHost):\(address.port)"
      _ = ccurl_set_list(easy, CURLOPT_CONNECT_TO, list([direction]))
    }
    guard ccurl_set_string(easy, CURLOPT_URL, url) == CURLE_OK else { throw error(.setUp, "the address is not usable") }
    if let body = request.body {
      _ = ccurl_set_large(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      let isCopied = body.withUnsafeBytes { bytes in
        // An empty array has no address, and null would mean "read from a callback".
        var empty: UInt8 = 0
        return withUnsafeMutablePointer(to: &empty) { fallback in
          let start =
            bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? UnsafeMutableRawPointer(fallback)
          return ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, start) == CURLE_OK
        }
      }
      guard isCopied else { throw error(.setUp, "no memory for the request's body") }
      if request.header("content-type") == nil { lines.append("Content-Type:") }
    }
    _ = ccurl_set_list(easy, CURLOPT_HTTPHEADER, list(lines))
    if request.method != .get || request.body != nil {
      _ = ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    if request.acceptsGzip { _ = ccurl_set_string(easy, CURLOPT_ACCEPT_ENCODING, "gzip") }
  }

  private func setTLS() throws(HTTPError) {
    let tls = request.tls
    _ = ccurl_set_long(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, tls.verifies ? 1 : 0)
    _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, tls.verifies ? 2 : 0)
    if let authorities = tls.authorities {
      // Only these: the system's folder would be trusted beside them.
      _ = ccurl_set_string(easy, CURLOPT_CAPATH, nil)
      guard set(CURLOPT_CAINFO_BLOB, authorities) else { throw error(.setUp, "the CA certificates are not usable") }
      // An https proxy may have its certificate from them too, as with client-go; its CAPATH stays the system's.
      if request.proxy?.hasPrefix("https://") == true { _ = set(CURLOPT_PROXY_CAINFO_BLOB, authorities) }
    }
    if let certificate = tls.certificate {
      _ = ccurl_set_string(easy, CURLOPT_SSLCERTTYPE, "PEM")
      guard set(CURLOPT_SSLCERT_BLOB, certificate) else { throw error(.setUp, "the client certificate is not usable") }
    }
    if let key = tls.key {
      _ = ccurl_set_string(easy, CURLOPT_SSLKEYTYPE, "PEM")
      guard set(CURLOPT_SSLKEY_BLOB, key) else { throw error(.setUp, "the client key is not usable") }
    }
    if address.scheme == "https" { RefusedCertificate.observe(self) }
  }

  private func set(_ option: CURLoption, _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { ccurl_set_blob(easy, option, $0.baseAddress, $0.count) == CURLE_OK }
  }
}
