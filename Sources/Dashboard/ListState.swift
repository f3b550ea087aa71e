import GitOps

/// Identity of a line in a list. A selection is kept by it and never by row number: rows move, what was chosen stays.
enum RowID: Sendable, Hashable {
  case cluster(ClusterID)
  case repo(RepoRow.ID)
  /// A namespace of that name in every cluster of the scope.
  case namespace(String)
  case reconciler(ObjectRef)
  /// The line that stands for those that wait for this reconciler.
  case fold(ObjectRef)
  /// The line of a cluster that does not answer, above its reconcilers.
  case unreachable(ClusterID)
  case drift(DriftRow.ID)
  /// The title of the drift pane, which opens what is not counted.
  case coverage
  case log(UInt64)
}

/// Where one list stands.
struct ListState: Sendable, Hashable {
  var selected: RowID?
  /// Where the selection was last, to stay near when its row goes.
  var index = 0
  /// First visible row.
  var top = 0

  /// Keeps the selection on its row after the rows changed. A row that went gives way to the one now in its place;
  /// scope panes and an empty list select nothing instead.
  /// - Returns: whether the selected row is gone.
  @discardableResult
  mutating func follow(count: Int, mayBeNothing: Bool, id: (Int) -> RowID) -> Bool {
    guard let wanted = selected else {
      if !mayBeNothing, count > 0 { select(0, count: count, id: id) }
      return false
    }
    if wanted == .coverage { return false }
    if index < count, id(index) == wanted { return false }
    for candidate in 0..<count where id(candidate) == wanted {
      index = candidate
      return false
    }
    if mayBeNothing || count == 0 {
      selected = nil
      index = 0
    } else {
      select(min(index, count - 1), count: count, id: id)
    }
    return true
  }

  mutating func select(_ row: Int, count: Int, id: (Int) -> RowID) {
    guard count > 0 else {
      selected = nil
      index = 0
      return
    }
    index = min(max(0, row), count - 1)
    selected = id(index)
  }

  /// Scrolls as little as possible so that the selection is among `height` visible rows and no room is wasted below.
  mutating func scroll(count: Int, height: Int) {
    let height = max(1, height)
    if selected != nil {
      if index < top { top = index }
      if index >= top + height { top = index - height + 1 }
    }
    top = max(0, min(top, count - height))
  }
}

/// The order of a list: nil column is the list's own (trouble first, newest last).
struct SortOrder: Sendable, Hashable {
  var column: Column?
  var descending = false
}
