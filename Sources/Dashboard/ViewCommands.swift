import Cells
import GitOps

extension Commands {
  /// What is shown and how.
  static let viewCommands: [Command] = [
    Command(
      .filter, keys: ["/"], title: "filter",
      help: "Filters the list by text, !not, column:value, label=value, @cluster or /regex.", scope: .list, hint: 70
    ) { state, arguments in
      state.filter(arguments.words)
      return []
    },
    Command(
      .search, keys: ["/"], title: "search", help: "Looks for text on the screen.", scope: .detail, hint: 70
    ) { state, _ in
      guard let screen = state.screen else { return [] }
      state.overlay = .prompt(Prompt(purpose: .search, original: screen.search, theme: state.theme))
      return []
    },
    Command(
      .palette, keys: [":"], title: "command", help: "Opens the command line; Tab completes.", hint: 80
    ) { state, _ in
      state.overlay = .prompt(Prompt(purpose: .command, original: "", theme: state.theme))
      return []
    },
    Command(.help, keys: ["?"], words: ["help", "h"], title: "help", help: "Lists keys and words.", hint: 90) {
      state, _ in state.push(Screen(.help))
    },
    Command(
      .back, keys: ["q"], words: ["back"], title: "back", help: "Goes back; on the home screen asks whether to quit.",
      hint: 30
    ) { state, _ in
      if state.screens.isEmpty { state.overlay = .quit } else { state.pop() }
      return []
    },
    Command(
      .ignored, keys: ["o"], words: ["ignored", "coverage"], title: "not counted",
      help: "Lists what the drift count leaves out and why: undetermined, ignored, owned by others."
    ) { state, _ in
      if case .reconciler(let ref) = state.screen?.subject { return state.push(Screen(.coverage(ref))) }
      return state.push(Screen(.coverage(nil)))
    },
    Command(
      .troubleOnly, keys: ["!"], words: ["trouble"], title: "trouble only",
      help: "Shows only what is in trouble, or everything again.", scope: .list
    ) { state, _ in
      state.troubleOnly.toggle()
      return []
    },
    Command(
      .wide, keys: ["w"], words: ["wide"], title: "wide",
      help: "Gives the room of IN EFFECT, HEAD and NEXT to NAME and WHY; wraps long lines in texts."
    ) { state, _ in
      state.wide.toggle()
      return []
    },
    Command(
      .follow, keys: ["f"], words: ["follow"], title: "follow", help: "Follows new log lines, or stays where it is."
    ) { state, _ in
      state.follows.toggle()
      return []
    },
    Command(
      .pause, keys: ["P"], words: ["pause"], title: "pause",
      help: "Holds the screen still while the data goes on, or lets it go again."
    ) { state, _ in
      state.togglePause()
      return []
    },
    Command(
      .refresh, keys: ["Ctrl-r"], words: ["refresh"], title: "list again",
      help: "Dials and lists again: the cluster in scope, or all; on a YAML tab fetches the object again."
    ) { state, _ in
      if state.screen?.tab == .yaml { return state.loadForTab() }
      if case .cluster(let id) = state.screen?.subject { return [.refresh(id)] }
      return [.refresh(state.scope.cluster)]
    },
    Command(
      .login, keys: ["L"], words: ["login"], title: "log in",
      help: "Hands the terminal to the credential helper of the cluster, so that it can ask, then dials again.",
      hint: 85, when: { $0.loginAvailability }
    ) { state, _ in state.loginCluster.map { [.login($0.id)] } ?? [] },
    Command(
      .actionLog, keys: ["@"], words: ["actions"], title: "action log",
      help: "Shows each write of this run as the exact request, with its outcome, and past notices."
    ) { state, _ in state.push(Screen(.actions)) },
    Command(
      .allNamespaces, keys: ["0"], words: ["all"], title: "all namespaces", help: "Shows all namespaces.", scope: .list
    ) { state, _ in
      state[.namespaces] = ListState()
      return []
    },
    Command(
      .pickNamespace, keys: ["n"], title: "namespace", help: "Chooses a namespace from a list.", scope: .list
    ) { state, _ in
      state.overlay = .picker(Picker(pane: .namespaces))
      return []
    },
    Command(
      .namespace, words: ["ns", "namespace"], title: "namespace", help: "Scopes to a namespace.", parameter: .namespace
    ) { state, arguments in
      guard let name = arguments.words.first else {
        state.focus(.namespaces)
        return []
      }
      if state.choose(namespace: name) { state.screens = [] }
      return []
    },
    Command(
      .context, words: ["ctx", "context", "cluster"], title: "cluster", help: "Scopes to a cluster.",
      parameter: .cluster
    ) { state, arguments in
      guard let name = arguments.words.first else {
        state.focus(.clusters)
        return []
      }
      if state.choose(cluster: name) { state.screens = [] }
      return []
    },
    Command(
      .listKind, words: reconcilerWords, title: "kind",
      help: "Lists reconcilers of one kind; a namespace, /regex, label=value or @cluster narrows them further.",
      parameter: .filter
    ) { state, arguments in
      let kind = KindAdapters.adapter(named: arguments.word)?.kind.short ?? arguments.word
      state.narrow(.reconcilers, to: arguments.words, prefix: ["kind:\(kind)"])
      return []
    },
    Command(
      .sort, words: ["sort"], title: "sort",
      help: "Sorts the focused list by a column, the other way round when asked again; without one as at first.",
      parameter: .column
    ) { state, arguments in
      state.sort(by: arguments.words.first)
      return []
    },
    Command(
      .theme, words: ["theme"], title: "theme", help: "Chooses a theme; completing shows it at once.", parameter: .theme
    ) { state, arguments in
      let known = state.themes.prefix(12).map { SafeText(untrusted: $0) }.joined(separator: ", ")
      guard let name = arguments.words.first, state.themes.contains(name) else {
        state.say("themes: \(known)")
        return []
      }
      state.theme = name
      return []
    },
    Command(
      .nextMatch, keys: ["n"], title: "next match", help: "Goes to the next line that matches the search.",
      scope: .detail
    ) { state, _ in
      state.findNext(1)
      return []
    },
    Command(
      .previousMatch, keys: ["N"], title: "previous match", help: "Goes to the line before that matches the search.",
      scope: .detail
    ) { state, _ in
      state.findNext(-1)
      return []
    },
  ]

  /// What one types to list reconcilers of a kind, from the adapters: `ks`, `hr`, `kustomizations`, …
  static let reconcilerWords: [String] = KindAdapters.all.flatMap { $0.kind.shortNames + [$0.kind.plural] }
}

extension State {
  mutating func filter(_ words: [String]) {
    if words.isEmpty {
      let text = filter(focus).text
      overlay = .prompt(Prompt(purpose: .filter(focus), text: text, original: text, theme: theme))
    } else {
      narrow(focus.isScope ? .reconcilers : focus, to: words)
    }
  }

  mutating func sort(by word: String?) {
    let pane = sortedPane
    guard let word else {
      orders[pane] = nil
      return
    }
    let name = word.hasPrefix("-") ? String(word.dropFirst()) : word
    guard let column = Column(word: name), Column.sortable(in: pane).contains(column) else {
      let known = Column.sortable(in: pane).map { SafeText(untrusted: $0.rawValue) }.joined(separator: ", ")
      say("cannot sort by \(untrusted: word): there are \(known)", .warning)
      return
    }
    let reverses = orders[pane]?.column == column && orders[pane]?.descending == false
    orders[pane] = SortOrder(column: column, descending: word.hasPrefix("-") || reverses)
  }
}
