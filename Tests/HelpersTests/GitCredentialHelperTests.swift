import Foundation
import Git
import Testing

@testable import Helpers

/// The helper against the real `git` with a configuration of the test's own, and against programs that misbehave.
final class GitCredentialHelperTests: Sendable {
  private let folder: String
  private let request = CredentialRequest(scheme: "https", host: "git.example.com:8443", path: "acme/fleet.git")

  init() throws {
    var bytes = Array((FileManager.default.temporaryDirectory.path + "/driftglass-helper-XXXXXX").utf8CString)
    guard mkdtemp(&bytes) != nil else { throw CocoaError(.fileWriteUnknown) }
    folder = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Git with this text as the user's configuration.
  private func git(_ configuration: String) throws -> GitCredentialHelper {
    try Data(configuration.utf8).write(to: URL(filePath: folder + "/.gitconfig"))
    return GitCredentialHelper(
      executable: .name("git"), environment: ["HOME": folder, "XDG_CONFIG_HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"])
  }

  /// A program in Git's place.
  private func program(_ script: String, timeout: Duration = .seconds(30)) throws -> GitCredentialHelper {
    let path = folder + "/git"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return GitCredentialHelper(executable: .path(.init(path)), timeout: timeout)
  }

  private func sentence(_ helper: GitCredentialHelper) async -> String? {
    do throws(GitError) {
      _ = try await helper.fill(request)
      return nil
    } catch {
      #expect(error.kind == .authentication)
      return error.message
    }
  }

  @Test func givesWhatTheUsersHelperKnows() async throws {
    let helper = try git(
      """
      [credential "https://git.example.com:8443"]
      \thelper = "!f() { echo username=bot; echo password=s3=cr3t; }; f"
      """)
    #expect(try await helper.fill(request) == GitCredential(user: "bot", password: "s3=cr3t"))
    let other = CredentialRequest(scheme: "https", host: "git.example.org", path: "x")
    #expect(try await helper.fill(other) == nil)
  }

  @Test func asksForTheUserThatTheAddressNames() async throws {
    let helper = try program("cat > '\(folder)/input'; echo username=alice; echo password=x")
    let request = CredentialRequest(scheme: "https", host: "git.example.com", path: "a.git", user: "alice")
    #expect(try await helper.fill(request)?.user == "alice")
    let input = try String(contentsOf: URL(filePath: folder + "/input"), encoding: .utf8)
    #expect(input == "protocol=https\nhost=git.example.com\npath=a.git\nusername=alice\n\n")
  }

  @Test func givesNothingWhereThereIsNoHelperOrNoGit() async throws {
    #expect(try await git("").fill(request) == nil)
    #expect(try await GitCredentialHelper(executable: .path("/nonexistent/git")).fill(request) == nil)
    #expect(try await program("cat > /dev/null").fill(request) == nil)
  }

  @Test func neverSendsALineBreakThatWouldBeAnotherField() async throws {
    let helper = try program("echo username=a; echo password=b")
    let request = CredentialRequest(scheme: "https", host: "git.example.com\nhost=evil.example.com", path: "x")
    #expect(try await helper.fill(request) == nil)
  }

  @Test func endsAHelperThatHangsTogetherWithItsChildren() async throws {
    let helper = try program("sleep 300 & sleep 300", timeout: .milliseconds(300))
    #expect(await sentence(helper)?.contains("did not answer") == true)
  }

  @Test func endsAHelperThatNeverStopsTalking() async throws {
    #expect(await sentence(try program("yes"))?.contains("64 KiB") == true)
  }

  @Test func saysWhatAFailingHelperSaidWithoutSecretsAndEscapes() async throws {
    let helper = try program(
      "printf 'one\\n\\033[31mcannot reach https://bot:s3cr3t@vault.example.com/x\\n' >&2; exit 3")
    let text = try #require(await sentence(helper))
    #expect(text.contains("vault.example.com"))
    #expect(!text.contains("s3cr3t") && !text.contains("\u{1b}"))
  }

  @Test func hasNoTerminalToAskOn() async throws {
    let helper = try program("if (: < /dev/tty) 2> /dev/null; then echo password=terminal; fi; echo username=x")
    #expect(try await helper.fill(request) == nil)
  }
}
