import Testing

@testable import Git

struct RedactionTests {
  /// Every spelling carries the secret `s3cr3t`; nothing of it may be left (D5).
  @Test(arguments: [
    "https://user:s3cr3t@git.example.com/a", "https://s3cr3t@git.example.com/a", "https://:s3cr3t@git.example.com/a",
    "https://s3cr3t:@git.example.com/a", "https://s3cr3t:x-oauth-basic@git.example.com/a",
    "https://oauth2:s3cr3t@git.example.com:8443/a.git", "HTTPS://USER:s3cr3t@GIT.EXAMPLE.COM/A",
    "https://user:s3cr3t@[2001:db8::1]/a", "https://user%3As3cr3t@git.example.com/a",
    "https://user:s3c/r3t@s3cr3t@git.example.com/a", "https://user:x/s3cr3t@git.example.com/a",
    "https://user:x?s3cr3t@git.example.com/a", "https://user:x#s3cr3t@git.example.com/a",
    "https://user:p@s3cr3t@git.example.com/a", "https://user:s3cr3t@git.example.com", "https://user:s3cr3t@",
    "ssh://user:s3cr3t@git.example.com/a", "ssh://s3cr3t@git.example.com/a", "ssh://user:s3cr3t@git.example.com:22/a",
    "git+ssh://user:s3cr3t@git.example.com/a", "user:s3cr3t@git.example.com:a/b", "http://user:s3cr3t@127.0.0.1/a",
    "http://user:s3cr3t@localhost:8080/a", "ftp://user:s3cr3t@git.example.com/a", "git://user:s3cr3t@git.example.com/a",
    "x://user:s3cr3t@y/z", "ext::https://user:s3cr3t@git.example.com/a",
    "https://git.example.com/a?token=s3cr3t", "https://git.example.com/a?access_token=s3cr3t&x=1",
    "https://git.example.com/a?x=1&private_token=s3cr3t", "https://git.example.com/a?x=1;token=s3cr3t",
    "https://git.example.com/a?sig=s3cr3t==", "https://git.example.com/a?=s3cr3t", "https://git.example.com?t=s3cr3t",
    "https://git.example.com/a#s3cr3t", "https://git.example.com/a#token=s3cr3t",
    "https://git.example.com/a?x=y#s3cr3t",
    "https://user:s3cr3t@git.example.com/a?token=s3cr3t",
    "fatal: unable to access 'https://user:s3cr3t@git.example.com/a/'",
    "cannot redirect from 'https://u:s3cr3t@a.example.com' to 'https://u:s3cr3t@b.example.com'",
    "<https://user:s3cr3t@git.example.com/a>", "(https://user:s3cr3t@git.example.com/a)",
    "\"https://user:s3cr3t@git.example.com/a\"", "one https://u:s3cr3t@a/b two https://u:s3cr3t@c/d three",
    "https://user:s3cr3t@git.example.com/a@b", "https://user:s3cr3t@git.example.com/@scope/a",
    "url=https://user:s3cr3t@git.example.com/a", "\thttps://user:s3cr3t@git.example.com/a\n",
    "https://user:s3cr3tä@git.example.com/a", "https://üser:s3cr3t@git.example.com/a",
    "https://user:s3cr3t%40x@git.example.com/a", "remote: https://s3cr3t@git.example.com: denied",
  ])
  func leavesNoSecret(_ text: String) {
    let shown = RepositoryAddress.redacted(text)
    #expect(!shown.contains("s3cr3t"), "\(shown)")
  }

  @Test(arguments: [
    "https://git.example.com/acme/fleet.git", "ssh://git.example.com:2222/apps", "git@git.example.com:acme/apps.git",
    "failed to connect to git.example.com: Connection refused", "unexpected http status code: 404",
  ])
  func leavesHarmlessTextAlone(_ text: String) {
    #expect(RepositoryAddress.redacted(text) == text)
  }
}
