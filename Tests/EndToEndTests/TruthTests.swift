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
