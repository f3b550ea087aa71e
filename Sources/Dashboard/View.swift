import Cells
import GitOps

/// Draws a state. Pure: no clock but `state.now`; only visible rows are put into words.
public func view(_ state: State, size: Size) -> Surface {
  var state = state
  if State.clamped(size) != state.size {
    state.size = State.clamped(size)
    state.settle()
  }
  var surface = Surface(state.size, repertoire: state.repertoire)
  let layout = Layout(state)
  guard layout.shape != .tooSmall else {
    drawTooSmall(on: &surface)
    return surface
  }
  Header(state: state).draw(in: layout.header, on: &surface)
  if let screen = state.screen {
    DetailScreen(state: state, layout: layout, screen: screen).draw(on: &surface)
  } else {
    HomeScreen(state: state, layout: layout).draw(on: &surface)
  }
  Footer(state: state).draw(in: layout.footer, on: &surface)
  if let overlay = state.overlay { Overlays(state: state, layout: layout).draw(overlay, on: &surface) }
  return surface
}

private func drawTooSmall(on surface: inout Surface) {
  let size = surface.size
  let words: [SafeText] = [
    "Driftglass needs 40x10", "this is \(size.width)x\(size.height)", "Ctrl-c quits",
  ]
  let area = surface.bounds.centred(Size(width: size.width, height: min(words.count, size.height)))
  for (index, text) in words.enumerated() {
    surface.text(text, in: area.row(index), index == 0 ? .text : .dim, alignment: .centre)
  }
}
