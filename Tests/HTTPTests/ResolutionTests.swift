import Synchronization
import TestKit
import Testing

@testable import HTTP

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Names that lead nowhere, to many places, or elsewhere than before. Nothing outside this machine is asked.
@Suite(.timeLimit(.minutes(1))) struct ResolutionTests {
  private func error(_ network: Network, _ url: String, connect: Duration = .seconds(10)) async -> HTTPError? {
    var request = Request(.get, url + "/version", target: .apiServer(base: url))
    request.timeouts.connect = connect
    do throws(HTTPError) {
      _ = try await network.send(request, gate: .open)
      return nil
    } catch {
      return error
    }
  }

  private func network(_ addresses: @escaping @Sendable (String) -> [String]?) -> Network {
    var system = SystemCalls()
    system.addresses = addresses
    return Network(system: system)
  }

  @Test func E_N01_aNameWithoutAnAddressSaysSo() async {
    // Labels have at most 63 characters: the resolver gives up without asking anybody.
    let name = "\(String(repeating: "x", count: 64)).invalid"
    let error = await error(Network(), "http://\(name):6443")
    #expect(error?.kind == .resolve)
    #expect(error?.description == "\(name):6443: the name \(name) has no address")
  }

  @Test(arguments: ["0.0.0.0", "[::]"])
  func E_N01_aNameThatIsBlockedDoesNotLeadToThisMachine(address: String) async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let error = await error(network { _ in [address] }, "http://api.invalid:\(server.port)")
    #expect(error?.kind == .connect)
    #expect(error?.cause == "the name api.invalid leads to an address that stands for none (0.0.0.0 or ::)")
    #expect(server.connections == 0)
  }

  @Test func E_N01_theAddressIsAskedForAgainWithEachConnection() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let moved = Atomic(false)
    let network = network { _ in [moved.load(ordering: .relaxed) ? "127.0.0.1" : "127.0.0.77"] }
    let url = "http://api.invalid:\(server.port)"
    #expect(await error(network, url)?.cause == "connection refused")
    moved.store(true, ordering: .relaxed)
    #expect(await error(network, url) == nil)
    // A connection that is there is used, whatever the name says now.
    moved.store(false, ordering: .relaxed)
    #expect(await error(network, url) == nil)
    #expect(server.connections == 1)
  }

  @Test func E_N01_ofSeveralAddressesOneThatWorksIsFound() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let network = network { _ in ["127.0.1.1", "127.0.1.2", "127.0.0.1"] }
    #expect(await error(network, "http://api.invalid:\(server.port)") == nil)
    // A hundred that do not work are one error, at the limit for connecting at the latest.
    let nobody = self.network { _ in (1...100).map { "127.0.1.\($0)" } }
    let error = await error(nobody, "http://api.invalid:\(server.port)", connect: .milliseconds(500))
    #expect(error?.kind == .connect)
  }

  @Test func E_N07_whereIPv6IsBrokenIPv4IsTaken() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    // Refused, or lost without a word: both cost less than the limit of three seconds.
    let refused = network { _ in ["[::1]", "127.0.0.1"] }
    #expect(await error(refused, "http://api.invalid:\(server.port)", connect: .seconds(3)) == nil)
    guard let dead = try? DeadPort(isFull: true, family: AF_INET6, port: server.port) else {
      print("there is no IPv6 on this machine: its black hole is not tried")
      return
    }
    let lost = network { _ in ["[::1]", "127.0.0.1"] }
    #expect(await error(lost, "http://api.invalid:\(server.port)", connect: .seconds(3)) == nil)
    #expect(dead.port == server.port)
  }
}
