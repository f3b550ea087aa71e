import Cells
import GitOps

extension Commands {
  /// Going from pane to pane and from screen to screen.
  static let navigationCommands: [Command] = [
    Command(
      .open, keys: ["Enter"], words: ["open"], title: "open",
      help: "Opens the selected row; on a fold shows what waits; on the drift title lists what is not counted.",
      scope: .list, hint: 45, when: { $0.openAvailability }
    ) { state, _ in state.openSelected() },
    Command(
      .previousTab, keys: ["["], title: "previous tab", help: "Shows the previous tab.", when: { $0.tabAvailability }
    ) { state, _ in state.cycleTab(-1) },
    Command(
      .nextTab, keys: ["]"], title: "next tab", help: "Shows the next tab.", hint: 35,
      when: { $0.tabAvailability }
    ) { state, _ in state.cycleTab(1) },
    Command(
      .focusNext, keys: ["Tab"], title: "next pane", help: "Focuses the next pane.", scope: .list
    ) { state, _ in
      state.cycleFocus(1)
      return []
    },
    Command(
      .focusPrevious, keys: ["Shift-Tab"], title: "previous pane", help: "Focuses the previous pane.", scope: .list
    ) { state, _ in
      state.cycleFocus(-1)
      return []
    },
    focuser(.focusClusters, "1", .clusters, "clusters", "Focuses the clusters; what is selected there is the scope."),
    focuser(.focusRepos, "2", .repos, "repos", "Focuses the repositories; what is selected there is the scope."),
    focuser(.focusNamespaces, "3", .namespaces, "namespaces", "Focuses the namespaces; the selected one is the scope."),
    focuser(.focusReconcilers, "4", .reconcilers, "reconcilers", "Focuses the reconcilers."),
    focuser(.focusDrift, "5", .drift, "drift", "Focuses the drift rows."),
    focuser(.focusLog, "6", .log, "logs", "Focuses the log."),
    Command(
      .zoomIn, keys: ["+"], title: "zoom", help: "Gives the whole screen to the focused pane.", scope: .list
    ) { state, _ in
      state.isZoomed = true
      return []
    },
    Command(
      .zoomOut, keys: ["_"], title: "unzoom", help: "Shows all panes again.", scope: .list
    ) { state, _ in
      state.isZoomed = false
      return []
    },
    Command(
      .close, keys: ["Esc"], title: "close",
      help: "Takes away the filter, then the scope, then the zoom or the screen; never quits."
    ) { state, _ in
      state.close()
      return []
    },
    Command(.lastView, keys: ["-"], title: "last view", help: "Goes to the screen that was shown before.") { state, _ in
      let screens = state.screens
      state.screens = state.previousScreens
      state.previousScreens = screens
      return []
    },
    Command(.quit, keys: ["Q"], words: ["quit", "q", "q!"], title: "quit", help: "Quits at once.") { _, _ in [.quit] },
    Command(
      .interrupt, keys: ["Ctrl-c"], title: "quit", help: "Quits at once, even from a dialog.", scope: .always
    ) { _, _ in [.quit] },
    Command(
      .stop, keys: ["Ctrl-z"], title: "stop", help: "Stops the program until fg, as job control does.", scope: .always
    ) { _, _ in [.stop] },
  ]

  private static func focuser(
    _ id: Command.ID, _ key: KeyChord, _ pane: Pane, _ word: String, _ help: StaticString
  ) -> Command {
    Command(
      id, keys: [key], words: [word], title: pane.title, help: help, scope: .list,
      parameter: pane.isScope ? .none : .filter
    ) { state, arguments in
      if arguments.word.isEmpty || pane.isScope {
        state.focus(pane)
      } else {
        state.narrow(pane, to: arguments.words)
      }
      return []
    }
  }
}

extension State {
  var tabAvailability: Availability {
    if let screen { return screen.tabs.count > 1 ? .ready : .hidden }
    return Layout(self).shape == .compact ? .ready : .hidden
  }

  var openAvailability: Availability {
    if subject != nil { return .ready }
    if case .log = self[focus].selected { return .denied("this line is about no reconciler") }
    return .denied(focus.isScope ? "nothing is selected: j selects" : "nothing is selected")
  }

  mutating func openSelected() -> [Effect] {
    if case .fold(let ref) = self[focus].selected, focus == .reconcilers {
      if unfolded.remove(ref) == nil { unfolded.insert(ref) }
      return []
    }
    guard let subject else { return [] }
    return push(Screen(subject))
  }

  mutating func push(_ screen: Screen) -> [Effect] {
    previousScreens = screens
    // The same thing is not stacked on itself, and no stack grows without end.
    if screens.last?.subject == screen.subject { screens.removeLast() }
    screens.append(screen)
    if screens.count > 16 { screens.removeFirst() }
    return loadForTab()
  }

  mutating func pop() {
    previousScreens = screens
    screens.removeLast()
  }

  mutating func cycleTab(_ direction: Int) -> [Effect] {
    guard var screen else {
      bottom = bottom == .drift ? .log : .drift
      focus = bottom
      return []
    }
    let tabs = screen.tabs
    guard let index = tabs.firstIndex(of: screen.tab) else { return [] }
    screen.tab = tabs[(index + direction + tabs.count) % tabs.count]
    screens[screens.count - 1] = screen
    return loadForTab()
  }

  /// What the tab shows has to be fetched first.
  mutating func loadForTab() -> [Effect] {
    if case .namespace(let name)? = screen?.subject { return lookForUnmanaged(in: name) }
    guard let screen, screen.tab == .yaml, let ref = screen.object else { return [] }
    if loaded[ref] == nil { loaded[ref] = LoadedText() }
    return [.loadObject(ref)]
  }

  private mutating func lookForUnmanaged(in name: String) -> [Effect] {
    let places = snapshot.namespaces.filter { $0.name == name }.map { NamespacePlace(cluster: $0.cluster, name: name) }
      .filter { !$0.isSystem }
    for place in places where unmanaged[place] == nil { unmanaged[place] = .some(nil) }
    return places.map(Effect.listUnmanaged)
  }

  /// Esc: one step back towards everything.
  mutating func close() {
    if !screens.isEmpty {
      if screens[screens.count - 1].search.isEmpty { pop() } else { screens[screens.count - 1].search = "" }
      return
    }
    if filters[focus] != nil {
      filters[focus] = nil
    } else if troubleOnly {
      troubleOnly = false
    } else if !filters.isEmpty {
      filters = [:]
    } else if !scope.isAll {
      for pane in [Pane.clusters, .repos, .namespaces] { self[pane] = ListState() }
    } else {
      isZoomed = false
    }
  }
}
