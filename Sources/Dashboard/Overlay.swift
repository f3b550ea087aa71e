import Cells
import FoundationEssentials
import GitOps

/// What lies over the screen and takes the keys.
enum Overlay: Sendable, Hashable {
  case confirmation(Confirmation)
  case menu(Menu)
  case picker(Picker)
  case prompt(Prompt)
  /// "Quit?": asked by `q` on the home screen.
  case quit

  /// Whether typed characters are text for it.
  var takesText: Bool {
    switch self {
    case .prompt, .picker: true
    case .confirmation(let confirmation): !confirmation.fields.isEmpty
    case .menu, .quit: false
    }
  }
}

/// The question before a write. Nothing mutates without one (requirement B19).
struct Confirmation: Sendable, Hashable {
  struct Field: Sendable, Hashable {
    enum Name: Sendable, Hashable { case reason, span }
    let name: Name
    var text: String
  }

  let verb: Verb
  let target: ObjectRef
  /// The uid that was on screen when the question was asked.
  let uid: String
  let source: ObjectRef?
  /// When it was first painted; Enter counts only 300 ms later. Nil: not painted yet.
  var drawn: Date?
  var fields: [Field] = []
  var focus = 0
  var problem: String?

  static let hesitation = 0.3

  func isRipe(at now: Date) -> Bool { drawn.map { now.timeIntervalSince($0) >= Confirmation.hesitation } ?? false }
  func text(of name: Field.Name) -> String { fields.first { $0.name == name }?.text ?? "" }
}

/// Commands to choose from; those that cannot run now are there too, with the reason.
struct Menu: Sendable, Hashable {
  enum Topic: Sendable, Hashable { case state, actions, copy }
  let topic: Topic
  let items: [Command.ID]
  var selected = 0
}

/// A list to narrow by typing and to choose a scope from.
struct Picker: Sendable, Hashable {
  let pane: Pane
  var text = ""
  var selected = 0
}

/// The bottom line while something is typed: a filter, a search or a command.
struct Prompt: Sendable, Hashable {
  enum Purpose: Sendable, Hashable { case filter(Pane), search, command }
  let purpose: Purpose
  var text = ""
  /// What was there before, for Esc.
  let original: String
  /// The completion that is highlighted; nil: the text as typed.
  var choice: Int?
  /// The theme before a preview.
  let theme: String

  static let limit = 512
}
