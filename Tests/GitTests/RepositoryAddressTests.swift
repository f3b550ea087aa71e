import Testing

@testable import Git

struct RepositoryAddressTests {
  @Test(arguments: [
    ("https://Git.Example.com/acme/fleet.git", "https://git.example.com/acme/fleet.git", "fleet"),
    ("https://git.example.com:443/acme/fleet/", "https://git.example.com/acme/fleet", "fleet"),
    ("HTTPS://git.example.com:8443/fleet", "https://git.example.com:8443/fleet", "fleet"),
    ("https://alice@git.example.com/fleet", "https://git.example.com/fleet", "fleet"),
    ("https://git.example.com/fleet?token=s3cret&x", "https://git.example.com/fleet?token=***&***", "fleet"),
    ("ssh://git@git.example.com/acme/apps.git", "ssh://git.example.com/acme/apps.git", "apps"),
    ("ssh://git@git.example.com:22/acme/apps", "ssh://git.example.com/acme/apps", "apps"),
    ("ssh://git@git.example.com:2222/~alice/apps", "ssh://git.example.com:2222/~alice/apps", "apps"),
    ("git@git.example.com:acme/apps.git", "ssh://git.example.com/acme/apps.git", "apps"),
    ("git.example.com:/srv/apps.git", "ssh://git.example.com/srv/apps.git", "apps"),
    ("git+ssh://git@git.example.com/apps", "ssh://git.example.com/apps", "apps"),
    ("ssh://git@[2001:db8::1]:2222/apps", "ssh://[2001:db8::1]:2222/apps", "apps"),
    ("http://127.0.0.1:8080/fleet.git", "http://127.0.0.1:8080/fleet.git", "fleet"),
    ("http://localhost/fleet", "http://localhost/fleet", "fleet"),
    ("http://[::1]:9/fleet", "http://[::1]:9/fleet", "fleet"),
    ("/srv/git/fleet.git/", "file:///srv/git/fleet.git", "fleet"),
    ("file:///srv/git/with%20space", "file:///srv/git/with space", "with space"),
    ("file://localhost/srv/fleet", "file:///srv/fleet", "fleet"),
  ])
  func normalises(_ text: String, _ url: String, _ name: String) throws {
    let address = try RepositoryAddress(text, namedBy: .configuration)
    #expect(address.url == url)
    #expect(address.name == name)
  }

  @Test(arguments: [
    "", "fleet", "./fleet", "../fleet", "-oProxyCommand=touch /tmp/x", "ext::sh -c id", "ext::ssh%20x",
    "fd::17/foo", "git://git.example.com/fleet", "ftp://git.example.com/fleet", "javascript://x/y",
    "https://", "https:///fleet", "https://git.example.com", "https://git.example.com/",
    "https://user:pw@git.example.com/x",
    "https://ho%73t/x", "https://-host/x", "https://host:0/x", "https://host:65536/x", "https://host:12a/x",
    "https://host/a/../b", "https://host/./b", "https://host/x#frag", "https://ho st/x", "https://host/x\nHost: y",
    "https://host/\u{1b}[31m", "https://host/a\u{85}b", "https://[fe80::1%25eth0]/x", "https://[zz]/x",
    "https://[::1/x",
    "ssh://-oProxyCommand=x/y", "ssh://git@host/a'b", "ssh://git@host/a`id`", "ssh://git@host/$(id)", "ssh://-x@host/y",
    "ssh://git@host/x?y=z", "git@host:-x", "git@-host:x", "user:pw@host:x", "user:pw@host", "host:", "file://other/srv",
    "file://srv",
    "http://git.example.com/fleet", "http://127.0.0.1.example.com/fleet", "http://127.0.0.999/fleet",
    "https://host/" + String(repeating: "x", count: 3000),
  ])
  func refuses(_ text: String) throws {
    let error = #expect(throws: GitError.self) { try RepositoryAddress(text, namedBy: .configuration) }
    #expect(error?.kind == .refusedAddress)
    #expect(error?.message.contains("pw@") == false)
    #expect(error?.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x1b } == false)
  }

  @Test(arguments: ["/srv/git/fleet.git", "file:///etc", "file:///srv/fleet.git"])
  func refusesAPathOfThisMachineThatAClusterNames(_ text: String) throws {
    #expect(throws: Never.self) { try RepositoryAddress(text, namedBy: .configuration) }
    let error = #expect(throws: GitError.self) { try RepositoryAddress(text, namedBy: .cluster) }
    #expect(error?.kind == .refusedAddress)
  }

  @Test func keepsTheUserForTheServerOnly() throws {
    let scp = try RepositoryAddress("git@git.example.com:acme/apps.git", namedBy: .cluster)
    #expect(scp.fetchURL == "git@git.example.com:acme/apps.git")
    let ssh = try RepositoryAddress("ssh://deploy@git.example.com/acme/apps.git", namedBy: .cluster)
    #expect(ssh.fetchURL == "ssh://deploy@git.example.com/acme/apps.git")
    let https = try RepositoryAddress("https://tok3n@git.example.com/acme/apps", namedBy: .cluster)
    #expect(https.fetchURL == "https://git.example.com/acme/apps")
    #expect(https.user == "tok3n")
    #expect(!"\(https) \(https.url)".contains("tok3n"))
    let file = try RepositoryAddress("/srv/a:b c/ä", namedBy: .configuration)
    #expect(file.fetchURL == "file:///srv/a%3Ab%20c/%C3%A4")
  }
}
