import Structured

/// One `kustomize build`: reads a tree and accumulates objects, directory by directory, then runs the passes that happen
/// once at the root (kustomize: api/internal/target/kusttarget.go). Every step is a pass over one list of objects.
struct KustomizationBuild<Tree: FileTree> {
  let tree: Tree
  /// Index is the `file` of origins.
  private(set) var files: [String] = []
  private var indexes: [String: UInt32] = [:]
  private var bytesRead = 0

  private static var byteLimit: Int { 64 << 20 }
  private static var depthLimit: Int { 64 }
  private static var entryLimit: Int { 200_000 }

  init(_ tree: Tree) { self.tree = tree }

  func place(_ origin: Origin) -> String? {
    guard Int(origin.file) < files.count else { return nil }
    return origin.line > 0 ? "\(files[Int(origin.file)]):\(origin.line)" : files[Int(origin.file)]
  }

  /// What `kustomize build` makes of a directory.
  mutating func build(_ directory: String) throws(RenderError) -> ResourceList {
    let list = try accumulate(directory, within: [])
    return try finish(list)
  }

  /// The passes at the root.
  func finish(_ list: ResourceList) throws(RenderError) -> ResourceList {
    var list = list
    try NameReferences(list, place: place).repair(&list)
    list.removeAll { Annotations.isLocal($0) }
    try list.transform(place: place) { resource throws(RenderError) in Annotations.settle(&resource) }
    return list
  }

  /// The objects of a directory that has a kustomization file. `chain` holds the directories that led here.
  private mutating func accumulate(_ directory: String, within chain: [String]) throws(RenderError) -> ResourceList {
    guard let path = try KustomizationFile.path(in: directory, of: tree) else {
      throw .failed(
        sentence: "no kustomization file in the directory", place: directory.isEmpty ? "." : directory)
    }
    let file = try kustomization(at: path)
    guard !file.isEmpty else { throw .failed(sentence: "the kustomization file is empty", place: path) }
    return try accumulate(file, in: directory, within: chain)
  }

  /// The kustomization file at a path.
  mutating func kustomization(at path: String) throws(RenderError) -> KustomizationFile {
    let bytes = try read(path)
    return try KustomizationFile(bytes, path: path, file: index(of: path))
  }

  /// The objects that a kustomization in `directory` makes.
  mutating func accumulate(
    _ file: KustomizationFile, in directory: String, within chain: [String]
  ) throws(RenderError) -> ResourceList {
    guard chain.count < Self.depthLimit else {
      throw .undetermined(feature: "kustomizations nested deeper than \(Self.depthLimit)", place: directory)
    }
    var list = ResourceList()
    for entry in file.resources {
      for resource in try resources(at: entry, in: directory, within: chain + [directory]) {
        try list.append(resource, place: place)
      }
    }
    if let namespace = file.namespace {
      let transformer = NamespaceTransformer(namespace)
      try list.transform(place: place) { resource throws(RenderError) in transformer.apply(to: &resource) }
    }
    return list
  }

  /// The objects of one entry of `resources`: a file, else a directory, else something remote.
  private mutating func resources(
    at entry: YAMLNode, in directory: String, within chain: [String]
  ) throws(RenderError) -> [Resource] {
    let written = entry.string ?? ""
    let origin = place(entry.origin) ?? (directory.isEmpty ? "." : directory)
    let path = TreePath.resolve(written, from: directory)
    if let path, case .file? = tree.entry(path) { return try manifest(at: path) }
    if Self.looksRemote(written) { throw .undetermined(feature: "remote resource \(written)", place: origin) }
    guard let path, !written.isEmpty else {
      throw .failed(sentence: "\"\(written)\" is outside of the source", place: origin)
    }
    switch tree.entry(path) {
    case .directory?: break
    case .submodule?: throw .undetermined(feature: "submodule \(path)", place: origin)
    default: throw .failed(sentence: "no such file or directory: \(written)", place: origin)
    }
    if let visited = chain.first(where: { TreePath.isWithin($0, path) }) {
      throw .failed(sentence: "cycle: \"\(written)\" contains \(visited.isEmpty ? "." : visited)", place: origin)
    }
    return try accumulate(path, within: chain).resources
  }

  /// Addresses that kustomize would fetch: URLs, scp-like ones and the hosts it knows by name.
  private static func looksRemote(_ path: String) -> Bool {
    if path.contains("://") || path.hasPrefix("git::") || path.contains("?ref=") || path.contains("_git/") {
      return true
    }
    if let colon = path.firstIndex(of: ":"), path[..<colon].contains("@") { return true }
    let host = path.prefix { $0 != "/" && $0 != ":" }
    return ["github.com", "gitlab.com", "bitbucket.org", "gh", "ssh", "dev.azure.com"].contains(String(host))
      && host.count < path.count || path.contains(".git/") || path.hasSuffix(".git")
  }

  private mutating func manifest(at path: String) throws(RenderError) -> [Resource] {
    let bytes = try read(path)
    return try Manifest(path: path, file: index(of: path), rules: .kustomize).resources(in: bytes)
  }

  private mutating func index(of path: String) -> UInt32 {
    if let index = indexes[path] { return index }
    let index = UInt32(clamping: files.count)
    files.append(path)
    indexes[path] = index
    return index
  }

  private mutating func read(_ path: String) throws(RenderError) -> [UInt8] {
    let bytes = try tree.read(path)
    bytesRead += bytes.count
    guard bytesRead <= Self.byteLimit else {
      throw .undetermined(feature: "more than \(Self.byteLimit >> 20) MiB of files", place: path)
    }
    return bytes
  }

  /// The kustomization that Flux generates for a directory without one: every YAML file below it, and every directory
  /// that has a kustomization file, in lexical order (flux: pkg/kustomize, kustomize_generator.go).
  func generated(for directory: String) throws(RenderError) -> KustomizationFile {
    var paths: [String] = []
    var entries = 0
    try scan(directory, depth: 0, entries: &entries, into: &paths)
    return KustomizationFile(resources: paths.map { YAMLNode(.string(TreePath.relative($0, to: directory))) })
  }

  private func scan(
    _ directory: String, depth: Int, entries: inout Int, into paths: inout [String]
  ) throws(RenderError) {
    guard depth < Self.depthLimit else {
      throw .undetermined(feature: "directories nested deeper than \(Self.depthLimit)", place: directory)
    }
    for (name, entry) in tree.list(directory) {
      entries += 1
      guard entries <= Self.entryLimit else {
        throw .undetermined(feature: "more than \(Self.entryLimit) files", place: directory)
      }
      let path = TreePath.join(directory, name)
      switch entry {
      case .directory:
        if try KustomizationFile.path(in: path, of: tree) != nil {
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
