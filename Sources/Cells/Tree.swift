/// The lines of a tree, drawn as rows of a `Table` or a `Paragraph`.
public enum Tree {
  public enum Fold: Hashable, Sendable {
    case leaf, open, closed
  }

  /// One line: guides for its place, a fold sign, and the content.
  ///
  /// `lasts` says for each level from the root's children down to this node whether the node on that level is the last of its
  /// siblings; the root has none.
  public static func line(_ lasts: [Bool], fold: Fold = .leaf, _ content: [Span]) -> [Span] {
    var guides = SafeText.empty
    for (level, isLast) in lasts.enumerated() {
      if level == lasts.count - 1 {
        guides += isLast ? "╰─ " : "├─ "
      } else {
        guides += isLast ? "   " : "│  "
      }
    }
    let sign: SafeText =
      switch fold {
      case .leaf: ""
      case .open: "▾ "
      case .closed: "▸ "
      }
    return [Span(guides, .border), Span(sign, .dim)].filter { !$0.text.isEmpty } + content
  }
}
