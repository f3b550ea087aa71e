import Structured

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
