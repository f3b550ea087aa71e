import ArgumentParser
import Foundation
import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import Sync
import TestKit
import Testing

@testable import App

/// What becomes of the clusters when a kubeconfig is read, and read again.
@Suite struct ClusterRosterTests {
  private let folder: TemporaryFolder
  private let network = Network()

  init() throws { folder = try TemporaryFolder("roster") }

  private struct NoWriter: MutationWriter {
    func patch(_ ref: ObjectRef, version: String, plural: String, patch: JSON, uid: String) async throws(APIError) {}

    func predict(
      _ ref: ObjectRef, version: String, plural: String, applying desired: JSON, as manager: String
    ) async throws(APIError) -> Object {
      throw APIError(.credential, message: "a roster writes nothing")
    }
  }

  private static func parts(locked: Bool = false) -> Parts {
    var parts = Parts()
    if !locked { parts.writer = { _, _ in NoWriter() } }
    return parts
  }

  private func roster(
    _ arguments: [String] = [], configuration: String = "", parts: Parts = parts(), environment: [String: String] = [:]
  ) throws -> ClusterRoster {
    let settings = try folder.write(configuration, to: "settings.yaml")
    let common = try CommonOptions.parse(["--config", settings] + arguments)
    var environment = environment
    environment["KUBECONFIG"] = environment["KUBECONFIG"] ?? folder.file("config")
    environment["HOME"] = folder.path
    return ClusterRoster(
      setup: Setup(common: common, environment: environment), parts: parts, network: network, kubeconfig: nil)
  }

  /// A kubeconfig of contexts, each with a cluster of its own.
  private func write(_ servers: KeyValuePairs<String, String>, token: String = "t", to name: String = "config") throws {
    let clusters = servers.map { "- {name: \($0.key), cluster: {server: '\($0.value)'}}" }
    let contexts = servers.map { "- {name: \($0.key), context: {cluster: \($0.key), user: u}}" }
    try folder.write(
      (["clusters:"] + clusters + ["contexts:"] + contexts + ["users: [{name: u, user: {token: \(token)}}]"])
        .joined(separator: "\n"), to: name)
  }

  @Test func E_K14_contextsComeGoAndChange() throws {
    try write(["a": "https://a", "b": "https://b", "c": "https://c"])
    let roster = try self.roster()
    let first = try roster.read()
    #expect(first.clusters.map(\.id.name) == ["a", "b", "c"])
    #expect(first.notices == [])
    try write(["a": "https://a", "c": "https://elsewhere", "d": "https://d"])
    let second = roster.readAgain()
    #expect(second.clusters.map(\.id.name) == ["a", "c", "d"])
    #expect(
      second.notices == [
        "the kubeconfig no longer has b: its streams are stopped", "the kubeconfig has a new context d",
        "the kubeconfig says something else of c",
      ])
    // What did not change is the same connection.
    #expect(first.clusters[0].reader === second.clusters[0].reader)
    #expect(first.clusters[2].fingerprint != second.clusters[1].fingerprint)
    #expect(first.clusters[2].reader !== second.clusters[1].reader)
  }

  @Test func E_K14_aReadingThatSaysTheSameChangesNothing() throws {
    try write(["a": "https://a", "b": "https://b"])
    let roster = try self.roster()
    let first = try roster.read()
    let text = folder.read("config")
    try folder.write("# a comment\n\n\(text)\n", to: "config")
    let second = roster.readAgain()
    #expect(second.notices == [])
    #expect(
      zip(first.clusters, second.clusters).allSatisfy { $0.fingerprint == $1.fingerprint && $0.reader === $1.reader })
    // Another token is another user.
    try write(["a": "https://a", "b": "https://b"], token: "other")
    #expect(roster.readAgain().notices == ["the kubeconfig says something else of 2 contexts: a, b"])
  }

  @Test(arguments: ["contexts: [", "- nothing\n- like it\n", nil])
  func E_K14_aFileThatCannotBeReadTakesNothingAway(text: String?) throws {
    try write(["a": "https://a"])
    let roster = try self.roster()
    let first = try roster.read()
    if let text { try folder.write(text, to: "config") } else { unlink(folder.file("config")) }
    let second = roster.readAgain()
    #expect(second.clusters.map(\.id) == first.clusters.map(\.id))
    #expect(second.notices.count == 1)
    #expect(second.notices[0].hasSuffix("; the clusters of before stay"))
    try write(["b": "https://b"])
    #expect(roster.readAgain().clusters.map(\.id.name) == ["b"])
  }

  @Test func E_K14_oneFileOfAListThatBreaksTakesNothingAway() throws {
    try write(["a": "https://a"], to: "one")
    try write(["b": "https://b"], to: "two")
    let roster = try self.roster(environment: ["KUBECONFIG": "\(folder.file("one")):\(folder.file("two"))"])
    #expect(try roster.read().clusters.count == 2)
    try folder.write("contexts: [", to: "two")
    #expect(roster.readAgain().clusters.count == 2)
    unlink(folder.file("two"))
    #expect(roster.readAgain().clusters.map(\.id.name) == ["a"])
  }

  @Test func theConfigurationChoosesNamesAndNamespaces() throws {
    try write(["a": "https://a", "b": "https://b"])
    let configuration = "clusters: [{context: b, alias: bee, namespaces: [shop, payments]}, {context: gone}]"
    let roster = try self.roster(configuration: configuration)
    let reading = try roster.read()
    #expect(reading.clusters.map(\.id.name) == ["bee"])
    #expect(reading.clusters[0].namespaces == ["shop", "payments"])
    #expect(reading.notices == ["the configuration names context gone, which the kubeconfig does not define"])
  }

  @Test func aChosenContextMustExistAtTheStartOnly() throws {
    try write(["a": "https://a", "b": "https://b"])
    #expect(throws: SetupError.self) { try self.roster(["--context", "c"]).read() }
    let roster = try self.roster(["--context", "a"])
    #expect(try roster.read().clusters.map(\.id.name) == ["a"])
    try write(["b": "https://b"])
    let second = roster.readAgain()
    #expect(second.clusters.isEmpty)
    #expect(second.notices == ["the kubeconfig no longer has a: its streams are stopped"])
  }

  @Test func E_K01_saysWhereItLooked() throws {
    let roster = try self.roster()
    let error = #expect(throws: SetupError.self) { try roster.read() }
    #expect(error == .noKubeconfig(searched: [folder.file("config")]))
    #expect(error?.sentence.contains(folder.file("config")) == true)
  }

  @Test func E_K10_aLockedProgramStartsNoHelper() throws {
    let recorder = folder.file("spawned")
    let helper = try folder.write("#!/bin/sh\necho x >> '\(recorder)'\n", to: "helper")
    chmod(helper, 0o700)
    try folder.write(
      """
      clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
      users: [{name: u, user: {exec: {command: \(helper), apiVersion: client.authentication.k8s.io/v1beta1}}}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """, to: "config")
    let reading = try roster(parts: Self.parts(locked: true)).read()
    #expect(reading.clusters[0].reader == nil)
    #expect(reading.clusters[0].problem == "needs the credential helper \(helper): driftglass-view starts none")
    #expect(folder.read("spawned").isEmpty)
  }

  @Test(arguments: [
    ("{server: 'https://a', insecure-skip-tls-verify: true}", "insecure-skip-tls-verify is not accepted"),
    ("{server: 'https://a', proxy-url: 'http://p'}", "proxy-url is not accepted"),
    ("{server: 'http://a.example.com'}", "server: only https:// is accepted"),
    ("{server: 'https://a', certificate-authority: ../ca}", "certificate-authority: only absolute paths"),
    ("{server: 'http://127.0.0.1:8080'}", nil), ("{server: 'https://a'}", nil),
  ])
  func C10_aLockedProgramAcceptsLess(cluster: String, words: String?) throws {
    try folder.write(
      "clusters: [{name: c, cluster: \(cluster)}]\ncontexts: [{name: x, context: {cluster: c}}]", to: "config")
    let locked = try roster(parts: Self.parts(locked: true)).read().clusters[0]
    if let words {
      #expect(locked.reader == nil)
      #expect(locked.problem?.hasPrefix(words) == true && locked.problem?.hasSuffix("driftglass-view") == true)
    } else {
      #expect(locked.problem == nil)
    }
  }
}
