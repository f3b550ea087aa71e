import Dispatch
import Foundation
import Testing

@testable import Git

/// Fetches that do not end, and their threads.
@Suite(.timeLimit(.minutes(1))) struct FetchQueueTests {
  private func limits() -> FetchLimits {
    var limits = FetchLimits()
    limits.whole = .milliseconds(100)
    limits.idle = .milliseconds(300)
    limits.grace = .milliseconds(100)
    return limits
  }

  @Test func D7_leavesAFetchThatHangsBehindWithItsThread() async throws {
    let left = LeftBehind()
    let queue = FetchQueue(label: "test", left: left)
    let address = try RepositoryAddress("ssh://git@git.example.com/fleet.git", namedBy: .cluster)
    let operation = FetchOperation(address: address, credential: nil, limits: limits())
    let gate = DispatchSemaphore(value: 0)
    let result: Result<Int, GitError> = await queue.run(operation) {
      gate.wait()
      return .success(1)
    }
    #expect(result.error?.kind == .timeout)
    #expect(queue.isHanging)
    #expect(left.count == 1)
    gate.signal()
    while left.count > 0 { await Task.yield() }
    #expect(!queue.isHanging)
  }

  @Test func D7_beginsNothingOverSSHWhileTwoHang() async throws {
    let folder = try TemporaryFolder()
    let cache = try MirrorCache(directory: folder.file("cache"))
    let mirror = cache.mirror(of: try Fixture.location("ssh://git@127.0.0.1:1/fleet.git"))
    cache.left.add(2)
    await #expect(throws: GitError.self) { try await mirror.fetch(.branch("main")) }
    #expect(await message(mirror).contains("2 earlier fetches still hang"))
    cache.left.add(-1)
    #expect(await !message(mirror).contains("still hang"))
  }

  private func message(_ mirror: Mirror) async -> String {
    do {
      _ = try await mirror.fetch(.branch("main"))
      return ""
    } catch {
      return error.message
    }
  }

  @Test func D7_anSSHHostThatStaysSilentIsGivenUp() async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer { _ in nil }
    var limits = limits()
    limits.whole = .seconds(300)
    let cache = try MirrorCache(directory: folder.file("cache"), limits: limits)
    let mirror = cache.mirror(of: try Fixture.location("ssh://git@127.0.0.1:\(server.port)/fleet.git"))
    let error = await kind { _ = try await mirror.fetch(.branch("main")) }
    #expect(error == .timeout)
    // Its socket was ended, so no thread is left behind.
    while cache.left.count > 0 { await Task.yield() }
  }
}
