import Structured
import Testing

@testable import Rendering

/// What `kustomize build` does in corners that no case of others shows; each was asked of kustomize 5.5.
@Suite struct KustomizeCornerTests {
  private func build(_ files: [String: String]) throws(RenderError) -> ResourceList {
    var build = KustomizationBuild(MemoryTree(files))
    return try build.build("")
  }

  private func problem(_ files: [String: String]) -> RenderError? {
    do throws(RenderError) {
      _ = try build(files)
      return nil
    } catch { return error }
  }

  @Test func aNameAloneInAnEnvironmentFileIsEmpty() throws {
    let long = String(repeating: "x", count: 65_536)
    let list = try build([
      "kustomization.yaml": "configMapGenerator: [{name: m, envs: [x.env]}]",
      "x.env": "HOME\nodd name=1\n\(long)\nLOST=1\n",
    ])
    #expect(
      list.resources[0].root["data"]
        == YAMLNode(.map(["HOME": YAMLNode(.string("")), "odd name": YAMLNode(.string("1"))])))
  }

  @Test(
    arguments: [
      ("5=x", "", "the key \"5\" is not text in YAML"), ("true=x", "", "the key \"true\" is not text in YAML"),
      ("2020-01-01=x", "", "the key \"2020-01-01\" is not text in YAML"), ("yes=x", "", nil), ("<<=x", "", "<<"),
      ("t=t", "a\u{7F}b", "control characters are not allowed"), ("t=t", "a\u{9F}", "control characters"),
      ("t=t", "a\u{FFFE}", "control characters"), ("t=t", "a\u{85}b", "a text with U+0085"), ("t=t", "a\u{7}b\n", nil),
      ("t=t", "\tb\n", "starts with a tab"), ("t=t", "\tb", nil), ("t=t", "a\n\tb\n", nil),
    ] as [(String, String, String?)])
  func generatedTextsAreWhatYAMLCanRead(_ entry: String, _ text: String, _ expected: String?) {
    let field = text.isEmpty ? "literals" : "files"
    let refusal = problem([
      "kustomization.yaml": "configMapGenerator: [{name: m, \(field): ['\(entry)']}]", "t": text,
    ])
    #expect(
      refusal.map { $0.description.contains(expected ?? "-") } ?? (expected == nil), "\(String(describing: refusal))")
  }

  @Test func mergedAndReplacedObjectsKeepTheirNamesAndDataOnly() throws {
    let secret = object(
      "Secret", "x", more: "  labels: {a: b}\ntype: t\nimmutable: true\nstringData: {q: r}\ndata: {a: eA==}\n")
    for (behavior, keys) in [("merge", ["a", "c"]), ("replace", ["c"])] {
      let list = try build([
        "kustomization.yaml":
          "resources: [x.yaml]\nsecretGenerator: [{name: x, behavior: \(behavior), literals: [c=d]}]",
        "x.yaml": secret,
      ])
      let root = list.resources[0].root
      #expect(root["data"]?.map?.keys.sorted() == keys)
      #expect(root["type"]?.string == "Opaque" && root["immutable"] == nil && root["stringData"] == nil)
      #expect(root["metadata"]?["labels"]?["a"]?.string == "b")
    }
  }

  @Test func keysThatAreNotTextEndTheBuild() throws {
    for key in ["5", "true", "2020-01-01", "~", "1.5"] {
      let refusal = problem([
        "kustomization.yaml": "resources: [x.yaml]", "x.yaml": object("ConfigMap", "x", more: "data: {\(key): a}\n"),
      ])
      #expect(refusal == .failed(sentence: "the mapping key \(key) is not text", place: "x.yaml:5"))
    }
    let list = try build([
      "kustomization.yaml":
        "resources: [x.yaml]\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {5: b}}'}]",
      "x.yaml": object("ConfigMap", "x", more: "data: {'5': a, yes: c}\n"),
    ])
    #expect(list.resources[0].root["data"]?["5"]?.string == "b")
  }

  @Test(
    arguments: [("{}", nil), ("[]", nil), ("5", nil), ("{a: null, b: ~, c: }", ["null", "~", ""])]
      as [(String, [String]?)])
  func annotationsEndAsTextsOrNotAtAll(_ written: String, _ expected: [String]?) throws {
    let list = try build([
      "kustomization.yaml": "resources: [x.yaml]",
      "x.yaml": object("ConfigMap", "x", more: "  annotations: \(written)\n"),
    ])
    #expect(list.resources[0].root["metadata"]?["annotations"]?.map?.map { $0.value.string } == expected)
  }

  @Test func transformersAreNotedAsOftenAsKustomizeRunsThem() throws {
    let patch = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {x: y}}"
    let replacement =
      "{source: {kind: ConfigMap, fieldPath: data.a}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}"
    let list = try build([
      "kustomization.yaml": """
      resources: [x.yaml]
      buildMetadata: [transformerAnnotations]
      labels: [{pairs: {a: b}}, {pairs: {c: d}}]
      patchesStrategicMerge: ['\(patch)', '\(patch)']
      replacements: [\(replacement), \(replacement)]
      """, "x.yaml": object("ConfigMap", "m", more: "data: {a: b}\n"),
    ])
    let noted = list.resources[0].root["metadata"]?["annotations"]?["alpha.config.kubernetes.io/transformations"]?
      .string
    #expect(
      noted?.split(separator: "\n").filter { $0.contains("kind:") }.map { $0.split(separator: " ").last ?? "" } == [
        "PatchStrategicMergeTransformer", "LabelTransformer", "LabelTransformer", "LabelTransformer",
        "ReplacementTransformer",
      ])
  }
}
