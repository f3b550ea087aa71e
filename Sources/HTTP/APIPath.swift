/// A path of a Kubernetes API server by its meaning (kubernetes: API concepts, resource URIs).
enum APIPath {
  /// `/version`, `/readyz`, `/openapi/…`.
  case fixed(String)
  /// `/api`, `/apis`, `/api/v1`, `/apis/{group}/{version}`.
  case discovery(String)
  case object(Object)

  struct Object {
    var group = ""
    var isNamespaced = false
    var resource = ""
    var name: String?
    var subresource: String?

    var isPodLog: Bool { group.isEmpty && resource == "pods" && subresource == "log" && isNamespaced }
    var isSelfReview: Bool {
      group == "authorization.k8s.io" && !isNamespaced && name == nil
        && (resource == "selfsubjectaccessreviews" || resource == "selfsubjectrulesreviews")
    }
  }

  /// Subresources that reach into pods and nodes, or write: never part of a read.
  static let forbiddenSubresources: Set<String> = [
    "attach", "binding", "ephemeralcontainers", "eviction", "exec", "portforward", "proxy", "scale", "token",
  ]

  /// Nil for anything that is not one of these forms.
  init?(_ segments: [String]) {
    let path = "/" + segments.joined(separator: "/")
    switch segments.count {
    case 1 where ["version", "readyz", "livez", "healthz"].contains(segments[0]):
      self = .fixed(path)
      return
    case 2... where segments[0] == "openapi":
      guard let template = APIPath.openAPITemplate(segments) else { return nil }
      self = .fixed(template)
      return
    default: break
    }
    guard let first = segments.first else { return nil }
    var object = Object()
    var rest: ArraySlice<String>
    switch first {
    case "api":
      if segments.count <= 2 {
        self = .discovery(segments.count == 1 ? path : "/api/{version}")
        return
      }
      rest = segments[2...]
    case "apis":
      if segments.count <= 3 {
        self = .discovery(["/apis", "/apis/{group}", "/apis/{group}/{version}"][segments.count - 1])
        return
      }
      object.group = segments[1]
      rest = segments[3...]
    default: return nil
    }
    // `namespaces/{name}` is an object; with more behind it, it is the scope of what follows.
    if rest.first == "namespaces", rest.count > 2 {
      object.isNamespaced = true
      rest = rest.dropFirst(2)
    }
    guard let resource = rest.popFirst() else { return nil }
    object.resource = resource
    object.name = rest.popFirst()
    object.subresource = rest.popFirst()
    guard rest.isEmpty, resource != "watch", !APIPath.forbiddenSubresources.contains(resource) else { return nil }
    self = .object(object)
  }

  /// `/openapi/v2`, `/openapi/v3`, `/openapi/v3/api/v1`, `/openapi/v3/apis/{group}[/{version}]`, `/openapi/v3/version`.
  private static func openAPITemplate(_ segments: [String]) -> String? {
    if segments == ["openapi", "v2"] || segments == ["openapi", "v3"] { return "/openapi/\(segments[1])" }
    guard segments[1] == "v3", segments.count <= 6 else { return nil }
    return "/openapi/v3/{document}"
  }

  var template: String {
    switch self {
    case .fixed(let path), .discovery(let path): path
    case .object(let object):
      (object.group.isEmpty ? "/api/{version}" : "/apis/{group}/{version}")
        + (object.isNamespaced ? "/namespaces/{namespace}" : "") + "/\(object.resource)"
        + (object.name == nil ? "" : "/{name}") + (object.subresource.map { "/\($0)" } ?? "")
    }
  }
}
