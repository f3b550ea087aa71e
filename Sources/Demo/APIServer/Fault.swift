import Structured

/// A scripted misbehaviour of the server, for tests of clients. The first that matches a request is used up.
public struct Fault: Sendable {
  public enum Action: Sendable {
    /// Answers with a `Status` of this code, and `Retry-After` when given.
    case status(Int, retryAfter: Int? = nil)
    /// The same with any reason, causes and `Retry-After` text.
    case refusal(Refusal)
    /// Answers 410 Expired: a watch as its first event, anything else as the status of the response.
    case gone
    /// Answers with this in place of what was asked for.
    case answer(Answer)
    /// Begins to answer after this time; nil: never.
    case late(Duration?)
    /// The real answer under another `Content-Type`.
    case contentType(String)
    /// The first half of a body as if it were all.
    case half
    /// Makes a list misbehave; anything else is answered well.
    case list(ListFault)
    /// Makes a stream misbehave, or the bytes of a body, which count as one line.
    case stream(StreamFault)

    /// Sends this many lines of a stream (or none of a body), then half of the next, and cuts the connection.
    public static func cut(afterLines lines: Int) -> Action { .stream(.cut(afterLines: lines)) }
    /// Sends this many lines of a stream, then nothing more; the connection stays open.
    public static func silence(afterLines lines: Int) -> Action { .stream(.silence(afterLines: lines)) }
  }

  /// A `Status` that is not what the server would say by itself.
  public struct Refusal: Sendable {
    public var code: Int
    /// Nil: the one that goes with the code.
    public var reason: String?
    /// Reasons of `details.causes`.
    public var causes: [String]
    /// The text of the header.
    public var retryAfter: String?

    public init(_ code: Int, reason: String? = nil, causes: [String] = [], retryAfter: String? = nil) {
      self.code = code
      self.reason = reason
      self.causes = causes
      self.retryAfter = retryAfter
    }

    /// The server has not seen the version yet that it was asked for (kubernetes: storage, TooLargeResourceVersion).
    public static let tooLargeVersion = Refusal(504, reason: "Timeout", causes: ["ResourceVersionTooLarge"])
  }

  public struct Answer: Sendable {
    public var status: Int
    public var contentType: String
    public var body: String

    public init(_ status: Int = 200, _ contentType: String = "application/json", body: String) {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }

  public enum ListFault: Sendable, Hashable {
    /// A page that follows another names the same page again.
    case repeatedToken
    /// A first page without objects that says that more follows.
    case emptyPage
    /// The state of so many events ago, as from a cache that lags behind.
    case stale(by: Int)
    case withoutVersion
  }

  /// Nil: any method.
  public var method: String?
  /// What the path must contain.
  public var path: String
  /// Nil: watches and other requests alike.
  public var isWatch: Bool?
  /// Nil: first and further pages alike.
  public var isContinue: Bool?
  /// Nil: watches that ask for the present state first, and others.
  public var isStreamingList: Bool?
  /// How many requests it lets pass first.
  public var skips = 0
  /// How many requests it hits.
  public var times: Int
  public var action: Action

  public init(path: String, method: String? = nil, isWatch: Bool? = nil, times: Int = 1, action: Action) {
    self.method = method
    self.path = path
    self.isWatch = isWatch
    self.times = times
    self.action = action
  }

  func matches(_ request: ServerRequest) -> Bool {
    (method == nil || method == request.method) && request.path.contains(path)
      && (isWatch == nil || isWatch == request.isWatch)
      && (isContinue == nil || isContinue == (request.query["continue"]?.isEmpty == false))
      && (isStreamingList == nil || isStreamingList == request.flag("sendInitialEvents"))
  }
}

/// The faults of one server, in the order in which they were set.
struct FaultScript: Sendable {
  var faults: [Fault] = []

  mutating func action(for request: ServerRequest) -> Fault.Action? {
    for index in faults.indices where faults[index].matches(request) {
      if faults[index].skips > 0 {
        faults[index].skips -= 1
        continue
      }
      let action = faults[index].action
      faults[index].times -= 1
      if faults[index].times <= 0 { faults.remove(at: index) }
      return action
    }
    return nil
  }
}

/// What a cut does to the connection.
struct ConnectionCut: Error {}

extension Fault.Action {
  /// The answer in place of the real one, or the real one made to misbehave.
  func spoil(_ response: ServerResponse, isWatch: Bool, patience: Patience, recovery: Int) -> ServerResponse {
    var spoiled = response
    switch self {
    case .status(let code, let retryAfter):
      return .failure(Fault.Refusal(code).status(retryAfter))
    case .refusal(let refusal):
      spoiled = .failure(refusal.status(nil))
      if let text = refusal.retryAfter { spoiled.headers.append(("Retry-After", text)) }
    case .gone:
      let status = APIStatus.expired("too old resource version: injected")
      if !isWatch { return .failure(status) }
      spoiled.body = .stream(ByteStream { PieceList(pieces: [ObjectEncoder.errorLine(status)]) })
    case .answer(let answer):
      return ServerResponse(
        status: answer.status, contentType: answer.contentType, body: .bytes(Array(answer.body.utf8)))
    case .late(let delay): spoiled.delay = delay ?? .seconds(86_400)
    case .contentType(let type): spoiled.contentType = type
    case .half:
      if case .bytes(let bytes) = response.body { spoiled.body = .bytes(Array(bytes.prefix(bytes.count / 2))) }
    case .list: break
    case .stream(let fault):
      // A refusal is no stream.
      guard response.status < 300 else { return response }
      spoiled.body = .stream(
        ByteStream {
          switch response.body {
          case .stream(let stream): SpoiledSource(stream.source(), fault, patience, recovery)
          case .bytes(let bytes): SpoiledSource(PieceList(pieces: [bytes]), fault, patience, recovery)
          }
        })
    }
    return spoiled
  }
}

extension Fault.Refusal {
  func status(_ retryAfter: Int?) -> APIStatus {
    let reason = reason ?? Self.reasons[code] ?? "InternalError"
    let causes = causes.map { JSON.object(JSONObject([("reason", .string($0)), ("message", "injected")])) }
    return APIStatus(
      code: code, reason: reason, message: "injected: \(reason)",
      details: causes.isEmpty ? [:] : ["causes": .array(causes)], retryAfter: retryAfter)
  }

  private static let reasons = [
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "Conflict", 410: "Gone", 422: "Invalid", 429: "TooManyRequests", 500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
  ]
}
