import Foundation
import Structured

/// The objects that real repositories build, where the reference material beside the package has them.
public enum RepositoryObjects {
  /// Each object once; empty where there is no reference material.
  public static func all() -> [YAMLNode] {
    guard let folder = SharedFolder.path("corpora/repos/builds"),
      let repositories = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    var limits = YAMLLimits.file
    limits.bytes = 64 << 20
    var result: [YAMLNode] = []
    var known: Set<JSON> = []
    for repository in repositories.sorted() where !repository.hasSuffix(".json") {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(repository)")) ?? []
      for file in files.sorted() {
        guard let text = SharedFolder.unpacked("corpora/repos/builds/\(repository)/\(file)"),
          let documents = try? YAMLReader.documents(in: text, rules: .kustomize, limits: limits)
        else { continue }
        for document in documents where document["metadata"]?["name"] != nil && known.insert(document.json).inserted {
          result.append(document)
        }
      }
    }
    return result
  }
}

extension SharedFolder {
  /// The bytes of a file of `shared`; nil where there is none.
  public static func bytes(_ name: String) -> [UInt8]? {
    path(name).flatMap { FileManager.default.contents(atPath: $0) }.map(Array.init)
  }

  /// The bytes of a compressed file of `shared`, or of one member of an archive; nil where there is none.
  public static func unpacked(_ name: String, member: String? = nil) -> [UInt8]? {
    guard let file = path(name) else { return nil }
    // Not Foundation's Process: waiting for it spins a run loop, which takes the main queue away from everybody else.
    let words = member.map { ["tar", "-xOzf", file, $0] } ?? ["gzip", "-dc", file]
    guard let output = popen(words.map { "'\($0)'" }.joined(separator: " "), "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, output), count > 0 { bytes += buffer[0..<count] }
    return pclose(output) == 0 ? bytes : nil
  }
}
