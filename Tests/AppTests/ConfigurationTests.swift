import Testing

@testable import App

struct ConfigurationTests {
  private func read(_ text: String) -> Configuration {
    var configuration = Configuration()
    configuration.read(Array(text.utf8), file: "config.yaml")
    return configuration
  }

  @Test func `reads every setting of the documented example`() {
    let configuration = read(
      """
      clusters:
        - { context: prod-eu, alias: eu }
        - { context: edge-7, readOnly: true }
      repos:
        - { match: "https://git.example.com/fleet.git", url: "ssh://git@git.example.com/fleet.git" }
        - { match: "ssh://git@github.com/acme/apps", url: "https://github.com/acme/apps", token: { env: GIT_TOKEN } }
      git: { refresh: 90s }
      readOnly: true
      ignore:
        - { kind: Deployment, path: "/spec/replicas", manager: kube-controller-manager }
      keymap: default
      keys: { reconcile: [R], palette: [":", Ctrl-p] }
      theme: mono
      mouse: false
      secrets: metadata
      """)
    #expect(configuration.problems.isEmpty)
    #expect(configuration.clusters.map(\.context) == ["prod-eu", "edge-7"])
    #expect(configuration.clusters[0].alias == "eu")
    #expect(configuration.clusters[1].readOnly)
    #expect(configuration.repos[1].token == .environment("GIT_TOKEN"))
    #expect(configuration.gitRefresh == 90)
    #expect(configuration.readOnly)
    #expect(
      configuration.ignore == [.init(kind: "Deployment", path: "/spec/replicas", manager: "kube-controller-manager")])
    #expect(configuration.keys["palette"] == [":", "Ctrl-p"])
    #expect(configuration.theme == "mono")
    #expect(!configuration.mouse)
    #expect(!configuration.readsSecrets)
  }

  @Test(arguments: [
    (
      "clusters:\n  - { context: a, protected: true }",
      "config.yaml:2: clusters.protected has no effect in this version"
    ),
    ("secrets: none", "config.yaml:1: secrets: allowed are hashes, metadata"),
    ("theme: glass\ncolour: red", "config.yaml:2: unknown key 'colour'"),
    ("readOnly: maybe", "config.yaml:1: readOnly: allowed are true, false"),
    ("git: { refresh: 1e9h }", "config.yaml:1: git.refresh: a duration from 5s to 24h"),
    ("git: { refresh: NaN }", "config.yaml:1: git.refresh: a duration from 5s to 24h"),
    ("git: { refresh: -5s }", "config.yaml:1: git.refresh: a duration from 5s to 24h"),
    ("clusters:\n  - { alias: x }", "config.yaml:2: each entry of clusters needs context"),
    ("repos:\n  - match: a\n    token: { value: t0ken }", "config.yaml:3: token: give { env: NAME }"),
    ("ignore:\n  - { path: spec }", "config.yaml:2: each entry of ignore needs path"),
    ("- a\n- b", "config.yaml:1: expected a map of settings"),
    ("a: [", "config.yaml:"),
  ])
  func `names file, line and remedy of what it cannot use`(_ text: String, _ problem: String) {
    let configuration = read(text)
    #expect(configuration.problems.contains { $0.hasPrefix(problem) }, "\(configuration.problems)")
    #expect(configuration.gitRefresh == 60)
  }

  @Test func `an empty file is the defaults`() {
    #expect(read("") == Configuration())
    #expect(read("# nothing\n") == Configuration())
  }

  @Test func `a folder, a device and a missing file are no reason to block`() {
    #expect(Configuration.load(path: "/", required: true).problems == ["/: is not a regular file"])
    #expect(Configuration.load(path: "/dev/zero", required: true).problems == ["/dev/zero: is not a regular file"])
    #expect(Configuration.load(path: "/no/such/file", required: true).problems == ["/no/such/file: no such file"])
    #expect(Configuration.load(path: "/no/such/file", required: false).problems.isEmpty)
  }
}
