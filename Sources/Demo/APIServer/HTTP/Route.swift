/// What a path of the object API means (kubernetes: API concepts, resource URIs).
struct ResourcePath: Sendable, Equatable {
  var group: String
  var version: String
  var plural: String
  /// Nil: all namespaces, or cluster scope.
  var namespace: String?
  var name: String?
  /// `status`, `scale`, `log`, …
  var subresource: String?

  /// Nil when the path is no resource's.
  init?(segments: [String]) {
    var rest = segments[...]
    switch rest.popFirst() {
    case "api":
      group = ""
    case "apis":
      guard let name = rest.popFirst() else { return nil }
      group = name
    default: return nil
    }
    guard let version = rest.popFirst(), let first = rest.popFirst() else { return nil }
    self.version = version
    // `namespaces/x/status` is a subresource of the namespace, `namespaces/x/pods` a resource in it.
    if first == "namespaces", rest.count >= 2, !["status", "finalize"].contains(rest[rest.startIndex + 1]) {
      namespace = rest.popFirst()
      plural = rest.popFirst() ?? ""
    } else {
      plural = first
    }
    name = rest.popFirst()
    subresource = rest.popFirst()
    if !rest.isEmpty { return nil }
  }
}
