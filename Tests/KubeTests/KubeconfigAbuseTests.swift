import Foundation
import GitOps
import HTTP
import Kube
import TestKit
import Testing

/// Kubeconfigs that are wrong in one way or another: one sentence, and everything else works.
@Suite struct KubeconfigAbuseTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("abuse") }

  private func load(_ text: String, rules: KubeconfigRules = .normal) throws -> Kubeconfig {
    try Kubeconfig.load(explicit: folder.write(text, to: "config"), environment: [:], home: "/nowhere", rules: rules)
  }

  private func problem(_ cluster: String, user: String = "{}", rules: KubeconfigRules = .normal) throws -> String? {
    let config = try load(
      """
      clusters: [{name: c, cluster: \(cluster)}]
      users: [{name: u, user: \(user)}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """, rules: rules)
    guard case .failure(let problem) = config.contexts[0].access else { return nil }
    return problem.description
  }

  @Test func E_K02_nothingButRegularFilesIsOpened() throws {
    mkfifo(folder.file("pipe"), 0o600)
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    let large = folder.file("large")
    try folder.write("", to: "large")
    // Sparse: two gigabytes that take no room.
    try #require(truncate(large, 2 << 30) == 0)
    let list =
      ["pipe", "folder", "large"].map(folder.file) + ["/dev/zero", try folder.write("contexts: []", to: "good")]
    let config = try Kubeconfig.load(
      explicit: nil, environment: ["KUBECONFIG": list.joined(separator: ":")], home: "/")
    #expect(
      config.warnings == [
        "the kubeconfig \(folder.file("pipe")) is not a regular file",
        "the kubeconfig \(folder.file("folder")) is a directory",
        "the kubeconfig \(large) is larger than 1 MiB", "the kubeconfig /dev/zero is not a regular file",
      ])
    #expect(config.broken == config.warnings)
  }

  @Test func E_K03_nothingInTheFileIsNoCluster() throws {
    for text in ["", "# only\n# comments\n", "---\n"] { #expect(try load(text).contexts.isEmpty) }
    let error = #expect(throws: KubeconfigError.self) { try load("contexts:\n- {name: [\n") }
    #expect(error?.description.contains("line ") == true)
  }

  @Test func E_K04_aFileThatEverybodyMayWriteIsAWarningOrRefused() throws {
    let path = try folder.write("contexts: []", to: "config")
    chmod(path, 0o666)
    #expect(
      try Kubeconfig.load(explicit: path, environment: [:], home: "/").warnings
        == ["the kubeconfig \(path) is writable by everybody"])
    let refused = #expect(throws: KubeconfigError.self) {
      try Kubeconfig.load(explicit: path, environment: [:], home: "/", rules: .locked(by: "driftglass-view"))
    }
    #expect(
      refused?.description == "the kubeconfig \(path) is writable by everybody: driftglass-view does not read it")
  }

  @Test(.enabled(if: geteuid() == 0, "giving a file away needs root"))
  func E_K05_aLinkToTheFileOfAnotherUserIsAWarningOrRefused() throws {
    let path = try folder.write("contexts: []", to: "theirs")
    try #require(chown(path, 4711, 4711) == 0)
    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(
      try Kubeconfig.load(explicit: link, environment: [:], home: "/").warnings
        == ["the kubeconfig \(link) belongs to another user"])
    #expect(throws: KubeconfigError.self) {
      try Kubeconfig.load(explicit: link, environment: [:], home: "/", rules: .locked(by: "driftglass-view"))
    }
  }

  @Test func E_K06_aContextThatNamesSomethingMissingIsDisabledAlone() throws {
    let config = try load(
      """
      clusters: [{name: c, cluster: {server: "https://a"}}]
      contexts: [{name: good, context: {cluster: c}}, {name: bad, context: {cluster: gone}},
        {name: worse, context: {cluster: c, user: gone}}]
      """)
    #expect(config.contexts.map { (try? $0.access.get()) != nil } == [true, false, false])
    #expect(try problem("{server: 'https://a'}") == nil)
  }

  @Test func E_K07_theFirstOfTenThousandTwinsCounts() throws {
    let contexts = (0..<8000).map { "- {name: c\($0 / 2), context: {cluster: c, namespace: n\($0)}}" }
    let config = try load(
      "clusters: [{name: c, cluster: {server: 'https://a'}}]\ncontexts:\n\(contexts.joined(separator: "\n"))\n")
    #expect(config.contexts.count == 4000)
    #expect(config.contexts.prefix(3).map(\.namespace) == ["n0", "n2", "n4"])
    #expect(config.warnings.count == 21)
    #expect(config.warnings.first == "the context c0 is defined twice: the first one counts")
    #expect(config.warnings.last == "the kubeconfig gives 3980 more warnings like these")
  }

  @Test(arguments: [
    ("{server: 'https://a', certificate-authority-data: '%%'}", "{}", "certificate-authority-data is not base64"),
    ("{server: 'https://a', certificate-authority-data: ''}", "{}", "certificate-authority-data is empty"),
    (
      "{server: 'https://a'}", "{client-certificate-data: 'aGVsbG8=', client-key-data: 'aGVsbG8='}",
      "client-certificate-data holds no PEM certificate"
    ), ("{server: 'https://a'}", "{client-key-data: '%'}", "client-key-data is not base64"),
  ])
  func E_K11_materialThatIsNoneDisablesTheCluster(cluster: String, user: String, sentence: String) throws {
    #expect(try problem(cluster, user: user) == sentence)
  }

  @Test func E_K11_anEmptyAuthorityFileDisablesTheCluster() throws {
    try folder.write("", to: "ca")
    #expect(
      try problem("{server: 'https://a', certificate-authority: ca}")
        == "certificate-authority holds no PEM certificate")
  }

  @Test(arguments: [
    ["-newkey", "rsa:2048"], ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], ["-newkey", "ed25519"],
  ])
  func E_K11_aKeyOfAnotherCertificateDisablesTheCluster(kind: [String]) async throws {
    for name in ["a", "b"] {
      try await Program.check(
        ["openssl", "req", "-x509"] + kind + [
          "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout", folder.file("\(name).key"), "-out",
          folder.file("\(name).crt"),
        ])
    }
    let server = "{server: 'https://a'}"
    #expect(try problem(server, user: "{client-certificate: a.crt, client-key: a.key}") == nil)
    let words = try problem(server, user: "{client-certificate: a.crt, client-key: b.key}")
    // The public half of an Ed25519 key is not in its file: the handshake tells.
    #expect(words == (kind.last == "ed25519" ? nil : "client-key does not belong to client-certificate"))
    if kind[1] == "ec" {
      // The older form of the same key.
      try await Program.check(["openssl", "ec", "-in", folder.file("b.key"), "-out", folder.file("old.key")])
      #expect(
        try problem(server, user: "{client-certificate: a.crt, client-key: old.key}")
          == "client-key does not belong to client-certificate")
    }
  }

  @Test func E_K12_aTokenFileIsReadForEachRequest() async throws {
    let server = try ScenarioServer { _, _ in .json("{\"gitVersion\":\"v1.31.2\"}") }
    defer { server.stop() }
    try folder.write("one\n", to: "token")
    let config = try load(
      """
      clusters: [{name: c, cluster: {server: "\(server.url)"}}]
      users: [{name: u, user: {tokenFile: token}}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """)
    let network = Network()
    let reader = KubeReader(
      access: try config.contexts[0].access.get(), cluster: ClusterID("x"), network: network, gate: .open)
    _ = try await reader.version()
    try folder.write("two\n", to: "token")
    _ = try await reader.version()
    for change in ["", nil] {
      if let change { try folder.write(change, to: "token") } else { unlink(folder.file("token")) }
      let error = await #expect(throws: APIError.self) { try await reader.version() }
      #expect(error?.isUnauthorized == true)
      #expect(error?.message.hasPrefix("the token file \(folder.file("token")) ") == true)
    }
    try folder.write("three", to: "token")
    _ = try await reader.version()
    #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer one", "Bearer two", "Bearer three"])
  }

  @Test(arguments: [
    ("http://a.example.com", nil as String?), ("https://a.example.com:6443", nil), ("https://a.example.com", nil),
    ("https://[fd00::1]:6443", nil), ("https://a.example.com/k8s/clusters/c-1/", nil),
    ("ftp://a", "server: the address is neither https:// nor http://"),
    ("file:///etc/passwd", "server: the address is neither https:// nor http://"),
    ("https://u:p4ss@a", "server: the address contains a user name or password"),
  ])
  func E_K13_onlyUsableServersAreUsed(server: String, sentence: String?) throws {
    #expect(try problem("{server: '\(server)'}") == sentence)
    let locked = try problem("{server: '\(server)'}", rules: .locked(by: "driftglass-view"))
    #expect((locked == nil) == (sentence == nil && server.hasPrefix("https://")))
  }

  @Test func E_K15_ofFiftyFilesThirtyTwoAreReadAndLoopsAreSkipped() throws {
    let list = (0..<50).map { folder.file("\($0)") }
    try FileManager.default.createSymbolicLink(atPath: list[0], withDestinationPath: list[1])
    try FileManager.default.createSymbolicLink(atPath: list[1], withDestinationPath: list[0])
    try folder.write("contexts: [{name: early}]", to: "3")
    try folder.write("contexts: [{name: late}]", to: "40")
    let config = try Kubeconfig.load(
      explicit: nil, environment: ["KUBECONFIG": list.joined(separator: ":")], home: "/")
    #expect(config.contexts.map(\.name) == ["early"])
    #expect(config.warnings.contains("KUBECONFIG names 50 files: only the first 32 are read"))
    #expect(config.warnings.contains { $0.hasPrefix("the kubeconfig \(list[0]) cannot be read (too many levels") })
    #expect(config.warnings.contains("the kubeconfig \(list[2]) does not exist"))
  }
}
