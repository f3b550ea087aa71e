import Structured

/// What of a GitRepository's spec changes the files that its artifact holds.
public struct FluxSource: Sendable, Hashable {
  /// `spec.ignore`: patterns after those of all `.sourceignore` files.
  public let ignore: String?
  /// `spec.recurseSubmodules`; otherwise submodules are empty directories.
  public let recurseSubmodules: Bool
  /// `spec.include` copies other artifacts in.
  private let includes: Bool
  /// `spec.sparseCheckout`: the only directories that the artifact holds; none is all.
  private let sparse: [String]

  /// A source whose artifact holds the commit's files.
  public init() {
    ignore = nil
    recurseSubmodules = false
    includes = false
    sparse = []
  }

  /// From the GitRepository object.
  public init(_ document: JSONDocument) {
    let spec = document.root["spec"]
    ignore = spec?["ignore"]?.string
    recurseSubmodules = spec?["recurseSubmodules"]?.bool ?? false
    includes = (spec?["include"]?.count ?? 0) > 0
    var sparse: [String] = []
    if let directories = spec?["sparseCheckout"]?.elements {
      for directory in directories { sparse.append(TreePath.clamp(directory.string ?? "")) }
    }
    self.sparse = sparse
  }

  /// The field that keeps what is below a directory from being known; nil when nothing does.
  func unsupported(for directory: String) -> String? {
    if includes { return "spec.include" }
    return sparse.isEmpty || sparse.contains { TreePath.isWithin(directory, $0) } ? nil : "spec.sparseCheckout"
  }
}

/// The files of a tree that reach the cluster's artifact: regular files that no ignore pattern leaves out
/// (flux: source-controller, gitrepository_controller.go, storage.Archive).
struct ArtifactTree<Base: FileTree>: FileTree {
  let base: Base
  private let last: [IgnorePattern]
  private let keepsSubmodules: Bool

  init(_ base: Base, source: FluxSource) {
    self.base = base
    last = source.ignore.map { IgnorePattern.read($0, domain: []) } ?? []
    keepsSubmodules = source.recurseSubmodules
  }

  /// The patterns that can speak of files in a directory: a `.sourceignore` file speaks of its directory and below.
  private func patterns(for directory: [String]) -> [IgnorePattern] {
    var patterns = IgnorePattern.defaults
    for depth in 0...directory.count {
      let domain = Array(directory.prefix(depth))
      let path = TreePath.join(domain.joined(separator: "/"), ".sourceignore")
      if case .file? = base.entry(path), let bytes = try? base.read(path) {
        patterns += IgnorePattern.read(String(decoding: bytes, as: UTF8.self), domain: domain)
      }
    }
    return patterns + last
  }

  private func keeps(_ entry: FileEntry, _ path: [String], _ patterns: @autoclosure () -> [IgnorePattern]) -> Bool {
    switch entry {
    case .directory: true
    case .file: !IgnorePattern.excludes(patterns(), file: path)
    case .link: false
    case .submodule: keepsSubmodules
    }
  }

  func entry(_ path: String) -> FileEntry? {
    guard let entry = base.entry(path) else { return nil }
    let parts = TreePath.parts(path)
    return keeps(entry, parts, patterns(for: parts.dropLast())) ? entry : nil
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    let parts = TreePath.parts(directory)
    let patterns = patterns(for: parts)
    return base.list(directory).filter { keeps($0.entry, parts + [$0.name], patterns) }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] { try base.read(path) }
}
