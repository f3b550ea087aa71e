import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// Tables that were compiled before.
@Suite struct SchemaStorageTests {
  private static let live = Fixture.deployment(
    image: "podinfo:7", containerExtra: #", "resources": {"limits": {"memory": "1024Mi"}}"#)
  private static let git = Fixture.deployment(containerExtra: #", "resources": {"limits": {"memory": "1Gi"}}"#)

  private func paths(_ schema: SchemaTable) throws -> [String] {
    try Fixture.rows(Self.git, Self.live, schema: schema).map { "\($0.path) \($0.certainty)" }
  }

  @Test func whatIsReadAgainComparesAlike() throws {
    let expected = try paths(Fixture.apps)
    #expect(expected == ["spec.template.spec.containers[app].image likely"])
    let again = try #require(SchemaTable(encoded: Fixture.apps.encoded()))
    #expect(try paths(again) == expected)
    #expect(again.count == Fixture.apps.count && again.encoded().count == Fixture.apps.encoded().count)
    // Into a table that knows other names already: everything has other numbers there.
    var merged = BuiltinSchema.schema
    merged.merge(again)
    #expect(try paths(merged) == expected)
    let widget = #"{"size": 1, "port": 80, "tags": ["a"], "child": {"size": 2}}"#
    let changed = #"{"size": 1, "port": "80", "tags": ["b", "a"], "child": {"size": 3}}"#
    #expect(
      try Fixture.rows(Fixture.widget(widget), Fixture.widget(changed), schema: merged).paths == ["spec.child.size"])
  }

  @Test func aBrokenFileIsNoTable() throws {
    let bytes = Fixture.apps.encoded()
    for length in stride(from: 0, to: bytes.count, by: 37) {
      #expect(SchemaTable(encoded: Array(bytes.prefix(length))) == nil)
    }
    #expect(SchemaTable(encoded: bytes + [0]) == nil)
    var random = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      // Whatever it says, comparing by it ends.
      guard let table = SchemaTable(encoded: broken) else { continue }
      _ = try Fixture.rows(Self.git, Self.live, schema: table)
    }
  }
}
