import Cells

/// Which key means what: the table's keys with the user's changes.
public struct Keymap: Sendable {
  public static let standard = Keymap(overrides: [:])

  /// What is wrong with the overrides, one sentence each; the rest of them counts.
  public let problems: [String]
  private let keys: [Command.ID: [KeyChord]]
  private let bindings: [Command.Scope: [KeyChord: Command.ID]]

  /// - Parameter overrides: command id → keys in the form `Ctrl-d`, `R`, `PgUp`. They replace the default keys of that
  ///   command; another command that had such a key by default loses it.
  public init(overrides: [String: [String]]) {
    var problems: [String] = []
    var chosen: [Command.ID: [KeyChord]] = [:]
    for (name, texts) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let id = Command.ID(rawValue: name) else {
        problems.append("keys: there is no command \(name)")
        continue
      }
      if Commands.command(id).scope == .always {
        problems.append("keys: \(name) cannot be changed")
        continue
      }
      chosen[id] = texts.compactMap { text in
        guard let chord = KeyChord(text) else {
          problems.append("keys: \(text) of \(name) is not a key; write it like R, Ctrl-d, PgUp or F1")
          return nil
        }
        return chord
      }
    }
    var keys: [Command.ID: [KeyChord]] = [:]
    var bindings: [Command.Scope: [KeyChord: Command.ID]] = [:]
    let reserved = Commands.all.filter { $0.scope == .always }.flatMap(\.keys)
    func bind(_ command: Command, _ chord: KeyChord) -> Bool {
      if let other = bindings[command.scope]?[chord] {
        if chosen[command.id] != nil {
          problems.append("keys: \(chord) of \(command.id.rawValue) is already \(other.rawValue)")
        }
        return false
      }
      if chosen[command.id] != nil, reserved.contains(chord) {
        problems.append("keys: \(chord) cannot be changed")
        return false
      }
      bindings[command.scope, default: [:]][chord] = command.id
      return true
    }
    for command in Commands.all {
      guard let own = chosen[command.id] else { continue }
      keys[command.id] = own.filter { bind(command, $0) }
    }
    for command in Commands.all where chosen[command.id] == nil {
      keys[command.id] = command.keys.filter { bind(command, $0) }
    }
    self.keys = keys
    self.bindings = bindings
    self.problems = problems
  }

  /// The command of a key, looked for in scopes from the narrowest to the widest.
  func command(_ chord: KeyChord, in scopes: [Command.Scope]) -> Command? {
    for scope in scopes {
      if let id = bindings[scope]?[chord] { return Commands.command(id) }
    }
    return nil
  }

  func keys(of id: Command.ID) -> [KeyChord] { keys[id] ?? [] }

  /// Keys that mean delete, restart or sort in other programs. They stay free, and say what to use instead.
  static let unbound: [KeyChord: SafeText] = [
    "r": "r is not bound: R reconciles, Ctrl-r dials and lists again",
    "x": "x is not bound: nothing is deleted from here; a lists what can be done",
    "S": "S is not bound: s opens the state menu (suspend, resume), :sort COLUMN sorts",
    "Ctrl-k": "Ctrl-k is not bound: nothing is killed from here; a lists what can be done",
  ]
}

extension KeyChord {
  /// As the footer and the help show it: `↑` for Up.
  var sign: SafeText {
    guard modifiers.isEmpty else { return SafeText(untrusted: description) }
    return switch key {
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    default: SafeText(untrusted: description)
    }
  }
}
