import Git
import Testing

@testable import App

@Suite struct CheckRepositoryTests {
  private func finding(
    _ url: String, _ head: Result<String, GitError>, reference: GitReference? = .branch("main"),
    token: TokenReference? = nil, usedHelper: Bool = false, follows: String = ""
  ) throws -> CheckFinding {
    let address = try RepositoryAddress(url, namedBy: .configuration)
    let seen = RepositoryObservation(
      source: CheckSource(url: url, reference: reference, follows: follows, place: "prod-eu flux-system/fleet"),
      location: RepositoryLocation(named: address, address: address, token: token), shown: address.url, head: head,
      usedHelper: usedHelper, milliseconds: 12)
    let subject = CheckRepository(seen: seen, file: "config.yaml").subject
    #expect(subject.name == address.url)
    #expect((subject.incomplete == nil) == ((try? head.get()) != nil))
    return try #require(subject.findings.first)
  }

  private let commit = "4f1c2a9" + String(repeating: "0", count: 33)

  @Test func tellsTheHeadAndHowItAuthenticates() throws {
    let https = "https://git.example.com/fleet.git"
    #expect(try finding(https, .success(commit)).detail == "main is 4f1c2a9, 12 ms; no credential needed")
    #expect(try finding(https, .success(commit), usedHelper: true).detail.hasSuffix("; credential helper"))
    #expect(
      try finding(https, .success(commit), token: .environment("GIT_TOKEN")).detail.hasSuffix("; token in $GIT_TOKEN"))
    #expect(try finding("git@git.example.com:fleet.git", .success(commit)).detail.hasSuffix("; key of the ssh agent"))
    #expect(
      try finding(https, .success(commit), reference: nil, follows: "semver >=1").detail
        .hasPrefix("HEAD is 4f1c2a9 (follows semver >=1)"))
  }

  @Test func anUnknownHostKeyHasACommandToPaste() throws {
    let url = "ssh://git@git.example.com:2222/fleet.git"
    let unknown = GitError(
      .hostKey,
      "ssh://git.example.com:2222/fleet.git: the ssh host key is not known (SHA256:abc); compare it with what the host publishes, then connect once with ssh to add it"
    )
    let finding = try finding(url, .failure(unknown))
    #expect(finding.detail == "main: the ssh host key is not known (SHA256:abc); named by prod-eu flux-system/fleet")
    #expect(finding.paste == "ssh-keyscan -p 2222 git.example.com >> ~/.ssh/known_hosts")
    let changed = GitError(.hostKey, "x: the ssh host key has CHANGED (now SHA256:abc)")
    #expect(try self.finding(url, .failure(changed)).paste == "ssh-keygen -R '[git.example.com]:2222'")
  }

  @Test(arguments: [
    (GitError.Kind.authentication, "log in with Git's credential helper"), (.notFound, "check spec.url"),
    (.noSuchReference, "check spec.ref"), (.certificate, "name the CA"), (.timeout, "check the host's name"),
    (.unreachable, "check the host's name"), (.limit, "it is larger"), (.io, "check the folder of mirrors"),
  ])
  func eachFailureHasItsRemedy(_ kind: GitError.Kind, _ remedy: String) throws {
    let finding = try finding("https://git.example.com/fleet.git", .failure(GitError(kind, "it failed")))
    #expect(finding.state == .failed)
    #expect(finding.remedy?.hasPrefix(remedy) == true, "\(finding.remedy ?? "none")")
  }

  @Test func aRefusedTokenIsReplacedWhereItIs() throws {
    let refused = GitError(.authentication, "https://git.example.com/fleet.git: access was refused; name a token")
    let token = try finding("https://git.example.com/fleet.git", .failure(refused), token: .environment("GIT_TOKEN"))
    #expect(token.remedy == "put a token that may read it into $GIT_TOKEN")
    let none = try finding("https://git.example.com/fleet.git", .failure(refused))
    #expect(none.paste == "repos:\n  - { match: \"https://git.example.com/fleet.git\", token: { env: GIT_TOKEN } }")
    let ssh = try finding("git@git.example.com:fleet.git", .failure(refused))
    #expect(ssh.paste == "ssh-add ~/.ssh/id_ed25519")
  }

  @Test func anAddressThatIsNeverReadIsShownWithoutItsPassword() throws {
    let refused = GitError(.refusedAddress, "ext::sh: refused: not an address")
    let seen = RepositoryObservation(
      source: CheckSource(url: "ext::sh", reference: .head, follows: "", place: "prod-eu flux-system/x"),
      shown: "ext::sh", head: .failure(refused))
    let finding = try #require(CheckRepository(seen: seen, file: "config.yaml").subject.findings.first)
    #expect(finding.state == .failed)
    #expect(finding.remedy == "name under repos: in config.yaml where this machine reads it")
  }
}
