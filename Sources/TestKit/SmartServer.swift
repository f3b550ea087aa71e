import Foundation

/// A loopback Git host that speaks the smart protocol over http: `git upload-pack` stands behind it, and a test may say
/// otherwise for any request.
public final class SmartServer: Sendable {
  public let server: ScenarioServer
  private let folder: TemporaryFolder
  /// What a request is answered with before Git is asked.
  public typealias Override = @Sendable (ScenarioServer.Request, Int) -> ScenarioServer.Reply?

  /// - Parameter repository: the bare repository that is served under every path.
  public init(_ repository: String, override: @escaping Override = { _, _ in nil }) throws {
    let folder = try TemporaryFolder("git")
    self.folder = folder
    server = try ScenarioServer { request, number in
      override(request, number) ?? Self.answer(request, number, repository, folder)
    }
  }

  deinit { server.stop() }

  /// One of its repositories.
  public var url: String { "\(server.url)/acme/fleet.git" }

  /// What Git itself says to a request: the body, without a head.
  public static func body(
    _ request: ScenarioServer.Request, _ number: Int, _ repository: String, _ folder: TemporaryFolder
  ) -> [UInt8] {
    if request.method == "GET" {
      return packet("# service=git-upload-pack\n") + Array("0000".utf8)
        + run("git upload-pack --stateless-rpc --advertise-refs '\(repository)'")
    }
    let input = folder.file("request-\(number)")
    guard FileManager.default.createFile(atPath: input, contents: Data(request.body)) else { return [] }
    return run("git upload-pack --stateless-rpc '\(repository)' <'\(input)'")
  }

  private static func answer(
    _ request: ScenarioServer.Request, _ number: Int, _ repository: String, _ folder: TemporaryFolder
  ) -> ScenarioServer.Reply {
    .answer(200, type: type(request), body: body(request, number, repository, folder))
  }

  /// The type of the answer to a request.
  public static func type(_ request: ScenarioServer.Request) -> String {
    "application/x-git-upload-pack-\(request.method == "GET" ? "advertisement" : "result")"
  }

  /// One pkt-line.
  public static func packet(_ text: String) -> [UInt8] { packet(Array(text.utf8)) }

  /// One pkt-line (git: gitprotocol-common).
  public static func packet(_ content: [UInt8]) -> [UInt8] {
    let size = String(content.count + 4, radix: 16)
    return Array((String(repeating: "0", count: 4 - size.count) + size).utf8) + content
  }

  /// An advertisement of so many references at one commit.
  public static func advertisement(of count: Int, at commit: String) -> [UInt8] {
    var bytes = packet("# service=git-upload-pack\n") + Array("0000".utf8)
    bytes.reserveCapacity(count * 80)
    for number in 0..<count {
      let capabilities = number == 0 ? "\0multi_ack side-band-64k ofs-delta" : ""
      bytes += packet("\(commit) refs/heads/branch-\(number)\(capabilities)\n")
    }
    return bytes + Array("0000".utf8)
  }

  /// The head of an answer that goes on until its connection ends.
  public static func endless(_ request: ScenarioServer.Request) -> [UInt8] {
    Array("HTTP/1.1 200 OK\r\nContent-Type: \(type(request))\r\n\r\n".utf8)
  }

  /// Blocks: on the server's threads only.
  private static func run(_ command: String) -> [UInt8] {
    guard let pipe = popen("GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \(command) 2>/dev/null", "r") else {
      return []
    }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { bytes += chunk[..<count] }
    return bytes
  }
}
