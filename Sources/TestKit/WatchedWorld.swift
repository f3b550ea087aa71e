import Foundation

/// An API server with a repository: what the program is shown.
public protocol WatchedWorld: Sendable {
  var server: RealAPIServer { get }
  /// For files of the test.
  var folder: TemporaryFolder { get }
  /// The address by which the cluster names the repository.
  var repositoryURL: String { get }
  /// Where it really is.
  var repositoryPath: String { get }
}

extension WatchedWorld {
  /// A configuration that says where this machine reads the repositories.
  /// - Parameters:
  ///   - others: address → where it is read; this world's own is read from its path where nothing is said.
  ///   - more: further lines.
  public func configuration(others: [String: String] = [:], more: String = "") throws -> String {
    let rules = [repositoryURL: repositoryPath].merging(others) { $1 }.sorted { $0.key < $1.key }
      .map { "  - { match: \"\($0.key)\", url: \"\($0.value)\" }" }
    return try folder.write(
      """
      repos:
      \(rules.joined(separator: "\n"))
      git: { refresh: 5s }
      \(more)
      """, to: "config-\(UInt32.random(in: .min ... .max)).yaml")
  }

  /// The program in a terminal, on this world.
  /// - Parameters:
  ///   - executable: the built `driftglass`.
  ///   - server: another address of the API server, such as a recording proxy's.
  ///   - kubeconfigs: in place of the administrator's own.
  ///   - configuration: in place of this world's own.
  public func program(
    _ executable: String, arguments: [String] = [], server address: String? = nil, kubeconfigs: [String]? = nil,
    configuration: String? = nil, width: Int = 200, height: Int = 50
  ) async throws -> TmuxSession {
    let files = try kubeconfigs ?? [server.kubeconfig(server: address)]
    return try await TmuxSession(
      [executable, "--config", try configuration ?? self.configuration()] + arguments, width: width, height: height,
      environment: ["KUBECONFIG": files.joined(separator: ":")])
  }
}
