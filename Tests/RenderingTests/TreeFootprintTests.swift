import GitOps
import Structured
import Testing

@testable import Rendering

/// A rendering is done again only when a commit changed something that it looked at.
@Suite struct TreeFootprintTests {
  private static let files = [
    "apps/kustomization.yaml": "resources: [web.yaml, ../base]\nconfigMapGenerator: [{name: m, files: [x.conf]}]",
    "apps/web.yaml": object("ConfigMap", "web"), "apps/x.conf": "1", "apps/notes.txt": "no",
    "base/kustomization.yaml": "resources: [db.yaml]", "base/db.yaml": object("ConfigMap", "db"),
    "plain/a.yaml": object("ConfigMap", "a"), "plain/sub/b.yaml": object("ConfigMap", "b"),
  ]

  private func footprint(_ path: String) throws -> TreeFootprint {
    let kustomization: JSON = ["metadata": ["name": "k", "namespace": "n"], "spec": ["path": .string(path)]]
    let tree = TrackedTree(MemoryTree(Self.files))
    _ = try Renderer().render(FluxKustomization(JSONDocument(parsing: kustomization.encoded())), tree: tree)
    return tree.footprint
  }

  @Test(
    arguments: [
      ("apps", "apps/web.yaml", true), ("apps", "apps/x.conf", true), ("apps", "base/db.yaml", true),
      ("apps", "base/kustomization.yaml", true), ("apps", "apps/notes.txt", false), ("apps", "plain/a.yaml", false),
      ("plain", "plain/a.yaml", true), ("plain", "plain/sub/b.yaml", true), ("plain", "apps/web.yaml", false),
    ])
  func otherContentTouchesWhatReadsIt(_ path: String, _ changed: String, _ expected: Bool) throws {
    let changes = PathChanges(modified: ["unrelated.md", changed], appeared: [])
    #expect(try footprint(path).isTouched(by: changes) == expected)
  }

  @Test(
    arguments: [
      ("apps", ".sourceignore", true), ("apps", "apps/.sourceignore", true), ("apps", "base/kustomization.yml", true),
      ("apps", "plain/c.yaml", false), ("plain", "plain/c.yaml", true), ("plain", "plain/sub/kustomization.yaml", true),
      ("plain", "plain/new/deep/c.yaml", true), ("plain", "other/c.yaml", false), ("plain", "plain/a.yaml", true),
    ])
  func whatComesOrGoesTouchesWhoAskedForIt(_ path: String, _ changed: String, _ expected: Bool) throws {
    #expect(try footprint(path).isTouched(by: PathChanges(modified: [], appeared: [changed])) == expected)
  }

  @Test func aFileIsParsedOnceForAllItsReaders() throws {
    let parsed = ParsedFiles()
    let renderer = Renderer(parsed: parsed)
    var tree = MemoryTree(Self.files)
    let first = try renderer.build("base", in: tree)
    // Only the content's id decides: the tree says that it is the same.
    tree.special["base/db.yaml"] = .file(blob: "base/db.yaml")
    tree.files["base/db.yaml"] = Array("not: [read".utf8)
    let second = try renderer.build("base", in: tree)
    #expect(second.map(\.root) == first.map(\.root))
    #expect(second[0].place(of: second[0].root.origin) == "base/db.yaml:1")
    tree.special["base/db.yaml"] = .file(blob: "another")
    #expect(throws: RenderError.self) { try renderer.build("base", in: tree) }
  }

  @Test func whatWasNotUsedForLongIsForgotten() {
    let parsed = ParsedFiles(limit: 100)
    func key(_ blob: String) -> ParsedFiles.Key { ParsedFiles.Key(blob: blob, file: 0, form: .kustomization) }
    for number in 0..<10 {
      parsed[key("\(number)")] = ParsedFiles.Entry(content: .kustomization(nil), bytes: 40)
      #expect(parsed[key("0")] != nil)
    }
    #expect(parsed[key("1")] == nil)
    #expect(parsed[key("9")] != nil)
    parsed[key("large")] = ParsedFiles.Entry(content: .kustomization(nil), bytes: 101)
    #expect(parsed[key("large")] == nil)
  }
}
