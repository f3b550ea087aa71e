import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// Objects that nobody would write: a verdict, or `undetermined` with its reason, and never a silent "in sync".
@Suite struct OddObjectTests {
  private func configMap(_ data: [(String, String)], labels: [(String, String)] = []) -> String {
    let json: JSON = [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": [
        "name": "m", "namespace": "shop", "labels": .object(JSONObject(labels.map { ($0.0, .string($0.1)) })),
      ],
      "data": .object(JSONObject(data.map { ($0.0, .string($0.1)) })),
    ]
    return String(decoding: json.encoded(), as: UTF8.self)
  }

  @Test func anObjectOfFiveMegabytesIsComparedAndItsRowIsShort() throws {
    let line = String(repeating: "a value of some length\n", count: 60)
    let data = (0..<4000).map { ("key-\($0)", line) }
    let git = configMap(data)
    #expect(git.utf8.count > 5 << 20)
    #expect(try Fixture.rows(git, git, schema: BuiltinSchema.schema).isEmpty)
    var changed = data
    changed[2717].1 = line + "and more"
    let rows = try Fixture.rows(git, configMap(changed), schema: BuiltinSchema.schema)
    #expect(rows.paths == ["data.key-2717"] && rows.counted.count == 1)
    #expect((rows[0].desired?.utf8.count ?? 0) + (rows[0].live?.utf8.count ?? 0) <= 2 * ValueText.limit + 16)
  }

  @Test func tenThousandLabelsAreComparedEach() throws {
    let labels = (0..<10_000).map { ("label-\($0)", "v\($0)") }
    var fields: JSON = [:]
    for (key, _) in labels { fields["f:\(key)"] = [:] }
    let metadata: JSON = ["f:metadata": ["f:labels": fields]]
    let owned = String(decoding: metadata.encoded(), as: UTF8.self)
    func live(_ labels: [(String, String)], by manager: String) -> String {
      configMap([], labels: labels).replacingOccurrence(
        of: #""metadata":{"#,
        with: #""metadata":{"managedFields":[\#(Fixture.owner(manager, "Update", owned, apiVersion: "v1"))],"#)
    }
    let git = configMap([], labels: labels)
    #expect(try Fixture.rows(git, live(labels, by: "kubectl-label"), schema: BuiltinSchema.schema).isEmpty)
    var changed = labels
    changed[9_000].1 = "x"
    let rows = try Fixture.rows(git, live(changed, by: "kubectl-label"), schema: BuiltinSchema.schema)
    #expect(rows.paths == ["metadata.labels.label-9000"] && rows.first?.owner?.manager == "kubectl-label")
    // Ten thousand additions: as many as anybody reads.
    let added = try Fixture.rows(configMap([]), live(labels, by: "kubectl-label"), schema: BuiltinSchema.schema)
    #expect((1...500).contains(added.count) && added.allSatisfy { $0.cause == .added })
  }

  @Test func aKindWithoutASchemaIsComparedAsItIs() throws {
    let git =
      #"{"apiVersion": "x.example.com/v1", "kind": "Odd", "metadata": {"name": "o"}, "spec": {"a": [{"b": 1}], "c": "1"}}"#
    #expect(try Fixture.rows(git, git, schema: SchemaTable()).isEmpty)
    let rows = try Fixture.rows(git, git.replacingOccurrence(of: #""b": 1"#, with: #""b": 2"#), schema: SchemaTable())
    #expect(rows.counted.count == 1 && rows[0].certainty == .likely)
  }

  // MARK: Schemas that lie

  /// A schema of a field that has nothing to do with the value.
  private static func lie(_ random: inout SeededGenerator, depth: Int = 0) -> JSON {
    var schema: JSON = [:]
    let types = ["object", "array", "string", "integer", "number", "boolean"]
    if Int.random(in: 0..<8, using: &random) > 0 { schema["type"] = .string(types.randomElement(using: &random) ?? "") }
    let keys = ["name", "port", "missing"]
    switch Int.random(in: 0..<9, using: &random) {
    case 0:
      schema["x-kubernetes-list-type"] = "map"
      schema["x-kubernetes-list-map-keys"] = .array(keys.shuffled(using: &random).prefix(2).map { .string($0) })
    case 1: schema["x-kubernetes-list-type"] = "set"
    case 2: schema["x-kubernetes-list-type"] = "atomic"
    case 3: schema["x-kubernetes-map-type"] = "atomic"
    case 4: schema["x-kubernetes-int-or-string"] = true
    case 5: schema["x-kubernetes-preserve-unknown-fields"] = true
    case 6:
      schema["format"] = .string(
        ["byte", "date-time", "int-or-string", "quantity"].randomElement(using: &random) ?? "")
    case 7: schema["$ref"] = "#/components/schemas/Thing"
    default: schema["default"] = ["", 1, [], [:]].randomElement(using: &random) ?? ""
    }
    guard depth < 4 else { return schema }
    if Bool.random(using: &random) { schema["items"] = lie(&random, depth: depth + 1) }
    if Bool.random(using: &random) { schema["additionalProperties"] = lie(&random, depth: depth + 1) }
    if Bool.random(using: &random) {
      var properties: JSON = [:]
      for name in ["a", "b", "list", "name", "port"] where Bool.random(using: &random) {
        properties[name] = lie(&random, depth: depth + 1)
      }
      schema["properties"] = properties
    }
    return schema
  }

  private static func value(_ random: inout SeededGenerator, depth: Int = 0) -> JSON {
    switch Int.random(in: 0..<(depth > 3 ? 4 : 7), using: &random) {
    case 0: return .integer(Int.random(in: 1...9, using: &random))
    case 1: return .string(["x", "yy", "10Mi", "2026-01-01T00:00:00Z", "YQ=="].randomElement(using: &random) ?? "")
    case 2: return .bool(true)
    case 3: return .string("text \(Int.random(in: 0...99, using: &random))")
    case 4: return .array((0..<Int.random(in: 1...3, using: &random)).map { _ in value(&random, depth: depth + 1) })
    default:
      var object: JSON = [:]
      for name in ["a", "b", "list", "name", "port"] where Bool.random(using: &random) {
        object[name] = value(&random, depth: depth + 1)
      }
      return object == [:] ? "z" : object
    }
  }

  /// The same with one text replaced, or nil when there is none.
  private static func edited(_ value: JSON) -> JSON? {
    switch value {
    case .string(let text) where text.hasPrefix("text"): return .string("edited by hand")
    case .array(var elements):
      for index in elements.indices {
        if let edited = edited(elements[index]) {
          elements[index] = edited
          return .array(elements)
        }
      }
      return nil
    case .object(var members):
      for (key, member) in members {
        if let edited = edited(member) {
          members[key] = edited
          return .object(members)
        }
      }
      return nil
    default: return nil
    }
  }

  @Test func aSchemaThatLiesMakesNothingFallSilent() throws {
    var random = SeededGenerator(seed: 7)
    var edits = 0
    for _ in 0..<800 {
      let document: JSON = [
        "openapi": "3.0.0",
        "components": [
          "schemas": [
            "Thing": [
              "type": "object",
              "x-kubernetes-group-version-kind": [["group": "x.example.com", "version": "v1", "kind": "Thing"]],
              "properties": ["metadata": ["type": "object"], "spec": Self.lie(&random)],
            ]
          ]
        ],
      ]
      var schema = SchemaTable()
      try? schema.add(openAPIv3: document.encoded())
      func thing(_ spec: JSON) -> String {
        let json: JSON = ["apiVersion": "x.example.com/v1", "kind": "Thing", "metadata": ["name": "x"], "spec": spec]
        return String(decoding: json.encoded(), as: UTF8.self)
      }
      let spec = Self.value(&random)
      let same = try Fixture.rows(thing(spec), thing(spec), schema: schema)
      #expect(same.counted.isEmpty, "\(thing(spec)): \(same.paths)")
      guard let edited = Self.edited(spec) else { continue }
      edits += 1
      let rows = try Fixture.rows(thing(spec), thing(edited), schema: schema)
      #expect(!rows.isEmpty, "\(thing(spec)) and \(thing(edited))")
    }
    #expect(edits > 120)
  }
}
