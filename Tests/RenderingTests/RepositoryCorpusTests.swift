import Foundation
import Structured
import Testing

@testable import Rendering

/// Real repositories with the output of `kustomize build` for every directory that builds, from beside the checkout.
@Suite struct RepositoryCorpusTests {
  static let folder = sharedFolder("corpora/repos")

  @Test(.enabled(if: folder != nil, "the shared repository corpus is not beside this checkout"))
  func everyDirectoryIsEqualOrUndetermined() throws {
    let folder = try #require(Self.folder)
    let archives = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("inputs").path)
    let set = Conformance("repositories")
    for archive in archives.sorted() where archive.hasSuffix(".tar.gz") {
      let name = String(archive.dropLast(".tar.gz".count))
      let bytes = try Data(contentsOf: folder.appendingPathComponent("inputs/\(archive)"))
      let tree = try MemoryTree(tar: try Gunzip.decompress(Array(bytes), limit: 256 << 20))
      let index = try JSON(parsing: Array(Data(contentsOf: folder.appendingPathComponent("builds/\(name).json"))))
      for entry in index.array ?? [] where entry["status"] == "ok" {
        let directory = entry["dir"]?.string ?? ""
        let output = folder.appendingPathComponent("builds/\(entry["out"]?.string ?? "")")
        do {
          var build = KustomizationBuild(tree)
          let built = try build.build(TreePath.clamp(directory)).resources
          var wanted: [Resource] = []
          if let compressed = try? Data(contentsOf: output) {
            let text = try Gunzip.decompress(Array(compressed), limit: 64 << 20)
            var limits = YAMLLimits.file
            limits.bytes = 64 << 20
            wanted = try YAMLReader.documents(in: text, rules: .kustomize, limits: limits).map(Resource.init)
          }
          let difference = Self.difference(built, wanted)
          if let difference { set.disagrees("\(name) \(directory)", difference) } else { set.agrees() }
        } catch let error as RenderError {
          if case .undetermined = error {
            set.isUndetermined("\(name) \(directory)", error.description)
          } else {
            set.disagrees("\(name) \(directory)", error.description)
          }
        }
      }
    }
    set.finish()
  }

  static func difference(_ built: [Resource], _ wanted: [Resource]) -> String? {
    let built = Dictionary(built.map { ($0.id.key, $0) }, uniquingKeysWith: { $1 })
    let wanted = Dictionary(wanted.map { ($0.id.key, $0) }, uniquingKeysWith: { $1 })
    for (key, resource) in wanted {
      guard let other = built[key] else { return "\(resource.id) is missing" }
      if other.root != resource.root {
        let (ours, theirs) = (YAMLPrinter.lines(other.root.sorted), YAMLPrinter.lines(resource.root.sorted))
        let first = zip(ours, theirs).first { $0 != $1 }
        return "\(resource.id) differs: \(first?.0 ?? "") instead of \(first?.1 ?? "")"
      }
    }
    return built.values.first { wanted[$0.id.key] == nil }.map { "\($0.id) is too many" }
  }
}

extension YAMLNode {
  fileprivate var sorted: YAMLNode {
    switch value {
    case .list(let elements): YAMLNode(.list(elements.map(\.sorted)))
    case .map(let map): YAMLNode(.map(YAMLMap(map.sorted.map { ($0.key, $0.value.sorted) })))
    default: self
    }
  }
}

extension MemoryTree {
  /// The regular files of a tar archive, its top folder left out.
  init(tar: [UInt8]) throws {
    self.init([:])
    var reader = TarReader(tar)
    while let entry = try reader.next({ RenderError.failed(sentence: $0, place: nil) }) {
      guard entry.kind == .file else { continue }
      files[entry.name.split(separator: "/").filter { $0 != "." }.dropFirst().joined(separator: "/")] = Array(
        tar[entry.body])
    }
  }
}
