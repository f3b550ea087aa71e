import FoundationEssentials
import HTTP
import Kube
import TestKit
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct KubeconfigTests {
  static let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
  static let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
  static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("kubeconfig") }

  private func load(_ text: String) throws -> Kubeconfig {
    try Kubeconfig.load(explicit: folder.write(text, to: "config"), environment: [:], home: "/nowhere")
  }

  /// One context of a cluster and a user given as YAML flow maps.
  private func context(cluster: String, user: String = "{}") throws -> KubeContext {
    let config = try load(
      """
      clusters: [{name: c, cluster: \(cluster)}]
      users: [{name: u, user: \(user)}]
      contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
      current-context: x
      """)
    return try config.context(named: "x")
  }

  private func problem(cluster: String = "{server: 'https://a.example.com'}", user: String = "{}") throws -> String {
    switch try context(cluster: cluster, user: user).access {
    case .failure(let problem): return problem.description
    case .success: return "usable"
    }
  }

  private func credential(_ user: String) async throws -> Credential {
    try await context(cluster: "{server: 'https://a.example.com'}", user: user).access.get().credentials.credential()
  }

  @Test func readsAContext() throws {
    let context = try context(
      cluster: """
        {server: "https://A.example.com:6443/k8s/", tls-server-name: b.example.com, certificate-authority-data: \
        \(Self.base64(Self.certificate)), proxy-url: "http://proxy.example.com:3128", disable-compression: true}
        """)
    let access = try context.access.get()
    #expect(access.server == "https://a.example.com:6443/k8s")
    #expect(context.server == access.server)
    #expect(access.namespace == "shop")
    #expect(access.tls.serverName == "b.example.com")
    #expect(access.tls.authorities == Array(Self.certificate.utf8))
    #expect(access.tls.verifies)
    #expect(access.proxy == "http://proxy.example.com:3128")
    #expect(!access.compresses)
    #expect(access.marks.isEmpty)
  }

  @Test(arguments: [
    ("{server: 'http://a.example.com'}", ["http: not encrypted"]),
    ("{server: 'https://a.example.com', insecure-skip-tls-verify: true}", ["TLS is not verified"]),
    ("{server: 'https://[fd00::1]'}", []), ("{server: 'https://a.example.com'}", []),
  ])
  func marksWhatIsNotSafe(cluster: String, marks: [String]) throws {
    #expect(try context(cluster: cluster).access.get().marks == marks)
  }

  @Test(arguments: [
    ("{}", "server is missing"), ("{server: 'ftp://a'}", "server: the address is neither https:// nor http://"),
    ("{server: 'file:///etc/passwd'}", "server: the address is neither https:// nor http://"),
    ("{server: 'https://u:p4ss@a'}", "server: the address contains a user name or password"),
    ("{server: 'https://a', proxy-url: 'ssh://x'}", "proxy-url is neither http, https nor socks5"),
    ("{server: 'https://a', certificate-authority-data: '!!'}", "certificate-authority-data is not base64"),
    (
      "{server: 'https://a', certificate-authority-data: 'aGVsbG8='}",
      "certificate-authority-data holds no PEM certificate"
    ),
    (
      "{server: 'https://a', certificate-authority: /nonexistent/ca}",
      "certificate-authority: /nonexistent/ca does not exist"
    ),
    (
      "{server: 'https://a', certificate-authority: /dev/zero}",
      "certificate-authority: /dev/zero is not a regular file"
    ),
  ])
  func saysWhichFieldOfAClusterIsWrong(cluster: String, sentence: String) throws {
    #expect(try problem(cluster: cluster) == sentence)
    #expect(try !context(cluster: cluster).server.contains("p4ss"))
  }

  @Test func anAuthorityAndNoVerificationExcludeEachOther() throws {
    let cluster =
      "{server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: \(Self.base64(Self.certificate))}"
    #expect(try problem(cluster: cluster).contains("exclude each other"))
  }

  @Test(arguments: [
    ("{client-certificate-data: 'x%'}", "client-certificate-data is not base64"),
    ("{client-certificate-data: 'aGVsbG8='}", "client-certificate-data holds no PEM certificate"),
    ("{client-key: /nonexistent/key}", "client-key: /nonexistent/key does not exist"),
    ("{token: 'a b'}", "token contains white space"),
    ("{auth-provider: {name: gcp}}", "auth-provider gcp is not supported any more: use an exec helper"),
    (
      "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1}}",
      "needs the credential helper aws: this program starts none"
    ),
    ("{exec: {args: [x]}}", "exec: command is missing"), ("{exec: {command: aws}}", "exec: apiVersion is missing"),
    (
      "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}}",
      "exec: apiVersion client.authentication.k8s.io/v1alpha1 is not supported: there are v1 and v1beta1"
    ),
    (
      "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}",
      "exec: interactiveMode is missing: one of Never, IfAvailable, Always"
    ),
    (
      "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}}",
      "exec: interactiveMode is none of Never, IfAvailable, Always"
    ),
    (
      "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1beta1, env: [{name: 'A=B'}]}}",
      "exec: an entry of env has no usable name"
    ), ("{token: t, as-groups: [ops]}", "as-uid, as-groups and as-user-extra need as"),
    ("{token: t, as: \"a\\r\\nb\"}", "as: contains a control character"),
  ])
  func saysWhichFieldOfAUserIsWrong(user: String, sentence: String) throws {
    #expect(try problem(user: user) == sentence)
  }

  @Test func aCertificateNeedsItsKey() throws {
    #expect(
      try problem(user: "{client-certificate-data: \(Self.base64(Self.certificate))}")
        == "client-certificate without client-key")
    #expect(try problem(user: "{client-key-data: \(Self.base64(Self.key))}") == "client-key without client-certificate")
  }

  @Test func readsEveryFormOfCredential() async throws {
    #expect(try await credential("{}") == Credential())
    #expect(try await credential("{token: abc}") == .token("abc"))
    #expect(try await credential("{token: 12345}") == .token("12345"))
    #expect(try await credential("{username: a, password: b}").authorization == "Basic YTpi")
    let pair = "{client-certificate-data: \(Self.base64(Self.certificate)), client-key-data: \(Self.base64(Self.key))}"
    #expect(
      try await credential(pair)
        == Credential(certificate: Array(Self.certificate.utf8), key: Array(Self.key.utf8)))
  }

  @Test func filesAreFoundBesideTheirKubeconfigAndReadAgain() async throws {
    try folder.write(Self.certificate, to: "pki/client.crt")
    try folder.write(Self.key, to: "pki/client.key")
    try folder.write("first\n", to: "token")
    let user = "{client-certificate: pki/client.crt, client-key: pki/client.key, tokenFile: token, token: ignored}"
    let source = try context(cluster: "{server: 'https://a.example.com'}", user: user).access.get().credentials
    let first = try await source.credential()
    #expect(
      first
        == Credential(
          authorization: "Bearer first", certificate: Array(Self.certificate.utf8), key: Array(Self.key.utf8)))
    #expect(try await source.renewed(after: first) == nil)
    try folder.write("second", to: "token")
    #expect(try await source.credential().authorization == "Bearer second")
    #expect(try await source.renewed(after: first)?.authorization == "Bearer second")
    try folder.write(" \n", to: "token")
    let empty = await #expect(throws: APIError.self) { try await source.credential() }
    #expect(empty?.isUnauthorized == true)
    #expect(empty?.message == "the token file \(folder.path)/token is empty")
    unlink(folder.file("token"))
    let gone = await #expect(throws: APIError.self) { try await source.credential() }
    #expect(gone?.message == "the token file \(folder.path)/token does not exist")
  }

  @Test func aHelperIsAskedForCredentials() throws {
    let text = """
      clusters: [{name: c, cluster: {server: "https://a.example.com", extensions: [{name: other, extension: {}},
        {name: client.authentication.k8s.io/exec, extension: {audience: x}}]}}]
      users: [{name: u, user: {exec: {command: ./bin/login, args: [get, token], env: [{name: A, value: "1"}],
        apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, provideClusterInfo: true}}}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """
    let path = try folder.write(text, to: "config")
    let config = try Kubeconfig.load(explicit: path, environment: [:], home: "") { helper in
      #expect(helper.command == "\(path.dropLast("/config".count))/./bin/login")
      #expect(helper.arguments == ["get", "token"])
      #expect(helper.environment == ["A": "1"])
      #expect(helper.user == "u")
      #expect(helper.interaction == .never)
      #expect(helper.cluster?.server == "https://a.example.com")
      #expect(helper.cluster?.verifies == true)
      #expect(helper.cluster?.configuration == ["audience": "x"])
      return .failure(ContextProblem("no helpers here"))
    }
    guard case .failure(let problem) = try config.context(named: "x").access else {
      Issue.record("usable")
      return
    }
    #expect(problem.description == "no helpers here")
  }

  @Test func impersonates() throws {
    let user = "{token: t, as: jane, as-uid: 7, as-groups: [dev, ops], as-user-extra: {Scopes/x: [a]}}"
    let headers = try context(cluster: "{server: 'https://a'}", user: user).access.get().impersonation
    #expect(
      headers.map { "\($0.name): \($0.value)" } == [
        "Impersonate-User: jane", "Impersonate-Uid: 7", "Impersonate-Group: dev", "Impersonate-Group: ops",
        "Impersonate-Extra-scopes%2Fx: a",
      ])
  }

  @Test func aContextThatNamesSomethingMissingLeavesTheOthersAlone() throws {
    let config = try load(
      """
      clusters: [{name: c, cluster: {server: "https://a"}}]
      contexts:
      - {name: good, context: {cluster: c}}
      - {name: no-cluster, context: {cluster: gone}}
      - {name: no-user, context: {cluster: c, user: gone}}
      - {name: nothing}
      - {context: {cluster: c}}
      current-context: gone
      """)
    let words = config.contexts.map { context in
      switch context.access {
      case .success: "\(context.name): usable"
      case .failure(let problem): "\(context.name): \(problem)"
      }
    }
    #expect(
      words == [
        "good: usable", "no-cluster: the cluster gone is not defined", "no-user: the user gone is not defined",
        "nothing: the context names no cluster",
      ])
    #expect(config.current == nil)
    #expect(config.warnings.contains("current-context names gone, which is not defined"))
    #expect(config.warnings.contains { $0.contains("an entry of contexts has no name (line 7)") })
  }

  @Test func theFirstFileThatDefinesANameWins() throws {
    let first = try folder.write(
      """
      clusters: [{name: c, cluster: {server: "https://first"}}]
      contexts: [{name: x, context: {cluster: c, namespace: one}}]
      """, to: "a/config")
    let second = try folder.write(
      """
      clusters: [{name: c, cluster: {server: "https://second"}}, {name: d, cluster: {server: "https://d"}}]
      contexts: [{name: x, context: {cluster: d, namespace: two}}, {name: y, context: {cluster: c}}]
      current-context: y
      """, to: "b/config")
    let list = "\(first)::\(folder.path)/missing:\(second):\(first)"
    let config = try Kubeconfig.load(explicit: nil, environment: ["KUBECONFIG": list], home: "/nowhere")
    #expect(config.searched == [first, "\(folder.path)/missing", second])
    #expect(
      config.contexts.map { "\($0.name) \($0.server) \($0.namespace)" } == [
        "x https://first:443 one", "y https://first:443 default",
      ])
    #expect(config.current == "y")
    #expect(config.warnings == ["the kubeconfig \(folder.path)/missing does not exist"])
  }

  @Test func aNameTwiceInOneFileIsAWarning() throws {
    let config = try load(
      """
      clusters: [{name: c, cluster: {server: "https://a"}}]
      contexts: [{name: x, context: {cluster: c, namespace: one}}, {name: x, context: {cluster: c, namespace: two}}]
      """)
    #expect(config.contexts.map(\.namespace) == ["one"])
    #expect(config.warnings == ["the context x is defined twice: the first one counts"])
  }

  @Test func findsTheFileInTheHomeFolder() throws {
    try folder.write("contexts: []", to: ".kube/config")
    let config = try Kubeconfig.load(explicit: nil, environment: ["KUBECONFIG": ""], home: folder.path)
    #expect(config.searched == ["\(folder.path)/.kube/config"])
    #expect(config.contexts.isEmpty)
  }

  @Test func saysWhereItLookedWhenThereIsNone() {
    let error = #expect(throws: KubeconfigError.self) {
      try Kubeconfig.load(explicit: nil, environment: [:], home: "/nonexistent")
    }
    #expect(error?.description == "no kubeconfig found: looked for /nonexistent/.kube/config")
    let named = #expect(throws: KubeconfigError.self) {
      try Kubeconfig.load(explicit: "/nonexistent/config", environment: [:], home: "/")
    }
    #expect(named?.description == "the kubeconfig /nonexistent/config does not exist")
  }

  @Test func namesTheContextsThereAre() throws {
    let config = try load("contexts: [{name: a}, {name: b}]")
    let error = #expect(throws: KubeconfigError.self) { try config.context(named: "c") }
    #expect(error?.description == "there is no context c; there are: a, b")
  }

  @Test(arguments: ["", "# nothing\n", "---\n"])
  func anEmptyFileHasNoClusters(text: String) throws {
    let config = try load(text)
    #expect(config.contexts.isEmpty)
    #expect(config.warnings.count == 1)
  }

  @Test(arguments: [
    ("- a\n", "is not a map of settings"), ("contexts: [\n", "cannot be read: line"),
    ("a: b: c\n", "cannot be read: line 1"),
    ("just text", "is not a map of settings"),
  ])
  func aFileThatIsNoKubeconfigIsNamed(text: String, words: String) {
    let error = #expect(throws: KubeconfigError.self) { try load(text) }
    #expect(error?.description.contains("\(folder.path)/config \(words)") == true)
  }

  @Test func listsOfTheWrongShapeAreWarnings() throws {
    let config = try load("contexts: {a: b}\nclusters: text\nusers:\n")
    #expect(config.contexts.isEmpty)
    #expect(config.warnings.count == 2)
  }

  @Test func readsNothingButSmallRegularFiles() throws {
    func sentence(_ path: String) -> String? {
      let error = #expect(throws: KubeconfigError.self) {
        try Kubeconfig.load(explicit: path, environment: [:], home: "/")
      }
      return error?.description
    }
    #expect(sentence(folder.path) == "the kubeconfig \(folder.path) is a directory")
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    #expect(sentence(pipe) == "the kubeconfig \(pipe) is not a regular file")
    #expect(sentence("/dev/zero") == "the kubeconfig /dev/zero is not a regular file")
    let large = try folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "large")
    #expect(sentence(large) == "the kubeconfig \(large) is larger than 1 MiB")
  }

  @Test func warnsOfAFileThatEverybodyMayWrite() throws {
    let path = try folder.write("contexts: []", to: "open")
    chmod(path, 0o666)
    let config = try Kubeconfig.load(explicit: path, environment: [:], home: "/")
    #expect(config.warnings == ["the kubeconfig \(path) is writable by everybody"])
  }

  @Test func readsNoMoreThan32Files() throws {
    let list = (0..<50).map { "\(folder.path)/\($0)" }
    try folder.write("contexts: [{name: late}]", to: "40")
    try folder.write("contexts: [{name: early}]", to: "3")
    let environment = ["KUBECONFIG": list.joined(separator: ":")]
    let config = try Kubeconfig.load(explicit: nil, environment: environment, home: "/")
    #expect(config.contexts.map(\.name) == ["early"])
    #expect(config.warnings.contains("KUBECONFIG names 50 files: only the first 32 are read"))
  }

  @Test func takesTenThousandContexts() throws {
    let contexts = (0..<10_000).map { "- {name: c\($0), context: {cluster: c}}" }.joined(separator: "\n")
    let config = try load("clusters: [{name: c, cluster: {server: 'https://a'}}]\ncontexts:\n\(contexts)\n")
    #expect(config.contexts.count == 10_000)
    #expect(try config.context(named: "c9999").access.get().server == "https://a:443")
  }

  @Test(arguments: [
    ("https://prod.example.com", "http://p.example.com:3128" as String?), ("https://a.internal", nil),
    ("https://internal", nil), ("https://127.0.0.1:6443", nil), ("https://10.1.2.3", nil),
    ("https://11.1.2.3", "http://p.example.com:3128"), ("https://x.corp.example", nil),
    ("https://corp.example", "http://p.example.com:3128"), ("https://only.example:8443", nil),
    ("https://only.example:9443", "http://p.example.com:3128"), ("http://plain.example.com", nil),
  ])
  func usesTheProxyOfTheEnvironmentWhereItApplies(server: String, proxy: String?) throws {
    let environment = [
      "HTTPS_PROXY": "p.example.com:3128", "NO_PROXY": "internal, 10.0.0.0/8,.corp.example,only.example:8443",
    ]
    let text = "clusters: [{name: c, cluster: {server: '\(server)'}}]\ncontexts: [{name: x, context: {cluster: c}}]"
    let path = try folder.write(text, to: "config")
    let config = try Kubeconfig.load(explicit: path, environment: environment, home: "/")
    #expect(try config.context(named: "x").access.get().proxy == proxy)
    let without = try Kubeconfig.load(
      explicit: path, environment: environment, home: "/", usesEnvironmentProxies: false)
    #expect(try without.context(named: "x").access.get().proxy == nil)
  }

  @Test func aCredentialDoesNotPrintItself() {
    let credential = Credential(authorization: "Bearer secret", certificate: [1], key: [2])
    #expect(
      "\(credential) \(String(reflecting: credential))"
        == "Credential(authorization, certificate) Credential(authorization, certificate)")
    var dumped = ""
    dump(credential, to: &dumped)
    #expect(!dumped.contains("secret"))
  }
}
