import Git
import Rendering

/// A commit's tree as the renderer reads it. Links are links: Flux leaves them out of its artifacts.
public struct GitFileTree: FileTree {
  let tree: GitTree

  /// Only valid as long as the tree is.
  public init(tree: GitTree) { self.tree = tree }

  public func entry(_ path: String) -> FileEntry? { tree.entry(path, followingLinks: false).map(Self.entry) }

  public func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    tree.list(directory).map { ($0.name, Self.entry($0.entry)) }
  }

  public func read(_ path: String) throws(RenderError) -> [UInt8] {
    do throws(GitError) {
      return try tree.read(path)
    } catch {
      throw error.kind == .limit
        ? .undetermined(feature: error.message, place: path) : .failed(sentence: error.message, place: path)
    }
  }

  private static func entry(_ entry: TreeEntry) -> FileEntry {
    switch entry {
    case .directory: .directory
    case .file(let blob, _): .file(blob: blob)
    case .link: .link
    case .submodule: .submodule
    }
  }
}
