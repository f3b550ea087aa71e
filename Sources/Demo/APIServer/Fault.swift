/// A scripted misbehaviour of the server, for tests of clients. The first that matches a request is used up.
public struct Fault: Sendable {
  public enum Action: Sendable {
    /// Answers with a `Status` of this code, and `Retry-After` when given.
    case status(Int, retryAfter: Int? = nil)
    /// Answers 410 Expired: a watch as its first event, anything else as the status of the response.
    case gone
    /// Sends this many lines of a stream (or none of a body), then half of the next, and cuts the connection.
    case cut(afterLines: Int)
    /// Sends this many lines of a stream, then nothing more; the connection stays open.
    case silence(afterLines: Int)
  }

  /// Nil: any method.
  public var method: String?
  /// What the path must contain.
  public var path: String
  /// Nil: watches and other requests alike.
  public var isWatch: Bool?
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
  }
}

/// The faults of one server, in the order in which they were set.
struct FaultScript: Sendable {
  var faults: [Fault] = []

  mutating func action(for request: ServerRequest) -> Fault.Action? {
    guard let index = faults.firstIndex(where: { $0.matches(request) }) else { return nil }
    let action = faults[index].action
    faults[index].times -= 1
    if faults[index].times <= 0 { faults.remove(at: index) }
    return action
  }
}

/// What a cut does to the connection.
struct ConnectionCut: Error {}

extension Fault.Action {
  /// The answer in place of the real one, or the real one made to misbehave.
  func spoil(_ response: ServerResponse, isWatch: Bool) -> ServerResponse {
    switch self {
    case .status(let code, let retryAfter):
      let reason = Self.reasons[code] ?? "InternalError"
      return .failure(APIStatus(code: code, reason: reason, message: "injected: \(reason)", retryAfter: retryAfter))
    case .gone:
      let status = APIStatus.expired("too old resource version: injected")
      if !isWatch { return .failure(status) }
      return ServerResponse(body: .stream(ByteStream { PieceList(pieces: [ObjectEncoder.errorLine(status)]) }))
    case .cut(let lines): return spoiled(response, lines: lines, thenCut: true)
    case .silence(let lines): return spoiled(response, lines: lines, thenCut: false)
    }
  }

  private static let reasons = [
    401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Gone", 429: "TooManyRequests",
    500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout",
  ]

  private func spoiled(_ response: ServerResponse, lines: Int, thenCut: Bool) -> ServerResponse {
    var response = response
    let body = response.body
    response.body = .stream(
      ByteStream {
        switch body {
        case .stream(let stream): SpoiledSource(inner: stream.source(), lines: lines, cuts: thenCut)
        case .bytes(let bytes): SpoiledSource(inner: PieceList(pieces: [bytes]), lines: lines, cuts: thenCut)
        }
      })
    return response
  }
}

/// Sends so many lines of another body and half of the next, then cuts or falls silent.
private struct SpoiledSource: PieceSource {
  var inner: any PieceSource
  var lines: Int
  let cuts: Bool
  var isSpent = false

  init(inner: any PieceSource, lines: Int, cuts: Bool) {
    self.inner = inner
    self.lines = lines
    self.cuts = cuts
  }

  mutating func next() async throws -> [UInt8]? {
    if !isSpent {
      guard let piece = try await inner.next() else { return nil }
      let allowed = take(piece)
      if !allowed.isEmpty { return allowed }
    }
    if cuts { throw ConnectionCut() }
    // Until the server stops or the client goes away.
    try await Task.sleep(for: .seconds(86_400))
    return nil
  }

  private mutating func take(_ piece: [UInt8]) -> [UInt8] {
    var end = piece.startIndex
    while lines > 0, let feed = piece[end...].firstIndex(of: 10) {
      end = feed + 1
      lines -= 1
    }
    if lines > 0 || end == piece.endIndex { return piece }
    isSpent = true
    let next = piece[end...].firstIndex(of: 10) ?? piece.endIndex
    return Array(piece[..<(end + (cuts ? (next - end) / 2 : 0))])
  }
}
