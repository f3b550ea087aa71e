import FoundationEssentials
import GitOps
import Structured

extension APIServer {
  func route(_ request: ServerRequest) throws(APIStatus) -> ServerResponse {
    if ["readyz", "livez", "healthz"].contains(request.segments.first ?? "") { return .text("ok") }
    let access = try authenticate(request)
    if request.segments == ["version"] { return .json(version) }
    if let answer = documents(request) { return answer }
    guard let path = ResourcePath(segments: request.segments) else { throw .unknownPath() }
    if path.group == "authorization.k8s.io" || path.group == "authentication.k8s.io" {
      guard request.method == "POST" else { throw .methodNotAllowed() }
      return .json(access.review(try request.json(), plural: path.plural), status: 201)
    }
    guard let kind = kinds.first(where: { $0.group == path.group && $0.plural == path.plural }),
      kind.version == path.version, path.namespace == nil || kind.namespaced
    else { throw .unknownPath() }
    try access.check(path, verb: verb(of: request, path))
    return try objects(request, path, kind)
  }

  private func authenticate(_ request: ServerRequest) throws(APIStatus) -> TokenAccess {
    if options.tokens.isEmpty { return TokenAccess(user: "kubernetes-admin") }
    let prefix = "Bearer "
    guard request.authorization.hasPrefix(prefix),
      let access = options.tokens[String(request.authorization.dropFirst(prefix.count))]
    else { throw APIStatus(code: 401, reason: "Unauthorized", message: "Unauthorized") }
    return access
  }

  private func verb(of request: ServerRequest, _ path: ResourcePath) -> String {
    switch request.method {
    case "POST": "create"
    case "PUT": "update"
    case "PATCH": "patch"
    case "DELETE": path.name == nil ? "deletecollection" : "delete"
    default: request.isWatch ? "watch" : path.name == nil ? "list" : "get"
    }
  }

  private var version: JSON {
    let parts = options.version.dropFirst().split(separator: ".")
    return [
      "major": .string(parts.first.map(String.init) ?? "1"),
      "minor": .string(parts.dropFirst().first.map(String.init) ?? ""),
      "gitVersion": .string(options.version), "gitCommit": "", "gitTreeState": "clean", "buildDate": "",
      "goVersion": "", "compiler": "", "platform": "linux/amd64",
    ]
  }

  /// Discovery and OpenAPI; nil for every other path.
  private func documents(_ request: ServerRequest) -> ServerResponse? {
    let segments = request.segments
    switch (segments.first, segments.count) {
    case ("api", 1), ("apis", 1):
      for version in ["v2", "v2beta1"] where options.servesAggregatedDiscovery {
        guard request.accept.contains("as=APIGroupDiscoveryList"),
          request.accept.contains("v=\(version);")
            || request.accept.contains("v=\(version),") || request.accept.hasSuffix("v=\(version)")
        else { continue }
        var response = ServerResponse.json(discovery.aggregated(core: segments == ["api"], version: version))
        response.contentType = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
        return response
      }
      return .json(segments == ["api"] ? discovery.apiVersions : discovery.groupList)
    case ("api", 2): return discovery.resourceList(group: "", version: segments[1]).map { .json($0) }
    case ("apis", 2): return discovery.group(named: segments[1]).map { .json($0) }
    case ("apis", 3): return discovery.resourceList(group: segments[1], version: segments[2]).map { .json($0) }
    case ("openapi", 2...):
      if segments[1] == "v2", segments.count == 2 {
        // kubectl asks for a protobuf form that exists for no reader of ours.
        if !request.accept.isEmpty, !request.accept.contains("json"), !request.accept.contains("*/*") {
          return .failure(APIStatus(code: 406, reason: "NotAcceptable", message: "only JSON is served"))
        }
        return .json(openAPI.v2)
      }
      guard segments[1] == "v3", options.servesOpenAPIv3 else { return nil }
      if segments.count == 2 { return .json(openAPI.index) }
      let isCore = segments[2] == "api"
      guard segments.count == (isCore ? 4 : 5) else { return nil }
      return openAPI.document(group: isCore ? "" : segments[3], version: segments[segments.count - 1]).map { .json($0) }
    default: return nil
    }
  }
}
