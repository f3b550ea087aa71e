/// The files of a tree that reach the cluster's artifact: regular files that no ignore pattern leaves out
/// (flux: source-controller, storage.Archive).
struct ArtifactTree<Base: FileTree>: FileTree {
  let base: Base
  private let rules: IgnoreRules<Base>
  private let keepsSubmodules: Bool
  private let isWhole: Bool

  init(_ base: Base, source: FluxSource) {
    self.base = base
    rules = IgnoreRules(base, last: source.ignore)
    keepsSubmodules = source.recurseSubmodules
    isWhole = source.isArtifact
  }

  private func keeps(_ entry: FileEntry, _ path: String) -> Bool {
    switch entry {
    case .directory: true
    case .file: isWhole || !rules.excludes(path)
    case .link: false
    case .submodule: keepsSubmodules
    }
  }

  func entry(_ path: String) -> FileEntry? {
    guard let entry = base.entry(path) else { return nil }
    // Shown, so that what names it can say why it is not there.
    return entry == .link || keeps(entry, path) ? entry : nil
  }

  func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    base.list(directory).filter { keeps($0.entry, TreePath.join(directory, $0.name)) }
  }

  func read(_ path: String) throws(RenderError) -> [UInt8] { try base.read(path) }

  /// An archive has directories only as parts of the paths of its files.
  func hasFiles(below directory: String, depth: Int = 0) -> Bool {
    guard depth < FileReader<Self>.depthLimit else { return false }
    let entries = base.list(directory)
    return entries.contains { $0.entry != .directory && keeps($0.entry, TreePath.join(directory, $0.name)) }
      || entries.contains {
        $0.entry == .directory && hasFiles(below: TreePath.join(directory, $0.name), depth: depth + 1)
      }
  }
}

/// What a tree's `.sourceignore` files and its source's `spec.ignore` say of its files (flux: pkg/sourceignore,
/// source-controller, SourceIgnoreFilter). One build, one owner.
private final class IgnoreRules<Base: FileTree> {
  private let base: Base
  private let last: [IgnorePattern]
  /// By directory: the patterns of its file and of those above it.
  private var known: [String: [IgnorePattern]] = [:]
  /// By file: a build asks more than once.
  private var answers: [String: Bool] = [:]
  private lazy var hasPatterns = !last.isEmpty || hasPatterns(below: [], depth: 0)

  init(_ base: Base, last: String?) {
    self.base = base
    self.last = last.map { IgnorePattern.read($0, domain: []) } ?? []
  }

  /// The last pattern that matches counts; the defaults speak only where there is no pattern of anybody's at all.
  func excludes(_ path: String) -> Bool {
    if let answer = answers[path] { return answer }
    let answer = decide(path)
    answers[path] = answer
    return answer
  }

  private func decide(_ path: String) -> Bool {
    let parts = TreePath.parts(path)
    if let outcome = IgnorePattern.outcome(last, file: parts) { return outcome == .exclude }
    let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
    if let outcome = IgnorePattern.outcome(patterns(for: directory), file: parts) { return outcome == .exclude }
    guard IgnorePattern.mayBeDefault(parts) else { return false }
    if IgnorePattern.outcome(IgnorePattern.versionControl, file: parts) == .exclude { return true }
    return IgnorePattern.outcome(IgnorePattern.defaults, file: parts) == .exclude && !hasPatterns
  }

  private func patterns(for directory: String) -> [IgnorePattern] {
    if let known = known[directory] { return known }
    let parts = TreePath.parts(directory)
    var result = parts.isEmpty ? [] : patterns(for: parts.dropLast().joined(separator: "/"))
    result += own(parts)
    known[directory] = result
    return result
  }

  private func own(_ directory: [String]) -> [IgnorePattern] {
    let path = TreePath.join(directory.joined(separator: "/"), ".sourceignore")
    guard case .file? = base.entry(path), let bytes = try? base.read(path) else { return [] }
    return IgnorePattern.read(String(decoding: bytes, as: UTF8.self), domain: directory)
  }

  private func hasPatterns(below directory: [String], depth: Int) -> Bool {
    guard depth < FileReader<Base>.depthLimit else { return false }
    if !own(directory).isEmpty { return true }
    return base.list(directory.joined(separator: "/")).contains { name, entry in
      entry == .directory && hasPatterns(below: directory + [name], depth: depth + 1)
    }
  }
}
