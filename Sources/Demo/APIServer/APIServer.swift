import FlyingFox
import FlyingSocks
import FoundationEssentials
import Structured
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An API server for one cluster on a loopback port: what clients of Kubernetes see, with a store in memory.
///
/// The store and the logs outlive `stop()`: starting again on the same port is a cluster that went away and returned.
public final class APIServer: Sendable {
  public struct Options: Sendable {
    /// `gitVersion` of `/version`.
    public var version = "v1.34.1"
    /// Who may do what, by bearer token; empty: everybody everything, without a token.
    public var tokens: [String: TokenAccess] = [:]
    /// How many past events watches can start from.
    public var window = 4096
    public var bookmarkInterval = Duration.seconds(15)
    /// Bookmarks, time-outs of watches and late answers are counted on it.
    public var clock: any Clock<Duration> = ContinuousClock()
    public var versionForm = VersionForm.number
    /// Fewer items a page than clients ask for, so that few objects make many pages.
    public var pageLimit: Int?
    /// What older servers lack, for tests of clients.
    public var servesAggregatedDiscovery = true
    public var servesStreamingLists = true
    public var servesOpenAPIv3 = true
    /// For uids and generated names.
    public var seed: UInt64 = 1

    public init() {}
  }

  /// A request as it came in, for tests of clients.
  public struct Recorded: Sendable {
    public let method: String
    /// Path and query as sent.
    public let target: String
    public let userAgent: String
    public let body: [UInt8]
  }

  public struct NotListening: Error { public let reason: String }

  public let options: Options
  let store: ClusterStore
  let logs = PodLogs()
  let kinds: [ServedKind]
  let discovery: Discovery
  let openAPI: OpenAPI
  let time: ServerTime
  let patience: Patience
  private let script = Mutex(FaultScript())
  private let recorded = Mutex<[Recorded]>([])
  private let listener = Mutex<Listener?>(nil)

  private static let recordLimit = 4000

  private struct Listener: Sendable {
    let server: HTTPServer
    let task: Task<Void, any Error>
    let port: UInt16
  }

  public init(_ options: Options = Options()) {
    self.options = options
    kinds = ServedKind.all
    discovery = Discovery(kinds: kinds)
    openAPI = OpenAPI(kinds: kinds, catalog: .shared)
    time = ServerTime(options.clock)
    patience = Patience(time)
    store = ClusterStore(
      ObjectStore(kinds: kinds, window: options.window, seed: options.seed, versionForm: options.versionForm))
  }

  /// Listens on 127.0.0.1 until `stop()`.
  /// - Parameter port: 0 for any free one.
  /// - Returns: the port.
  @discardableResult
  public func start(port: UInt16 = 0) async throws -> UInt16 {
    // A named port may belong for a moment still to the server that has just stopped.
    for _ in 0..<(port == 0 ? 0 : 40) {
      if let bound = try? await listen(on: port) { return bound }
      try await Task.sleep(for: .milliseconds(100))
    }
    return try await listen(on: port)
  }

  private func listen(on port: UInt16) async throws -> UInt16 {
    let pool = PromptPool(HTTPServer.defaultPool())
    let configuration = HTTPServer.Configuration(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 86_400, pool: pool, logger: .disabled)
    let server = HTTPServer(config: configuration, handler: Handler(server: self))
    let (end, ended) = AsyncStream<Never>.makeStream()
    let task = Task {
      defer { ended.finish() }
      try await server.run()
    }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.waitUntilListening(timeout: 60) }
        // A port that is taken ends the server, which nobody who waits is told.
        group.addTask {
          for await _ in end {}
          throw NotListening(reason: "ended")
        }
        try await group.next()
        group.cancelAll()
      }
    } catch {
      task.cancel()
      throw NotListening(reason: "cannot listen on 127.0.0.1:\(port)")
    }
    guard case .ip4(_, port: let bound)? = await server.listeningAddress else {
      task.cancel()
      throw NotListening(reason: "the listening address is not known")
    }
    listener.withLock { $0 = Listener(server: server, task: task, port: bound) }
    return bound
  }

  /// Cuts every connection and stops listening.
  public func stop() async {
    let listener = self.listener.withLock { current in
      defer { current = nil }
      return current
    }
    guard let listener else { return }
    listener.task.cancel()
    await listener.server.stop()
    _ = await listener.task.result
  }

  /// The port; nil while it does not listen.
  public var port: UInt16? { listener.withLock { $0?.port } }

  /// `http://127.0.0.1:34567`; nil while it does not listen.
  public var address: String? { port.map { "http://127.0.0.1:\($0)" } }

  public func add(_ fault: Fault) { script.withLock { $0.faults.append(fault) } }

  /// Answers that are late go on, streams that are silent are cut.
  public func clearFaults() {
    script.withLock { $0.faults = [] }
    patience.recover()
  }

  public var requests: [Recorded] { recorded.withLock { $0 } }

  /// Watches that are open now.
  public var openWatches: Int { store.openWatches }

  /// Forgets all past events: watches that start from before, and continue tokens, answer 410.
  public func expireEvents() throws {
    try store.write { (store: inout ObjectStore) throws(APIStatus) in store.compact() }
  }

  /// Events live for an hour.
  func expireOldEvents() {
    _ = try? store.write { (store: inout ObjectStore) throws(APIStatus) in store.expireEvents(at: .now) }
  }

  private func record(_ request: ServerRequest, target: String) {
    recorded.withLock { list in
      list.append(
        Recorded(method: request.method, target: target, userAgent: request.userAgent, body: request.body))
      if list.count > Self.recordLimit { list.removeFirst(list.count - Self.recordLimit / 2) }
    }
  }

  func answer(_ request: ServerRequest, target: String) -> ServerResponse {
    record(request, target: target)
    let recovery = patience.recovery
    let fault = script.withLock { $0.action(for: request) }
    var request = request
    if case .list(let listFault)? = fault { request.listFault = listFault }
    var response: ServerResponse
    do {
      response = try route(request)
    } catch {
      response = .failure(error)
    }
    response.recovery = recovery
    if let fault { response = fault.spoil(response, isWatch: request.isWatch, patience: patience, recovery: recovery) }
    return response
  }

  private struct Handler: HTTPHandler {
    let server: APIServer

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
      let path = request.target.path()
      let query = request.target.query()
      let body = try await request.bodyData
      let converted = ServerRequest(
        method: request.method.rawValue, segments: ServerRequest.segments(of: path), path: path,
        query: ServerRequest.query(query), accept: request.headers[HTTPHeader("Accept")] ?? "",
        contentType: request.headers[.contentType] ?? "", userAgent: request.headers[HTTPHeader("User-Agent")] ?? "",
        authorization: request.headers[.authorization] ?? "", ifNoneMatch: request.headers[.ifNoneMatch] ?? "",
        body: Array(body))
      let answer = server.answer(converted, target: query.isEmpty ? path : "\(path)?\(query)")
      if let delay = answer.delay { try await server.patience.wait(for: delay, since: answer.recovery) }
      var headers = HTTPHeaders([.contentType: answer.contentType])
      for (name, value) in answer.headers { headers[HTTPHeader(name)] = value }
      let code = HTTPStatusCode(answer.status, phrase: answer.status < 400 ? "OK" : "Error")
      switch answer.body {
      case .bytes(let bytes):
        return HTTPResponse(
          statusCode: code, headers: headers,
          body: HTTPBodySequence(data: Data(bytes), suggestedBufferSize: max(4096, bytes.count)))
      case .stream(let stream):
        return HTTPResponse(statusCode: code, headers: headers, body: HTTPBodySequence(from: stream))
      }
    }
  }
}
