import Testing

@testable import HTTP

@Suite struct GateTests {
  static let base = "https://api.example.com:6443/k8s"

  static func request(
    _ method: Request.Method, _ path: String, headers: [(name: String, value: String)] = [], body: String? = nil
  ) -> Request {
    Request(
      method, base + path, target: .apiServer(base: base), headers: headers, body: body.map { Array($0.utf8) })
  }

  static func isAllowed(_ request: Request, _ rules: Gate.Rules = Gate.Rules()) -> Bool {
    (try? Gate.readOnly(rules).check(request)) != nil
  }

  @Test(arguments: [
    "/version", "/readyz", "/readyz?verbose=", "/livez", "/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1",
    "/openapi/v2", "/openapi/v3", "/openapi/v3/apis/apps/v1?hash=0A1B", "/openapi/v3/api/v1", "/api/v1/namespaces",
    "/api/v1/namespaces/shop", "/api/v1/pods", "/api/v1/namespaces/shop/pods/web-1",
    "/apis/apps/v1/deployments?limit=500",
    "/apis/apps/v1/namespaces/shop/deployments?labelSelector=a%3Db%2Cc&resourceVersion=0&limit=500",
    "/apis/apps/v1/deployments?watch=1&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=250",
    "/api/v1/namespaces/shop/pods/web-1/log?follow=true&container=web&sinceSeconds=600&timestamps=true",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:basic-user",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%20b", "/api/v1/namespaces/shop/secrets/release-v1",
  ])
  func letsReadsThrough(path: String) {
    #expect(Self.isAllowed(Self.request(.get, path)))
  }

  @Test(arguments: [
    // Reaching into pods, nodes and services.
    "/api/v1/namespaces/shop/pods/web/exec?command=sh", "/api/v1/namespaces/shop/pods/web/attach",
    "/api/v1/namespaces/shop/pods/web/portforward", "/api/v1/namespaces/shop/pods/web/proxy",
    "/api/v1/namespaces/shop/pods/web/proxy/metrics", "/api/v1/namespaces/shop/services/web:80/proxy/",
    "/api/v1/nodes/n1/proxy/run", "/api/v1/proxy/namespaces/shop/pods/web", "/api/v1/namespaces/shop/pods/web/log/x",
    "/api/v1/pods/web/log", "/apis/apps/v1/namespaces/shop/pods/web/log", "/api/v1/namespaces/shop/pods/web/EXEC",
    "/apis/apps/v1/namespaces/shop/deployments/web/scale", "/api/v1/namespaces/shop/serviceaccounts/a/token",
    "/api/v1/namespaces/shop/pods/web/ephemeralcontainers", "/api/v1/watch/pods", "/api/v1/watch/namespaces/shop/pods",
    "/apis/apps/v1/namespaces/shop/deployments/web/status",
    // Other ends of an API server.
    "/", "", "/metrics", "/debug/pprof/profile", "/logs/kube.log", "/configz", "/.well-known/openid-configuration",
    "/openid/v1/jwks", "/version/", "/openapi", "/openapi/v4", "/openapi/v3/a/b/c/d/e", "/healthz/ping",
    // The same in disguise.
    "//api/v1/pods", "/api//v1/pods", "/api/v1/pods/", "/api/v1/./pods", "/api/v1/namespaces/shop/../../nodes",
    "/api/v1/namespaces/shop/pods/web/%65xec", "/api/v1/namespaces/shop/pods/web/%2e%2e/log",
    "/api/v1/namespaces/shop/pods/web%2Fexec", "/api/v1/namespaces/shop/pods/web%2fexec", "/api/v1/pods;a=b",
    "/api/v1/pods%3Ba", "/api/v1/pods%00", "/api/v1/pods%0d%0a", "/api/v1/pods%", "/api/v1/pods%4",
    "/api/v1/pods%25", "/api/v1/pods%5C", "/api/v1/clusterroles/a%3ab", "/api/v1/pods@x", "/api/v1/pods,x",
    // Queries.
    "/api/v1/pods?dryRun=All", "/api/v1/pods?fieldManager=x", "/api/v1/pods?watch=1&watch=0", "/api/v1/pods?limit=1&",
    "/api/v1/pods?%77atch=1", "/api/v1/namespaces/shop/pods/web?watch=1", "/version?x=1",
    "/api/v1/namespaces/shop/pods/web/log?insecureSkipTLSVerifyBackend=true", "/api/v1/pods?_method=DELETE",
    // Secrets by name only.
    "/api/v1/secrets", "/api/v1/secrets?watch=1", "/api/v1/namespaces/shop/secrets?labelSelector=a",
    "/api/v1/namespaces/shop/secrets?limit=500",
  ])
  func refusesOtherGets(path: String) {
    #expect(!Self.isAllowed(Self.request(.get, path)))
  }

  @Test func countsHelmRecordsByTheirLabelsOnly() {
    let path = "/api/v1/namespaces/shop/secrets?labelSelector=owner%3Dhelm%2Cname%3Dweb&limit=500"
    let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    #expect(Self.isAllowed(Self.request(.get, path, headers: [("Accept", metadata)])))
    for accept in ["application/json", "\(metadata),application/json", "*/*"] {
      #expect(!Self.isAllowed(Self.request(.get, path, headers: [("Accept", accept)])))
    }
    #expect(!Self.isAllowed(Self.request(.get, path)))
    #expect(!Self.isAllowed(Self.request(.get, path, headers: [("Accept", metadata), ("Accept", "*/*")])))
    #expect(!Self.isAllowed(Self.request(.get, path + "&watch=1", headers: [("Accept", metadata)])))
    #expect(!Self.isAllowed(Self.request(.get, "/api/v1/secrets?labelSelector=a%3Db", headers: [("Accept", metadata)])))
  }

  @Test func listsSecretsWithANamedSelectorOnly() {
    var rules = Gate.Rules()
    rules.secretSelectors = ["example.com/name"]
    #expect(Self.isAllowed(Self.request(.get, "/api/v1/secrets?labelSelector=example.com%2Fname&watch=1"), rules))
    #expect(!Self.isAllowed(Self.request(.get, "/api/v1/secrets?labelSelector=example.com%2Fother"), rules))
    #expect(!Self.isAllowed(Self.request(.get, "/api/v1/secrets?labelSelector="), rules))
  }

  @Test func closesPodLogsWhenToldTo() {
    var rules = Gate.Rules()
    rules.podLogs = false
    #expect(!Self.isAllowed(Self.request(.get, "/api/v1/namespaces/shop/pods/web/log"), rules))
  }

  @Test(arguments: Request.Method.allCases.filter { $0 != .get })
  func refusesEveryOtherMethod(method: Request.Method) {
    for path in ["/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/pods/web", "/version", "/apis/apps/v1"] {
      #expect(!Self.isAllowed(Self.request(method, path, headers: [("Content-Type", "application/json")], body: "{}")))
    }
  }

  static let reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
  static let review = """
    {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":\
    {"verb":"patch","namespace":"","n":[1,-2.5e3,true,null,{}]}}}
    """

  @Test func letsSelfReviewsThrough() {
    let json: [(name: String, value: String)] = [("content-type", "application/json")]
    #expect(Self.isAllowed(Self.request(.post, Self.reviews, headers: json, body: Self.review)))
    let rules = #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"a"}}"#
    #expect(
      Self.isAllowed(
        Self.request(.post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", headers: json, body: rules)))
  }

  @Test(arguments: [
    #"{"kind":"SelfSubjectAccessReview","spec":{}}"#, "", "{}", "[]", "null",
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{}}"#,
    #"{"apiVersion":"v1","kind":"SelfSubjectAccessReview","spec":{}}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","kind":"Pod","spec":{}}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","\u006bind":"Pod","kind":"SelfSubjectAccessReview","spec":{}}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{}} {"kind":"Pod"}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{},"metadata":{}}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{}}"#,
    #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":[[[[[[[[[[1]]]]]]]]]]}"#,
    "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec: {}\n",
  ])
  func refusesBodiesThatAreNoSelfReview(body: String) {
    #expect(
      !Self.isAllowed(Self.request(.post, Self.reviews, headers: [("Content-Type", "application/json")], body: body)))
  }

  @Test func refusesReviewsWithTricks() {
    let json: [(name: String, value: String)] = [("Content-Type", "application/json")]
    #expect(!Self.isAllowed(Self.request(.post, Self.reviews, body: Self.review)))
    #expect(
      !Self.isAllowed(
        Self.request(.post, Self.reviews, headers: [("Content-Type", "application/yaml")], body: Self.review)))
    #expect(!Self.isAllowed(Self.request(.post, Self.reviews + "?dryRun=All", headers: json, body: Self.review)))
    #expect(!Self.isAllowed(Self.request(.post, Self.reviews + "/x", headers: json, body: Self.review)))
    #expect(!Self.isAllowed(Self.request(.put, Self.reviews, headers: json, body: Self.review)))
    let others = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    #expect(!Self.isAllowed(Self.request(.post, others, headers: json, body: Self.review)))
    let local = "/apis/authorization.k8s.io/v1/namespaces/a/selfsubjectaccessreviews"
    #expect(!Self.isAllowed(Self.request(.post, local, headers: json, body: Self.review)))
  }

  @Test(arguments: [
    "Upgrade", "upgrade", "Connection", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "Host",
    "X-Forwarded-For", "X-Remote-User", "Sec-WebSocket-Key", "Transfer-Encoding", "Content-Length", "Expect", "Cookie",
    "Proxy-Authorization",
  ])
  func refusesHeadersThatAreNotNamed(name: String) {
    #expect(!Self.isAllowed(Self.request(.get, "/version", headers: [(name, "x")])))
  }

  @Test func acceptsTheHeadersWeSend() {
    let headers: [(name: String, value: String)] = [
      ("Accept", "*/*"), ("Authorization", "Bearer x"), ("User-Agent", "driftglass/1"), ("Impersonate-User", "a"),
      ("Impersonate-Group", "b"), ("Impersonate-Extra-scopes%2fx", "c"),
    ]
    #expect(Self.isAllowed(Self.request(.get, "/version", headers: headers)))
  }

  @Test func keepsInsideTheTarget() {
    func url(_ url: String, base: String = GateTests.base) -> Request {
      Request(.get, url, target: .apiServer(base: base))
    }
    for gate in [Gate.open, Gate.readOnly()] {
      #expect(throws: HTTPError.self) { try gate.check(url("https://other.example.com:6443/k8s/version")) }
      #expect(throws: HTTPError.self) { try gate.check(url("http://api.example.com:6443/k8s/version")) }
      #expect(throws: HTTPError.self) { try gate.check(url("https://api.example.com/k8s/version")) }
      #expect(throws: HTTPError.self) { try gate.check(url("https://api.example.com:6443/version")) }
    }
    #expect(!Self.isAllowed(url("https://api.example.com:6443/k8s-other/version")))
    let proxied = Self.base + "/api/v1/namespaces/a/services/b/proxy"
    #expect(!Self.isAllowed(url(proxied + "/version", base: proxied)))
  }

  @Test func knowsItsServers() {
    var rules = Gate.Rules()
    rules.servers = ["https://other.example.com:443"]
    #expect(!Self.isAllowed(Self.request(.get, "/version"), rules))
    rules.servers = [Self.base]
    #expect(Self.isAllowed(Self.request(.get, "/version"), rules))
  }

  @Test func refusesControlCharactersThroughEveryGate() {
    let requests = [
      Self.request(.get, "/version", headers: [("Accept", "a\r\nX: y")]),
      Self.request(.get, "/version", headers: [("Acc ept", "a")]), Self.request(.get, "/version\r\nX: y"),
      Self.request(.get, "/ver sion"),
    ]
    for request in requests {
      #expect(throws: HTTPError.self) { try Gate.open.check(request) }
    }
  }

  @Test func letsOnlyFetchesOfGitThrough() {
    let repo = "https://git.example.com/team/fleet.git"
    func isAllowed(_ method: Request.Method, _ path: String, type: String? = nil) -> Bool {
      let headers = type.map { [(name: "Content-Type", value: $0)] } ?? []
      return Self.isAllowed(
        Request(
          method, repo + path, target: .repository(base: repo), headers: headers, body: method == .post ? [1] : nil))
    }
    #expect(isAllowed(.get, "/info/refs?service=git-upload-pack"))
    #expect(isAllowed(.post, "/git-upload-pack", type: "application/x-git-upload-pack-request"))
    #expect(!isAllowed(.get, "/info/refs?service=git-receive-pack"))
    #expect(!isAllowed(.get, "/info/refs"))
    #expect(!isAllowed(.get, "/info/refs?service=git-upload-pack&service=git-receive-pack"))
    #expect(!isAllowed(.post, "/git-receive-pack", type: "application/x-git-receive-pack-request"))
    #expect(!isAllowed(.post, "/git-receive-pack", type: "application/x-git-upload-pack-request"))
    #expect(!isAllowed(.post, "/git-upload-pack"))
    #expect(!isAllowed(.get, "/HEAD"))
    #expect(!isAllowed(.put, "/git-upload-pack", type: "application/x-git-upload-pack-request"))
  }

  @Test func theOpenGateLetsWritesThrough() throws {
    let body = "{}"
    for method in Request.Method.allCases {
      try Gate.open.check(Self.request(method, "/api/v1/namespaces/shop/pods/web/proxy", body: body))
    }
  }

  @Test func countsWhatPassesAndWhatDoesNot() throws {
    let record = GateRecord()
    let gate = Gate.readOnly().recording(into: record)
    try gate.check(Self.request(.get, "/api/v1/namespaces/shop/pods/web"))
    try gate.check(Self.request(.get, "/api/v1/namespaces/pay/pods/api"))
    #expect(throws: HTTPError.self) { try gate.check(Self.request(.delete, "/api/v1/namespaces/shop/pods/web")) }
    #expect(record.sent == ["GET /api/{version}/namespaces/{namespace}/pods/{name}": 2])
    #expect(record.refused == ["DELETE: read-only: DELETE is not allowed here": 1])
  }
}
