import Testing

@testable import Git

struct RepositoryRulesTests {
  private let rules: RepositoryRules

  init() throws {
    rules = RepositoryRules([
      try .init(match: "https://git.example.com/fleet.git", url: "ssh://git@git.example.com/fleet.git"),
      try .init(match: "ssh://git@github.com/acme/apps", url: "https://github.com/acme/apps", token: .environment("T")),
      try .init(match: "https://git.example.com/local", url: "/srv/git/local.git"),
      try .init(match: "file:///srv/git/named.git"),
      try .init(match: "https://git.example.com/private", token: .file("/run/token")),
    ])
  }

  @Test(arguments: [
    ("https://git.example.com/fleet", "ssh://git.example.com/fleet.git"),
    ("https://bot@GIT.example.com:443/fleet.git/", "ssh://git.example.com/fleet.git"),
    ("git@github.com:acme/apps.git", "https://github.com/acme/apps"),
    ("ssh://other@github.com/acme/apps", "https://github.com/acme/apps"),
    ("https://git.example.com/local.git", "file:///srv/git/local.git"),
    ("/srv/git/named", "file:///srv/git/named.git"),
    ("https://git.example.com/elsewhere", "https://git.example.com/elsewhere"),
  ])
  func readsWhereTheConfigurationSays(_ named: String, _ read: String) throws {
    #expect(try rules.locate(named).address.url == read)
  }

  @Test func keepsHowTheControllerNamesIt() throws {
    let location = try rules.locate("git@github.com:acme/apps.git")
    #expect(location.named.url == "ssh://github.com/acme/apps.git")
    #expect(location.token == .environment("T"))
    #expect(try rules.locate("https://git.example.com/private.git").token == .file("/run/token"))
  }

  @Test(arguments: ["file:///etc/passwd", "/srv/git/other.git", "ext::id", "http://git.example.com/fleet"])
  func refusesWhatNoRuleNames(_ url: String) throws {
    let error = #expect(throws: GitError.self) { try rules.locate(url) }
    #expect(error?.kind == .refusedAddress)
  }
}
