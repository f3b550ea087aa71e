import Cells
import GitOps

/// Where everything stands, from the size and the state alone. `update` scrolls by it and `view` draws by it.
struct Layout {
  enum Shape {
    /// Under 40x10: a notice.
    case tooSmall
    /// Only the focused pane fits.
    case single
    /// Panes 1-3 are one line, Drift and Log share a pane.
    case compact
    case full
  }

  let size: Size
  let shape: Shape
  let header: Rect
  let footer: Rect
  /// All between them.
  let body: Rect
  /// The scope line of small screens; empty elsewhere.
  private(set) var scopeLine = Rect(x: 0, y: 0, width: 0, height: 0)
  /// The boxes with their borders.
  private(set) var left = Rect(x: 0, y: 0, width: 0, height: 0)
  private(set) var right = Rect(x: 0, y: 0, width: 0, height: 0)
  /// Inside of the panes that are to be seen; the reconciler pane with its column header.
  private(set) var panes: [Pane: Rect] = [:]
  private(set) var selected = Rect(x: 0, y: 0, width: 0, height: 0)
  /// Text of a screen above home.
  private(set) var text = Rect(x: 0, y: 0, width: 0, height: 0)

  init(_ state: State) {
    size = state.size
    header = Rect(x: 0, y: 0, width: size.width, height: 1)
    footer = Rect(x: 0, y: size.height - 1, width: size.width, height: 1)
    body = Rect(x: 0, y: 1, width: size.width, height: size.height - 2)
    if size.width < 40 || size.height < 10 {
      shape = .tooSmall
    } else if state.isZoomed || size.height < 18 {
      shape = .single
    } else if size.width < 110 || size.height < 30 {
      shape = .compact
    } else {
      shape = .full
    }
    text = body.inside.inset(dx: 1, dy: 0)
    if let screen = state.screen, screen.tabs.count > 1 { text = text.split(top: 1).rest }
    switch shape {
    case .tooSmall: break
    case .single: layOutSingle(state)
    case .compact: layOutCompact(state)
    case .full: layOutFull(state)
    }
  }

  /// Whether panes 1-3 can be seen and focused.
  static func showsScopePanes(_ size: Size) -> Bool { size.width >= 110 && size.height >= 30 }

  /// Rows that a list can show, without its header line.
  func rows(_ pane: Pane) -> Int {
    guard let area = panes[pane] else { return 1 }
    return max(1, area.height - (pane == .reconcilers ? 1 : 0))
  }

  private mutating func layOutSingle(_ state: State) {
    var area = body
    if !Layout.showsScopePanes(size) { (scopeLine, area) = body.split(top: 1) }
    right = area
    panes[state.focus] = area.inside
  }

  private mutating func layOutCompact(_ state: State) {
    (scopeLine, right) = body.split(top: 1)
    let room = right.height - 4
    let block = 2
    let lower = min(12, max(4, (room - block) * 3 / 10))
    let upper = room - block - lower
    var y = right.y + 1
    func next(_ height: Int) -> Rect {
      defer { y += height + 1 }
      return Rect(x: right.x + 1, y: y, width: right.width - 2, height: height)
    }
    panes[.reconcilers] = next(upper)
    selected = next(block)
    panes[state.bottom] = next(lower)
  }

  private mutating func layOutFull(_ state: State) {
    let width = size.width >= 220 ? 36 : size.width >= 160 ? 32 : 25
    (left, right) = body.split(left: width)
    var y = left.y + 1
    func next(_ height: Int, in box: Rect) -> Rect {
      defer { y += height + 1 }
      return Rect(x: box.x + 1, y: y, width: box.width - 2, height: height)
    }
    let third = (left.height - 4) / 3
    let clusters = min(max(3, state.snapshot.clusters.count), third)
    let repos = min(max(3, state.snapshot.repos.count), third)
    panes[.clusters] = next(clusters, in: left)
    panes[.repos] = next(repos, in: left)
    panes[.namespaces] = next(left.height - 4 - clusters - repos, in: left)

    let room = right.height - 5
    let block = size.height >= 45 ? 5 : size.height >= 36 ? 3 : 2
    let drift = max(4, room * 27 / 100)
    let log = max(3, room * 19 / 100)
    y = right.y + 1
    panes[.reconcilers] = next(room - block - drift - log, in: right)
    selected = next(block, in: right)
    panes[.drift] = next(drift, in: right)
    panes[.log] = next(log, in: right)
  }
}
