import GitOps
import Structured

/// Reads files of a tree, within what one build may read, and parses each only once.
struct FileReader<Tree: FileTree> {
  /// Directories within directories, and kustomizations within kustomizations.
  static var depthLimit: Int { 64 }
  static var entryLimit: Int { 200_000 }
  private static var byteLimit: Int { 64 << 20 }

  private let tree: Tree
  private let parsed: ParsedFiles
  private var bytesRead = 0

  init(_ tree: Tree, parsed: ParsedFiles) {
    self.tree = tree
    self.parsed = parsed
  }

  /// - Throws: `.undetermined` when the build has read too much, or what was committed is not the file itself.
  mutating func read(_ path: String) throws(RenderError) -> [UInt8] {
    let bytes = try tree.read(path)
    try count(bytes.count, path)
    // Git LFS: the first line of what stands for a file, by its specification.
    if bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
      throw .undetermined(feature: "the Git LFS file \(path)", place: path)
    }
    return bytes
  }

  private mutating func count(_ bytes: Int, _ path: String) throws(RenderError) {
    bytesRead += bytes
    guard bytesRead <= Self.byteLimit else {
      throw .undetermined(feature: "more than \(Self.byteLimit >> 20) MiB of files", place: path)
    }
  }

  /// The objects of a file.
  /// - Parameter blob: the id of its content.
  mutating func resources(at path: String, blob: String) throws(RenderError) -> [Resource] {
    let key = ParsedFiles.Key(blob: blob, file: parsed.files.index(of: path), form: .manifest)
    if let known = parsed[key], case .resources(let resources) = known.content {
      try count(known.bytes, path)
      return resources
    }
    let bytes = try read(path)
    var manifest = Manifest(path: path, file: key.file, rules: .kustomize)
    manifest.typedKeys = .refused
    let resources = try manifest.resources(in: bytes)
    parsed[key] = ParsedFiles.Entry(content: .resources(resources), bytes: bytes.count)
    return resources
  }

  /// The root map of a kustomization file; nil when it says nothing.
  mutating func kustomization(at path: String, blob: String) throws(RenderError) -> YAMLNode? {
    let key = ParsedFiles.Key(blob: blob, file: parsed.files.index(of: path), form: .kustomization)
    if let known = parsed[key], case .kustomization(let root) = known.content {
      try count(known.bytes, path)
      return root
    }
    let bytes = try read(path)
    let root = try KustomizationFile.root(of: bytes, path: path, file: key.file)
    parsed[key] = ParsedFiles.Entry(content: .kustomization(root), bytes: bytes.count)
    return root
  }
}
