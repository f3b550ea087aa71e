import Synchronization
import TestKit
import Testing

@testable import HTTP

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// No descriptors left: a sentence, and everything that has a connection goes on.
@Suite(.timeLimit(.minutes(1))) struct ExhaustionTests {
  /// A system whose descriptors run out and come back.
  private final class Budget: Sendable {
    let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    var system: SystemCalls {
      let real = SystemCalls()
      var system = real
      system.socket = { [self] family, type, number in
        // The probe whether there are any is no connection.
        if family == AF_UNIX ? left.load(ordering: .relaxed) > 0 : spend() { return real.socket(family, type, number) }
        errno = EMFILE
        return -1
      }
      system.pipe = { [self] in
        if spend() { return real.pipe() }
        errno = EMFILE
        return nil
      }
      return system
    }

    private func spend() -> Bool {
      let before = left.load(ordering: .relaxed)
      if before > 0 { left.store(before - 1, ordering: .relaxed) }
      return before > 0
    }
  }

  private func get(_ server: ScenarioServer, channel: Request.Channel = .short) -> Request {
    Request(
      .get, server.url + "/", target: .apiServer(base: server.url), channel: channel,
      timeouts: channel == .stream ? .stream : Timeouts())
  }

  private func error(_ network: Network, _ request: Request) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await network.send(request, gate: .open)
      return nil
    } catch {
      return error
    }
  }

  @Test func E_N08_withoutADescriptorTheNetworkDoesNotStartAndDoesLater() async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let budget = Budget(0)
    let network = Network(system: budget.system)
    for _ in 0..<3 {
      let error = await error(network, get(server))
      #expect(error?.kind == .setUp)
      #expect(error?.description == "no file descriptors left")
    }
    budget.left.store(10, ordering: .relaxed)
    #expect(await error(network, get(server)) == nil)
  }

  @Test func E_N08_whatHasAConnectionGoesOnAndTheOthersSayWhy() async throws {
    let feed = ScenarioServer.Feed()
    let server = try ScenarioServer { request, _ in request.path == "/watch" ? .feed(feed) : .json("{}") }
    defer { server.stop() }
    // The wake-up pipe, one watch, one connection for short requests.
    let budget = Budget(3)
    let network = Network(system: budget.system)
    var watch = get(server, channel: .stream)
    watch.url = server.url + "/watch"
    guard case .streaming(let response) = try await network.stream(watch, gate: .open) else {
      Issue.record("no stream")
      return
    }
    #expect(await error(network, get(server)) == nil)
    for _ in 0..<5 {
      let error = await #expect(throws: HTTPError.self) { _ = try await network.stream(watch, gate: .open) }
      #expect(error?.kind == .connect)
      #expect(error?.description == "127.0.0.1:\(server.port): no file descriptors left")
    }
    feed.line("still here")
    #expect(try await response.nextLine() == Array("still here".utf8))
    #expect(await error(network, get(server)) == nil)
    budget.left.store(1, ordering: .relaxed)
    guard case .streaming = try await network.stream(watch, gate: .open) else {
      Issue.record("no stream")
      return
    }
    feed.end(.hold)
  }

  @Test func E_N08_aResolverWithoutDescriptorsIsNotANameWithoutAddress() async {
    let budget = Budget(1)
    let network = Network(system: budget.system)
    let base = "http://\(String(repeating: "x", count: 64)).invalid"
    let error = await error(network, Request(.get, base + "/", target: .apiServer(base: base)))
    #expect(error?.cause == "no file descriptors left")
  }
}
