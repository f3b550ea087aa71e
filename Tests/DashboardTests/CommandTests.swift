import Cells
import GitOps
import Testing

@testable import Dashboard

/// The table that everything else is derived from.
@Suite struct CommandTests {
  @Test func idsWordsAndChordsAreUnique() {
    #expect(Set(Commands.all.map(\.id)).count == Commands.all.count)
    #expect(Set(Commands.all.map(\.id)) == Set(Command.ID.allCases))
    let words = Commands.all.flatMap(\.words)
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { !$0.isEmpty && !$0.contains(" ") && $0 == $0.lowercased() })
    for scope in Command.Scope.allCases {
      let chords = Commands.all.filter { $0.scope == scope }.flatMap(\.keys)
      #expect(Set(chords).count == chords.count, "\(scope)")
    }
  }

  @Test func dialogsLeaveTheKeysThatWorkAlways() {
    let always = Set(Commands.all.filter { $0.scope == .always }.flatMap(\.keys))
    for command in Commands.all where command.scope != .always {
      #expect(always.isDisjoint(with: command.keys), "\(command.id)")
    }
  }

  @Test func helpIsOneSentence() {
    for command in Commands.all {
      let help = command.help.description
      #expect(help.hasSuffix(".") && !help.dropLast().contains(". "), "\(command.id)")
      #expect(help.first?.isUppercase == true)
      #expect(!command.title.description.isEmpty)
      #expect(
        !command.keys.isEmpty || !command.words.isEmpty || command.id == .search, "\(command.id) cannot be reached")
    }
  }

  @Test func whatShowsInTheFooterHasAKey() {
    for command in Commands.all where command.hint > 0 { #expect(!command.keys.isEmpty, "\(command.id)") }
  }

  @Test(arguments: [Mode.readOnly(reason: "--read-only"), .locked(reason: "policy")])
  func everyChangeIsDeniedWhenReadOnly(mode: Mode) {
    let state = World.state(mode: mode)
    let changes = Commands.all.filter { $0.access != .view }
    #expect(changes.count == 10)
    for command in changes { #expect(command.availability(in: state) == .denied(mode.denial ?? "")) }
    for command in Commands.all where command.access == .view {
      #expect(command.availability(in: state) == command.availability(in: World.state()), "\(command.id)")
    }
  }

  @Test func keysOfOtherProgramsStayFree() {
    for chord in Keymap.unbound.keys {
      #expect(!Commands.all.contains { $0.keys.contains(chord) && $0.scope != .dialog }, "\(chord)")
    }
    var state = World.state()
    for key in ["r", "x", "S", "Ctrl-k"] {
      #expect(state.press(key) == [])
      #expect(state.overlay == nil)
      #expect(state.notices.last?.text.string.hasPrefix("\(key) is not bound: ") == true)
    }
  }

  @Test func referenceNamesEveryCommand() {
    let text = Reference.markdown()
    for command in Commands.all {
      #expect(text.contains("`\(command.id.rawValue)` |"), "\(command.id)")
      #expect(text.contains(command.help.description))
    }
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("|") }.allSatisfy { $0.hasSuffix("|") })
  }

  @Test func helpScreenNamesEveryCommandWithAKeyOrWord() {
    let state = World.state(width: 200, height: 500, keys: "?")
    let text = state.document.lines.map { Document.text($0, state) }.joined(separator: "\n")
    for command in Commands.all { #expect(text.contains(command.help.description), "\(command.id)") }
  }

  @Test func overridesReplaceDefaultsAndTellOfConflicts() {
    let keymap = Keymap(overrides: [
      "reconcile": ["F5"], "diff": ["R"], "palette": [":", "Ctrl-p"], "nonsense": ["a"], "yaml": ["Hyper-y"],
      "interrupt": ["Q"], "logs": ["Ctrl-c"],
    ])
    #expect(keymap.keys(of: .reconcile) == ["F5"])
    #expect(keymap.keys(of: .diff) == ["R"])
    #expect(keymap.command("R", in: [.list, .everywhere])?.id == .diff)
    #expect(keymap.command("Ctrl-p", in: [.list, .everywhere])?.id == .palette)
    #expect(keymap.keys(of: .logs) == [])
    #expect(
      keymap.problems == [
        "keys: interrupt cannot be changed", "keys: there is no command nonsense",
        "keys: Hyper-y of yaml is not a key; write it like R, Ctrl-d, PgUp or F1", "keys: Ctrl-c cannot be changed",
      ])
    #expect(Keymap.standard.problems == [])
  }

  @Test func aDefaultGivesWayToAnOverride() {
    let keymap = Keymap(overrides: ["describe": ["R"]])
    #expect(keymap.problems == [])
    #expect(keymap.keys(of: .describe) == ["R"])
    #expect(keymap.keys(of: .reconcile) == [])
  }
}
