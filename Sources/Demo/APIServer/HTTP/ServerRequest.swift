import Structured

/// A request as the handlers need it.
struct ServerRequest: Sendable {
  var method: String
  /// Percent-decoded, without empty ones.
  var segments: [String]
  var path: String
  var query: [String: String]
  var accept: String
  var contentType: String
  var userAgent: String
  var authorization: String
  var ifNoneMatch: String
  var body: [UInt8]
  /// How the list that is asked for is to misbehave.
  var listFault: Fault.ListFault?

  func flag(_ name: String) -> Bool { query[name] == "true" || query[name] == "1" }

  /// The field manager: the query parameter, else the part of the user agent before the slash (kubernetes: API concepts).
  var manager: String {
    if let name = query["fieldManager"], !name.isEmpty { return name }
    let name = userAgent.split(separator: "/").first.map(String.init) ?? ""
    return name.isEmpty ? "unknown" : name
  }

  var isWatch: Bool { flag("watch") }

  /// The body as JSON; YAML is accepted too, as the API does for apply.
  func json() throws(APIStatus) -> JSON {
    if contentType.contains("protobuf") {
      throw .unsupportedMediaType(contentType, expected: "application/json, application/yaml")
    }
    if let json = try? JSON(parsing: body) { return json }
    if contentType.contains("yaml"), let document = try? YAMLReader.documents(in: body, rules: .core).first {
      return document.json
    }
    throw .badRequest("the body of the request is not a JSON document")
  }

  static func segments(of path: String) -> [String] {
    path.split(separator: "/").map { decode($0, plus: false) }
  }

  static func query(_ text: String) -> [String: String] {
    var query: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decode(parts[0], plus: true)
      if query[name] == nil { query[name] = parts.count > 1 ? decode(parts[1], plus: true) : "" }
    }
    return query
  }

  private static func decode(_ text: Substring, plus: Bool) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(plus && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// An answer of the handlers.
struct ServerResponse: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    case stream(ByteStream)
  }

  var status = 200
  var contentType = "application/json"
  var headers: [(String, String)] = []
  var body: Body
  /// How long it is held back.
  var delay: Duration?
  /// How often faults had been taken away when the request came.
  var recovery = 0

  static func json(_ json: JSON, status: Int = 200) -> ServerResponse {
    ServerResponse(status: status, body: .bytes(json.encoded()))
  }

  static func bytes(_ bytes: [UInt8], status: Int = 200) -> ServerResponse {
    ServerResponse(status: status, body: .bytes(bytes))
  }

  static func text(_ text: String) -> ServerResponse {
    ServerResponse(contentType: "text/plain", body: .bytes(Array(text.utf8)))
  }

  static func failure(_ status: APIStatus) -> ServerResponse {
    var response = json(status.json, status: status.code)
    if let seconds = status.retryAfter { response.headers.append(("Retry-After", String(seconds))) }
    return response
  }
}
