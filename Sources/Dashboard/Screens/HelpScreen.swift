import Cells

extension Page {
  /// Made from the command table and the keymap in use; a command that cannot run now says why.
  mutating func writeHelp() {
    line([Span("Keys as they are set now; words are typed behind : and complete with Tab.", .dim)])
    for scope in [Command.Scope.everywhere, .list, .detail, .dialog, .always] {
      let commands = Commands.all.filter { $0.scope == scope }
      guard !commands.isEmpty else { continue }
      heading(SafeText(untrusted: scope.heading.description))
      for command in commands { write(command) }
    }
    heading("Keys that stay free")
    for (chord, words) in Keymap.unbound.sorted(by: { $0.key.description < $1.key.description }) {
      help(keys: chord.sign, text: [Span(words, .dim)])
    }
  }

  private mutating func write(_ command: Command) {
    var keys = state.keymap.keys(of: command.id).map(\.sign).joined(separator: " ")
    if let word = command.words.first { keys += keys.isEmpty ? ":\(untrusted: word)" : "  :\(untrusted: word)" }
    guard !keys.isEmpty else { return }
    var text = [Span(SafeText(untrusted: command.help.description))]
    if case .change = command.access, let denial = state.mode.denial {
      text.append(Span("  \(untrusted: denial)", .readonly))
    }
    help(keys: keys, text: text)
  }

  private mutating func help(keys: SafeText, text: [Span]) {
    let room = 28
    for (index, part) in wrap(text, to: width - room).enumerated() {
      let lead = index == 0 ? keys : ""
      let gap = String(repeating: " ", count: max(2, room - lead.width))
      add(.spans([Span(lead, .key), Span(untrusted: gap)] + part))
    }
  }
}
