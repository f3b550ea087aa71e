import Cells
import GitOps

extension Commands {
  /// A verb without a key of its own: in the state menu and by its word.
  private static func verb(
    _ id: Command.ID, _ verb: Verb, _ word: String, _ title: StaticString, _ help: StaticString
  ) -> Command {
    Command(
      id, words: [word], title: title, help: help, access: .change(verb),
      when: { $0.availability(of: verb, on: $0.target) }
    ) { state, _ in
      state.ask(verb)
      return []
    }
  }

  /// What can be done to the selected row.
  static let rowCommands: [Command] = [
    Command(
      .reconcile, keys: ["R"], words: ["reconcile", "rec"], title: "reconcile",
      help: "Asks the controller to make the cluster follow Git now.", access: .change(.reconcile), hint: 60,
      when: { $0.availability(of: .reconcile, on: $0.target) }
    ) { state, _ in
      state.ask(.reconcile)
      return []
    },
    Command(
      .reconcileWithSource, keys: ["W"], words: ["reconcile-with-source"], title: "with source",
      help: "Fetches the source first, then reconciles.", access: .change(.reconcileWithSource), hint: 20,
      when: { $0.availability(of: .reconcileWithSource, on: $0.target) }
    ) { state, _ in
      state.ask(.reconcileWithSource)
      return []
    },
    Command(
      .state, keys: ["s"], words: ["state"], title: "state",
      help: "Opens the state menu: suspend, resume, and what else the kind can be told.",
      access: .change(.suspend), hint: 55, when: { $0.stateMenuAvailability }
    ) { state, _ in
      let isSuspended = state.target?.resource.health == .suspended
      state.overlay = .menu(Menu(topic: .state, items: state.stateMenu, selected: isSuspended ? 1 : 0))
      return []
    },
    Command(
      .suspend, words: ["suspend"], title: "suspend…",
      help: "Stops a reconciler from following Git, with a reason and an end written down.", access: .change(.suspend),
      when: { $0.availability(of: .suspend, on: $0.target) }
    ) { state, _ in
      state.ask(.suspend)
      return []
    },
    Command(
      .resume, words: ["resume"], title: "resume", help: "Lets a suspended reconciler follow Git again.",
      access: .change(.resume), when: { $0.availability(of: .resume, on: $0.target) }
    ) { state, _ in
      state.ask(.resume)
      return []
    },
    verb(
      .force, .force, "force", "force", "Has a HelmRelease installed or upgraded once more, although nothing changed."),
    verb(.reset, .reset, "reset", "reset", "Has a HelmRelease forget the failures it counted, and try again."),
    verb(.sync, .sync, "sync", "sync", "Has Argo CD apply what Git says."),
    verb(
      .syncAndPrune, .syncAndPrune, "sync-prune", "sync and prune",
      "Has Argo CD apply what Git says and delete what Git no longer has."),
    verb(.previewSync, .previewSync, "sync-dry-run", "sync (dry run)", "Has Argo CD say what a sync would do."),
    opener(.diff, "D", "diff", "diff", "Shows what differs from Git, field by field.", .drift),
    opener(.logs, "l", nil, "logs", "Shows the controller's log lines about the row.", .logs),
    opener(.describe, "d", "describe", "describe", "Shows conditions, revisions and settings of the row.", .overview),
    opener(.events, "e", "events", "events", "Shows the events of the row.", .events),
    opener(.yaml, "y", "yaml", "YAML", "Shows the live object as YAML.", .yaml),
    Command(
      .allActions, keys: ["a"], words: ["menu"], title: "all actions",
      help: "Lists everything that can be done to the row, and why some of it cannot be done now."
    ) { state, _ in
      let items: [Command.ID] =
        [.reconcile, .reconcileWithSource] + state.stateMenu
        + [.describe, .diff, .events, .logs, .yaml, .copy, .ignored, .refresh]
      state.overlay = .menu(Menu(topic: .actions, items: items))
      return []
    },
  ]

  private static func opener(
    _ id: Command.ID, _ key: KeyChord, _ word: String?, _ title: StaticString, _ help: StaticString, _ tab: Screen.Tab
  ) -> Command {
    Command(
      id, keys: [key], words: word.map { [$0] } ?? [], title: title, help: help,
      hint: tab == .drift ? 50 : tab == .logs ? 40 : 0,
      when: { $0.availability(of: tab) }
    ) { state, _ in state.show(tab) }
  }
}

extension State {
  /// Suspend and resume, and the verbs that only some kinds have.
  var stateMenu: [Command.ID] {
    let verbs = target.flatMap { KindAdapters.adapter(for: $0.ref.groupKind)?.verbs } ?? []
    return [.suspend, .resume]
      + [
        (Verb.sync, Command.ID.sync), (.syncAndPrune, .syncAndPrune), (.previewSync, .previewSync), (.force, .force),
        (.reset, .reset),
      ].filter { verbs.contains($0.0) }.map(\.1)
  }

  var stateMenuAvailability: Availability {
    if stateMenu.count > 2, target?.denied.isEmpty == true { return .ready }
    let suspend = availability(of: .suspend, on: target)
    return suspend == .ready || availability(of: .resume, on: target) == .ready ? .ready : suspend
  }

  /// Whether the selected row has such a tab.
  func availability(of tab: Screen.Tab) -> Availability {
    guard let subject = subject(for: tab) else {
      return screens.isEmpty ? .denied("nothing is selected") : .hidden
    }
    return Screen(subject).tabs.contains(tab) ? .ready : .hidden
  }

  /// What a tab is opened of: the row itself, or its reconciler for what only reconcilers have.
  private func subject(for tab: Screen.Tab) -> Screen.Subject? {
    switch subject {
    case .object(let ref):
      // The log is its reconciler's.
      return tab == .logs ? target.map { .reconciler($0.ref) } : .object(ref)
    case .coverage, .help, .actions, .text, nil: return target.map { .reconciler($0.ref) }
    case .some(let subject): return subject
    }
  }

  mutating func show(_ tab: Screen.Tab) -> [Effect] {
    guard let subject = subject(for: tab) else { return [] }
    if let screen, screen.subject == subject {
      screens[screens.count - 1].show(tab)
      return loadForTab()
    }
    return push(Screen(subject, tab: tab))
  }
}
