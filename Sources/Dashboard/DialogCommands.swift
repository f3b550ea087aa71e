import Cells
import GitOps

extension Commands {
  /// Keys of dialogs, menus, pickers and the command line. Everything printable is text where text is wanted.
  static let dialogCommands: [Command] = [
    Command(
      .accept, keys: ["Enter"], title: "accept", help: "Accepts what is asked, chosen or typed.", scope: .dialog
    ) { state, _ in state.accept() },
    Command(.cancel, keys: ["Esc"], title: "cancel", help: "Leaves everything as it was.", scope: .dialog) { state, _ in
      state.cancelOverlay()
      return []
    },
    Command(
      .next, keys: ["Tab", "Down", "j"], title: "next", help: "Goes to the next choice, completion or field.",
      scope: .dialog
    ) { state, _ in
      state.step(1)
      return []
    },
    Command(
      .previous, keys: ["Shift-Tab", "Up", "k"], title: "previous",
      help: "Goes to the previous choice, completion or field.", scope: .dialog
    ) { state, _ in
      state.step(-1)
      return []
    },
    Command(
      .erase, keys: ["Backspace"], title: "erase", help: "Erases the last character; an empty prompt closes.",
      scope: .dialog
    ) { state, _ in
      if case .prompt(let prompt) = state.overlay, prompt.text.isEmpty, prompt.choice == nil {
        state.cancelOverlay()
      } else {
        state.edit { if !$0.isEmpty { $0.removeLast() } }
      }
      return []
    },
    Command(
      .eraseWord, keys: ["Ctrl-w"], title: "erase word", help: "Erases the last word.", scope: .dialog
    ) { state, _ in
      state.edit { text in
        while text.last == " " { text.removeLast() }
        while let last = text.last, last != " " { text.removeLast() }
      }
      return []
    },
    Command(.clear, keys: ["Ctrl-u"], title: "clear", help: "Erases what was typed.", scope: .dialog) { state, _ in
      state.edit { $0 = "" }
      return []
    },
  ]
}
