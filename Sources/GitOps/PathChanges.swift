/// The paths that differ between two commits' trees.
public struct PathChanges: Sendable, Hashable {
  /// Files that have other content.
  public var modified: Set<String>
  /// Files that came, went or became something else.
  public var appeared: Set<String>

  public init(modified: Set<String> = [], appeared: Set<String> = []) {
    self.modified = modified
    self.appeared = appeared
  }
}
