import Cells
import Testing

@Suite struct KeyChordTests {
  @Test(arguments: [
    ("R", KeyChord(.character("R"))), ("Ctrl-d", KeyChord(.character("d"), .control)),
    ("Shift-Tab", KeyChord(.tab, .shift)), ("Esc", KeyChord(.escape)), ("F12", KeyChord(.function(12))),
    ("PgUp", KeyChord(.pageUp)), ("Ctrl-Alt-x", KeyChord(.character("x"), [.control, .alt])),
    ("-", KeyChord(.character("-"))), ("Ctrl--", KeyChord(.character("-"), .control)),
    ("Space", KeyChord(.character(" "))), ("é", KeyChord(.character("é"))), (":", KeyChord(.character(":"))),
  ])
  func parsesAndPrints(text: String, chord: KeyChord) {
    #expect(KeyChord(text) == chord)
    #expect(chord.description == text)
  }

  @Test func ignoresCaseInNames() {
    #expect(KeyChord("ctrl-D") == KeyChord("Ctrl-d"))
    #expect(KeyChord("pgdn") == KeyChord("PgDn"))
  }

  @Test(arguments: [
    "", "Ctrl-", "Hyper-x", "Shift-r", "F0", "F25", "ab", "\u{1B}", "\u{7F}", String(repeating: "x", count: 99),
  ])
  func refusesWhatIsNoKey(text: String) {
    #expect(KeyChord(text) == nil)
  }
}
