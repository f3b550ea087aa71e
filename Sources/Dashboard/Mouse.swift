import Cells
import GitOps

extension State {
  /// A click focuses and selects, the wheel scrolls what is under the pointer. A click never writes and answers nothing.
  mutating func take(_ mouse: InputEvent.Mouse) {
    guard overlay == nil else { return }
    let layout = Layout(self)
    switch mouse.action {
    case .wheelUp, .wheelDown:
      let movement = Movement.by(mouse.action == .wheelUp ? -3 : 3)
      if screen != nil {
        move(movement)
      } else if let pane = pane(at: mouse.position, layout) {
        moveSelection(in: pane, movement)
      }
    case .press(.left):
      guard screen == nil, let pane = pane(at: mouse.position, layout), let area = layout.panes[pane] else { return }
      dismissNotices()
      focus = pane
      let row = mouse.position.y - area.y - (pane == .reconcilers ? 1 : 0)
      let count = lists.count(of: pane)
      guard row >= 0, self[pane].top + row < count else { return }
      var position = self[pane]
      position.select(position.top + row, count: count) { lists.id(of: pane, at: $0, in: snapshot) }
      self[pane] = position
      if pane == .log { follows = position.index == count - 1 }
    case .press, .release, .drag: break
    }
  }

  private func pane(at point: Point, _ layout: Layout) -> Pane? {
    layout.panes.first { $0.value.contains(point) }?.key
  }
}
