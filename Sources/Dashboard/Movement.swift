import Cells
import GitOps

/// How far a movement key goes.
enum Movement: Sendable, Hashable {
  case by(Int)
  /// Parts of the visible rows: 1 a page, -0.5 half a page up.
  case pages(Double)
  case first, last
}

extension State {
  mutating func move(_ movement: Movement) {
    if screens.isEmpty { moveSelection(in: focus, movement) } else { scrollText(movement) }
  }

  private mutating func scrollText(_ movement: Movement) {
    guard var screen else { return }
    let height = Layout(self).text.height
    let last = max(0, document.rows.count - height)
    var scroll = screen.scroll
    switch movement {
    case .by(let rows): scroll.top = min(max(0, scroll.top + rows), last)
    case .pages(let part): scroll.top = min(max(0, scroll.top + step(part, height)), last)
    case .first: scroll.top = 0
    case .last: scroll.top = last
    }
    screen.scroll = scroll
    screens[screens.count - 1] = screen
    if screen.tab == .logs || screen.tab == .events { follows = scroll.top == last }
  }

  private func step(_ part: Double, _ height: Int) -> Int {
    let rows = max(1, Int((Double(height) * abs(part)).rounded(.down)) - (abs(part) == 1 ? 1 : 0))
    return part < 0 ? -rows : rows
  }

  mutating func moveSelection(in pane: Pane, _ movement: Movement) {
    let count = lists.count(of: pane)
    var position = self[pane]
    let hasTitle = pane.isScope || pane == .drift
    // In scope panes nothing selected means everything; the first step down lands on the first row, and going up from
    // there comes back to everything. In the drift pane that place is its title.
    let isOnTitle = pane.isScope ? position.selected == nil : position.selected == .coverage
    let index = isOnTitle ? -1 : position.index
    let wanted: Int
    switch movement {
    case .by(let rows): wanted = index + rows
    case .pages(let part): wanted = max(0, index + step(part, Layout(self).rows(pane)))
    case .first: wanted = 0
    case .last: wanted = count - 1
    }
    if hasTitle, wanted < 0 {
      position = ListState(selected: pane == .drift ? .coverage : nil)
    } else {
      position.select(wanted, count: count) { lists.id(of: pane, at: $0, in: snapshot) }
    }
    self[pane] = position
    if pane == .log { follows = position.index >= count - 1 }
  }

  /// Sideways: folds and unfolds in the reconciler list, scrolls in texts and the log.
  mutating func moveSideways(_ direction: Int) {
    if var screen {
      screen.scroll.column = min(max(0, screen.scroll.column + 8 * direction), 4000)
      if screen.tab == .yaml, screen.showsManagedFields != (direction > 0), document.hasManagedFields {
        screen.showsManagedFields = direction > 0
        screen.scroll.column = 0
      }
      screens[screens.count - 1] = screen
      return
    }
    switch focus {
    case .reconcilers:
      switch self[.reconcilers].selected {
      case .fold(let ref): fold(ref, open: direction > 0)
      case .reconciler(let ref):
        let root = direction < 0 ? reconciler(ref)?.blockedBy.flatMap { unfolded.contains($0) ? $0 : nil } : nil
        fold(root ?? ref, open: direction > 0)
      default: break
      }
    case .log: logColumn = min(max(0, logColumn + 8 * direction), 4000)
    case .clusters, .repos, .namespaces, .drift: break
    }
  }

  private mutating func fold(_ ref: ObjectRef, open: Bool) {
    if open {
      unfolded.insert(ref)
    } else if unfolded.remove(ref) != nil, let index = lists.reconcilerIndex[ref] {
      // What was selected inside the fold is hidden now: its line takes the selection.
      let isInside = lists.reconcilers.contains {
        guard case .row(let row, depth: 1) = $0 else { return false }
        return .reconciler(snapshot.reconcilers[row].ref) == self[.reconcilers].selected
          && snapshot.reconcilers[row].blockedBy == ref
      }
      if isInside, let line = lists.reconcilers.firstIndex(where: { $0.isFold(of: index) }) {
        self[.reconcilers].index = line
        self[.reconcilers].selected = .fold(ref)
      }
    }
  }

  mutating func focus(_ pane: Pane) {
    guard Layout.showsScopePanes(size) || !pane.isScope else {
      overlay = .picker(Picker(pane: pane))
      return
    }
    screens = []
    focus = pane
  }

  mutating func cycleFocus(_ direction: Int) {
    let panes = Pane.allCases.filter { Layout.showsScopePanes(size) || !$0.isScope }
    guard let index = panes.firstIndex(of: focus) else { return }
    focus = panes[(index + direction + panes.count) % panes.count]
  }
}

extension ReconcilerLine {
  func isFold(of index: Int) -> Bool {
    if case .fold(let root, _, _) = self { return root == index }
    return false
  }
}
