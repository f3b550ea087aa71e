import Foundation
import Structured
import Testing

@testable import Rendering

/// The kustomize project's own cases, from beside the checkout where they are present.
@Suite struct KustomizeCorpusTests {
  static let folder = sharedFolder("corpora/kustomize")

  static var cases: [String] {
    guard let folder else { return [] }
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test(.enabled(if: folder != nil, "the shared kustomize corpus is not beside this checkout"))
  func everyCaseIsEqualOrRefused() throws {
    let folder = try #require(Self.folder)
    let kustomize = Conformance("kustomize")
    let elsewhere = Conformance("kustomize with other programs")
    for name in Self.cases {
      let directory = folder.appendingPathComponent(name)
      let meta = try JSON(parsing: Array(Data(contentsOf: directory.appendingPathComponent("meta.json"))))
      // An option of the command line, which Flux does not use.
      if meta.value(at: "options", "managedByLabel") != nil { continue }
      // The binary file of this case is not in the corpus.
      if name == "configmaps.TestGeneratorOverlaysBinaryData" { continue }
      let set = meta["needs"]?.array?.isEmpty == false ? elsewhere : kustomize
      let tree = try DiskTree(directory.appendingPathComponent("input"))
      var build = KustomizationBuild(
        tree, version: "(test)", restrictsFiles: meta.value(at: "options", "loadRestrictions") != "none")
      let path = TreePath.clamp(meta["path"]?.string ?? "")
      do {
        let list = try build.build(path)
        guard meta["error"] == nil else {
          set.disagrees(name, "expected an error, built \(list.resources.count) objects")
          continue
        }
        let expected = try YAMLReader.documents(
          in: Array(Data(contentsOf: directory.appendingPathComponent("expected.yaml"))), rules: .kustomize)
        if let difference = RepositoryCorpusTests.difference(list.resources, expected.map(Resource.init)) {
          set.disagrees(name, difference)
        } else {
          set.agrees()
        }
      } catch let error as RenderError {
        switch error {
        case _ where meta["error"] != nil: set.agrees()
        case .undetermined: set.isUndetermined(name, error.description)
        case .failed: set.disagrees(name, error.description)
        }
      }
    }
    kustomize.finish()
    elsewhere.finish()
  }
}

/// A directory on disk, read whole.
struct DiskTree: FileTree {
  private var memory = MemoryTree([:])

  init(_ root: URL) throws {
    let names = FileManager.default.enumerator(atPath: root.path)
    while let name = names?.nextObject() as? String {
      var isDirectory: ObjCBool = false
      let path = root.appendingPathComponent(name).path
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
        continue
      }
      memory.files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  func entry(_ path: String) -> FileEntry? { memory.entry(path) }
  func list(_ directory: String) -> [(name: String, entry: FileEntry)] { memory.list(directory) }
  func read(_ path: String) throws(RenderError) -> [UInt8] { try memory.read(path) }
}
