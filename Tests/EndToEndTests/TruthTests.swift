import Foundation
import Structured
import TestKit
import Testing

extension EndToEnd {
  /// Whether what is called drift is drift, on a real API server with the objects of real repositories.
  @Suite struct TruthTests {
    @Test func onlyWhatPeopleDidIsDrift() async throws {
      guard let world = try await RepositoryWorld() else {
        return print("skipped: ../shared/corpora is not there")
      }
      print("truth: \(world.held.count) objects, \(world.held.count { $0.isClientSide }) of them by kubectl apply")
      for (reason, count) in world.refused.sorted(by: { $0.value > $1.value }).prefix(40) {
        print("truth: refused x\(count): \(reason)")
      }
      let before = try await world.drift()
      Self.report(before.json)
      #expect(before.status == 0, "\(before.errors)")

      var editor = KubectlEditor(world.held)
      editor.make()
      let edits = editor.edits
      try await Self.run(edits, on: world)
      let after = try await world.drift()
      #expect(after.status == 1, "\(after.errors)")
      let wrong = Self.disagreements(edits, after.json)
      for line in wrong.prefix(80) { print("truth: wrong \(line)") }
      var counts: [String: Int] = [:]
      for edit in edits { counts[edit.name, default: 0] += 1 }
      print(
        "truth: \(edits.count) edits, \(edits.count { $0.expected != nil }) of them drift, \(wrong.count) not as expected"
      )
      print("truth: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
      #expect(wrong.isEmpty)
    }

    @Test func aReleaseDriftsByWhatPeopleDidAndByReleasesOutsideFlux() async throws {
      guard let world = try await ReleaseWorld() else {
        return print("skipped: ../shared/corpora is not there")
      }
      print("truth: a release of \(world.held.count) objects")
      #expect(try await world.drift().isEmpty)

      let deployments = world.held.filter { $0.kind == "Deployment" }
      let accounts = world.held.filter { $0.kind == "ServiceAccount" }
      let container = deployments[0].json.value(at: "spec", "template", "spec", "containers")?[0]?["name"]?.string ?? ""
      try await world.server.kubectl(
        "-n", "shop", "set", "image", "deployment/\(deployments[0].name)", "\(container)=registry.example.com/edited:1")
      try await world.server.kubectl("-n", "shop", "delete", "serviceaccount", accounts[0].name, "--wait=false")
      var rows = try await world.drift()
      #expect(rows.count == 2, "\(Self.text(rows))")
      let image = rows.first { $0["class"] == "drifted" }
      #expect(image?["path"]?.string == "spec.template.spec.containers[\(container)].image")
      #expect(image?.value(at: "owner", "manager") == "kubectl-set" && image?["fate"] == "reverts")
      #expect(rows.contains { $0["class"] == "missing" && $0.value(at: "object", "name")?.string == accounts[0].name })

      // Somebody upgrades it by hand: a newer record, and an object as that one says.
      let changed = deployments[1].json.merging(patch: ["spec": ["minReadySeconds": 7]])
      let objects = world.held.map { $0.path == deployments[1].path ? changed : $0.json }
      try await world.record(2, of: objects, by: "helm", status: "deployed")
      try await world.supersede(1)
      rows = try await world.drift().filter { row in !rows.contains { $0["object"] == row["object"] } }
      #expect(rows.count == 1, "\(Self.text(rows))")
      let release = try #require(rows.first)
      #expect(release.value(at: "object", "kind") == "HelmRelease" && release["class"] == "drifted")
      #expect(release["cause"] == "release changed outside Flux" && release["fate"] == "reverts")
      #expect(release["desired"] == "v1 web@1.0.0" && release["live"] == "v2 deployed")
      #expect(release.value(at: "owner", "manager") == "helm")
    }

    /// Kubernetes' own autoscaler, which raises replicas to its minimum without any metrics.
    @Test func anAutoscalerAgainstGitIsContestedUntilItIsGone() async throws {
      let world = try await StillWorld()
      let controllers = try world.server.startControllers(["horizontalpodautoscaling"])
      let session = try await world.program(EndToEnd.executable())
      try await session.wait(for: "nothing differs", within: .seconds(30)) { $0.contains("drift known for 100 %") }
      let autoscalers = "/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"
      try await world.server.expect(
        .post, autoscalers,
        [
          "metadata": ["name": "web"],
          "spec": [
            "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web"], "minReplicas": 6,
            "maxReplicas": 9,
          ],
        ])
      try await session.wait(for: "both write it", within: .seconds(60)) {
        ScreenText($0).drift("Deployment shop/web").contains { $0.contains("live 6") && $0.contains("contested") }
      }
      try await session.press("5")
      try await session.wait(for: "the autoscaler is named") {
        $0.contains("HorizontalPodAutoscaler shop/web sets 6: take spec.replicas out of Git")
      }
      // One that is gone takes back nothing: the next reconcile does.
      try await world.server.expect(.delete, "\(autoscalers)/web")
      try await session.wait(for: "nobody contests it any more") {
        ScreenText($0).drift("Deployment shop/web").contains { $0.contains("live 6") && !$0.contains("contested") }
      }
      withExtendedLifetime(controllers) {}
    }

    private static func run(_ edits: [KubectlEdit], on world: RepositoryWorld) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, edit) in edits.enumerated() {
          if number >= 3 { try await group.next() }
          group.addTask { for command in edit.commands { try await world.server.kubectl(command) } }
        }
        try await group.waitForAll()
      }
    }

    /// What is not exactly as it should be: rows that are missing, that differ, or that nobody expects.
    private static func disagreements(_ edits: [KubectlEdit], _ json: JSON) -> [String] {
      var rows: [[String]: [JSON]] = [:]
      for item in json["items"]?.array ?? [] where counted.contains(item["class"]?.string ?? "") {
        let object = item["object"] ?? [:]
        let key = ["group", "kind", "namespace", "name"].map { object[$0]?.string ?? "" }
        rows[key, default: []].append(item)
      }
      var wrong: [String] = []
      for edit in edits {
        let found =
          rows.removeValue(
            forKey: [edit.object.group, edit.object.kind, edit.object.namespace, edit.object.name]) ?? []
        let title =
          "\(edit.name) of \(edit.object.kind) \(edit.object.namespace)/\(edit.object.name)\(edit.object.isClientSide ? " (client-side)" : "")"
        guard let expected = edit.expected else {
          if !found.isEmpty { wrong.append("\(title): \(text(found)) but it means nothing") }
          continue
        }
        guard found.count == 1, let row = found.first else {
          wrong.append("\(title): \(found.count) rows \(text(found))")
          continue
        }
        let path = row["path"]?.string ?? ""
        let isAsExpected =
          path.hasPrefix(expected.path) && (!expected.path.isEmpty || path.isEmpty)
          && row.value(at: "owner", "manager")?.string == expected.manager
          && row["class"]?.string == expected.driftClass && row["fate"]?.string == expected.fate
          && (expected.cause == nil || row["cause"]?.string == expected.cause)
        if !isAsExpected { wrong.append("\(title): \(text([row]))") }
      }
      for (key, found) in rows { wrong.append("nobody touched \(key): \(text(found))") }
      return wrong
    }

    private static func text(_ rows: [JSON]) -> String {
      rows.prefix(3).map { row in
        ["path", "class", "cause", "fate", "fateReason", "note"].map { "\(row[$0]?.string ?? "-")" }.joined(
          separator: " | ")
          + " | \(row.value(at: "owner", "manager")?.string ?? "nobody")"
      }.joined(separator: " ;; ")
    }

    private static func report(_ json: JSON) {
      var classes: [String: Int] = [:]
      for item in json["items"]?.array ?? [] {
        let name = item["class"]?.string ?? ""
        classes["\(name): \(item["cause"]?.string ?? "")", default: 0] += 1
      }
      for (name, count) in classes.sorted(by: { $0.value > $1.value }).prefix(30) { print("truth: \(count) \(name)") }
      for item in (json["items"]?.array ?? []).filter({
        counted.contains($0["class"]?.string ?? "") || $0["class"] == "mutated"
      }).prefix(60) {
        print("truth: row \(String(decoding: item.encoded(), as: UTF8.self).prefix(500))")
      }
      print("truth: coverage \(String(decoding: (json["coverage"] ?? []).encoded(), as: UTF8.self).prefix(3000))")
      print("truth: incomplete \(String(decoding: (json["incomplete"] ?? []).encoded(), as: UTF8.self).prefix(1500))")
    }

    private static let counted: Set<String> = ["drifted", "contested", "missing", "extra", "touched"]
  }
}
