import Foundation
import Structured
import Testing

@testable import Rendering

/// kustomize's own cases of its built-in generators and transformers, from beside the checkout where they are present.
@Suite struct TransformerTableTests {
  static let file = sharedFolder("corpora/tables/kustomize/builtin_transformers.json")

  @Test(.enabled(if: file != nil, "the shared tables are not beside this checkout"))
  func everyCaseAgrees() throws {
    let cases = try JSON(parsing: Array(Data(contentsOf: try #require(Self.file)))).array ?? []
    let set = Conformance("built-in transformers")
    for item in cases {
      let name = "\(item["plugin"]?.string ?? "") \(item["test"]?.string ?? "")"
      let isGenerator = item["kind"] == "generator"
      var files = ["config.yaml": item["config"]?.string ?? "", "input.yaml": item["input"]?.string ?? ""]
      // Files of absolute paths stand in a folder of the case, which is the last one named.
      for (path, text) in item["files"]?.object ?? JSONObject() {
        files[path.hasPrefix("/") ? String(path.split(separator: "/").last ?? "") : path] = text.string
      }
      if isGenerator {
        files["config.yaml"] = files["config.yaml"]?.replacingOccurrences(of: "behavior: merge\n", with: "")
      }
      files["kustomization.yaml"] =
        isGenerator ? "generators: [config.yaml]\n" : "resources: [input.yaml]\ntransformers: [config.yaml]\n"
      var build = KustomizationBuild(MemoryTree(files), version: "(test)")
      let built = Result { () throws(RenderError) in
        try build.accumulated("")
      }
      let expectsError = item["error"]?.isNull == false && item["error"] != false
      switch built {
      case .success(let list):
        guard !expectsError else {
          set.disagrees(name, "expected an error")
          continue
        }
        let expected = try YAMLReader.documents(
          in: Array((item["expected"]?.string ?? "").utf8), rules: .kustomize, repeatedKeys: .lastCounts)
        func settled(_ node: YAMLNode) -> YAMLNode {
          var resource = Resource(node)
          resource.rememberID()
          Annotations.settle(&resource)
          return resource.root
        }
        if list.resources.map({ settled($0.root) }) == expected.map(settled) {
          set.agrees()
        } else {
          let ours = list.resources.flatMap { YAMLPrinter.lines($0.root) }.joined(separator: "\n")
          set.disagrees(name, "built\n\(ours)\ninstead of\n\(item["expected"]?.string ?? "")")
        }
      case .failure(let error):
        if expectsError { set.agrees() } else { set.disagrees(name, error.description) }
      }
    }
    set.finish()
  }
}
