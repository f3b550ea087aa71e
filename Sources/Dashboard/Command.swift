import Cells
import GitOps

/// One thing a user can do. Key dispatch, footer hints, the help screen, completion, read-only gating and the key reference
/// are all derived from the table of these (`Commands.all`).
public struct Command: Sendable {
  public enum ID: String, Sendable, Hashable, CaseIterable {
    case moveDown, moveUp, moveFirst, moveLast, pageDown, pageUp, halfPageDown, halfPageUp, moveLeft, moveRight
    case focusNext, focusPrevious
    case focusClusters, focusRepos, focusNamespaces, focusReconcilers, focusDrift, focusLog
    case nextTab, previousTab, zoomIn, zoomOut
    case open, close, back, lastView, quit, interrupt
    case palette, filter, search, help, actionLog, ignored, context, namespace, pickNamespace, allNamespaces, listKind
    case troubleOnly, wide, follow, pause, sort, theme, nextMatch, previousMatch, refresh, login, stop
    case reconcile, reconcileWithSource, state, suspend, resume, force, reset, sync, syncAndPrune, previewSync
    case diff, describe, yaml, events, logs, allActions
    case copy, copyName, copyPath, copyGitValue, copyLiveValue, copyPatch, copyKubectl, copyIgnoreRule
    case accept, cancel, next, previous, erase, eraseWord, clear
  }

  /// Where its keys count. A key in a narrower scope hides the same key in a wider one.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Even while a dialog is open.
    case always
    /// Dialogs, menus, pickers and the command line.
    case dialog
    /// The panes of the home screen.
    case list
    /// The screens above it.
    case detail
    case everywhere

    /// The heading of its section in help and docs.
    var heading: StaticString {
      switch self {
      case .everywhere: "Everywhere"
      case .list: "On the home screen"
      case .detail: "On a detail screen"
      case .dialog: "In dialogs, menus and the command line"
      case .always: "Always, also in dialogs"
      }
    }
  }

  public enum Access: Sendable, Hashable {
    case view
    /// Ends in a write: refused when read-only, and by the user's permissions.
    case change(Verb)
  }

  /// What its word on the command line takes.
  enum Parameter: Sendable, Hashable { case none, cluster, namespace, column, theme, filter }

  public let id: ID
  /// The keys it has unless the configuration says otherwise.
  public let keys: [KeyChord]
  /// What one types after `:`.
  public let words: [String]
  /// Two or three words for the footer.
  public let title: StaticString
  /// One sentence.
  public let help: StaticString
  public let scope: Scope
  public let access: Access
  let parameter: Parameter
  /// How much the footer wants it: 0 not at all, the highest last to go where there is little room.
  let hint: Int
  let condition: @Sendable (State) -> Availability
  let run: @Sendable (inout State, Arguments) -> [Effect]

  init(
    _ id: ID, keys: [KeyChord] = [], words: [String] = [], title: StaticString, help: StaticString,
    scope: Scope = .everywhere, access: Access = .view, parameter: Parameter = .none, hint: Int = 0,
    when condition: @escaping @Sendable (State) -> Availability = { _ in .ready },
    run: @escaping @Sendable (inout State, Arguments) -> [Effect]
  ) {
    self.id = id
    self.keys = keys
    self.words = words
    self.title = title
    self.help = help
    self.scope = scope
    self.access = access
    self.parameter = parameter
    self.hint = hint
    self.condition = condition
    self.run = run
  }

  /// Whether it can run now. The one place that knows of read-only.
  public func availability(in state: State) -> Availability {
    if case .change = access, let denial = state.mode.denial { return .denied(denial) }
    return condition(state)
  }
}

/// Whether a command can run, and if not, why.
public enum Availability: Sendable, Hashable {
  case ready
  /// Shown dim, with this reason (it may hold text from outside).
  case denied(String)
  /// Means nothing here.
  case hidden
}

/// What was typed behind a word on the command line.
struct Arguments: Sendable, Hashable {
  /// The word itself: several words may name one command.
  var word = ""
  var words: [String] = []
}

/// The one table.
public enum Commands {
  public static let all: [Command] =
    rowCommands + copyCommands + navigationCommands + viewCommands + movementCommands + dialogCommands

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
  private static let byWord = Dictionary(
    all.flatMap { command in command.words.map { ($0, command) } }, uniquingKeysWith: { first, _ in first })

  static func command(_ id: Command.ID) -> Command {
    guard let command = byID[id] else { preconditionFailure("the table lacks \(id)") }
    return command
  }

  static func command(word: String) -> Command? { byWord[word.lowercased()] }
}
