import Cells
import GitOps

/// The command line behind `:`: what a line means and what could follow.
struct Palette {
  struct Candidate: Hashable {
    /// The whole line with the completion in it.
    let line: String
    let help: SafeText
  }

  let state: State

  /// What could stand at the end of the line, in the order of the table.
  func candidates(_ line: String) -> [Candidate] {
    guard let space = line.firstIndex(of: " ") else { return words(line) }
    guard let command = Commands.command(word: String(line[..<space])) else { return [] }
    let start = line.lastIndex(of: " ").map { line.index(after: $0) } ?? line.endIndex
    let typed = String(line[start...])
    return arguments(command, typed).map { Candidate(line: line[..<start] + $0, help: "") }
  }

  private func words(_ typed: String) -> [Candidate] {
    let typed = typed.lowercased()
    return Commands.all.flatMap { command in
      command.words.filter { $0.hasPrefix(typed) }.map { word in
        Candidate(line: word, help: SafeText(untrusted: command.help.description))
      }
    }
  }

  private func arguments(_ command: Command, _ typed: String) -> [String] {
    let options: [String]
    switch command.parameter {
    case .none: options = []
    case .cluster: options = state.snapshot.clusters.map(\.id.name)
    case .namespace: options = namespaces
    case .column: options = Column.sortable(in: state.sortedPane).map(\.rawValue)
    case .theme: options = state.themes
    case .filter: options = namespaces + state.snapshot.clusters.map { "@\($0.id.name)" }
    }
    let typed = typed.lowercased()
    return options.filter { $0.lowercased().hasPrefix(typed) && $0.lowercased() != typed }.prefix(200).map(\.self)
  }

  private var namespaces: [String] {
    Set(state.snapshot.namespaces.map(\.name) + state.snapshot.reconcilers.map(\.ref.namespace)).sorted()
  }

  /// What a line means: a command with its arguments, or a filter for the focused pane.
  func parse(_ line: String) -> (Command, Arguments)? {
    var words = line.split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    if first.hasPrefix("/") || first.hasPrefix("@") || first.contains("=") {
      return (Commands.command(.filter), Arguments(word: "", words: words))
    }
    words.removeFirst()
    if let command = Commands.command(word: first) {
      return (command, Arguments(word: first.lowercased(), words: words))
    }
    // An unfinished word counts when it can only become one command.
    let matching = Commands.all.filter { $0.words.contains { $0.hasPrefix(first.lowercased()) } }
    guard matching.count == 1, let command = matching.first,
      let word = command.words.first(where: { $0.hasPrefix(first.lowercased()) })
    else { return nil }
    return (command, Arguments(word: word, words: words))
  }
}

extension State {
  /// The list that `:sort` sorts: the focused one when it can be sorted.
  var sortedPane: Pane { focus == .log ? .reconcilers : focus }

  mutating func run(_ line: String) -> [Effect] {
    guard !line.allSatisfy({ $0 == " " }) else { return [] }
    guard let (command, arguments) = Palette(state: self).parse(line) else {
      say("there is no command \(untrusted: line): Tab completes, ? lists them", .warning)
      return []
    }
    return perform(command, arguments)
  }

  /// Takes what follows `:ks`, `:drift` and the like: `@cluster` and a namespace become the scope's and the filter's part.
  mutating func narrow(_ pane: Pane, to words: [String], prefix: [String] = []) {
    var tokens = prefix
    for word in words {
      if word.hasPrefix("@") {
        guard choose(cluster: String(word.dropFirst())) else { return }
      } else if word.hasPrefix("/") || word.hasPrefix("!") || word.contains("=") || word.contains(":") {
        tokens.append(word)
      } else {
        tokens.append("namespace:\(word)")
      }
    }
    screens = []
    isZoomed = false
    focus = pane
    filters[pane] = tokens.isEmpty ? nil : Filter(tokens.joined(separator: " "))
  }

  /// Scopes to a cluster by its name, or by the only one that begins so. Says so when there is none.
  mutating func choose(cluster name: String) -> Bool {
    let names = snapshot.clusters.map(\.id)
    let found = names.first { $0.name == name } ?? only(names.filter { $0.name.hasPrefix(name) })
    guard let found else {
      let known = names.prefix(6).map { SafeText(untrusted: $0.name) }.joined(separator: ", ")
      say("there is no cluster \(untrusted: name); there are \(known)", .warning)
      return false
    }
    filters[.clusters] = nil
    self[.clusters] = ListState(selected: .cluster(found))
    return true
  }

  mutating func choose(namespace name: String) -> Bool {
    let names = Set(snapshot.namespaces.map(\.name)).union(snapshot.reconcilers.map(\.ref.namespace))
    guard let found = names.contains(name) ? name : only(names.filter { $0.hasPrefix(name) }) else {
      say("no reconciler has anything in a namespace \(untrusted: name)", .warning)
      return false
    }
    filters[.namespaces] = nil
    self[.namespaces] = ListState(selected: .namespace(found))
    return true
  }

  private func only<Element>(_ elements: some Collection<Element>) -> Element? {
    elements.count == 1 ? elements.first : nil
  }
}
