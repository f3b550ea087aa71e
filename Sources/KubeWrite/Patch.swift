import Structured

/// What a PATCH carries (kubernetes: API concepts, patch and server-side apply).
public enum Patch: Sendable, Hashable {
  /// RFC 7386: works for every kind; null removes, lists are replaced.
  case merge(JSON)
  /// RFC 6902: an array of operations.
  case json(JSON)
  /// Built-in kinds only.
  case strategic(JSON)
  /// Server-side apply of exactly these fields. `force` takes over what others own.
  case apply(JSON, force: Bool)

  public var contentType: String {
    switch self {
    case .merge: "application/merge-patch+json"
    case .json: "application/json-patch+json"
    case .strategic: "application/strategic-merge-patch+json"
    case .apply: "application/apply-patch+yaml"
    }
  }

  /// The body with the precondition in it: a uid that differs from the stored one is a conflict (409).
  func body(uid: String?) -> JSON {
    switch self {
    case .json(let operations):
      guard let uid, let list = operations.array else { return operations }
      let test: JSON = ["op": "test", "path": "/metadata/uid", "value": .string(uid)]
      return .array([test] + list)
    case .merge(var body), .strategic(var body), .apply(var body, _):
      guard let uid else { return body }
      var metadata = body["metadata"] ?? .object(JSONObject())
      metadata["uid"] = .string(uid)
      body["metadata"] = metadata
      return body
    }
  }
}
