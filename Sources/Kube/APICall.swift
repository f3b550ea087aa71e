import HTTP

/// One call of an API server before it has a server and a credential.
public struct APICall: Sendable {
  public var method: Request.Method
  /// Escaped, beginning with a slash.
  public var path: String
  /// Not escaped yet.
  public var query: [(name: String, value: String)] = []
  public var accept = "application/json"
  public var contentType: String?
  /// Entity tags of what is known already: the server may answer 304 (RFC 9110, If-None-Match).
  public var known: [String] = []
  public var body: [UInt8]?
  public var channel = Request.Channel.short
  public var timeouts = Timeouts()
  public var limits = Limits()
  /// A POST that changes nothing: an access review.
  public var isHarmless = false
  public var deliversUnterminatedLine = false
  /// False hands the answer out as it comes, not line by line.
  public var cutsLines = true

  public init(_ method: Request.Method, _ path: String, query: [(name: String, value: String)] = []) {
    self.method = method
    self.path = path
    self.query = query
  }

  /// The path with its query, as it is sent.
  var target: String {
    if query.isEmpty { return path }
    return path + "?" + query.map { "\($0.name)=\(Address.escaped($0.value))" }.joined(separator: "&")
  }
}
