import GitOps

/// What a rendering looked at in its tree: while none of it changes, neither does what was rendered.
public struct TreeFootprint: Sendable {
  /// The paths that were asked for, there or not.
  var asked: Set<String> = []
  /// The directories whose entries were.
  var listed: Set<String> = []

  /// Nothing.
  public init() {}

  /// Whether a change of the tree can change the rendering. Paths that came or went count for every directory they are in.
  public func isTouched(by changes: PathChanges) -> Bool {
    changes.modified.contains { asked.contains($0) }
      || changes.appeared.contains { path in
        if asked.contains(path) || listed.contains("") { return true }
        var end = path.utf8.endIndex
        while let slash = path.utf8[..<end].lastIndex(of: UInt8(ascii: "/")) {
          let directory = String(path[..<slash])
          if asked.contains(directory) || listed.contains(directory) { return true }
          end = slash
        }
        return false
      }
  }
}

/// A tree that remembers what it was asked. One build, one owner.
public final class TrackedTree<Base: FileTree>: FileTree {
  private let base: Base
  public private(set) var footprint = TreeFootprint()

  /// Asks `base`.
  public init(_ base: Base) { self.base = base }

  public func entry(_ path: String) -> FileEntry? {
    footprint.asked.insert(path)
    return base.entry(path)
  }

  public func list(_ directory: String) -> [(name: String, entry: FileEntry)] {
    footprint.listed.insert(directory)
    return base.list(directory)
  }

  public func read(_ path: String) throws(RenderError) -> [UInt8] {
    footprint.asked.insert(path)
    return try base.read(path)
  }
}
