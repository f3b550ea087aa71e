import Cells
import GitOps
import Testing

@testable import Dashboard

/// Dialogs, menus, pickers and the command line.
@Suite struct OverlayTests {
  @Test(arguments: HomeScreenTests.sizes) func asksBeforeItReconciles(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, keys: "W")
    try expectGolden(view(state, size: state.size), named: "dialog/reconcile-\(width)x\(height)")
  }

  @Test(arguments: [(40, 12), (120, 36)]) func asksForReasonAndEndOfASuspension(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, keys: "s Enter")
    try expectGolden(view(state, size: state.size), named: "dialog/suspend-\(width)x\(height)")
  }

  @Test(arguments: [
    ("s", "state-menu"), ("a", "actions"), (": 't'", "palette"), (": 'ks_fl'", "palette-argument"),
    ("n 'sh'", "picker"),
    ("/ '/cart['", "bad-filter"), ("/ 'shop' Enter", "filtered"), ("q", "quit"), ("x", "unbound"),
  ])
  func showsWhatTakesTheKeys(keys: String, name: String) throws {
    let state = World.state(keys: keys)
    try expectGolden(view(state, size: state.size), named: "dialog/\(name)-120x36")
  }

  @Test func picksClustersWhereTheirPaneHasNoRoom() throws {
    let state = World.state(width: 80, height: 24, keys: "1")
    try expectGolden(view(state, size: state.size), named: "dialog/picker-80x24")
  }
}
