import Cells
import GitOps

/// Dialogs, menus, pickers and prompts: typing, choosing, accepting, cancelling.
extension State {
  /// Puts typed or pasted text where text is wanted. It accepts nothing and starts nothing.
  mutating func insert(_ text: String) {
    let printable = text.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } }
    edit { current in current += printable.prefix(max(0, Prompt.limit - current.count)) }
  }

  mutating func edit(_ change: (inout String) -> Void) {
    switch overlay {
    case .prompt(var prompt):
      if let choice = prompt.choice {
        let candidates = Palette(state: self).candidates(prompt.text)
        if candidates.indices.contains(choice) { prompt.text = candidates[choice].line }
      }
      prompt.choice = nil
      change(&prompt.text)
      overlay = .prompt(prompt)
      preview(prompt)
    case .picker(var picker):
      change(&picker.text)
      picker.selected = 0
      overlay = .picker(picker)
    case .confirmation(var confirmation):
      guard confirmation.fields.indices.contains(confirmation.focus) else { return }
      change(&confirmation.fields[confirmation.focus].text)
      confirmation.problem = nil
      overlay = .confirmation(confirmation)
    case .menu, .quit, nil: break
    }
  }

  /// Filters and searches act while they are typed; `:theme` shows what it would choose.
  private mutating func preview(_ prompt: Prompt) {
    switch prompt.purpose {
    case .filter(let pane): filters[pane] = prompt.text.isEmpty ? nil : Filter(prompt.text)
    case .search: if !screens.isEmpty { screens[screens.count - 1].search = prompt.text }
    case .command:
      let line = effectiveLine(prompt)
      theme = prompt.theme
      if line.hasPrefix("theme ") {
        let name = String(line.dropFirst(6))
        if themes.contains(name) { theme = name }
      }
    }
  }

  /// The line with the highlighted completion in it.
  func effectiveLine(_ prompt: Prompt) -> String {
    guard let choice = prompt.choice else { return prompt.text }
    let candidates = Palette(state: self).candidates(prompt.text)
    return candidates.indices.contains(choice) ? candidates[choice].line : prompt.text
  }

  mutating func accept() -> [Effect] {
    guard let overlay else { return [] }
    switch overlay {
    case .confirmation(let confirmation): return answer(confirmation)
    case .quit:
      self.overlay = nil
      return [.quit]
    case .menu(let menu):
      self.overlay = nil
      guard menu.items.indices.contains(menu.selected) else { return [] }
      return perform(Commands.command(menu.items[menu.selected]))
    case .picker(let picker):
      self.overlay = nil
      choose(picker)
      return []
    case .prompt(let prompt):
      self.overlay = nil
      switch prompt.purpose {
      case .filter: return []
      case .search:
        findNext(1, includingHere: true)
        return []
      case .command:
        theme = prompt.theme
        return run(effectiveLine(prompt))
      }
    }
  }

  mutating func cancelOverlay() {
    if case .prompt(let prompt) = overlay {
      theme = prompt.theme
      switch prompt.purpose {
      case .filter(let pane): filters[pane] = prompt.original.isEmpty ? nil : Filter(prompt.original)
      case .search: if !screens.isEmpty { screens[screens.count - 1].search = prompt.original }
      case .command: break
      }
    }
    overlay = nil
  }

  mutating func step(_ direction: Int) {
    switch overlay {
    case .menu(var menu):
      menu.selected = Scroll.move(menu.selected, by: direction, count: menu.items.count) ?? 0
      overlay = .menu(menu)
    case .picker(var picker):
      picker.selected = Scroll.move(picker.selected, by: direction, count: options(picker).count) ?? 0
      overlay = .picker(picker)
    case .confirmation(var confirmation):
      let count = confirmation.fields.count
      guard count > 0 else { return }
      confirmation.focus = (confirmation.focus + direction + count) % count
      overlay = .confirmation(confirmation)
    case .prompt(var prompt):
      guard prompt.purpose == .command else { return }
      let count = Palette(state: self).candidates(prompt.text).count
      guard count > 0 else { return }
      let next = prompt.choice.map { $0 + direction } ?? (direction > 0 ? 0 : count - 1)
      prompt.choice = next < 0 || next >= count ? nil : next
      overlay = .prompt(prompt)
      preview(prompt)
    case .quit, nil: break
    }
  }

  /// What a picker offers: first everything, then what matches.
  func options(_ picker: Picker) -> [(id: RowID?, name: String)] {
    let needle = Needle(picker.text)
    var options: [(id: RowID?, name: String)]
    switch picker.pane {
    case .clusters: options = snapshot.clusters.map { (.cluster($0.id), $0.id.name) }
    case .repos: options = snapshot.repos.map { (.repo($0.id), "\($0.name) \($0.ref)") }
    default:
      let names = Set(snapshot.namespaces.map(\.name)).sorted()
      options = names.map { (.namespace($0), $0) }
    }
    options = options.filter { needle.isIn($0.name) }
    return picker.text.isEmpty ? [(nil, "all")] + options : options
  }

  private mutating func choose(_ picker: Picker) {
    let options = options(picker)
    guard options.indices.contains(picker.selected) else { return }
    filters[picker.pane] = nil
    self[picker.pane] = ListState(selected: options[picker.selected].id)
  }

  /// Scrolls to the next line of the text that holds what is searched.
  mutating func findNext(_ direction: Int, includingHere: Bool = false) {
    guard var screen, !screen.search.isEmpty else { return }
    let needle = Needle(screen.search)
    let rows = document.rows
    guard !rows.isEmpty else { return }
    let start = min(max(0, screen.scroll.top), rows.count - 1)
    for distance in (includingHere ? 0 : 1)...rows.count {
      let index = ((start + direction * distance) % rows.count + rows.count) % rows.count
      guard needle.isIn(Document.text(document.lines[rows[index].line], self)) else { continue }
      screen.scroll.top = index
      screens[screens.count - 1] = screen
      if screen.tab == .logs || screen.tab == .events { follows = false }
      return
    }
    say("nothing here matches \(untrusted: screen.search)")
  }
}
