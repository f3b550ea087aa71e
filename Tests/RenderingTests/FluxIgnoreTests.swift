import GitOps
import Structured
import Testing

@testable import Rendering

/// What a reconciler is told not to correct.
@Suite struct FluxIgnoreTests {
  private func rules(_ text: String) throws -> [FluxIgnore] {
    FluxIgnore.rules(of: try JSONDocument(parsing: Array(text.utf8)))
  }

  private func object(_ name: String, namespace: String = "shop", labels: JSON = [:]) -> DesiredObject {
    let root: JSON = [
      "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
    ]
    return DesiredObject(
      groupKind: GroupKind(group: "apps", kind: "Deployment"), version: "v1", namespace: namespace, name: name,
      root: YAMLNode(json: root), files: FileIndex())
  }

  @Test func aTargetIsAPatternThatHasToFitTheWholeName() throws {
    let rules = try rules(
      #"""
      {"kind": "Kustomization", "spec": {"ignore": [
        {"paths": ["/spec/replicas"], "target": {"kind": "Deployment", "name": "we.*", "labelSelector": "tier in (a,b)"}},
        {"paths": ["", "/"]}, {"paths": ["/a"], "target": {"name": "("}}, {"target": {"kind": "x"}}, 5]}}
      """#)
    #expect(rules.map(\.paths) == [["/spec/replicas"], ["", ""]])
    #expect(rules[0].covers(object("web", labels: ["tier": "a"])))
    #expect(!rules[0].covers(object("web", labels: ["tier": "c"])))
    #expect(!rules[0].covers(object("the-web", labels: ["tier": "a"])))
    #expect(rules[1].covers(object("anything")))
  }

  @Test func aReleaseHasItsRulesInItsDriftDetection() throws {
    let rules = try rules(
      #"{"kind": "HelmRelease", "spec": {"ignore": [{"paths": ["/no"]}], "driftDetection": {"ignore": [{"paths": ["/spec/replicas"]}]}}}"#
    )
    #expect(rules.map(\.paths) == [["/spec/replicas"]])
  }
}
