import Cells
import GitOps
import Testing

@testable import Dashboard

/// What stands on the home screen, cell by cell.
@Suite struct HomeScreenTests {
  static let sizes = [(80, 24), (120, 36), (200, 50)]

  @Test(arguments: sizes) func showsAnIncident(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, demo: true)
    try expectGolden(view(state, size: state.size), named: "home/incident-\(width)x\(height)")
  }

  @Test(arguments: sizes) func showsDriftInFocus(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, keys: "5 j")
    try expectGolden(view(state, size: state.size), named: "home/drift-\(width)x\(height)")
  }

  @Test func showsAnUnfoldedRootCause() throws {
    let state = World.state(keys: "j Right")
    try expectGolden(view(state, size: state.size), named: "home/unfolded-120x36")
  }

  @Test func showsTheScopeOfPanesOneToThree() throws {
    let state = World.state(keys: "1 j 4")
    try expectGolden(view(state, size: state.size), named: "home/scoped-120x36")
  }

  @Test(arguments: [(80, 24), (120, 36)]) func saysThatItIsReadOnly(width: Int, height: Int) throws {
    let state = World.state(width: width, height: height, mode: .readOnly(reason: "--read-only"), keys: "j R")
    try expectGolden(view(state, size: state.size), named: "home/read-only-\(width)x\(height)")
  }

  @Test func greysTheHintsWhenLocked() throws {
    let state = World.state(mode: .locked(reason: "policy"), keys: "j P")
    try expectGolden(view(state, size: state.size), named: "home/locked-120x36")
  }

  @Test func asksForRoomWhenTooSmall() throws {
    let state = World.state(width: 39, height: 12)
    try expectGolden(view(state, size: state.size), named: "home/too-small-39x12")
  }

  @Test func showsOnePaneOnTheSmallestScreen() throws {
    let state = World.state(width: 40, height: 10)
    try expectGolden(view(state, size: state.size), named: "home/incident-40x10")
  }

  @Test func zoomsTheFocusedPane() throws {
    let state = World.state(keys: "6 +")
    try expectGolden(view(state, size: state.size), named: "home/zoomed-log-120x36")
  }

  @Test func drawsWithPlainCharactersWhereTheLocaleHasNoOthers() throws {
    var state = State(repertoire: .ascii, size: Size(width: 120, height: 36), now: World.now)
    _ = update(&state, .snapshot(World.incident), at: World.now)
    try expectGolden(view(state, size: state.size), named: "home/ascii-120x36")
  }
}
