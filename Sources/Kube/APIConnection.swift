import FoundationEssentials
import HTTP
import Structured
import Synchronization

/// Speaks to one API server: adds the address, the credential and the rules of `ClusterAccess` to calls, renews a refused
/// credential once, and turns what is no answer into `APIError`.
public final class APIConnection: Sendable {
  public let access: ClusterAccess
  private let network: Network
  private let gate: Gate
  private let agent: String
  private let pace: Int
  private let budget: RequestBudget?
  private let certificateChanged: @Sendable () -> Void
  private let life = Mutex(Life())

  private struct Life {
    var last: ContinuousClock.Instant?
    var skew: Double?
    /// The client certificate of the last request; the outer nil is before the first.
    var certificate: [UInt8]??
  }

  /// - Parameters:
  ///   - agent: `User-Agent`: what stands before the slash is the field manager of writes that name none.
  ///   - pace: how many times faster than the wall's the caller's clock runs: the limits of requests follow.
  ///   - budget: what may be asked at a time; nil asks at once.
  ///   - certificateChanged: the client certificate is another one than at the request before (A16).
  public init(
    access: ClusterAccess, network: Network, gate: Gate, agent: String = "driftglass/0.1", pace: Int = 1,
    budget: RequestBudget? = nil, certificateChanged: @escaping @Sendable () -> Void = {}
  ) {
    self.pace = pace
    self.access = access
    self.network = network
    self.gate = gate
    self.agent = agent
    self.budget = budget
    self.certificateChanged = certificateChanged
  }

  /// When the server last sent anything at all: its last proof of life.
  public var lastLife: ContinuousClock.Instant? { life.withLock { $0.last } }

  /// Seconds by which the server's clock is ahead of ours, as of its last answer (`Date` header, whole seconds); nil before
  /// the first (A18).
  public var skew: Double? { life.withLock { $0.skew } }

  func noteLife() { life.withLock { $0.last = .now } }

  private func noteLife(_ headers: Headers) {
    let skew = headers["date"].flatMap(RetryAfter.moment).map { $0 - Date().timeIntervalSince1970 }
    life.withLock { life in
      life.last = .now
      if let skew { life.skew = skew }
    }
  }

  func renew() { network.renewConnections(to: access.address.origin) }

  private func noteCertificate(_ credential: Credential) {
    let isAnother = life.withLock { life in
      defer { life.certificate = .some(credential.certificate) }
      return life.certificate.map { $0 != credential.certificate } ?? false
    }
    if isAnother { certificateChanged() }
  }

  public var host: String { access.address.hostAndPort }

  /// Only reads pass.
  public var isReadOnly: Bool { gate.isReadOnly }

  /// Makes a call and reads the whole answer.
  /// - Throws: `APIError` for any answer that is not a success.
  public func answer(to call: APICall) async throws(APIError) -> Response {
    let credential = try await access.credentials.credential()
    var response = try await send(call, credential)
    if response.status == 401, let renewed = try await access.credentials.renewed(after: credential) {
      response = try await send(call, renewed)
    }
    noteLife(response.headers)
    guard response.isSuccess || response.status == 304 && !call.known.isEmpty else {
      throw APIError(response, host: host)
    }
    return response
  }

  /// Makes a call whose answer is JSON.
  public func json(_ call: APICall) async throws(APIError) -> [UInt8] {
    let response = try await answer(to: call)
    // Kubernetes 1.20 calls its OpenAPI document text/plain.
    let isObject = response.body.first { $0 > 0x20 } == UInt8(ascii: "{")
    if !isObject { try checkJSON(response.headers, status: response.status) }
    return response.body
  }

  /// Makes a call whose answer goes on.
  public func stream(_ call: APICall) async throws(APIError) -> StreamingResponse {
    let credential = try await access.credentials.credential()
    var start = try await open(call, credential)
    if case .answer(let response) = start, response.status == 401,
      let renewed = try await access.credentials.renewed(after: credential)
    {
      start = try await open(call, renewed)
    }
    switch start {
    case .streaming(let response):
      noteLife(response.headers)
      return response
    case .answer(let response):
      noteLife(response.headers)
      throw APIError(response, host: host)
    }
  }

  /// - Throws: `.notAPI` when the answer says that it is something else than JSON.
  func checkJSON(_ headers: Headers, status: Int) throws(APIError) {
    let type = (headers["content-type"] ?? "").lowercased()
    guard !type.isEmpty, !type.hasPrefix("application/json") else { return }
    let name = type.hasPrefix("text/html") ? "HTML" : APIError.oneLine(String(type.prefix(60)))
    throw APIError(.notAPI, message: "\(host): \(APIError.notAPI) (\(name), status \(status))")
  }

  private func send(_ call: APICall, _ credential: Credential) async throws(APIError) -> Response {
    noteCertificate(credential)
    if call.channel != .heartbeat { await budget?.admit() }
    do { return try await network.send(request(call, credential), gate: gate) } catch { throw APIError(error) }
  }

  private func open(_ call: APICall, _ credential: Credential) async throws(APIError) -> StreamStart {
    noteCertificate(credential)
    await budget?.admit()
    do { return try await network.stream(request(call, credential), gate: gate) } catch { throw APIError(error) }
  }

  private func request(_ call: APICall, _ credential: Credential) -> Request {
    var headers: [(name: String, value: String)] = [("User-Agent", agent), ("Accept", call.accept)]
    if let authorization = credential.authorization { headers.append(("Authorization", authorization)) }
    headers += access.impersonation
    if let type = call.contentType { headers.append(("Content-Type", type)) }
    if !call.known.isEmpty { headers.append(("If-None-Match", call.known.map { "\"\($0)\"" }.joined(separator: ", "))) }
    var tls = access.tls
    tls.certificate = credential.certificate
    tls.key = credential.key
    var request = Request(
      call.method, access.server + call.target, target: .apiServer(base: access.server), headers: headers,
      body: call.body, channel: call.channel, timeouts: call.timeouts.divided(by: pace), limits: call.limits, tls: tls,
      proxy: access.proxy)
    request.isHarmless = call.isHarmless
    // On the same machine packing costs both sides more than the bytes do.
    request.acceptsGzip = call.channel == .short && access.compresses && !access.address.isLoopback
    request.deliversUnterminatedLine = call.deliversUnterminatedLine
    request.cutsLines = call.cutsLines
    return request
  }
}
