import Foundation
import HTTP
import Synchronization
import TestKit
import Testing

@testable import Git

/// Git over our own network: fetches, and everything a host can do wrong.
@Suite(.timeLimit(.minutes(1))) struct HTTPTransportTests {
  private let network = Network()
  private let folder: GitTests.TemporaryFolder
  private let origin: CommitBuilder
  private let record = GateRecord()

  init() throws {
    folder = try TemporaryFolder()
    origin = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
  }

  private func cache(
    limits: FetchLimits = FetchLimits(), gate: Gate = .readOnly(), proxies: [String: String] = [:],
    credentials: CredentialSource? = nil
  ) throws -> MirrorCache {
    try MirrorCache(
      directory: folder.file("cache"),
      access: HostAccess(
        network: network, gate: gate.recording(into: record), proxies: ProxyEnvironment(proxies)),
      credentials: credentials, limits: limits)
  }

  private func location(_ server: SmartServer) throws -> RepositoryLocation { try Fixture.location(server.url) }

  @discardableResult
  private func commit(_ files: [String: String], seconds: Double = 1_700_000_000) throws -> String {
    try origin.commit(
      files.mapValues { Array($0.utf8) }, subject: "Change", time: Date(timeIntervalSince1970: seconds))
  }

  /// Bytes that do not compress.
  private func noise(_ count: Int) -> String {
    let bytes = FileHandle(forReadingAtPath: "/dev/urandom")?.readData(ofLength: count / 4 * 3) ?? Data()
    return bytes.base64EncodedString()
  }

  private func error(_ body: () async throws -> Void) async -> GitError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? GitError
    }
  }

  private var leftovers: [String] {
    let packs = (FileManager.default.enumerator(atPath: folder.file("cache"))?.allObjects as? [String]) ?? []
    return packs.filter { $0.contains("pack_git2_") || $0.contains("tmp_") }
  }

  @Test func D7_fetchesAndFetchesWhatIsNewThroughOurNetwork() async throws {
    let first = try commit(["a.yaml": "one"])
    let server = try SmartServer(origin.path)
    let mirror = try cache().mirror(of: location(server))
    #expect(try await mirror.fetch(.branch("main")) == first)
    for number in 0..<40 { try commit(["b.yaml": "\(number)"], seconds: 1_700_000_001 + Double(number)) }
    let last = try commit(["a.yaml": "two", "c.yaml": noise(300_000)], seconds: 1_700_000_100)
    #expect(try await mirror.fetch(.branch("main")) == last)
    #expect(try await mirror.withTree(at: last) { tree in try? tree.read("a.yaml") }.get() == Array("two".utf8))
    #expect(await mirror.contains(first))
    let asked = server.server.requests
    // Nothing has moved: one request.
    #expect(try await mirror.fetch(.branch("main")) == last)
    #expect(server.server.requests.count == asked.count + 1)
    // Layer 4: nothing but upload-pack, and the gate saw all of it.
    #expect(
      Set(server.server.requests.map { "\($0.method) \($0.target)" }) == [
        "GET /acme/fleet.git/info/refs?service=git-upload-pack", "POST /acme/fleet.git/git-upload-pack",
      ])
    #expect(Set(record.sent.keys) == ["GET /info/refs", "POST /git-upload-pack"])
    #expect(record.sent.values.reduce(0, +) == server.server.requests.count)
    #expect(record.refused.isEmpty)
    #expect(server.server.requests.allSatisfy { $0.headers["user-agent"] == "git/2.0 (driftglass)" })
    #expect(leftovers.isEmpty)
  }

  @Test func D4_neverSendsACredentialWhereARedirectPoints() async throws {
    try commit(["a": "1"])
    let elsewhere = try SmartServer(origin.path)
    let target = elsewhere.url
    let server = try SmartServer(origin.path) { _, _ in
      .answer(
        302, headers: ["Location: \(target)/info/refs?service=git-upload-pack&token=hidden"], body: Array("moved".utf8))
    }
    let token = folder.file("token")
    try Data("s3cr3t\n".utf8).write(to: URL(filePath: token))
    let address = try RepositoryAddress(server.url, namedBy: .configuration)
    let mirror = try cache().mirror(of: RepositoryLocation(named: address, address: address, token: .file(token)))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("it redirects to \(target), which is not followed") == true)
    #expect(error?.message.contains("hidden") == false)
    #expect(elsewhere.server.requests.isEmpty)
    let own = try #require(server.server.requests.first?.headers["authorization"])
    #expect(own == "Basic \(Data("git:s3cr3t".utf8).base64EncodedString())")
  }

  @Test(arguments: [
    (401, "text/html", GitError.Kind.authentication, "wants a login (401)"),
    (403, "text/html", .authentication, "forbids to read it (403)"),
    (404, "text/html", .notFound, "no repository there (404)"),
    (200, "text/html; charset=utf-8", .unreachable, "a web page came instead of Git's data"),
    (511, "text/html", .unreachable, "a portal of the network"),
    (200, "text/plain", .unreachable, "does not speak Git's smart http protocol"),
    (429, "text/plain", .unreachable, "asks for fewer requests"),
    (503, "text/plain", .unreachable, "answered with status 503"),
  ])
  func E_G01_saysWhatTheHostAnswered(
    _ status: Int, _ type: String, _ kind: GitError.Kind, _ words: String
  ) async throws {
    let server = try SmartServer(origin.path) { _, _ in
      .answer(status, type: type, body: Array("<html>Log in</html>".utf8))
    }
    let mirror = try cache().mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == kind)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.hasPrefix(server.url) == true)
  }

  @Test func E_G01_anEmptyRepositoryAndAMissingBranchAreNamed() async throws {
    let server = try SmartServer(origin.path)
    let cache = try cache()
    let mirror = cache.mirror(of: try location(server))
    let empty = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(empty?.kind == .noSuchReference)
    let commit = try commit(["a": "1"])
    #expect(try await mirror.fetch(.branch("main")) == commit)
    let missing = await error { _ = try await mirror.fetch(.branch("other")) }
    #expect(missing?.kind == .noSuchReference)
    // What was read stays readable.
    #expect(await mirror.contains(commit))
  }

  @Test(arguments: [0, 1])
  func E_G04_endsAFetchFromAHostThatFallsSilent(after requests: Int) async throws {
    try commit(["a": "1"])
    let server = try SmartServer(origin.path) { request, _ in
      requests == 0 || request.method == "POST" ? .silence : nil
    }
    var limits = FetchLimits()
    limits.idle = .milliseconds(200)
    let mirror = try cache(limits: limits).mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .timeout)
    #expect(error?.message.contains("the host stays silent") == true)
  }

  @Test func E_G04_endsAnAnswerThatTricklesAtTheWholeLimit() async throws {
    try commit(["a": "1"])
    let server = try SmartServer(origin.path) { request, _ in
      .raw(SmartServer.endless(request) + Array("001e# service=git".utf8), then: .hold)
    }
    var limits = FetchLimits()
    limits.whole = .milliseconds(200)
    let mirror = try cache(limits: limits).mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .timeout)
    #expect(error?.message.contains("took longer than") == true)
  }

  @Test func E_G04_endsEndlessSidebandText() async throws {
    try commit(["a": "1"])
    let text = SmartServer.packet([2] + Array(String(repeating: "Counting objects: 1\r", count: 3000).utf8))
    let server = try SmartServer(origin.path) { request, _ in
      guard request.method == "POST" else { return nil }
      return .raw(
        SmartServer.endless(request) + SmartServer.packet("NAK\n") + Array(repeatElement(text, count: 100).joined()),
        then: .hold)
    }
    var limits = FetchLimits()
    limits.receivedBytes = 2 << 20
    let mirror = try cache(limits: limits).mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .limit)
    #expect(error?.message.contains("more than 2 MiB") == true)
    #expect(leftovers.isEmpty)
  }

  @Test func E_G04_endsAListOfTooManyReferences() async throws {
    let commit = String(repeating: "a", count: 40)
    let list = SmartServer.advertisement(of: 2000, at: commit)
    let server = try SmartServer(origin.path) { request, _ in
      .raw(SmartServer.endless(request) + list, then: .hold)
    }
    var limits = FetchLimits()
    limits.advertisedReferences = 1000
    let many = await error { _ = try await cache(limits: limits).mirror(of: location(server)).fetch(.branch("main")) }
    #expect(many?.kind == .limit)
    #expect(many?.message.contains("more than 1000 references") == true)
    limits.advertisedReferences = 100_000
    limits.advertisedBytes = 64 << 10
    let large = await error { _ = try await cache(limits: limits).mirror(of: location(server)).fetch(.branch("main")) }
    #expect(large?.kind == .limit)
    #expect(large?.message.contains("list of references") == true)
  }

  @Test func E_G04_aLongListWithinTheLimitIsRead() async throws {
    let commit = String(repeating: "a", count: 40)
    let list = SmartServer.advertisement(of: 20_000, at: commit)
    let server = try SmartServer(origin.path) { request, _ in .answer(200, type: SmartServer.type(request), body: list)
    }
    #expect(try await cache().mirror(of: location(server)).remoteHead(.branch("branch-19999")) == commit)
  }

  @Test func D6_aPackThatEndsTooEarlyLeavesWhatWasThere() async throws {
    let first = try commit(["a": "1"])
    let isTruncating = Mutex(false)
    let path = origin.path
    let scratch = try TestKit.TemporaryFolder("git")
    let server = try SmartServer(path) { request, number in
      guard request.method == "POST", isTruncating.withLock({ $0 }) else { return nil }
      let whole = SmartServer.body(request, number, path, scratch)
      // As if it were complete: only Git can tell.
      return .answer(200, type: SmartServer.type(request), body: Array(whole.prefix(whole.count - 5000)))
    }
    let mirror = try cache().mirror(of: location(server))
    #expect(try await mirror.fetch(.branch("main")) == first)
    let second = try commit(["b": noise(100_000)], seconds: 1_700_000_001)
    isTruncating.withLock { $0 = true }
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .unreachable || error?.kind == .corrupt, "\(error?.message ?? "nothing")")
    #expect(leftovers.isEmpty)
    #expect(try await mirror.head(.branch("main")) == first)
    isTruncating.withLock { $0 = false }
    #expect(try await mirror.fetch(.branch("main")) == second)
  }

  @Test func E_G12_aFetchThatIsCutAnywhereLeavesThePreviousCommitAndTheNextOneCompletes() async throws {
    let first = try commit(["a": noise(20_000)])
    /// Which part of an answer to the next fetch arrives, and of which answer.
    let cut = Mutex<(method: String, share: Double)?>(nil)
    let path = origin.path
    let scratch = try TestKit.TemporaryFolder("git")
    let server = try SmartServer(path) { request, number in
      guard let cut = cut.withLock({ $0 }), request.method == cut.method else { return nil }
      let whole = SmartServer.body(request, number, path, scratch)
      let head =
        "HTTP/1.1 200 OK\r\nContent-Type: \(SmartServer.type(request))\r\nContent-Length: \(whole.count)\r\n\r\n"
      return .raw(Array(head.utf8) + whole.prefix(Int(Double(whole.count) * cut.share)), then: .cut)
    }
    let mirror = try cache().mirror(of: location(server))
    #expect(try await mirror.fetch(.branch("main")) == first)
    var previous = first
    var random = SplitMix(state: 12)
    for round in 0..<20 {
      let next = try commit(["b": noise(40_000)], seconds: 1_700_000_001 + Double(round))
      cut.withLock { $0 = (round % 5 == 0 ? "GET" : "POST", Double.random(in: 0..<1, using: &random)) }
      let error = await error { _ = try await mirror.fetch(.branch("main")) }
      #expect(error?.kind == .unreachable || error?.kind == .corrupt, "\(error?.message ?? "complete")")
      #expect(try await mirror.head(.branch("main")) == previous)
      #expect(try await mirror.withTree(at: previous) { tree in try? tree.read("a") }.get()?.count == 20_000)
      #expect(leftovers.isEmpty)
      cut.withLock { $0 = nil }
      #expect(try await mirror.fetch(.branch("main")) == next)
      previous = next
    }
  }

  @Test func D7_endsAPackThatIsTooLarge() async throws {
    try commit(["a": noise(3 << 20)])
    let server = try SmartServer(origin.path)
    var limits = FetchLimits()
    limits.receivedBytes = 1 << 20
    let mirror = try cache(limits: limits).mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .limit)
    #expect(leftovers.isEmpty)
  }

  @Test func D7_cancellingEndsATransferAtOnce() async throws {
    try commit(["a": "1"])
    let server = try SmartServer(origin.path) { request, _ in
      request.method == "POST" ? .raw(SmartServer.endless(request) + SmartServer.packet("NAK\n"), then: .hold) : nil
    }
    let mirror = try cache().mirror(of: location(server))
    let fetch = Task { await error { _ = try await mirror.fetch(.branch("main")) } }
    // The question, the question again, the pack.
    await server.server.arrived(3)
    fetch.cancel()
    // The limits are 30 s and more: only the cancel can end it within this test's time.
    #expect(await fetch.value?.kind == .cancelled)
    await server.server.departed(1)
  }

  @Test func E_G04_aSilentHostFailsForAllWhoWaitForItAndHoldsUpNobodyElse() async throws {
    let commit = try commit(["a": "1"])
    let silent = try ScenarioServer { _, _ in .silence }
    defer { silent.stop() }
    var limits = FetchLimits()
    limits.idle = .milliseconds(300)
    limits.fetches = 1
    let cache = try cache(limits: limits)
    var waiting: [Task<GitError?, Never>] = []
    for number in 0..<20 {
      // By another name than the live one's: places are counted by host.
      let url = silent.url.replacing("127.0.0.1", with: "localhost")
      let location = try Fixture.location("\(url)/\(number).git")
      waiting.append(Task { await self.error { _ = try await cache.mirror(of: location).fetch(.head) } })
    }
    await silent.arrived(2)
    let live = try SmartServer(origin.path)
    #expect(try await cache.mirror(of: location(live)).fetch(.branch("main")) == commit)
    for task in waiting { #expect(await task.value?.kind == .timeout) }
    // Two found out for all.
    #expect(silent.requests.count == 2)
  }

  @Test func A17_asksTheHelperOnlyAfterA401AndNeverAfterA403() async throws {
    try commit(["a": "1"])
    let status = Mutex(403)
    let server = try SmartServer(origin.path) { request, _ in
      request.headers["authorization"] == nil ? .answer(status.withLock { $0 }, body: []) : nil
    }
    let asked = Mutex(0)
    let mirror = try cache { _ throws(GitError) in
      asked.withLock { $0 += 1 }
      return GitCredential(user: "git", password: "s3cr3t")
    }.mirror(of: location(server))
    #expect(await error { _ = try await mirror.fetch(.branch("main")) }?.kind == .authentication)
    #expect(asked.withLock { $0 } == 0)
    status.withLock { $0 = 401 }
    _ = try await mirror.fetch(.branch("main"))
    #expect(asked.withLock { $0 } == 1)
  }

  @Test func C4_theGateOfAnotherRepositoryLetsNothingThrough() async throws {
    try commit(["a": "1"])
    let server = try SmartServer(origin.path)
    var rules = Gate.Rules()
    rules.repositories = ["https://git.example.com/fleet"]
    let mirror = try cache(gate: .readOnly(rules)).mirror(of: location(server))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .refusedAddress)
    #expect(server.server.requests.isEmpty)
    #expect(record.refused.values.reduce(0, +) == 1)
  }

  @Test func readsAFileOfAnswersThroughAProxyOfTheEnvironment() async throws {
    // The proxy is asked by name for a host that does not exist.
    let proxy = try ScenarioServer { _, _ in .answer(403, type: "text/plain", body: []) }
    defer { proxy.stop() }
    let mirror = try cache(proxies: ["HTTPS_PROXY": proxy.url, "NO_PROXY": "other.example"])
      .mirror(of: Fixture.location("https://git.invalid/acme/fleet.git"))
    let error = await error { _ = try await mirror.fetch(.branch("main")) }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("proxy") == true, "\(error?.message ?? "")")
    #expect(proxy.requests.map { "\($0.method) \($0.target)" } == ["CONNECT git.invalid:443"])
  }

  @Test func namesThatWouldBeSubresourcesAreReadWithTheReadOnlyGate() async throws {
    let commit = try commit(["a": "1"])
    let server = try SmartServer(origin.path)
    let location = try Fixture.location("\(server.server.url)/proxy/My%20Project/_git/to+ken")
    #expect(try await cache().mirror(of: location).fetch(.branch("main")) == commit)
    #expect(
      server.server.requests.first?.target
        == "/proxy/My%20Project/_git/to%2Bken/info/refs?service=git-upload-pack")
  }
}

/// Repeatable randomness.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
