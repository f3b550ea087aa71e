import CCurl

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One request under way: an easy handle of libcurl and what its callbacks collect. Touched by the loop's thread only.
final class Transfer {
  let id: UInt64
  let request: Request
  let address: Address
  let easy: UnsafeMutableRawPointer
  weak var lane: Lane?
  /// The request is being sent: what comes before is a matter of the connection.
  private(set) var isConnected = false
  /// What the certificate check found, when it refused the server.
  var refusedCertificate: RefusedCertificate?
  /// How long the server's certificate is valid, when this transfer opened the connection and it was checked.
  var certificate: CertificateValidity?

  /// `errno` of the socket that could not be made.
  private var socketError: Int32 = 0
  /// The socket of the last attempt to connect; -1 when it uses another's connection.
  private(set) var lastSocket: Int32 = -1
  /// The name leads to the address that means "this machine, any address".
  private var leadsNowhere = false

  private let loop: CurlLoop
  private let sink: CurlLoop.Sink
  private var startIsOpen = true
  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  private let errorText: UnsafeMutablePointer<CChar>
  private var status = 0
  private var headers = Headers()
  private var headerBytes = 0
  private var headersAreDone = false
  private var body: [UInt8] = []
  private var reader: LineReader
  /// Our own reason for ending it inside a callback.
  private var failure: HTTPError?
  private var isPaused = false
  private let posted: Tick
  private var connectBy = Tick.never
  private var startBy = Tick.never
  private var lastByte = Tick.never
  private var handshakeBegan = false
  private var mayWaitForOther = true

  /// - Throws: `.setUp` when libcurl refuses an option: a certificate that is none, say.
  init(id: UInt64, request: Request, sink: CurlLoop.Sink, loop: CurlLoop) throws(HTTPError) {
    do { address = try Address(parsing: request.url) } catch {
      throw HTTPError(.setUp, host: "", cause: error.description)
    }
    guard let easy = curl_easy_init() else {
      throw HTTPError(.setUp, host: address.hostAndPort, cause: "no memory for the request")
    }
    self.id = id
    self.request = request
    self.easy = easy
    self.sink = sink
    self.loop = loop
    posted = .now
    reader = LineReader(limit: request.limits.line)
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try configure(loop.system)
  }

  deinit {
    curl_easy_cleanup(easy)
    for list in lists { curl_slist_free_all(list) }
    errorText.deallocate()
  }

  /// The transfer that an easy handle belongs to.
  static func owner(of easy: UnsafeMutableRawPointer) -> Transfer? {
    var pointer: UnsafeMutableRawPointer?
    guard ccurl_get_pointer(easy, CURLINFO_PRIVATE, &pointer) == CURLE_OK, let pointer else { return nil }
    return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Answers a request that never became a transfer.
  static func refuse(_ sink: CurlLoop.Sink, _ error: HTTPError) {
    switch sink {
    case .whole(let waiter): waiter.resume(returning: .failure(error))
    case .lines(let buffer, let waiter):
      buffer.finish(.failure(error))
      waiter.resume(returning: .failure(error))
    }
  }

  func list(_ texts: [String]) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts { list = curl_slist_append(list, text) ?? list }
    if let list { lists.append(list) }
    return list
  }

  // Phases

  func hasStarted() { connectBy = Tick.now.after(request.timeouts.connect) }

  func hasConnected() {
    isConnected = true
    let now = Tick.now
    startBy = now.after(request.timeouts.start)
    lastByte = now
  }

  /// TCP is connected, and TLS has begun.
  func hasBegunHandshake() {
    handshakeBegan = true
    connectBy = Tick.now.after(request.timeouts.handshake)
  }

  /// Makes the socket that libcurl asks for; -1 when there is none to be had.
  func openSocket(_ wanted: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    // Filters answer like this for names they block; a service of this machine must not get what was meant for another.
    if isUnspecified(wanted), request.proxy == nil, address.host != "0.0.0.0", address.host != "::" {
      leadsNowhere = true
      return -1
    }
    let made = loop.system.socket(wanted.pointee.family, wanted.pointee.socktype, wanted.pointee.protocol)
    if made < 0 { socketError = errno }
    lastSocket = made
    return made
  }

  private func isUnspecified(_ wanted: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
    withUnsafeMutablePointer(to: &wanted.pointee.addr) { bare in
      switch wanted.pointee.family {
      case AF_INET:
        bare.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr == 0 }
      case AF_INET6:
        bare.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
          withUnsafeBytes(of: &six.pointee.sin6_addr) { $0.allSatisfy { $0 == 0 } }
        }
      default: false
      }
    }
  }

  var isHandshaking: Bool { handshakeBegan && !isConnected }

  private func elapsed(_ info: CURLINFO) -> curl_off_t {
    var value: curl_off_t = 0
    return ccurl_get_large(easy, info, &value) == CURLE_OK ? value : 0
  }

  /// The next moment at which `expiry` may have something to say.
  var nextTick: Tick {
    var tick = request.timeouts.total.map { posted.after($0) } ?? .never
    if !isConnected {
      tick = min(tick, connectBy)
    } else if !headersAreDone {
      tick = min(tick, startBy)
    } else if let idle = request.timeouts.idle, !isPaused {
      tick = min(tick, lastByte.after(idle))
    }
    return tick
  }

  /// Whether a limit has passed by `now`, and which.
  func expiry(at now: Tick) -> HTTPError? {
    guard nextTick <= now else { return nil }
    let limits = request.timeouts
    if let total = limits.total, posted.after(total) <= now {
      return error(.timeout, "not finished within \(seconds(total))")
    }
    if !isConnected {
      if isHandshaking { return error(.tls, "the TLS handshake did not finish within \(seconds(limits.handshake))") }
      if mayWaitForOther, lane?.isHandshaking == true {
        // It waits to share the connection of another, and fails with it if that one does.
        mayWaitForOther = false
        connectBy = connectBy.after(limits.handshake)
        return nil
      }
      if elapsed(CURLINFO_NAMELOOKUP_TIME_T) == 0, request.proxy == nil {
        return error(.resolve, "the name was not resolved within \(seconds(limits.connect))")
      }
      return error(.connect, "not reachable: no connection within \(seconds(limits.connect))")
    }
    if !headersAreDone { return error(.timeout, "no answer within \(seconds(limits.start))") }
    return error(.timeout, "no byte for \(seconds(limits.idle ?? .zero))")
  }

  private func seconds(_ duration: Duration) -> String {
    let (whole, fraction) = duration.components
    return fraction == 0 ? "\(whole) s" : "\(whole * 1000 + fraction / 1_000_000_000_000_000) ms"
  }

  func error(_ kind: HTTPError.Kind, _ cause: String) -> HTTPError {
    HTTPError(kind, host: address.hostAndPort, cause: cause)
  }

  // What libcurl delivers

  /// One header line. Returns the number of bytes taken; another number ends the transfer.
  func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
    if headersAreDone { return line.count }
    lastByte = .now
    headerBytes += line.count
    guard headerBytes <= request.limits.headers else {
      failure = error(.tooLarge, "the answer's headers are larger than \(request.limits.headers >> 10) KiB")
      return 0
    }
    var text = Substring(String(decoding: line, as: UTF8.self))
    while let last = text.unicodeScalars.last, last == "\r" || last == "\n" { text.unicodeScalars.removeLast() }
    if text.isEmpty {
      return endHeaders() ? line.count : 0
    }
    if text.hasPrefix("HTTP/") {
      status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      headers = Headers()
    } else if let colon = text.firstIndex(of: ":") {
      let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      headers.append(String(text[..<colon]), String(value))
    }
    return line.count
  }

  private func endHeaders() -> Bool {
    if (100..<200).contains(status) { return true }
    headersAreDone = true
    let length = headers["content-length"].flatMap { Int($0) }
    if isWhole, let length, length > 0 { body.reserveCapacity(min(length, request.limits.body)) }
    if case .lines(let buffer, let waiter) = sink, isStreaming, startIsOpen {
      startIsOpen = false
      let response = StreamingResponse(status: status, headers: headers, buffer: buffer, transfer: id, loop: loop)
      waiter.resume(returning: .success(.streaming(response)))
    }
    return true
  }

  /// The body is handed out line by line.
  private var isStreaming: Bool { if case .lines = sink { (200..<300).contains(status) } else { false } }
  private var isWhole: Bool { !isStreaming }

  /// A piece of the body. Returns the number of bytes taken, or the mark that pauses the transfer.
  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    lastByte = .now
    guard isStreaming, case .lines(let buffer, _) = sink else {
      guard body.count + bytes.count <= request.limits.body else {
        failure = error(.tooLarge, "the answer is larger than \(request.limits.body >> 20) MiB")
        return 0
      }
      body.append(contentsOf: bytes)
      return bytes.count
    }
    guard buffer.admits(bytes.count) else {
      isPaused = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    guard request.cutsLines else {
      buffer.append(chunk: bytes)
      return bytes.count
    }
    do {
      try reader.read(bytes) { buffer.append($0) }
    } catch {
      failure = self.error(.tooLarge, "a line is longer than \(request.limits.line >> 20) MiB")
      return 0
    }
    return bytes.count
  }

  /// The reader has room again.
  /// - Returns: why the transfer is over: what waited may be too much, which libcurl tells nobody but the caller.
  func resume() -> HTTPError? {
    guard isPaused else { return nil }
    isPaused = false
    lastByte = .now
    let code = curl_easy_pause(easy, CURLPAUSE_CONT)
    if let failure { return failure }
    guard code != CURLE_OK, case .failure(let error) = outcome(code) else { return nil }
    return error
  }

  // The end

  func outcome(_ code: CURLcode) -> Result<Void, HTTPError> {
    if let failure { return .failure(failure) }
    if code == CURLE_OK {
      return headersAreDone ? .success(()) : .failure(error(.notHTTP, "what answers does not speak HTTP"))
    }
    if code == CURLE_OUT_OF_MEMORY, isConnected {
      // How libcurl says that a header line is longer than its own limit of 100 KiB, and that what a paused answer unpacks
      // to is larger than 64 MiB.
      if !headersAreDone { return .failure(error(.tooLarge, "a header line of the answer is too long")) }
      if headers["content-encoding"] != nil {
        return .failure(error(.tooLarge, "the answer is larger than \(request.limits.body >> 20) MiB"))
      }
    }
    var number = 0
    _ = ccurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
    var failure = TransferFailure(
      code: code, text: String(cString: errorText), number: Int32(clamping: number), certificate: refusedCertificate,
      request: request, address: address)
    failure.leadsNowhere = leadsNowhere
    failure.hasDescriptors =
      !SystemCalls.isExhaustion(socketError) && (isConnected || loop.system.hasDescriptors)
    return .failure(failure.error)
  }

  func finish(_ outcome: Result<Void, HTTPError>) {
    switch sink {
    case .whole(let waiter):
      waiter.resume(
        returning: outcome.map { Response(status: status, headers: headers, body: body, certificate: certificate) })
    case .lines(let buffer, let waiter):
      if startIsOpen {
        startIsOpen = false
        buffer.finish(outcome)
        waiter.resume(
          returning: outcome.map { .answer(Response(status: status, headers: headers, body: body)) })
        return
      }
      if case .success = outcome, request.deliversUnterminatedLine, let rest = reader.unterminated {
        buffer.append(rest)
      }
      buffer.finish(outcome)
    }
  }

  func setErrorBuffer() -> CURLcode { ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText) }
}
