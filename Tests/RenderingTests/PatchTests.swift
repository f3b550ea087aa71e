import Structured
import Testing

@testable import Rendering

@Suite struct PatchTests {
  private func node(_ text: String) throws -> YAMLNode {
    try #require(try YAMLReader.documents(in: Array(text.utf8), rules: .kustomize).first)
  }

  private func patched(_ text: String, _ operations: String) throws -> YAMLNode {
    var root = try node(text)
    try JSONPatch(node(operations), layer: { $0.layered(.patch) }, place: { _ in nil }).apply(to: &root)
    return root
  }

  @Test(arguments: [
    ("{a: 1}", "[{op: add, path: /b, value: 2}]", "{a: 1, b: 2}"),
    ("{a: [1, 2]}", "[{op: add, path: /a/1, value: x}]", "{a: [1, x, 2]}"),
    ("{a: [1]}", "[{op: add, path: /a/-, value: 2}]", "{a: [1, 2]}"),
    ("{a/b: 1, 'c~d': 2}", "[{op: remove, path: /a~1b}, {op: replace, path: /c~0d, value: 3}]", "{'c~d': 3}"),
    ("{a: {b: 1}}", "[{op: move, from: /a/b, path: /c}]", "{a: {}, c: 1}"),
    ("{a: {b: 1}}", "[{op: copy, from: /a, path: /c}]", "{a: {b: 1}, c: {b: 1}}"),
    ("{a: 1}", "[{op: test, path: /a, value: 1}, {op: replace, path: /a, value: 2}]", "{a: 2}"),
  ])
  func operationsAreApplied(text: String, operations: String, expected: String) throws {
    #expect(try patched(text, operations) == node(expected))
  }

  @Test(arguments: [
    "[{op: add, path: /x/y, value: 1}]", "[{op: remove, path: /x}]", "[{op: replace, path: /x, value: 1}]",
    "[{op: add, path: /l/5, value: 1}]", "[{op: test, path: /a, value: 9}]", "[{op: nothing, path: /a}]",
    "[{path: /a}]",
    "{op: add}", "[{op: add, path: a, value: 1}]", "[{op: move, from: /x, path: /a}]",
  ])
  func whatDoesNotApplyFails(operations: String) {
    #expect(throws: RenderError.self) { try patched("{a: 1, l: [1]}", operations) }
  }

  @Test(arguments: [
    ("app=web", true), ("app==web,tier!=x", true), ("app in (a, web)", true), ("app notin (a)", true), ("!none", true),
    ("app", true), ("none", false), ("app=a", false), ("!app", false), ("n>3", true), ("n<3", false), ("", true),
  ])
  func selectorsAreReadAsKubectlDoes(text: String, expected: Bool) throws {
    #expect(try LabelSelector(text, place: nil).matches(["app": "web", "n": "5"]) == expected)
  }

  @Test(arguments: ["a b", "a in x", "=b", "a=(", "a like (b)", "!"])
  func whatIsNoSelectorFails(text: String) {
    #expect(throws: RenderError.self) { try LabelSelector(text, place: nil) }
  }

  /// Where a value was written stays known: the patch's line for what it sets, the file's for everything else.
  @Test func everyValueKeepsItsPlace() throws {
    var build = KustomizationBuild(
      MemoryTree([
        "kustomization.yaml":
          "resources: [a.yaml]\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n    data:\n      y: new\n- path: p.yaml\n",
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: old\n  y: old\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  z: file\n",
      ]))
    let data = try #require(try build.build("").resources[0].root["data"])
    func place(_ key: String) -> String? { data[key].flatMap { build.place($0.origin) } }
    #expect(place("x") == "a.yaml:6" && place("y") == "kustomization.yaml:8" && place("z") == "p.yaml:5")
    #expect(data["x"]?.origin.layer == .resource)
    #expect(data["y"]?.origin.layer == .patch && data["y"]?.origin.step == 1 && data["z"]?.origin.step == 2)
  }

  @Test func aPatchThatDeletesTakesTheObjectAway() throws {
    var build = KustomizationBuild(
      MemoryTree([
        "kustomization.yaml":
          "resources: [a.yaml]\npatches:\n- patch: \"{$patch: delete, apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\"\n",
        "a.yaml": object("ConfigMap", "a") + "---\n" + object("ConfigMap", "b"),
      ]))
    #expect(try build.build("").resources.map(\.id.name) == ["b"])
  }
}
