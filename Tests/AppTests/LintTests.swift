import Foundation
import Rendering
import Structured
import TestKit
import Testing

@testable import App

@Suite struct LintTests {
  private func report(_ files: [String: String]) throws -> LintReport {
    let folder = try TemporaryFolder("lint")
    for (name, text) in files {
      let path = URL(fileURLWithPath: folder.file(name)).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      _ = try folder.write(text, to: name)
    }
    return LintReport(TreeLint(DiskTree(root: folder.path), below: ""), .builtin)
  }

  private static let files = [
    "a/kustomization.yaml": "resources: [web.yaml, widget.yaml, ../b]\nnamespace: shop\n",
    "b/kustomization.yaml": "resources: [x.yaml]\n",
    "b/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata: [1]\n",
    "a/web.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - prot: 80\n",
    "a/widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  sise: 1\n",
  ]

  @Test func eachFindingIsALineThatAnEditorCanFollow() throws {
    let report = try report(Self.files)
    #expect(
      report.lines { "./\($0)" } == [
        "./a/web.yaml:7: error: Service shop/web: spec.ports[0].prot: unknown field \"prot\"; did you mean \"port\"? [schema]",
        "./a/web.yaml:7: error: Service shop/web: spec.ports[0]: \"port\" is missing [schema]",
        "./b/x.yaml:5: error: ConfigMap shop/x: data: a list where a map belongs [schema]",
      ])
    #expect(report.errors == 3)
    #expect(
      report.sentence.hasPrefix(
        "3 errors, 0 warnings: 2 kustomizations and 0 Flux Kustomizations with 4 objects, 1 of them of kinds without a schema, held against Kubernetes 1."
      ), "\(report.sentence)")
  }

  @Test func aDefinitionInTheTreeIsASchema() throws {
    let definition = """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: widgets.example.com}
      spec:
        group: example.com
        scope: Namespaced
        names: {kind: Widget, plural: widgets}
        versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
      """
    let report = try report(
      Self.files.merging([
        "a/web.yaml": definition, "b/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
      ]) { $1 })
    #expect(
      report.lines { $0 } == [
        "a/widget.yaml:6: error: Widget shop/w: spec.sise: unknown field \"sise\"; did you mean \"size\"? [schema]"
      ])
  }

  @Test func theSameIsThereForPrograms() throws {
    let json = try report(Self.files).json
    #expect(json["errors"] == 3 && json["warnings"] == 0 && json["kustomizations"] == 2 && json["withoutSchema"] == 1)
    let first = json["findings"]?.array?.first
    #expect(first?["file"] == "a/web.yaml" && first?["line"] == 7 && first?["severity"] == "error")
    #expect(first?["rule"] == "schema" && first?["object"] == "Service shop/web")
  }

  @Test func placesAreSeenFromTheTopOfTheRepository() throws {
    let folder = try TemporaryFolder("place")
    try FileManager.default.createDirectory(atPath: folder.file("x/y"), withIntermediateDirectories: true)
    let plain = TreePlace(folder.file("x"))
    #expect(plain.directory == "" && plain.isThere && plain.top == plain.path)
    let gone = TreePlace(folder.file("z"))
    #expect(!gone.isThere)
    #expect(throws: TreePlace.Problem.self) { try gone.withTree(at: nil) { _ throws(RenderError) in 1 } }
    #expect(TreePlace.relative("/a/b", to: "/a") == "b" && TreePlace.relative("/ab", to: "/a") == nil)
  }
}
