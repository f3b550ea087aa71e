import ArgumentParser
import Demo
import Foundation
import GitOps
import HTTP
import Kube
import Structured
import Sync
import Terminal
import TestKit
import Testing

@testable import App

/// The whole check against servers on loopback.
@Suite(.timeLimit(.minutes(2))) @MainActor struct CheckRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("check") }

  private func kubeconfig(_ clusters: [(name: String, server: String, user: String)]) throws -> String {
    var (servers, users, contexts) = ("", "", "")
    for (name, server, user) in clusters {
      servers += "- { name: \(name), cluster: { server: \"\(server)\" } }\n"
      users += "- { name: \(name), user: { \(user) } }\n"
      contexts += "- { name: \(name), context: { cluster: \(name), user: \(name) } }\n"
    }
    let text = "clusters:\n\(servers)users:\n\(users)contexts:\n\(contexts)"
    return try folder.write(text, to: "kubeconfig")
  }

  private func check(_ arguments: [String], isView: Bool = false) throws -> Check {
    var parts = Parts()
    if !isView { parts.writer = { _, _ in NoWriter() } }
    let command = try #require(try ViewCommand.parseAsRoot(["check"] + arguments) as? CheckCommand)
    return Check(command: command, parts: parts, environment: ["HOME": folder.path])
  }

  private func state(_ summary: CheckSummary, _ subject: String, _ what: String) -> CheckFinding.State? {
    summary.subjects.first { $0.title == subject }?.findings.first { $0.what == what }?.state
  }

  @Test func tellsTheDemosClusterAndItsRepositories() async throws {
    var options = World.Options()
    options.clusters = ["prod-eu"]
    options.isAlive = false
    let world = try await World.start(options)
    let config = try folder.write(
      "repos:\n" + world.repos.map { "  - { match: \"\($0.match)\", url: \"\($0.url)\" }\n" }.joined(),
      to: "config.yaml")
    let check = try check(["--kubeconfig", world.kubeconfigPath, "--config", config])
    let summary = await check.check(TerminalReport()) { _ in }
    let cluster = try #require(summary.subjects.first { $0.title == "cluster prod-eu" })
    #expect(cluster.count(.ok) == cluster.findings.count, "\(cluster.findings)")
    #expect(cluster.findings[0].detail.hasPrefix("v1.34.1-eks-113cf36 (eks), "))
    let repositories = summary.subjects.filter { $0.kind == .repository }
    #expect(repositories.contains { $0.findings[0].detail.hasPrefix("main is ") })
    #expect(repositories.allSatisfy { $0.findings[0].state == .ok }, "\(repositories)")
    #expect(summary.exitCode == 0, "\(summary.sentence)")
    await world.stop()
  }

  @Test func A23_aSilentServerDelaysNobodyAndItsFailureIsItsOwn() async throws {
    let silent = try ScenarioServer { _, _ in .silence }
    let refused = try ReservedPort()
    defer { withExtendedLifetime(refused) {} }
    let server = APIServer()
    let port = try await server.start()
    let path = try kubeconfig([
      ("hole", silent.url, "token: abc"), ("gone", "http://127.0.0.1:\(refused.port)", ""),
      ("live", "http://127.0.0.1:\(port)", ""),
    ])
    var order: [String] = []
    // The silence lasts until the others were told.
    let summary = try await check(["--kubeconfig", path]).check(TerminalReport()) { event in
      if case .done(let subject) = event, subject.kind == .cluster { order.append(subject.name) }
      if order.count == 2 { silent.stop() }
    }
    #expect(order.last == "hole")
    #expect(summary.subjects.filter { $0.kind == .cluster }.map(\.name) == ["hole", "gone", "live"])
    #expect(state(summary, "cluster hole", "server") == .failed)
    #expect(state(summary, "cluster gone", "server") == .failed)
    #expect(state(summary, "cluster live", "server") == .ok)
    #expect(summary.exitCode == 1)
    await server.stop()
    silent.stop()
  }

  @Test func silenceEndsWithTheTimeOut() async throws {
    let silent = try ScenarioServer { _, _ in .silence }
    var check = try check(["--kubeconfig", try kubeconfig([("hole", silent.url, "token: abc")])])
    check.limits.answer = .milliseconds(200)
    let summary = await check.check(TerminalReport()) { _ in }
    let finding = try #require(summary.subjects.first { $0.name == "hole" }?.findings.first)
    #expect(finding.detail.hasSuffix("no answer within 200 ms"), "\(finding.detail)")
    #expect(finding.remedy?.contains("stays silent") == true)
    silent.stop()
  }

  @Test func refusedCredentialsAClockThatIsOffAndRightsAreTold() async throws {
    var options = APIServer.Options()
    options.tokens = [
      "reader": .readOnly(user: "ada"),
      "few": TokenAccess(user: "bob", denied: [.init(verb: "list", group: "helm.toolkit.fluxcd.io", namespace: "")]),
    ]
    let server = APIServer(options)
    try server.create(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "shop"]])
    let url = "http://127.0.0.1:\(try await server.start())"
    let old = try ScenarioServer { request, _ in
      request.path == "/version"
        ? .json("{\"gitVersion\":\"v1.20.0\"}", headers: ["Date: Sun, 06 Nov 1994 08:49:37 GMT"])
        : .json("{}", status: 404)
    }
    let path = try kubeconfig([
      ("reader", url, "token: reader"), ("wrong", url, "token: wrong"), ("few", url, "token: few"),
      ("old", old.url, ""),
    ])
    let summary = try await check(["--kubeconfig", path]).check(TerminalReport()) { _ in }
    #expect(state(summary, "cluster reader", "read") == .ok)
    let write = summary.subjects.first { $0.name == "reader" }?.findings.first { $0.what == "write" }
    #expect(write?.detail == "nothing: actions will be refused by the server")
    #expect(state(summary, "cluster wrong", "server") == .ok)
    #expect(state(summary, "cluster wrong", "credentials") == .failed)
    let few = summary.subjects.first { $0.name == "few" }?.findings.first { $0.what == "read" }
    let all = KindAdapters.kinds.count
    #expect(
      few?.detail.hasPrefix("\(all - 1) of \(all) kinds in all namespaces; 1 of \(all) kinds in ") == true,
      "\(few?.detail ?? "")")
    #expect(state(summary, "cluster old", "clock") == .warning)
    #expect(state(summary, "cluster old", "kinds") == .failed)
    await server.stop()
    old.stop()
  }

  @Test func asksNothingThatWrites() async throws {
    let server = APIServer()
    let url = "http://127.0.0.1:\(try await server.start())"
    let path = try kubeconfig([("a", url, "")])
    _ = try await check(["--kubeconfig", path]).check(TerminalReport()) { _ in }
    let requests = server.requests
    #expect(!requests.isEmpty)
    for request in requests {
      #expect(request.method == "GET" || request.target.hasPrefix("/apis/authorization.k8s.io/v1/selfsubject"))
    }
    await server.stop()
  }

  @Test func E_K10_aHelperThatIsNeverStartedHasItsPolicyLine() async throws {
    let path = try kubeconfig([
      ("a", "https://127.0.0.1:1", "exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: /usr/bin/aws }")
    ])
    let summary = try await check(["--kubeconfig", path], isView: true).check(TerminalReport()) { _ in }
    let finding = try #require(summary.subjects.first { $0.name == "a" }?.findings.first)
    #expect(finding.what == "context" && finding.state == .failed)
    #expect(finding.paste == "helpers: [/usr/bin/aws]")
  }

  @Test func readOnlyIsComparedWithWhatTheCredentialsMay() async throws {
    let server = APIServer()
    let path = try kubeconfig([("a", "http://127.0.0.1:\(try await server.start())", "")])
    let flag = try await check(["--kubeconfig", path, "--read-only"]).check(TerminalReport()) { _ in }
    #expect(state(flag, "cluster a", "write") == .warning)
    let view = try await check(["--kubeconfig", path], isView: true).check(TerminalReport()) { _ in }
    #expect(state(view, "cluster a", "write") == .warning)
    await server.stop()
  }

  @Test(arguments: [
    ("", "no contexts"), ("a: [", "cannot be read"), ("- a", "is not a map"),
  ])
  func E_K03_aKubeconfigThatIsNoneEndsWithTwo(_ text: String, _ words: String) async throws {
    let path = try folder.write(text, to: "kubeconfig")
    let summary = try await check(["--kubeconfig", path]).check(TerminalReport()) { _ in }
    #expect(summary.exitCode == 2)
    #expect(state(summary, "configuration", "kubeconfig") == .failed)
    let details = summary.subjects.flatMap(\.findings).map(\.detail)
    #expect(details.contains { $0.contains(words) }, "\(details)")
  }

  @Test func anUnknownContextEndsWithTwo() async throws {
    let path = try kubeconfig([("a", "http://127.0.0.1:1", "")])
    let summary = try await check(["--kubeconfig", path, "--context", "b"]).check(TerminalReport()) { _ in }
    #expect(summary.exitCode == 2)
  }

  @Test func E_K06_oneBrokenContextLeavesTheOthersAlone() async throws {
    let server = APIServer()
    let url = "http://127.0.0.1:\(try await server.start())"
    let text = """
      clusters: [{ name: a, cluster: { server: "\(url)" } }]
      contexts:
        - { name: broken, context: { cluster: nowhere } }
        - { name: fine, context: { cluster: a } }
      """
    let path = try folder.write(text, to: "kubeconfig")
    let summary = try await check(["--kubeconfig", path]).check(TerminalReport()) { _ in }
    #expect(state(summary, "cluster broken", "context") == .failed)
    #expect(state(summary, "cluster fine", "server") == .ok)
    await server.stop()
  }
}

private struct NoWriter: MutationWriter {
  func patch(
    _ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String
  ) async throws(APIError) {
    throw APIError(.credential, message: "a check writes nothing")
  }

  func predict(
    _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as manager: String
  ) async throws(APIError) -> Object {
    throw APIError(.credential, message: "a check writes nothing")
  }
}
