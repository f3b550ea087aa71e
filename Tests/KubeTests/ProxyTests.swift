import Foundation
import GitOps
import HTTP
import Kube
import TestKit
import Testing

/// `proxy-url` and the proxies of the environment, over real sockets.
@Suite struct ProxyTests {
  private let folder: TemporaryFolder
  private let network = Network()

  init() throws { folder = try TemporaryFolder("proxy") }

  private func reader(
    proxy: String?, server: String = "http://api.example.invalid:8080", extra: String = "",
    environment: [String: String] = [:], rules: KubeconfigRules = .normal
  ) throws -> KubeReader {
    let line = proxy.map { ", proxy-url: \"\($0)\"" } ?? ""
    let text = """
      clusters: [{name: c, cluster: {server: "\(server)"\(line)\(extra)}}]
      users: [{name: u, user: {token: t0ken}}]
      contexts: [{name: x, context: {cluster: c, user: u}}]
      """
    let config = try Kubeconfig.load(
      explicit: folder.write(text, to: "config"), environment: environment, home: "/",
      usesEnvironmentProxies: rules == .normal, rules: rules)
    return KubeReader(
      access: try config.context(named: "x").access.get(), cluster: ClusterID("c"), network: network, gate: .open)
  }

  private func version() throws -> ScenarioServer {
    try ScenarioServer { _, _ in .json("{\"gitVersion\":\"v1.31.2\"}") }
  }

  private func sentence(_ reader: KubeReader) async -> String {
    do {
      return "version \(try await reader.version())"
    } catch {
      return error.message
    }
  }

  @Test func E_N05_aHTTPProxyIsAskedForATunnel() async throws {
    let server = try version()
    let proxy = try LoopbackProxy(.tunnel(to: server.port))
    defer { server.stop() }
    let reader = try reader(proxy: "http://bot:s3cr3t@127.0.0.1:\(proxy.port)")
    #expect(try await reader.version() == "v1.31.2")
    let asked = try #require(proxy.asked.first)
    #expect(asked.hasPrefix("CONNECT api.example.invalid:8080 HTTP/1.1\r\n"))
    #expect(asked.contains("Proxy-Authorization: Basic Ym90OnMzY3IzdA=="))
    // What is for the server is not for the proxy, and the other way round.
    #expect(!asked.contains("t0ken"))
    #expect(server.requests.first?.target == "/version")
    #expect(server.requests.first?.headers["authorization"] == "Bearer t0ken")
    #expect(server.requests.first?.headers["proxy-authorization"] == nil)
  }

  @Test(arguments: ["socks5", "socks5h"])
  func E_N05_aSOCKSProxyLooksTheNameUp(scheme: String) async throws {
    let server = try version()
    let proxy = try LoopbackProxy(.socks(to: server.port))
    defer { server.stop() }
    #expect(try await reader(proxy: "\(scheme)://bot:s3cr3t@127.0.0.1:\(proxy.port)").version() == "v1.31.2")
    #expect(proxy.asked == ["bot:s3cr3t", "api.example.invalid:8080"])
  }

  @Test func E_N05_anHTTPSProxyIsSpokenToOverTLS() async throws {
    let server = try version()
    defer { server.stop() }
    let front = try await TLSFront(folder, behind: LoopbackProxy(.tunnel(to: server.port)))
    defer { front.stop() }
    let authority = folder.read("proxy.crt")
    let extra = ", certificate-authority-data: \(Data(authority.utf8).base64EncodedString())"
    let reader = try reader(proxy: "https://localhost:\(front.port)", extra: extra)
    #expect(try await reader.version() == "v1.31.2")
    #expect(front.proxy.asked.first?.hasPrefix("CONNECT api.example.invalid:8080 ") == true)
  }

  @Test func E_N05_anHTTPSProxyThatIsNotTrustedIsNotUsed() async throws {
    let server = try version()
    defer { server.stop() }
    let front = try await TLSFront(folder, behind: LoopbackProxy(.tunnel(to: server.port)))
    defer { front.stop() }
    let text = await sentence(try reader(proxy: "https://bot:s3cr3t@localhost:\(front.port)"))
    #expect(text.contains("certificate"), "\(text)")
    #expect(!text.contains("s3cr3t"))
    #expect(front.proxy.asked.isEmpty && server.requests.isEmpty)
  }

  @Test(arguments: [
    ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nProxy-Authenticate: Basic\r\n\r\n", "407"),
    ("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "403"),
    ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "502"), ("<html>go away</html>\r\n\r\n", "proxy"),
    ("", "proxy"),
  ])
  func E_N05_aProxyThatRefusesIsSaidSo(answer: String, words: String) async throws {
    let proxy = try LoopbackProxy(.answer(answer))
    let text = await sentence(try reader(proxy: "http://bot:s3cr3t@127.0.0.1:\(proxy.port)"))
    #expect(text.contains("proxy"), "\(text)")
    #expect(text.contains(words), "\(text)")
    #expect(!text.contains("s3cr3t") && !text.contains("bot") && !text.contains("<html>"), "\(text)")
    #expect(proxy.asked.count == 1)
  }

  @Test(arguments: ["http", "socks5", "https"])
  func E_N05_aProxyThatIsNotThereIsSaidSo(scheme: String) async throws {
    let nobody = try ReservedPort()
    defer { withExtendedLifetime(nobody) {} }
    let text = await sentence(try reader(proxy: "\(scheme)://bot:s3cr3t@127.0.0.1:\(nobody.port)"))
    #expect(text.contains("proxy"), "\(text)")
    #expect(!text.contains("s3cr3t"), "\(text)")
  }

  @Test func E_N05_proxiesOfTheEnvironmentAreForWhoIsNotLocked() async throws {
    let server = try version()
    let proxy = try LoopbackProxy(.tunnel(to: server.port))
    defer { server.stop() }
    let environment = ["HTTP_PROXY": "http://127.0.0.1:\(proxy.port)"]
    #expect(try await reader(proxy: nil, environment: environment).version() == "v1.31.2")
    #expect(proxy.asked.count == 1)
    let locked = try reader(
      proxy: nil, server: server.url, environment: environment, rules: .locked(by: "driftglass-view"))
    #expect(try await locked.version() == "v1.31.2")
    #expect(proxy.asked.count == 1)
    #expect(locked.access.proxy == nil)
  }

  @Test(arguments: [
    "ssh://x", "proxy.example.com:3128", "http://", "http://a b", "socks4://p", "http://u:s3cr3t@", "http://p:port",
  ])
  func E_N05_whatIsNoProxyDisablesTheClusterWithoutRepeatingIt(proxy: String) throws {
    let problem = #expect(throws: ContextProblem.self) { try reader(proxy: proxy) }
    #expect(problem?.description.hasPrefix("proxy-url is n") == true)
    #expect(problem?.description.contains("s3cr3t") == false)
  }
}

/// TLS in front of a proxy: `openssl s_server` for one connection, and the proxy behind its standard input and output.
private final class TLSFront: Sendable {
  let proxy: LoopbackProxy
  private let place: ReservedPort
  private let number: pid_t

  var port: UInt16 { place.port }

  init(_ folder: TemporaryFolder, behind proxy: LoopbackProxy) async throws {
    self.proxy = proxy
    try await Program.check([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj",
      "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost", "-keyout", folder.file("proxy.key"), "-out", folder.file("proxy.crt"),
    ])
    place = try ReservedPort()
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Missed("no socket pair")
    }
    number = try Spawn.start(
      [
        "/usr/bin/env", "openssl", "s_server", "-quiet", "-naccept", "1", "-accept", "127.0.0.1:\(place.port)",
        "-cert", folder.file("proxy.crt"), "-key", folder.file("proxy.key"),
      ], environment: ProcessInfo.processInfo.environment, input: .descriptor(ends[1]), output: .descriptor(ends[1]),
      errors: .writing(folder.file("s_server.log")))
    close(ends[1])
    let own = ends[0]
    Thread.detachNewThread { [proxy] in proxy.serve(own) }
    try await eventually("openssl listens", within: .seconds(60), state: { folder.read("s_server.log") }) { [port] in
      // Looking must not take the one connection: the kernel's table says who listens.
      // Read to its end: it is made as it is read, and says that it has no size.
      let table = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp")).readToEnd() ?? Data()
      return String(decoding: table, as: UTF8.self).contains(
        String(format: "0100007F:%04X 00000000:0000 0A", Int(port))) ? true : nil
    }
  }

  func stop() {
    kill(number, SIGKILL)
    Spawn.wait(for: number)
  }
}
