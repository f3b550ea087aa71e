import Foundation
import GitOps
import Structured
import Synchronization
import TestKit
import Testing

@testable import Helpers
@testable import Kube

/// A helper made of a few lines of shell, and a clock that stands still until the test moves it.
final class ExecFixture: Sendable {
  static let version = "client.authentication.k8s.io/v1"
  static let now = Timestamp.parse("2026-11-23T12:00:00Z") ?? Date(timeIntervalSince1970: 0)

  let folder: TemporaryFolder
  let slots = HelperSlots()
  private let elapsed = Mutex(Duration.zero)

  init() throws { folder = try TemporaryFolder("exec") }

  /// Writes the program. Each run leaves a line in `runs`.
  @discardableResult
  func program(_ script: String, name: String = "login") throws -> String {
    let path = try folder.write("#!/bin/sh\necho run >> '\(folder.path)/runs'\n\(script)\n", to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return path
  }

  /// Prints an ExecCredential with this status.
  static func answer(_ status: String, version: String = ExecFixture.version) -> String {
    "echo '{\"apiVersion\":\"\(version)\",\"kind\":\"ExecCredential\",\"status\":\(status)}'"
  }

  var runs: Int { folder.read("runs").split(separator: "\n").count }

  func pass(_ duration: Duration) { elapsed.withLock { $0 += duration } }

  func helper(
    user: String = "u", command: String? = nil, arguments: [String] = [], environment: [String: String] = [:],
    version: String = ExecFixture.version, interaction: ExecHelper.Interaction = .ifAvailable, hint: String = "",
    cluster: ExecHelper.Cluster? = nil
  ) -> ExecHelper {
    ExecHelper(
      user: user, command: command ?? folder.file("login"), arguments: arguments, environment: environment,
      apiVersion: version, interaction: interaction, installHint: hint, cluster: cluster)
  }

  func credentials(timeout: Duration = .seconds(60), path: String = "/usr/bin:/bin") -> ExecCredentials {
    var limits = ExecCredential.Limits()
    limits.timeout = timeout
    limits.patience = .milliseconds(200)
    limits.seed = 1
    let time = ExecCredentials.Time(
      elapsed: { [self] in elapsed.withLock { $0 } },
      now: { [self] in
        let (seconds, _) = elapsed.withLock { $0.components }
        return ExecFixture.now.addingTimeInterval(Double(seconds))
      })
    return ExecCredentials(environment: ["PATH": path], slots: slots, time: time, limits: limits)
  }

  /// The credential source of a helper that runs `script`.
  func source(
    _ script: String, interaction: ExecHelper.Interaction = .ifAvailable, timeout: Duration = .seconds(60)
  ) throws -> any CredentialSource {
    try program(script)
    return try credentials(timeout: timeout).source(for: helper(interaction: interaction)).get()
  }
}

/// What went wrong, in the words that are on screen; nil when nothing did.
func sentence(of source: any CredentialSource) async -> String? {
  do {
    _ = try await source.credential()
    return nil
  } catch {
    #expect(error.isUnauthorized)
    return error.message
  }
}
