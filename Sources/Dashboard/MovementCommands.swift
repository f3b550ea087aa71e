import Cells
import GitOps

extension Commands {
  /// Moving within lists and texts.
  static let movementCommands: [Command] = [
    mover(.moveDown, ["j", "Down"], "down", "Moves down one row.", .by(1)),
    mover(.moveUp, ["k", "Up"], "up", "Moves up one row.", .by(-1)),
    mover(.moveFirst, ["g", "Home"], "first", "Goes to the first row.", .first),
    mover(.moveLast, ["G", "End"], "last", "Goes to the last row; in logs it follows new lines again.", .last),
    mover(.pageDown, ["PgDn"], "page down", "Moves down a page.", .pages(1)),
    mover(.pageUp, ["PgUp"], "page up", "Moves up a page.", .pages(-1)),
    mover(.halfPageDown, ["Ctrl-d"], "half page down", "Moves down half a page.", .pages(0.5)),
    mover(.halfPageUp, ["Ctrl-u"], "half page up", "Moves up half a page.", .pages(-0.5)),
    Command(
      .moveLeft, keys: ["Left"], title: "left",
      help: "Folds what waits for the selected reconciler; in texts and logs scrolls left."
    ) { state, _ in
      state.moveSideways(-1)
      return []
    },
    Command(
      .moveRight, keys: ["Right"], title: "right",
      help: "Unfolds what waits for the selected reconciler; in texts and logs scrolls right."
    ) { state, _ in
      state.moveSideways(1)
      return []
    },
  ]

  private static func mover(
    _ id: Command.ID, _ keys: [KeyChord], _ title: StaticString, _ help: StaticString, _ movement: Movement
  ) -> Command {
    Command(id, keys: keys, title: title, help: help) { state, _ in
      state.move(movement)
      return []
    }
  }
}
