import Cells
import FoundationEssentials
import GitOps

/// What the program tells the dashboard.
public enum Message: Sendable {
  case input(InputEvent)
  case snapshot(Snapshot)
  case outcome(Outcome)
  /// A second went by: ages change.
  case tick
}

/// The one place where the state changes. Pure: returns what is to be done by others.
public func update(_ state: inout State, _ message: Message, at now: Date) -> [Effect] {
  state.now = now
  var effects: [Effect] = []
  switch message {
  case .input(let event): effects = state.take(event)
  case .snapshot(let snapshot): state.take(snapshot)
  case .outcome(let outcome): state.take(outcome)
  case .tick: break
  }
  state.expireNotices()
  state.settle()
  return effects + state.askAboutLookedAt()
}

extension State {
  mutating func take(_ new: Snapshot) {
    if pausedSince != nil {
      held = new
      return
    }
    let old = snapshot
    snapshot = new
    generation &+= 1
    reportTransitions(from: old)
  }

  mutating func togglePause() {
    if pausedSince == nil {
      pausedSince = now
      return
    }
    pausedSince = nil
    guard let held else { return }
    self.held = nil
    take(held)
  }

  mutating func take(_ event: InputEvent) -> [Effect] {
    switch event {
    case .key, .mouse, .paste: isTouched = true
    default: break
    }
    switch event {
    case .key(let chord): return take(chord)
    case .paste(let text):
      insert(text)
      return []
    case .resize(let size):
      self.size = State.clamped(size)
      // What was painted before is not what stands there now.
      if case .confirmation(var confirmation) = overlay {
        confirmation.drawn = nil
        overlay = .confirmation(confirmation)
      }
      return []
    case .mouse(let mouse):
      take(mouse)
      return []
    case .quit, .hangup: return [.quit]
    }
  }

  private mutating func take(_ chord: KeyChord) -> [Effect] {
    dismissNotices()
    if Layout(self).shape == .tooSmall {
      // Nothing can be seen, so nothing is done unseen.
      return keymap.command(chord, in: [.always]).map { perform($0) } ?? []
    }
    if let overlay {
      if overlay.takesText, case .character(let character) = chord.key,
        chord.modifiers.isDisjoint(with: [.control, .alt])
      {
        insert(String(character))
        return []
      }
      return keymap.command(chord, in: [.dialog, .always]).map { perform($0) } ?? []
    }
    let scopes: [Command.Scope] = [screens.isEmpty ? .list : .detail, .everywhere, .always]
    if let command = keymap.command(chord, in: scopes) { return perform(command) }
    if let words = Keymap.unbound[chord] {
      say(words)
    } else if let command = keymap.command(chord, in: [.list, .detail]) {
      let place: SafeText = command.scope == .list ? "on the home screen" : "on detail screens"
      say("\(chord.sign) (\(untrusted: command.title.description)) works \(place)")
    } else if case .character = chord.key {
      let keys = keymap.keys(of: .help).first?.sign ?? "?"
      say("\(chord.sign) is not bound: \(keys) lists the keys")
    }
    return []
  }

  mutating func perform(_ command: Command, _ arguments: Arguments = Arguments()) -> [Effect] {
    switch command.availability(in: self) {
    case .ready: return command.run(&self, arguments)
    case .denied(let reason):
      say(SafeText(untrusted: reason, limit: 500), .warning)
      return []
    case .hidden:
      say("\(untrusted: command.title.description): nothing here to do that with")
      return []
    }
  }
}
