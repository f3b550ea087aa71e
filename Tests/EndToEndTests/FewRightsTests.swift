import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// A user who may read two namespaces of fifty.
  @Suite struct FewRightsTests {
    private static let teams = (0..<50).map { "team-\($0)" }
    private static let own = ["team-3", "team-7"]

    private func world() async throws -> StillWorld {
      let world = try await StillWorld(
        "real",
        Self.teams.map {
          StillWorld.Application(
            "app", namespace: $0,
            files: [
              "flags.yaml": String(
                decoding: StillWorld.configMap("flags", namespace: $0).encoded(), as: UTF8.self)
            ])
        })
      let rules = RealAPIServer.readingRules
      for team in Self.own {
        let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/\(team)"
        try await world.server.expect(.post, "\(path)/roles", ["metadata": ["name": "tenant"], "rules": rules])
        try await world.server.expect(
          .post, "\(path)/rolebindings",
          [
            "metadata": ["name": "tenant"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"],
            "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "tenant"]],
          ])
      }
      return world
    }

    /// What `driftglass` is told, and what it must find out.
    private enum Way: CaseIterable {
      /// Only the context's namespace is known.
      case context
      /// `namespaces:` of the configuration.
      case configured
      /// Namespaces may be listed, and rules reviews tell which of them may be read.
      case reviews
    }

    @Test func A15_whatMayBeSeenIsSeenAndTheRestIsSaidToBeHidden() async throws {
      let world = try await self.world()
      for way in Way.allCases {
        if way == .reviews { try await world.server.allowListingNamespaces("tenant") }
        try await look(at: world, way)
      }
    }

    private func look(at world: StillWorld, _ way: Way) async throws {
      let kubeconfig = try world.server.kubeconfig(
        token: RealAPIServer.tenantToken, namespace: way == .context ? Self.own[0] : nil)
      let configuration = try world.configuration(
        more: way == .configured
          ? "clusters: [{ context: real, namespaces: [\(Self.own.joined(separator: ", "))] }]" : "")
      let session = try await world.program(
        EndToEnd.executable(), kubeconfigs: [kubeconfig], configuration: configuration)
      let seen = way == .context ? [Self.own[0]] : Self.own
      // A kind that may not be listed is no kind of which there is nothing.
      let watch = ScreenWatch(session) { text in
        let said = text.lines.first { $0.contains("no managed objects") || $0.contains(" 0 objects") }
        return said.map { "a lie: \($0)" }
      }
      try await session.wait(for: "the rows of \(seen), \(way)", within: .seconds(60)) {
        let text = ScreenText($0)
        return seen.allSatisfy { text.reconciler("ks \($0)/app")?.contains("Ready") == true }
          && text.pane("4 Reconcilers").count { $0.contains("/app ") } == seen.count
          && $0.contains("drift known for 100 %")
      }
      let value = "changed-\(way)"
      for team in Self.own {
        try await world.server.mergePatch(
          "/api/v1/namespaces/\(team)/configmaps/flags", ["data": ["mode": .string(value)]])
      }
      try await session.wait(for: "their drift") {
        let text = ScreenText($0)
        return seen.allSatisfy { text.drift("ConfigMap \($0)/flags").contains { $0.contains("live \(value)") } }
      }
      try await session.press("1", "j", "Enter")
      try await session.wait(for: "that this is all there is to see") {
        $0.contains("sees \(seen.joined(separator: ", ")) only")
      }
      #expect(watch.result.wrong.isEmpty, "\(watch.result.wrong.first ?? "")")
    }
  }
}
