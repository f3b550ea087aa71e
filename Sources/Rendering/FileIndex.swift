import Structured

/// The files of one build, which the origins of its values name by number. One build, one owner.
final class FileIndex {
  private(set) var paths: [String] = []
  private var numbers: [String: UInt32] = [:]

  /// The number of a file; new ones get the next.
  func index(of path: String) -> UInt32 {
    if let number = numbers[path] { return number }
    let number = UInt32(clamping: paths.count)
    paths.append(path)
    numbers[path] = number
    return number
  }

  func path(_ file: UInt32) -> String? { Int(file) < paths.count ? paths[Int(file)] : nil }

  /// `apps/web.yaml:14`.
  func place(_ origin: Origin) -> String? {
    guard origin.hasFile, let path = path(origin.file) else { return nil }
    return origin.line > 0 ? "\(path):\(origin.line)" : path
  }
}

/// Reads files of a tree, within what one build may read.
struct FileReader<Tree: FileTree> {
  /// Directories within directories, and kustomizations within kustomizations.
  static var depthLimit: Int { 64 }
  static var entryLimit: Int { 200_000 }
  private static var byteLimit: Int { 64 << 20 }

  private let tree: Tree
  private var bytesRead = 0

  init(_ tree: Tree) { self.tree = tree }

  /// - Throws: `.undetermined` when the build has read too much.
  mutating func read(_ path: String) throws(RenderError) -> [UInt8] {
    let bytes = try tree.read(path)
    bytesRead += bytes.count
    guard bytesRead <= Self.byteLimit else {
      throw .undetermined(feature: "more than \(Self.byteLimit >> 20) MiB of files", place: path)
    }
    return bytes
  }
}

extension FileTree {
  /// What Flux puts into a kustomization for a directory without one: every YAML file below it, and every directory that
  /// has a kustomization file, in lexical order (flux: pkg/kustomize, kustomize_generator.go).
  func generatedResources(for directory: String) throws(RenderError) -> [String] {
    var paths: [String] = []
    var entries = 0
    try scan(directory, depth: 0, entries: &entries, into: &paths)
    return paths.map { TreePath.relative($0, to: directory) }
  }

  private func scan(
    _ directory: String, depth: Int, entries: inout Int, into paths: inout [String]
  ) throws(RenderError) {
    guard depth < FileReader<Self>.depthLimit else {
      throw .undetermined(feature: "directories nested deeper than \(FileReader<Self>.depthLimit)", place: directory)
    }
    for (name, entry) in list(directory) {
      entries += 1
      guard entries <= FileReader<Self>.entryLimit else {
        throw .undetermined(feature: "more than \(FileReader<Self>.entryLimit) files", place: directory)
      }
      let path = TreePath.join(directory, name)
      switch entry {
      case .directory:
        if try KustomizationFile.path(in: path, of: self) != nil {
          paths.append(path)
        } else {
          try scan(path, depth: depth + 1, entries: &entries, into: &paths)
        }
      case .file:
        // Go's filepath.Ext: from the last dot, case kept.
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { paths.append(path) }
      case .submodule: throw .undetermined(feature: "submodule \(path)", place: path)
      case .link: continue
      }
    }
  }
}
