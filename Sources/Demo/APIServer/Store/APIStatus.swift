import Structured

/// Why the API server refuses a request: `metav1.Status` (kubernetes: apimachinery pkg/apis/meta/v1).
public struct APIStatus: Error, Sendable, Hashable {
  public var code: Int
  public var reason: String
  public var message: String
  /// `details.retryAfterSeconds` and the `Retry-After` header.
  public var retryAfter: Int?
  var details: JSON

  init(code: Int, reason: String, message: String, details: JSON = [:], retryAfter: Int? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.retryAfter = retryAfter
    self.details = details
  }

  static func notFound(_ kind: ServedKind, _ name: String) -> APIStatus {
    APIStatus(
      code: 404, reason: "NotFound", message: "\(kind.resourceName) \"\(name)\" not found",
      details: identity(kind, name))
  }

  static func alreadyExists(_ kind: ServedKind, _ name: String) -> APIStatus {
    APIStatus(
      code: 409, reason: "AlreadyExists", message: "\(kind.resourceName) \"\(name)\" already exists",
      details: identity(kind, name))
  }

  static func conflict(_ kind: ServedKind, _ name: String, _ why: String) -> APIStatus {
    APIStatus(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(kind.resourceName) \"\(name)\": \(why)",
      details: identity(kind, name))
  }

  static func invalid(_ kind: ServedKind, _ name: String, _ why: String) -> APIStatus {
    APIStatus(
      code: 422, reason: "Invalid", message: "\(kind.kind).\(kind.group) \"\(name)\" is invalid: \(why)",
      details: identity(kind, name))
  }

  static func badRequest(_ message: String) -> APIStatus {
    APIStatus(code: 400, reason: "BadRequest", message: message)
  }

  /// 410: the version is older than the server's window of events, or a continue token is.
  static func expired(_ message: String) -> APIStatus { APIStatus(code: 410, reason: "Expired", message: message) }

  /// 504 with cause ResourceVersionTooLarge: the version is newer than anything the server has.
  static func versionTooLarge(_ version: String, current: String) -> APIStatus {
    let details: JSON = [
      "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]]
    ]
    return APIStatus(
      code: 504, reason: "Timeout", message: "Too large resource version: \(version), current: \(current)",
      details: details, retryAfter: 1)
  }

  static func methodNotAllowed() -> APIStatus {
    APIStatus(
      code: 405, reason: "MethodNotAllowed", message: "the server does not allow this method on the requested resource")
  }

  static func unknownPath() -> APIStatus {
    APIStatus(code: 404, reason: "NotFound", message: "the server could not find the requested resource")
  }

  static func unsupportedMediaType(_ type: String, expected: String) -> APIStatus {
    APIStatus(
      code: 415, reason: "UnsupportedMediaType",
      message: "the body of the request was in an unknown format - accepted media types include: \(expected)")
  }

  static func tooManyRequests(retryAfter: Int) -> APIStatus {
    APIStatus(
      code: 429, reason: "TooManyRequests", message: "the server has received too many requests",
      retryAfter: retryAfter)
  }

  private static func identity(_ kind: ServedKind, _ name: String) -> JSON {
    // `details.kind` holds the plural in these errors.
    var object = JSONObject([("name", .string(name))])
    if !kind.group.isEmpty { object["group"] = .string(kind.group) }
    object["kind"] = .string(kind.plural)
    return .object(object)
  }

  var json: JSON {
    var details = details
    if let retryAfter { details["retryAfterSeconds"] = .integer(retryAfter) }
    return [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": .string(reason), "details": details, "code": .integer(code),
    ]
  }
}
