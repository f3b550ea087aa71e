import Foundation
import HTTP
import Synchronization
import Testing

@testable import Git

/// Conversations with a server that does what each test says.
final class RemoteTests: Sendable {
  /// The servers of a test live as long as it does.
  private let servers = Mutex<[LoopbackServer]>([])
  private let network = Network()
  private let commit = String(repeating: "a", count: 40)

  private func mirror(
    _ server: LoopbackServer, in folder: TemporaryFolder, limits: FetchLimits = FetchLimits(),
    token: TokenReference? = nil, credentials: CredentialSource? = nil
  ) throws -> Mirror {
    servers.withLock { $0.append(server) }
    let cache = try MirrorCache(
      directory: folder.file("cache"), access: HostAccess(network: network), credentials: credentials, limits: limits)
    let address = try RepositoryAddress("http://127.0.0.1:\(server.port)/acme/fleet.git", namedBy: .configuration)
    return cache.mirror(of: RepositoryLocation(named: address, address: address, token: token))
  }

  private func guarded(by password: String) -> @Sendable (String) -> [UInt8]? {
    let commit = commit
    let good = Data("git:\(password)".utf8).base64EncodedString()
    return { head in
      head.contains("Authorization: Basic \(good)")
        ? LoopbackServer.advertisement([("HEAD", commit), ("refs/heads/main", commit)])
        : LoopbackServer.response("401 Unauthorized", headers: ["WWW-Authenticate: Basic realm=\"x\""])
    }
  }

  @Test func sendsTheTokenOfItsFileAndReadsItAgainWhenItIsRotated() async throws {
    let folder = try TemporaryFolder()
    let token = folder.file("token")
    try Data("s3cr3t\n".utf8).write(to: URL(filePath: token))
    let first = try LoopbackServer(guarded(by: "s3cr3t"))
    let mirror = try mirror(first, in: folder, token: .file(token))
    #expect(try await mirror.remoteHead(.branch("main")) == commit)
    try Data("other".utf8).write(to: URL(filePath: token))
    let refused = await kind { _ = try await mirror.remoteHead(.branch("main")) }
    #expect(refused == .authentication)
  }

  @Test(arguments: [TokenReference.environment("DRIFTGLASS_TEST_NO_SUCH"), .file("/nonexistent"), .file("/dev/zero")])
  func saysWhereTheTokenShouldBe(_ token: TokenReference) async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer(guarded(by: "s3cr3t"))
    let mirror = try mirror(server, in: folder, token: token)
    #expect(await kind { _ = try await mirror.remoteHead(.head) } == .authentication)
  }

  @Test func asksTheHelperOnceAndKeepsWhatTheServerTook() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer(guarded(by: "s3cr3t"))
    let asked = Mutex<[CredentialRequest]>([])
    let mirror = try mirror(server, in: folder) { request throws(GitError) in
      asked.withLock { $0.append(request) }
      return GitCredential(user: "git", password: "s3cr3t")
    }
    #expect(try await mirror.remoteHead(.branch("main")) == commit)
    #expect(try await mirror.remoteHead(.branch("main")) == commit)
    #expect(
      asked.withLock { $0 } == [
        CredentialRequest(scheme: "http", host: "127.0.0.1:\(server.port)", path: "acme/fleet.git")
      ])
  }

  @Test func endsWithOneSentenceWhenTheHelpersCredentialIsRefused() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer(guarded(by: "other"))
    let mirror = try mirror(server, in: folder) { _ throws(GitError) in GitCredential(user: "git", password: "s3cr3t") }
    do {
      _ = try await mirror.remoteHead(.branch("main"))
      Issue.record("it was accepted")
    } catch {
      #expect(error.kind == .authentication)
      #expect(!error.message.contains("s3cr3t"))
      #expect(error.message.hasPrefix("http://127.0.0.1:\(server.port)/acme/fleet.git: "))
    }
  }

  @Test(arguments: [
    ("404 Not Found", GitError.Kind.notFound), ("403 Forbidden", .authentication), ("410 Gone", .notFound),
    ("500 Internal Server Error", .unreachable), ("200 OK", .unreachable),
  ])
  func tellsWhatTheServerAnswered(_ status: String, _ expected: GitError.Kind) async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in LoopbackServer.response(status) }
    let mirror = try mirror(server, in: folder)
    #expect(await kind { _ = try await mirror.remoteHead(.branch("main")) } == expected)
  }

  @Test func neverFollowsARedirectToAnotherHost() async throws {
    let folder = try TemporaryFolder()
    let commit = commit
    let other = try LoopbackServer { _ in LoopbackServer.advertisement([("refs/heads/main", commit)]) }
    let port = other.port
    let server = try LoopbackServer { _ in
      LoopbackServer.response(
        "302 Found", headers: ["Location: http://localhost:\(port)/x/info/refs?service=git-upload-pack"])
    }
    let mirror = try mirror(server, in: folder)
    #expect(await kind { _ = try await mirror.remoteHead(.branch("main")) } == .unreachable)
  }

  @Test func onlyEverAsksToReceive() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in LoopbackServer.response("404 Not Found") }
    let mirror = try mirror(server, in: folder)
    _ = try? await mirror.fetch(.branch("main"))
    var requests = server.requests.makeAsyncIterator()
    let head = try #require(await requests.next())
    #expect(head.hasPrefix("GET /acme/fleet.git/info/refs?service=git-upload-pack "))
  }

  @Test func endsAFetchFromASilentServerAtTheWholeLimit() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in nil }
    var limits = FetchLimits()
    limits.whole = .milliseconds(300)
    let mirror = try mirror(server, in: folder, limits: limits)
    #expect(await kind { _ = try await mirror.fetch(.branch("main")) } == .timeout)
    // Nothing is left behind: the same mirror can try again at once.
    #expect(await kind { _ = try await mirror.fetch(.branch("main")) } == .timeout)
  }

  @Test func endsAFetchFromASilentServerAtTheIdleLimit() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in nil }
    var limits = FetchLimits()
    limits.idle = .milliseconds(300)
    let mirror = try mirror(server, in: folder, limits: limits)
    #expect(await kind { _ = try await mirror.remoteHead(.branch("main")) } == .timeout)
  }

  @Test func readsWhileItsOwnFetchHangsAndEndsTheFetchWhenCancelled() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in nil }
    let address = try RepositoryAddress("http://127.0.0.1:\(server.port)/acme/fleet.git", namedBy: .configuration)
    let location = RepositoryLocation(named: address, address: address)
    let cache = try MirrorCache(directory: folder.file("cache"), access: HostAccess(network: network))
    let builder = try CommitBuilder(creatingBareAt: cache.layout(of: address).path)
    let commit = try builder.commit(["a": Array("x".utf8)], subject: "Here", time: Date(timeIntervalSince1970: 1))
    let mirror = cache.mirror(of: location)
    let fetch = Task { await kind { _ = try await mirror.fetch(.branch("main")) } }
    var requests = server.requests.makeAsyncIterator()
    _ = await requests.next()
    #expect(try await mirror.commit(commit).subject == "Here")
    #expect(try await mirror.withTree(at: commit) { tree in try? tree.read("a") }.get() == Array("x".utf8))
    fetch.cancel()
    #expect(await fetch.value == .cancelled)
  }

  @Test func aHangingServerLeavesTheOthersTheirSlots() async throws {
    let folder = try TemporaryFolder()
    let silent = try LoopbackServer { _ in nil }
    let cache = try MirrorCache(directory: folder.file("cache"), access: HostAccess(network: network))
    var hanging: [Task<GitError.Kind?, Never>] = []
    for number in 0..<4 {
      let location = try Fixture.location("http://127.0.0.1:\(silent.port)/\(number).git")
      hanging.append(Task { await kind { _ = try await cache.mirror(of: location).remoteHead(.head) } })
    }
    var requests = silent.requests.makeAsyncIterator()
    for _ in 0..<2 { _ = await requests.next() }
    let origin = try CommitBuilder(creatingBareAt: folder.file("fleet.git"))
    let commit = try origin.commit(["a": [1]], subject: "Here", time: Date(timeIntervalSince1970: 1))
    let mirror = cache.mirror(of: try Fixture.location(origin.path))
    #expect(try await mirror.fetch(.branch("main")) == commit)
    for task in hanging { task.cancel() }
    for task in hanging { #expect(await task.value == .cancelled) }
  }
}
