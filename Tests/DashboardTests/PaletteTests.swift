import Cells
import GitOps
import Testing

@testable import Dashboard

/// The command line.
@Suite struct PaletteTests {
  private func after(_ line: String) -> State {
    World.state(keys: ": '\(line.replacing(" ", with: "_"))' Enter")
  }

  @Test func listsAKindOfANamespace() {
    let state = after("ks flux-system /inf @prod-us")
    #expect(state.focus == .reconcilers)
    #expect(state.filter(.reconcilers).text == "kind:ks namespace:flux-system /inf")
    #expect(state.scope == Scope(cluster: World.us))
    #expect(state.lists.reconcilers.count == 1)
  }

  @Test func knowsTheWordsOfOtherTools() {
    #expect(after("hr").lists.reconcilers.count == 2)
    #expect(after("helmreleases").lists.reconcilers.count == 2)
    #expect(after("clusters").focus == .clusters)
    #expect(after("repos").focus == .repos)
    #expect(after("ns").focus == .namespaces)
    #expect(after("ns shop").scope == Scope(namespace: "shop"))
    #expect(after("ctx prod-us").scope == Scope(cluster: World.us))
    #expect(after("ctx edge").scope == Scope(cluster: World.edge))
    #expect(after("@prod-eu").scope == Scope(cluster: World.eu))
    #expect(after("drift shop").filter(.drift).text == "namespace:shop")
    #expect(after("logs").focus == .log)
    #expect(after("/cart").filter(.reconcilers).text == "/cart")
    #expect(after("team=a").filter(.reconcilers).text == "team=a")
    #expect(after("help").screen?.subject == .help)
    #expect(after("sort name").order(.reconcilers) == SortOrder(column: .name))
    #expect(after("sort -drift").order(.reconcilers) == SortOrder(column: .drift, descending: true))
    #expect(after("theme mono").theme == "mono")
  }

  @Test func quitsAndRunsUnfinishedWords() {
    var state = World.state(keys: ": 'q'")
    #expect(state.press("Enter") == [.quit])
    #expect(after("them mono").theme == "mono")
  }

  @Test(arguments: [
    ("nonsense", "there is no command nonsense: Tab completes, ? lists them"),
    ("ctx nowhere", "there is no cluster nowhere; there are prod-eu, prod-us, edge-7"),
    ("ctx prod", "there is no cluster prod; there are prod-eu, prod-us, edge-7"),
    ("ns nowhere", "no reconciler has anything in a namespace nowhere"),
    ("sort colour", "cannot sort by colour: there are state, since, cluster, name, kind, head, drift, next"),
    ("theme pink", "themes: glass, mono, terminal"),
  ])
  func saysWhatItDoesNotKnow(line: String, notice: String) {
    let state = after(line)
    #expect(state.notices.last?.text.string == notice)
    #expect(state.theme == "glass")
  }

  @Test func completesWordsAndArguments() {
    let palette = Palette(state: World.state())
    func lines(_ text: String) -> [String] { palette.candidates(text).map(\.line) }
    #expect(lines("the") == ["theme"])
    #expect(lines("theme ") == ["theme glass", "theme mono", "theme terminal"])
    #expect(lines("ctx prod") == ["ctx prod-eu", "ctx prod-us"])
    #expect(lines("ks flux-system @e") == ["ks flux-system @edge-7"])
    #expect(lines("sort na") == ["sort name"])
    #expect(lines("nonsense ") == [])
    #expect(lines("zzz") == [])
    #expect(lines("").count == Commands.all.flatMap(\.words).count)
  }

  @Test func tabChoosesAndThemesArePreviewed() {
    var state = World.state(keys: ": 'theme' Tab")
    state.press("'_' Tab Tab")
    #expect(state.theme == "mono")
    state.press("Tab")
    #expect(state.theme == "terminal")
    state.press("Esc")
    #expect(state.theme == "glass")
    state.press(": 'theme_' Tab Tab Enter")
    #expect(state.theme == "mono")
  }

  @Test func aPasteOnlyTypes() {
    var state = World.state(keys: ":")
    #expect(update(&state, .input(.paste("q\nreconcile \u{1B}[31m")), at: World.now) == [])
    guard case .prompt(let prompt) = state.overlay else {
      Issue.record("the prompt is gone")
      return
    }
    #expect(prompt.text == "qreconcile [31m")
  }

  @Test func typingFiltersAtOnceAndEscapeTakesItBack() {
    var state = World.state(keys: "/ 'kind:hr'")
    #expect(state.lists.reconcilers.count == 2)
    state.press("Esc")
    #expect(state.filter(.reconcilers).isEmpty)
    state.press("/ 'kind:hr' Enter / Backspace")
    #expect(state.filter(.reconcilers).text == "kind:h")
    state.press("Esc")
    #expect(state.filter(.reconcilers).text == "kind:hr")
  }

  @Test func sortsAndTurnsAround() {
    var state = World.state(keys: ": 'sort_name' Enter")
    func first() -> String? {
      guard case .row(let index, _) = state.lists.reconcilers.first else { return nil }
      return state.snapshot.reconcilers[index].ref.name
    }
    #expect(first() == "apps")
    state.press(": 'sort_name' Enter")
    #expect(state.order(.reconcilers).descending)
    #expect(first() == "shop")
    state.press(": 'sort' Enter")
    #expect(state.order(.reconcilers) == SortOrder())
  }
}
