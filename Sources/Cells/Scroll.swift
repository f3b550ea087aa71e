/// The arithmetic of a list that is longer than its window.
public enum Scroll {
  /// The first row to show so that row `index` of `count` is visible in `height` rows, moving as little as possible from `offset`.
  ///
  /// `margin` rows around the index stay in sight where there are any. With no index the offset is only kept within the list.
  public static func offset(
    _ offset: Int, showing index: Int?, count: Int, height: Int, margin: Int = 0
  ) -> Int {
    guard height > 0, count > height else { return 0 }
    var offset = offset
    if let index {
      let margin = min(margin, (height - 1) / 2)
      offset = min(offset, index - margin)
      offset = max(offset, index + margin - height + 1)
    }
    return min(max(0, offset), count - height)
  }

  /// Where `index` goes when moved by `step` rows, kept within `count` rows; nil in an empty list.
  public static func move(_ index: Int?, by step: Int, count: Int) -> Int? {
    guard count > 0 else { return nil }
    guard let index else { return step < 0 ? count - 1 : 0 }
    let (moved, overflow) = index.addingReportingOverflow(step)
    if overflow { return step < 0 ? 0 : count - 1 }
    return min(max(0, moved), count - 1)
  }
}
