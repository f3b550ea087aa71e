import Foundation
import Structured
import Testing

@testable import Rendering

/// kustomize's own cases of two-way merges, from beside the checkout where they are present.
@Suite struct MergeTableTests {
  static let file = sharedFolder("corpora/tables/kyaml/merge2.json")

  @Test(.enabled(if: file != nil, "the shared tables are not beside this checkout"))
  func everyMergeAgrees() throws {
    let cases = try JSON(parsing: Array(Data(contentsOf: try #require(Self.file)))).array ?? []
    let set = Conformance("strategic merges")
    // Guessing the keys of lists is off for patches, and a schema in a comment is not read (docs/decisions/0004).
    let relevant = cases.filter {
      $0["infer"] != true
        && !"\($0["dest"]?.string ?? "")\($0["source"]?.string ?? "")".contains("x-kubernetes-patch-strategy")
    }
    for item in relevant {
      let name = item["description"]?.string ?? ""
      func node(_ key: String) throws -> YAMLNode? {
        try YAMLReader.documents(in: Array((item[key]?.string ?? "").utf8), rules: .kustomize).first
      }
      var merge = StrategicMerge(schema: .standard, place: { _ in nil })
      merge.prepends = item.value(at: "mergeOptions", "ListIncreaseDirection") != "append"
      let patch = try node("source") ?? YAMLNode(.map(YAMLMap()))
      let target = try node("dest") ?? YAMLNode(.map(YAMLMap()))
      let expected = try node("expected")
      let merged = try? merge.merge(patch, into: target)
      if (merged ?? nil).flatMap({ $0.map?.isEmpty == true ? nil : $0 })
        == expected.flatMap({ $0.map?.isEmpty == true ? nil : $0 })
      {
        set.agrees()
      } else {
        let ours = (merged ?? nil).map { YAMLPrinter.lines($0).joined(separator: "\n") } ?? "nothing"
        set.disagrees(
          "\(item["table"]?.string ?? ""): \(name)", "merged\n\(ours)\ninstead of\n\(item["expected"]?.string ?? "")")
      }
    }
    set.finish()
  }
}
