import Foundation
import GitOps
import Structured
import TestKit
import Testing

@testable import Helpers
@testable import Kube

@Suite struct ExecCredentialTests {
  private let fixture: ExecFixture

  init() throws { fixture = try ExecFixture() }

  @Test func A17_givesWhatTheHelperPrints() async throws {
    let source = try fixture.source(ExecFixture.answer("{\"token\":\"t0ken\"}"))
    #expect(try await source.credential() == .token("t0ken"))
    // Without an end it is kept.
    fixture.pass(.seconds(90_000))
    #expect(try await source.credential() == .token("t0ken"))
    #expect(fixture.runs == 1)
  }

  @Test func A17_givesCertificatesAsTheyAre() async throws {
    let certificate = "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n"
    let key = "-----BEGIN EC PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY-----\\n"
    try fixture.folder.write(
      """
      {"apiVersion":"\(ExecFixture.version)","kind":"ExecCredential","status":{"clientCertificateData":"\(certificate)",\
      "clientKeyData":"\(key)"}}
      """, to: "answer")
    let source = try fixture.source("cat '\(fixture.folder.file("answer"))'")
    let credential = try await source.credential()
    #expect(credential.authorization == nil)
    #expect(credential.certificate == Array(certificate.replacing("\\n", with: "\n").utf8))
    #expect(credential.key == Array(key.replacing("\\n", with: "\n").utf8))
  }

  @Test func A17_tellsTheHelperWhatItIsFor() async throws {
    try fixture.program(
      """
      echo "$KUBERNETES_EXEC_INFO" > '\(fixture.folder.file("information"))'
      echo "$OWN $1 $2 $(cat | wc -c)" > '\(fixture.folder.file("words"))'
      \(ExecFixture.answer("{\"token\":\"t\"}", version: "client.authentication.k8s.io/v1beta1"))
      """)
    let cluster = ExecHelper.Cluster(
      server: "https://a.example.com/k8s", serverName: "b.example.com", verifies: false, authorities: Array("pem".utf8),
      proxy: "http://u:p@proxy.example.com", configuration: ["audience": "x", "depth": [1, true]])
    let helper = fixture.helper(
      arguments: ["get", "a b"], environment: ["OWN": "value"], version: "client.authentication.k8s.io/v1beta1",
      cluster: cluster)
    _ = try await fixture.credentials().source(for: helper).get().credential()
    let information = try JSON(parsing: Array(fixture.folder.read("information").utf8))
    #expect(
      information == [
        "apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential",
        "spec": [
          "interactive": false,
          "cluster": [
            "server": "https://a.example.com/k8s", "tls-server-name": "b.example.com",
            "insecure-skip-tls-verify": true, "certificate-authority-data": "cGVt",
            "proxy-url": "http://u:p@proxy.example.com", "config": ["audience": "x", "depth": [1, true]],
          ],
        ],
      ])
    #expect(fixture.folder.read("words").split(whereSeparator: \.isWhitespace) == ["value", "get", "a", "b", "0"])
  }

  @Test func A17_saysNothingOfTheClusterUnasked() async throws {
    let source = try fixture.source(
      "echo \"$KUBERNETES_EXEC_INFO\" > '\(fixture.folder.file("information"))'\n"
        + ExecFixture.answer("{\"token\":\"t\"}"))
    _ = try await source.credential()
    let information = try JSON(parsing: Array(fixture.folder.read("information").utf8))
    #expect(information["spec"] == ["interactive": false])
  }

  @Test func A17_hasNoTerminalAndNoShell() async throws {
    try fixture.program(
      "if (: < /dev/tty) 2> /dev/null; then exit 1; fi; test \"$1\" = '$(touch x); `id`' || exit 2\n"
        + ExecFixture.answer("{\"token\":\"t\"}"))
    let helper = fixture.helper(arguments: ["$(touch x); `id`"])
    #expect(try await fixture.credentials().source(for: helper).get().credential() == .token("t"))
  }

  @Test func A18_keepsACredentialUntilAMinuteBeforeItsEnd() async throws {
    let script = """
      n=$(wc -l < '\(fixture.folder.file("runs"))')
      [ $n -lt 3 ] && echo "{\\"apiVersion\\":\\"\(ExecFixture.version)\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":\
      {\\"token\\":\\"t$n\\",\\"expirationTimestamp\\":\\"2026-11-23T12:${n}0:00Z\\"}}"
      """
    let source = try fixture.source(script)
    #expect(try await source.credential() == .token("t1"))
    fixture.pass(.seconds(539))
    #expect(try await source.credential() == .token("t1"))
    fixture.pass(.seconds(2))
    #expect(try await source.credential() == .token("t2"))
    fixture.pass(.seconds(600))
    // The third run fails; the second credential is good for another minute.
    #expect(try await source.credential() == .token("t2"))
    #expect(fixture.runs == 3)
    fixture.pass(.seconds(59))
    #expect(await sentence(of: source)?.contains("failed") == true)
  }

  @Test func A15_concurrentRefusalsMakeOneRun() async throws {
    let source = try fixture.source(
      """
      n=$(wc -l < '\(fixture.folder.file("runs"))')
      echo "{\\"apiVersion\\":\\"\(ExecFixture.version)\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"t$n\\"}}"
      """)
    let first = try await source.credential()
    #expect(first == .token("t1"))
    // Refused at once: asking again would be a loop.
    #expect(try await source.renewed(after: first) == nil)
    fixture.pass(.seconds(2))
    let renewed = try await withThrowingTaskGroup(of: Credential?.self) { group in
      for _ in 0..<20 { group.addTask { try await source.renewed(after: first) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(renewed == Array(repeating: .token("t2"), count: 20))
    #expect(fixture.runs == 2)
    // Who was refused with the old one later gets the new one without a run.
    #expect(try await source.renewed(after: first) == .token("t2"))
    #expect(fixture.runs == 2)
  }

  @Test func E_A02_whoNeedsACredentialWaitsForTheRunThatIsUnderWay() async throws {
    let gate = fixture.folder.file("gate")
    try #require(mkfifo(gate, 0o600) == 0)
    let source = try fixture.source("cat '\(gate)' > /dev/null\n" + ExecFixture.answer("{\"token\":\"t\"}"))
    let all = Task {
      try await withThrowingTaskGroup(of: Credential.self) { group in
        for _ in 0..<10 { group.addTask { try await source.credential() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    // Opening blocks until the helper reads.
    let writer = try await opened(gate)
    close(writer)
    #expect(try await all.value == Array(repeating: .token("t"), count: 10))
    #expect(fixture.runs == 1)
  }

  @Test func E_A02_aRefreshThatFailsIsOneRunForAll() async throws {
    let source = try fixture.source("echo 'session has ended' >&2; exit 1")
    let sentences = await withTaskGroup(of: String?.self) { group in
      for _ in 0..<10 { group.addTask { await sentence(of: source) } }
      return await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(sentences == ["the credential helper login failed: session has ended"])
    #expect(fixture.runs == 1)
  }

  @Test func E_A02_whoLeavesDoesNotWaitForTheHelper() async throws {
    let gate = fixture.folder.file("gate")
    try #require(mkfifo(gate, 0o600) == 0)
    let source = try fixture.source("cat '\(gate)' > /dev/null\n" + ExecFixture.answer("{\"token\":\"t\"}"))
    let impatient = Task { try await source.credential() }
    let writer = try await opened(gate)
    impatient.cancel()
    let left = await #expect(throws: APIError.self) { try await impatient.value }
    #expect(left?.isCancelled == true)
    close(writer)
    #expect(try await source.credential() == .token("t"))
    #expect(fixture.runs == 1)
  }

  @Test(arguments: [
    ("exit 1", "failed: "), ("echo 'no session' >&2; exit 1", "failed: no session"),
    ("printf 'a\\n\\033[31mbad\\007\\n\\n' >&2; exit 1", "failed:  [31mbad"),
    ("yes", "printed more than 64 KiB"), ("yes >&2", "printed more than 64 KiB"), ("exit 0", "printed no JSON"),
    ("echo '<html>'", "printed no JSON"), ("echo '{\"kind\":\"Secret\"}'", "printed no ExecCredential"),
    (
      ExecFixture.answer("{\"token\":\"t\"}", version: "client.authentication.k8s.io/v1beta1"),
      "answered in another apiVersion than client.authentication.k8s.io/v1"
    ),
    (ExecFixture.answer("{}"), "gave neither a token nor a certificate"),
    (ExecFixture.answer("null"), "gave neither a token nor a certificate"),
    (ExecFixture.answer("{\"token\":\"a b\"}"), "gave a token that is none"),
    (ExecFixture.answer("{\"clientKeyData\":\"-----BEGIN PRIVATE KEY-----\"}"), "gave a certificate without a key"),
    (ExecFixture.answer("{\"clientCertificateData\":\"MIIB\"}"), "gave a certificate that is not PEM"),
    (ExecFixture.answer("{\"token\":\"t\",\"expirationTimestamp\":\"soon\"}"), "expirationTimestamp that is no time"),
    (
      ExecFixture.answer("{\"token\":\"t\",\"expirationTimestamp\":\"2026-11-23T11:59:59Z\"}"),
      "gave a credential that has ended already"
    ),
  ])
  func E_K09_saysShortlyWhatIsWrong(script: String, words: String) async throws {
    let source = try fixture.source(script)
    let text = try #require(await sentence(of: source))
    #expect(text.hasPrefix("the credential helper login "))
    #expect(text.contains(words), "\(text)")
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    #expect(text.count < 300)
    // And not again at once.
    #expect(await sentence(of: source) == text)
    #expect(fixture.runs == 1)
  }

  @Test func E_K09_aHelperThatHangsIsEndedWithItsChildren() async throws {
    let source = try fixture.source(
      "trap '' TERM; sleep 300 & echo $! > '\(fixture.folder.file("child"))'; while :; do sleep 300; done",
      timeout: .milliseconds(300))
    #expect(await sentence(of: source)?.contains("did not answer") == true)
    let child = try #require(pid_t(fixture.folder.read("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    // Gone, or a zombie that waits for init.
    try await eventually("the helper's child ends", within: .seconds(240)) {
      kill(child, 0) != 0 || isZombie(child) ? true : nil
    }
  }

  @Test func E_K09_aMissingHelperSaysHowToInstallIt() async throws {
    let helper = fixture.helper(command: "kube-login", hint: "Run: brew\ninstall kube-login")
    let source = try fixture.credentials(path: "relative:\(fixture.folder.path)").source(for: helper).get()
    #expect(
      await sentence(of: source)
        == "the credential helper kube-login is not installed: Run: brew install kube-login")
    try fixture.program(ExecFixture.answer("{\"token\":\"t\"}"), name: "kube-login")
    fixture.pass(.seconds(2))
    #expect(try await source.credential() == .token("t"))
  }

  @Test func E_K09_failingHelpersAreNotRunFasterThanA12() async throws {
    let source = try fixture.source("exit 1")
    var waits: [Int] = []
    for _ in 0..<6 {
      let before = fixture.runs
      var waited = 0
      while fixture.runs == before {
        #expect(await sentence(of: source) != nil)
        if fixture.runs == before {
          fixture.pass(.milliseconds(100))
          waited += 100
        }
      }
      waits.append(waited)
    }
    #expect(waits[0] == 0)
    for (wait, base) in zip(waits.dropFirst(), [800, 1600, 3200, 6400, 12_800]) {
      #expect((base...(2 * base + 100)).contains(wait), "\(waits)")
    }
  }

  @Test func E_K09_credentialsThatEndAtOnceAreNotALoop() async throws {
    // Good for 30 s: less than the margin.
    let source = try fixture.source(
      ExecFixture.answer("{\"token\":\"t\",\"expirationTimestamp\":\"2026-11-23T12:00:30Z\"}"))
    for _ in 0..<50 { #expect(try await source.credential() == .token("t")) }
    #expect(fixture.runs == 1)
  }

  @Test func A17_aHelperThatMustAskIsNotStartedWithoutATerminal() async throws {
    let source = try fixture.source(ExecFixture.answer("{\"token\":\"t\"}"), interaction: .always)
    #expect(await sentence(of: source) == "the credential helper login asks questions: it needs the terminal")
    #expect(fixture.runs == 0)
  }

  @Test(arguments: [ExecHelper.Interaction.always, .ifAvailable])
  func A17_aLogInHasTheTerminal(interaction: ExecHelper.Interaction) async throws {
    let source = try fixture.source(
      """
      echo "$KUBERNETES_EXEC_INFO" > '\(fixture.folder.file("information"))'
      printf 'password: ' >&2
      read answer
      echo "{\\"apiVersion\\":\\"\(ExecFixture.version)\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$answer\\"}}"
      """, interaction: interaction)
    let terminal = try PseudoTerminal()
    let login = try #require(source.login)
    #expect(login.command == fixture.folder.file("login"))
    let console = Login.Console(input: terminal.inner, output: terminal.inner)
    let logIn = Task { () async -> APIError? in
      do throws(APIError) {
        try await login.run(console)
        return nil
      } catch {
        return error
      }
    }
    try await terminal.read(until: "password: ")
    terminal.type("hunter2\n")
    #expect(await logIn.value == nil)
    #expect(try await source.credential() == .token("hunter2"))
    let information = try JSON(parsing: Array(fixture.folder.read("information").utf8))
    #expect(information["spec"]?["interactive"] == true)
    #expect(fixture.runs == 1)
  }

  @Test func A17_contextsOfOneUserEntryShareItsCredential() async throws {
    try fixture.program(ExecFixture.answer("{\"token\":\"t\"}"))
    let credentials = fixture.credentials()
    for _ in 0..<5 { _ = try await credentials.source(for: fixture.helper()).get().credential() }
    #expect(fixture.runs == 1)
  }

  private func isZombie(_ process: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return status.isEmpty || status.contains(") Z ")
  }

  /// The writing end of a pipe with a name, as soon as somebody reads it.
  private func opened(_ path: String) async throws -> Int32 {
    try await eventually("the helper waits", within: .seconds(240)) {
      let end = open(path, O_WRONLY | O_NONBLOCK)
      return end >= 0 ? end : nil
    }
  }
}

/// Both ends of a terminal that nobody controls.
final class PseudoTerminal: Sendable {
  let outer: Int32
  let inner: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let made = ends.withUnsafeMutableBufferPointer { openpty(&$0[0], &$0[1], nil, nil, nil) }
    try #require(made == 0)
    (outer, inner) = (ends[0], ends[1])
    // A thread that waits for a helper is one that it may need.
    _ = fcntl(outer, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(outer)
    close(inner)
  }

  func type(_ text: String) { _ = write(outer, text, text.utf8.count) }

  /// Waits for these words on the terminal.
  func read(until words: String) async throws {
    var seen = ""
    try await eventually("the helper says \(words)", within: .seconds(240), state: { seen }) { [outer] in
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = Foundation.read(outer, &bytes, bytes.count)
      if count > 0 { seen += String(decoding: bytes[..<count], as: UTF8.self) }
      return seen.contains(words) ? true : nil
    }
  }
}
