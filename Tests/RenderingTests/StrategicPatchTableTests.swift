import Foundation
import Structured
import Testing

@testable import Rendering

/// Kubernetes' own cases of strategic merge patches, from beside the checkout where they are present. kustomize merges by code
/// of its own, which knows neither order nor the directives that kubectl apply makes: docs/decisions/0004 argues those.
@Suite struct StrategicPatchTableTests {
  static let file = sharedFolder("corpora/tables/apimachinery/strategicpatch_cases.json")

  /// The type of the cases (kubernetes: apimachinery, strategicpatch/patch_test.go, MergeItem).
  private static let schema: JSON = {
    func list(_ items: JSON, key: String? = nil, strategy: String? = nil) -> JSON {
      var fields: JSONObject = ["type": "array", "items": items]
      if let key { fields["x-kubernetes-patch-merge-key"] = .string(key) }
      if let strategy { fields["x-kubernetes-patch-strategy"] = .string(strategy) }
      return .object(fields)
    }
    let item: JSON = ["$ref": "#/definitions/v1.MergeItem"]
    let map: JSON = ["type": "object", "additionalProperties": ["type": "string"]]
    return [
      "definitions": [
        "v1.MergeItem": [
          "properties": [
            "name": ["type": "string"], "value": ["type": "string"], "other": ["type": "string"],
            "mergingList": list(item, key: "name", strategy: "merge"), "nonMergingList": list(item),
            "mergingIntList": list(["type": "integer"], strategy: "merge"),
            "nonMergingIntList": list(["type": "integer"]), "mergeItemPtr": item, "simpleMap": map,
            "replacingItem": ["type": "object", "x-kubernetes-patch-strategy": "replace"],
            "retainKeysMap": ["type": "object"],
            "retainKeysMergingList": list(item, key: "name", strategy: "merge,retainKeys"),
          ],
          "x-kubernetes-group-version-kind": [["group": "example.com", "version": "v1", "kind": "MergeItem"]],
        ]
      ]
    ]
  }()

  /// Directives that kubectl makes and kustomize does not read.
  private static let directives = ["$retainKeys", "$setElementOrder", "$deleteFromPrimitiveList"]

  /// kustomize, asked, does as we do: it takes away what is marked to be deleted and not there, and merges what
  /// Kubernetes replaces whole.
  private static let argued: Set<String> = [
    "nested patch merge with empty list", "replace RawExtension field, rest unchanched",
  ]

  @Test(.enabled(if: file != nil, "the shared tables are not beside this checkout"))
  func everyPatchAgreesOrIsArgued() throws {
    let cases = try JSON(parsing: Array(Data(contentsOf: try #require(Self.file)))).array ?? []
    let schema = try MergeSchema(document: YAMLNode(json: Self.schema)) { _ in nil }
    let set = Conformance("strategic merge patches of Kubernetes")
    var argued: [String: Int] = [:]
    for item in cases {
      let name = "\(item["table"]?.string ?? ""): \(item["Description"]?.string ?? "")"
      let data = item["StrategicMergePatchRawTestCaseData"]
      func node(_ key: String) throws -> YAMLNode {
        let text = data?[key]?.string ?? ""
        var root = try YAMLReader.documents(in: Array(text.utf8), rules: .kustomize).first ?? YAMLNode(.map(YAMLMap()))
        if root.isNull { root = YAMLNode(.map(YAMLMap())) }
        root["apiVersion"] = YAMLNode(.string("example.com/v1"))
        root["kind"] = YAMLNode(.string("MergeItem"))
        return root
      }
      let patch = data?["TwoWay"]?.string ?? ""
      let merged: YAMLNode?
      do {
        merged = try StrategicMerge(schema: schema, place: { _ in nil }).merge(node("TwoWay"), into: node("Original"))
      } catch {
        merged = nil
      }
      let wanted = data?["ExpectedError"]?.string?.isEmpty == false ? nil : try node("Modified")
      if let merged, let wanted, merged.withoutOrder.unordered == wanted.unordered {
        set.agrees()
      } else if merged == nil && wanted == nil {
        set.agrees()
      } else if let directive = Self.directives.first(where: patch.contains) {
        argued[directive, default: 0] += 1
      } else if Self.argued.contains(item["Description"]?.string ?? "") {
        argued[item["Description"]?.string ?? "", default: 0] += 1
      } else {
        let ours = merged.map { YAMLPrinter.lines($0).joined(separator: "\n") } ?? "an error"
        set.disagrees(name, "patch\n\(patch)\nmerged\n\(ours)\ninstead of\n\(data?["Modified"]?.string ?? "an error")")
      }
    }
    print(
      "conformance: strategic merge patches of Kubernetes: argued by directive: \(argued.sorted { $0.key < $1.key })")
    set.finish()
  }
}

extension YAMLNode {
  /// Without the order that kubectl notes, which kustomize takes for a field.
  fileprivate var withoutOrder: YAMLNode {
    switch value {
    case .list(let elements): YAMLNode(.list(elements.map(\.withoutOrder)))
    case .map(let map):
      YAMLNode(
        .map(YAMLMap(map.filter { !$0.key.hasPrefix("$setElementOrder/") }.map { ($0.key, $0.value.withoutOrder) })))
    default: self
    }
  }

  /// Lists in an order of their own: Kubernetes sorts, kustomize keeps.
  fileprivate var unordered: YAMLNode {
    switch value {
    case .list(let elements):
      let sorted = elements.map { ($0.unordered, YAMLPrinter.lines($0.unordered.sortedKeys).joined()) }.sorted {
        $0.1 < $1.1
      }
      return YAMLNode(.list(sorted.map(\.0)))
    case .map(let map): return YAMLNode(.map(YAMLMap(map.map { ($0.key, $0.value.unordered) })))
    default: return self
    }
  }
}
