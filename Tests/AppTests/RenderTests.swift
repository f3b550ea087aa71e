import Foundation
import Rendering
import TestKit
import Testing

@testable import App

@Suite struct RenderTests {
  @Test(arguments: [
    ("ks/flux-system/apps", "Kustomization"), ("hr/shop/web", "HelmRelease"), ("Kustomization/a/b", "Kustomization"),
  ])
  func aReconcilerIsNamedLikeThis(text: String, kind: String) throws {
    #expect(RenderCommand.Selector(text)?.kind == kind)
  }

  @Test(arguments: ["apps", "./ks/a", "ks/a", "ks//b", "pods/a/b", "/ks/a/b/c"])
  func everythingElseIsADirectory(text: String) { #expect(RenderCommand.Selector(text) == nil) }

  @Test func onlyHeadOfAReconcilerCanBeRendered() {
    #expect(throws: (any Error).self) { try ViewCommand.parseAsRoot(["render", "ks/a/b", "--revision", "v1"]) }
    #expect(throws: Never.self) { try ViewCommand.parseAsRoot(["render", "ks/a/b", "--revision", "HEAD"]) }
    #expect(throws: Never.self) { try ViewCommand.parseAsRoot(["render", "apps", "--revision", "v1"]) }
  }

  /// Flux leaves links out of its artifacts.
  @Test func filesOfTheDiskAreReadAndLinksAreNot() throws {
    let folder = try TemporaryFolder("tree")
    try FileManager.default.createDirectory(atPath: folder.file("a"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder.file(".git"), withIntermediateDirectories: true)
    _ = try folder.write("x", to: "a/x.yaml")
    try FileManager.default.createSymbolicLink(atPath: folder.file("a/link.yaml"), withDestinationPath: "/etc/passwd")
    let tree = DiskTree(root: folder.path)
    #expect(tree.list("").map(\.name) == ["a"])
    #expect(tree.entry("a") == .directory && tree.entry("a/link.yaml") == .link && tree.entry("b") == nil)
    #expect(try tree.read("a/x.yaml") == Array("x".utf8))
    #expect(throws: RenderError.self) { try tree.read("a/link.yaml") }
  }
}
