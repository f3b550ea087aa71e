import Foundation
import TestKit
import Testing

extension EndToEnd {
  /// Servers that are worse than dead: those that say nothing at all.
  @Suite struct DeadEndTests {
    /// Five contexts of one server and fifteen that packets never come back from.
    static func twentyClusters(_ world: StillWorld, _ holes: [BlackHole]) throws -> [String] {
      let live = try (0..<5).map { try world.server.kubeconfig(context: "live-\($0)") }
      let dead = try holes.enumerated().map {
        try world.server.kubeconfig(context: "hole-\($0.offset)", server: "https://127.0.0.1:\($0.element.port)")
      }
      return live + dead
    }

    /// How many of the five show their row.
    static func liveRows(_ screen: String) -> Int {
      ScreenText(screen).pane("4 Reconcilers").count {
        $0.contains("live-") && $0.contains("ks flux-system/apps") && $0.contains("Ready")
      }
    }

    @Test func A23_fifteenBlackHolesDisturbNeitherFiveLiveClustersNorTheKeys() async throws {
      let world = try await StillWorld()
      let holes = try (0..<15).map { _ in try BlackHole() }
      let session = try await world.program(
        EndToEnd.executable(), kubeconfigs: Self.twentyClusters(world, holes), height: 80)
      try await session.wait(for: "the five", within: .seconds(20)) { Self.liveRows($0) == 5 }
      try await session.press("?")
      try await session.wait(for: "help", within: .seconds(2)) { $0.contains("econcile") }
      try await session.press("Escape")
      try await session.wait(for: "every hole is known to be one", within: .seconds(60)) {
        let text = ScreenText($0)
        return (0..<15).allSatisfy { text.mark(of: "hole-\($0)") != nil } && Self.liveRows($0) == 5
      }
      try await world.server.mergePatch("/api/v1/namespaces/shop/configmaps/flags", ["data": ["mode": "changed"]])
      try await session.wait(for: "a change in each of the five") {
        let text = ScreenText($0)
        return text.drift("ConfigMap shop/flags").count { $0.contains("live changed") } == 5
          && (0..<5).allSatisfy { text.cluster("live-\($0)") != nil && text.mark(of: "live-\($0)") == nil }
      }
    }

    @Test func D7_aGitHostThatTakesConnectionsAndSaysNothingMakesOnlyItsRepositoryStale() async throws {
      let world = try await StillWorld()
      let host = try SilentHost()
      try await world.createSource("silent", url: "https://127.0.0.1:\(host.port)/acme/silent.git")
      let session = try await world.program(EndToEnd.executable())
      let clock = ContinuousClock()
      try await session.wait(for: "the good row", within: .seconds(20)) {
        ScreenText($0).reconciler("ks flux-system/apps")?.contains("Ready") == true
          && $0.contains("drift known for 100 %")
      }
      try await eventually("the host is asked", within: .seconds(20)) { () -> Bool? in host.count > 0 ? true : nil }
      let asked = clock.now
      func repo(_ name: String, _ screen: String) -> String? {
        ScreenText(screen).pane("2 Repos").first { $0.contains(name) }
      }
      let watch = ScreenWatch(session) { text in
        let good = text.pane("2 Repos").first { $0.contains("real") } ?? ""
        let marks = ["stale", "retrying"].filter(good.contains)
        if !marks.isEmpty { return "the good repository: \(good)" }
        return text.mark(of: "real").map { "the cluster is \($0)" }
      }
      // The other repository is looked at every five seconds meanwhile.
      try world.push(["flux-system/apps/more.yaml": "# nothing\n"], "A commit that nobody applied")
      try await session.wait(for: "the commit in the other repository", within: .seconds(30)) {
        repo("real", $0)?.contains("+1") == true
      }
      try await session.wait(for: "the silent one is stale", within: .seconds(42) - (clock.now - asked)) {
        let line = repo("silent", $0) ?? ""
        return line.contains("stale") || line.contains("retrying")
      }
      #expect(watch.result.wrong.isEmpty, "\(watch.result.wrong.first ?? "")")
    }
  }
}
