import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Objects that Git names in another version than most of their kind (`drift.md` R10).
  @Suite struct VersionTests {
    private func autoscaler(_ name: String, version: String) -> String {
      let target =
        version == "v1"
        ? "targetCPUUtilizationPercentage: 70"
        : "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
      return """
        apiVersion: autoscaling/\(version)
        kind: HorizontalPodAutoscaler
        metadata: {name: \(name), namespace: shop}
        spec:
          minReplicas: 2
          maxReplicas: 9
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          \(target)
        """
    }

    @Test func R10_anObjectInAnotherVersionThanItsKindIsReadInItsOwn() async throws {
      var files = FluxWorld.files()
      for name in ["a", "b"] { files["apps/\(name).yaml"] = autoscaler(name, version: "v2beta2") }
      files["apps/c.yaml"] = autoscaler("c", version: "v1")
      let world = try await FluxWorld(files: files)
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "everything is known and nothing differs", within: .seconds(30)) { screen in
        screen.contains("drift known for 100 % of 5 objects") && ScreenText(screen).drift("shop/").isEmpty
      }
      try await world.server.kubectl(
        "-n", "shop", "patch", "hpa", "c", "--type=merge", "-p", #"{"spec":{"maxReplicas":5}}"#)
      let screen = try await session.wait(for: "a row for the changed limit", within: .seconds(10)) {
        ScreenText($0).drift("shop/c").count == 1
      }
      let row = try #require(ScreenText(screen).drift("shop/c").first)
      for part in ["spec.maxReplicas", "git 9", "live 5"] { #expect(row.contains(part), "\(row)") }
    }
  }
}
