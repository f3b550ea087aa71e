import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// A version that the server no longer has.
  @Suite struct ExpiryTests {
    private static let flags = "/api/v1/namespaces/shop/configmaps/flags"
    private static let limits = "/api/v1/namespaces/shop/configmaps/limits"

    /// The program is stopped where it is, so that it resumes from a version that the server no longer has.
    @Test(arguments: [true, false])
    func A5_relistsWhenItsVersionWasCompactedAway(hasWatchCache: Bool) async throws {
      var options = RealAPIServer.Options()
      options.hasWatchCache = hasWatchCache
      let world = try await StillWorld(options: options)
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "everything is seen", within: .seconds(60)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
          && $0.contains("drift known for 100 %")
      }
      let numbers = try await session.numbers()
      for number in numbers { kill(number, SIGSTOP) }
      world.server.kill()
      try await world.server.restart()
      try await world.server.mergePatch(Self.flags, ["data": ["mode": "changed-unseen"]])
      _ = try await world.server.expect(.delete, Self.limits)
      try await world.server.compact()
      let listsBefore = Self.lists(world)
      for number in numbers.reversed() { kill(number, SIGCONT) }
      try await session.wait(for: "what happened meanwhile", within: .seconds(90)) {
        let text = ScreenText($0)
        return text.drift("ConfigMap shop/flags").contains { $0.contains("live changed-unseen") }
          && text.drift("ConfigMap shop/limits").contains { $0.contains("missing") } && text.mark(of: "real") == nil
      }
      // Only a list can have told: the watch was refused.
      #expect(Self.lists(world) > listsBefore)
      _ = try await world.apply(StillWorld.configMap("limits"), of: StillWorld.Application())
      try await session.wait(for: "it watches again") {
        !ScreenText($0).drift("ConfigMap shop/limits").contains { $0.contains("missing") }
      }
    }

    private static func lists(_ world: StillWorld) -> Int {
      world.server.audit(agent: "driftglass/").count { $0.verb == "list" && $0.path == "/api/v1/configmaps" }
    }
  }
}
