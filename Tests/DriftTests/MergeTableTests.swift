import Foundation
import GitOps
import Structured
import TestKit
import Testing

@testable import Drift

/// Agreement with the tables of structured-merge-diff, the library by which API servers compare and own fields.
@Suite struct MergeTableTests {
  // MARK: Schemas

  /// A schema of that library as an OpenAPI v3 document of one kind whose `spec` is the root type.
  private static func schema(_ text: String, root: String) throws -> SchemaTable {
    let types = try YAMLReader.documents(in: Array(text.utf8), rules: .core).first?.json["types"]?.array ?? []
    var schemas: JSON = [:]
    for type in types { schemas[type["name"]?.string ?? ""] = definition(type) }
    schemas["Thing"] = [
      "type": "object",
      "x-kubernetes-group-version-kind": [["group": "example.com", "version": "v1", "kind": "Thing"]],
      "properties": ["spec": reference(root), "metadata": ["type": "object"]],
    ]
    let document: JSON = ["openapi": "3.0.0", "components": ["schemas": schemas]]
    var table = SchemaTable()
    try table.add(openAPIv3: document.encoded())
    return table
  }

  private static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

  private static func definition(_ type: JSON) -> JSON {
    if let name = type["namedType"]?.string { return reference(name) }
    if type["scalar"] == "untyped" || (type["map"] != nil && type["list"] != nil) {
      return ["x-kubernetes-preserve-unknown-fields": true]
    }
    if let scalar = type["scalar"]?.string {
      return ["type": .string(["numeric": "number", "boolean": "boolean"][scalar] ?? "string")]
    }
    if let list = type["list"] {
      var result: JSON = ["type": "array", "items": definition(list["elementType"] ?? [:])]
      if list["elementRelationship"] == "associative" {
        result["x-kubernetes-list-type"] = list["keys"] == nil ? "set" : "map"
        result["x-kubernetes-list-map-keys"] = list["keys"]
      } else {
        result["x-kubernetes-list-type"] = "atomic"
      }
      return result
    }
    let map = type["map"] ?? [:]
    var result: JSON = ["type": "object"]
    if map["elementRelationship"] == "atomic" { result["x-kubernetes-map-type"] = "atomic" }
    if let element = map["elementType"] { result["additionalProperties"] = definition(element) }
    var properties: JSON = [:]
    for field in map["fields"]?.array ?? [] {
      var inner = definition(field["type"] ?? [:])
      if let fallback = field["default"] { inner["default"] = fallback }
      properties[field["name"]?.string ?? ""] = inner
    }
    if map["fields"] != nil { result["properties"] = properties }
    return result
  }

  // MARK: Comparing

  private static func read(_ text: String) throws -> JSON {
    if let json = try? JSON(parsing: Array(text.utf8)) { return json }
    // Some texts end in a brace too many, which the library's reader does not mind.
    if text.hasPrefix("{"), let json = try? JSON(parsing: Array(text.dropLast().utf8)) { return json }
    return try YAMLReader.documents(in: Array(text.utf8), rules: .core).first?.json ?? .null
  }

  /// Each difference as the fields that are behind it, `f:list/k:…/f:value`.
  private static func differences(_ desired: JSON, _ live: JSON, _ schema: SchemaTable) throws -> [String] {
    func thing(_ spec: JSON) -> JSON {
      ["apiVersion": "example.com/v1", "kind": "Thing", "metadata": ["name": "x"], "spec": spec]
    }
    let object = DesiredObject(
      groupKind: GroupKind(group: "example.com", kind: "Thing"), version: "v1", namespace: "", name: "x",
      root: YAMLNode(json: thing(desired)), files: FileIndex())
    let root = try JSONDocument(parsing: thing(live).encoded()).root
    return Comparison.differences(of: object, from: root, schema: schema).map { difference in
      FieldPath(difference.steps, live: root, desired: difference.desired).owned.dropFirst().map(word)
        .joined(separator: "/")
    }
  }

  private static func word(_ step: FieldPath.Owned) -> String {
    switch step {
    case .field(let name): "f:\(name)"
    case .item(let keys):
      "k:" + keys.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value.text)" }.joined(separator: ",")
    case .value(let value): "v:\(value.text)"
    case .index(let index): "i:\(index)"
    }
  }

  private static func path(_ steps: JSON) -> String {
    (steps.array ?? []).map { step in
      if let name = step["f"]?.string { return "f:\(name)" }
      if let value = step["v"] { return "v:\(text(value))" }
      let keys = (step["k"]?.object?.map { ($0.key, text($0.value)) } ?? []).sorted { $0.0 < $1.0 }
      return "k:" + keys.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
    }.joined(separator: "/")
  }

  private static func text(_ value: JSON) -> String {
    value.string ?? String(decoding: value.encoded(), as: UTF8.self)
  }

  /// Where this comparison means something else than the library on purpose.
  private static let argued: Set<String> = [
    // What is empty and what is not there are the same to a server's typed objects, and null asks for nothing to be there
    // (R4); what lives although Git says null is looked for by who wrote it (R6).
    #"simple pair: {"key":"foo","value":null} → {"key":"foo","value":{}}"#,
    #"null/empty map: {} → {"inner":{}}"#, #"null/empty map: {} → {"inner":null}"#,
    #"null/empty map: {"inner":null} → {"inner":{}}"#, #"null/empty map: {"inner":{}} → {"inner":null}"#,
    #"null/empty struct: {} → {"inner":{}}"#, #"null/empty struct: {} → {"inner":null}"#,
    #"null/empty struct: {"inner":null} → {"inner":{}}"#, #"null/empty struct: {"inner":{}} → {"inner":null}"#,
    #"null/empty list: {} → {"inner":[]}"#, #"null/empty list: {} → {"inner":null}"#,
    #"null/empty list: {"inner":null} → {"inner":[]}"#, #"null/empty list: {"inner":[]} → {"inner":null}"#,
    #"untyped deduced: {"a":{}}} → {"a":{"b":{}}}"#, #"untyped deduced: {"a":null} → {"a":{"b":{}}}"#,
    #"untyped deduced: {"a":["b"]} → {"a":null}"#, #"untyped deduced: {"a":"b"} → {"a":null}"#,
    #"untyped separable: {"a":{}}} → {"a":{"b":{}}}"#, #"untyped separable: {"a":null} → {"a":{"b":{}}}"#,
    #"untyped separable: {"a":["b"]} → {"a":null}"#, #"untyped separable: {"a":"b"} → {"a":null}"#,
    #"associative list: {"atomicList":["a","a","a"]} → {"atomicList":null}"#,
    // Lists without a schema are atomic, as in every definition that says nothing else (R5).
    #"untyped separable: {"a":["b"]} → {"a":[]}"#,
    // A member that is there twice is there (R5d): the server would refuse or drop the second.
    #"struct grab bag: {"setStr":["a","b"]} → {"setStr":["a","b","b"]}"#,
    #"struct grab bag: {"setNumeric":[1,2,2,3.14159,1]} → {"setNumeric":[1,2,3]}"#,
    #"associative list: {"list":[{"key":"a","id":1,"nv":2},{"key":"b","id":1},{"key":"a","id":1,"bv":true}]} → {"list":[{"key":"a","id":1},{"key":"a","id":2}]}"#,
  ]

  @Test func whatIsAddedOrModifiedThereDiffersHere() throws {
    guard let bytes = SharedFolder.bytes("corpora/tables/smd/typed_symdiff.json") else { return Corpus.skip() }
    var total = 0
    var disagreements: [String] = []
    for table in try JSON(parsing: bytes).array ?? [] {
      guard let text = table["schema"]?.string, let root = table["rootTypeName"]?.string else { continue }
      let schema = try Self.schema(text, root: root)
      for row in table["quints"]?.array ?? [] {
        let lhs = try Self.read(row["lhs"]?.string ?? "")
        let rhs = try Self.read(row["rhs"]?.string ?? "")
        let expected = ((row["modified"]?.array ?? []) + (row["added"]?.array ?? [])).map(Self.path)
        let found = try Self.differences(rhs, lhs, schema)
        total += 1
        // A whole that differs stands for all that is in it, and the other way round.
        func overlap(_ a: String, _ b: String) -> Bool { a == b || a.hasPrefix(b + "/") || b.hasPrefix(a + "/") }
        let agrees =
          expected.allSatisfy { field in found.contains { overlap($0, field) } }
          && found.allSatisfy { field in expected.contains { overlap($0, field) } }
        let title =
          "\(table["name"]?.string ?? ""): \(row["lhs"]?.string ?? "") → \(row["rhs"]?.string ?? "")"
        if !agrees, !Self.argued.contains(title) {
          disagreements.append(
            "\(title): \(expected) / \(found)"
          )
        }
      }
    }
    for line in disagreements { print("symdiff: \(line)") }
    print(
      "conformance: typed_symdiff \(total - disagreements.count - Self.argued.count) of \(total), \(Self.argued.count) argued"
    )
    #expect(disagreements.isEmpty)
  }

  @Test func whatAnApplyMadeIsWhatWasApplied() throws {
    guard let bytes = SharedFolder.bytes("corpora/tables/smd/typed_merge.json") else { return Corpus.skip() }
    var total = 0
    var disagreements: [String] = []
    for table in try JSON(parsing: bytes).array ?? [] {
      guard let text = table["schema"]?.string, let root = table["rootTypeName"]?.string else { continue }
      let schema = try Self.schema(text, root: root)
      for row in table["triplets"]?.array ?? [] {
        let rhs = try Self.read(row["rhs"]?.string ?? "")
        let out = try Self.read(row["out"]?.string ?? "")
        total += 1
        let found = try Self.differences(rhs, out, schema)
        if !found.isEmpty {
          disagreements.append("\(row["rhs"]?.string ?? "") in \(row["out"]?.string ?? ""): \(found)")
        }
      }
    }
    for line in disagreements { print("merge: \(line)") }
    print("conformance: typed_merge \(total - disagreements.count) of \(total)")
    #expect(disagreements.isEmpty)
  }

  /// The schema that the cases of a file have.
  private static func parser(of each: JSON) -> String? {
    switch each["file"]?.string {
    case "duplicates_test.go": "duplicatesParser"
    case "extract_apply_test.go": "extractParser"
    case "key_test.go": "associativeListParser"
    case "leaf_test.go": "leafFieldsParser"
    case "multiple_appliers_test.go":
      ["Set": "associativeListParser", "NestedType": "nestedTypeParser", "RealConversion": "structMultiversionParser"][
        (each["func"]?.string ?? "").replacing("TestMultipleAppliers", with: "")]
    case "nested_test.go": "nestedTypeParser"
    case "preserve_unknown_test.go": "preserveUnknownParser"
    case "set_test.go": "setFieldsParser"
    case "default_keys_test.go": text(each).contains("book:") ? "bookParser" : "portListParser"
    default: nil
    }
  }

  @Test func afterASequenceThatEndsInAnApplyNothingDiffers() throws {
    guard let bytes = SharedFolder.bytes("corpora/tables/smd/merge_ops.json") else { return Corpus.skip() }
    let document = try JSON(parsing: bytes)
    var total = 0
    var disagreements: [String] = []
    for each in document["cases"]?.array ?? [] {
      guard let last = each["case"]?["Ops"]?.array?.last, let applied = last["Object"]?.string,
        let end = each["case"]?["Object"]?.string,
        ["Apply", "ForceApply"].contains(last["_type"]?.string ?? ""), last["Conflicts"] == nil
      else { continue }
      let schema = try Self.parser(of: each).flatMap { document["schemas"]?[$0]?.string }.map { text in
        let types = try Self.read(text)["types"]?.array?.compactMap { $0["name"]?.string } ?? []
        let version = last["APIVersion"]?.string ?? ""
        return try Self.schema(text, root: types.contains(version) ? version : types.first ?? "")
      }
      total += 1
      let found = try Self.differences(try Self.read(applied), try Self.read(end), schema ?? SchemaTable())
      if !found.isEmpty { disagreements.append("\(each["name"]?.string ?? ""): \(applied) in \(end): \(found)") }
    }
    for line in disagreements { print("ops: \(line)") }
    print("conformance: merge_ops \(total - disagreements.count) of \(total)")
    #expect(disagreements.isEmpty)
  }
}
