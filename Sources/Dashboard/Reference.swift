import Cells

/// The key reference of the documentation, made from the command table.
public enum Reference {
  /// `docs/keys.md`.
  public static func markdown() -> String {
    var text = "# Keys\n\n"
    text +=
      "Made from the program's command table; `?` shows the same with your own changes. Every key can be changed in\n"
    text += "the configuration by the name in the last column: `keys: { reconcile: [R] }`.\n"
    for scope in [Command.Scope.everywhere, .list, .detail, .dialog, .always] {
      let commands = Commands.all.filter { $0.scope == scope }
      guard !commands.isEmpty else { continue }
      text += "\n## \(scope.heading)\n\n| keys | words | what it does | name |\n|---|---|---|---|\n"
      for command in commands { text += row(command) }
    }
    text += "\n## Keys that stay free\n\n"
    for (chord, words) in Keymap.unbound.sorted(by: { $0.key.description < $1.key.description }) {
      text += "- \(code(chord.description)): \(words.string).\n"
    }
    return text
  }

  private static func row(_ command: Command) -> String {
    let keys = command.keys.map { code($0.description) }.joined(separator: " ")
    let words = command.words.map { code(":" + $0) }.joined(separator: " ")
    let mark = if case .change = command.access { " Not when read-only." } else { "" }
    return "| \(keys) | \(words) | \(command.help)\(mark) | \(code(command.id.rawValue)) |\n"
  }

  /// As code in a table cell, where a bar would end the cell.
  private static func code(_ text: String) -> String {
    text == "`"
      ? "`` ` ``" : "`\(text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|"))`"
  }
}
