import Cells
import Testing

@testable import Terminal

@Suite struct InputDecoderTests {
  private func decode(_ text: String) -> [InputEvent] {
    var decoder = InputDecoder()
    return decoder.decode(Array(text.utf8))
  }

  @Test(arguments: [
    ("R", "R"), ("\r", "Enter"), ("\n", "Enter"), ("\t", "Tab"), ("\u{7F}", "Backspace"), ("\u{8}", "Backspace"),
    ("\u{4}", "Ctrl-d"), ("\u{1A}", "Ctrl-z"), ("\u{0}", "Ctrl-Space"), ("\u{1C}", "Ctrl-\\"), ("é", "é"), ("日", "日"),
    ("\u{1B}[A", "Up"), ("\u{1B}OA", "Up"), ("\u{1B}[1;5C", "Ctrl-Right"), ("\u{1B}[1;2A", "Shift-Up"),
    ("\u{1B}[Z", "Shift-Tab"), ("\u{1B}[H", "Home"), ("\u{1B}[4~", "End"), ("\u{1B}[5~", "PgUp"),
    ("\u{1B}[6;5~", "Ctrl-PgDn"),
    ("\u{1B}[3~", "Del"), ("\u{1B}OP", "F1"), ("\u{1B}[[E", "F5"), ("\u{1B}[24~", "F12"), ("\u{1B}OM", "Enter"),
    ("\u{1B}x", "Alt-x"), ("\u{1B}\u{4}", "Ctrl-Alt-d"),
  ])
  func decodesKeys(bytes: String, chord: String) {
    #expect(decode(bytes).map { "\($0)" } == KeyChord(chord).map { ["\(InputEvent.key($0))"] })
    #expect(decode(bytes) == KeyChord(chord).map { [.key($0)] })
  }

  /// Answers of terminals and sequences we do not know: E-T10.
  static let noise = [
    "\u{1B}[?62;22c", "\u{1B}[>41;354;0c", "\u{1B}[12;40R", "\u{1B}[1;5R", "\u{1B}[0n", "\u{1B}[?2026;2$y", "\u{1B}[I",
    "\u{1B}[O",
    "\u{1B}]11;rgb:1111/2222/3333\u{7}", "\u{1B}]52;c;UVE=\u{1B}\\", "\u{1B}P>|xterm(370)\u{1B}\\",
    "\u{1B}_Gi=1;OK\u{1B}\\",
    "\u{1B}[97;5u", "\u{1B}[27;5;13~", "\u{1B}[8;24;80t", "\u{1B}[1;99A", "\u{1B}[200;1;1~", "\u{1B}Oy",
    "\u{1B}^hi\u{1B}\\",
    "\u{1B}[<64;1M", "\u{1B}[<0;0;0M", "\u{1B}[<999999999999999999;1;1M", "\u{1B}[99999999999999~", "\u{1B}[?\u{18}",
    "\u{1B}[" + String(repeating: "1;", count: 500) + "A",
  ]

  @Test(arguments: noise) func dropsTerminalAnswersWholeB18(noise: String) {
    #expect(decode(noise + "j") == [.key("j")])
  }

  @Test func anyCutOfTheBytesGivesTheSameEvents() {
    let text =
      Self.noise.joined(separator: "k")
      + "\u{1B}[200~a\u{1B}[31mb\r\nq\u{1B}[201~é日\u{1B}[<0;5;6M\u{1B}[M !!x\u{1B}[1;5A"
    let bytes = Array(text.utf8)
    let whole = decode(text)
    for size in [1, 2, 3, 5, 7, 16] {
      var decoder = InputDecoder()
      var events: [InputEvent] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        events += decoder.decode(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(events == whole)
    }
    #expect(whole.filter { $0 == .key("k") }.count == Self.noise.count - 1)
  }

  @Test func randomBytesNeverTrap() {
    var state: UInt64 = 99
    var decoder = InputDecoder()
    for _ in 0..<300_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pieces: [[UInt8]] = [
        [0x1B], Array("[<".utf8), Array("\u{1B}[200~".utf8), [UInt8(state >> 56)], [0x3B, 0x39],
      ]
      _ = decoder.decode(pieces[Int(state >> 33) % pieces.count])
      if state >> 60 == 0 { _ = decoder.flush() }
    }
    _ = decoder.flush()
    #expect(decoder.decode([0x6A]) == [.key("j")])
  }

  @Test func aLoneEscapeIsAKeyAfterAMoment() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0x1B]).isEmpty)
    #expect(decoder.patience == .milliseconds(25))
    #expect(decoder.flush() == [.key("Esc")])
    #expect(decoder.patience == nil)
    #expect(decoder.decode([0x1B, 0x1B, 0x5B, 0x41]) == [.key("Esc"), .key("Up")])
  }

  @Test func anOpenSequenceIsGivenMoreTime() {
    var decoder = InputDecoder()
    #expect(decoder.decode(Array("\u{1B}[1;".utf8)).isEmpty)
    #expect(decoder.patience == .seconds(1))
    #expect(decoder.decode(Array("5A".utf8)) == [.key("Ctrl-Up")])
    _ = decoder.decode(Array("\u{1B}]11;rgb".utf8))
    #expect(decoder.flush().isEmpty)
    #expect(decoder.decode([0x6A]) == [.key("j")])
  }

  @Test func modifiedIntroducersAreKeysOnTheirOwn() {
    for (byte, chord) in [("[", "Alt-["), ("O", "Alt-O"), ("]", "Alt-]"), ("P", "Alt-P")] {
      var decoder = InputDecoder()
      #expect(decoder.decode(Array("\u{1B}\(byte)".utf8)).isEmpty)
      #expect(decoder.flush() == KeyChord(chord).map { [.key($0)] })
    }
  }

  @Test func pastesAreCleanedB18() {
    #expect(
      decode("\u{1B}[200~rm -rf\r\n\u{3}\u{1B}[31mx\u{202E}\ty\u{1B}[201~q") == [.paste("rm -rf [31mx y"), .key("q")])
    #expect(decode("\u{1B}[200~a\rb\u{1B}[201~") == [.paste("a b")])
    #expect(decode("\u{1B}[200~\u{1B}[201~") == [.paste("")])
  }

  @Test func aHugePasteIsCutB18() {
    for extra in 0..<12 {
      let length = InputEvent.pasteLimit - 6 + extra
      let events = decode("\u{1B}[200~" + String(repeating: "x", count: length) + "\u{1B}[201~j")
      #expect(events == [.paste(String(repeating: "x", count: min(length, InputEvent.pasteLimit))), .key("j")])
    }
    let huge = decode("\u{1B}[200~" + String(repeating: "日", count: 100_000) + "\u{1B}[201~j")
    guard case .paste(let text)? = huge.first else { return #expect(Bool(false)) }
    #expect(text.utf8.count <= InputEvent.pasteLimit)
    #expect(text.allSatisfy { $0 == "日" })
    #expect(huge.last == .key("j"))
  }

  @Test func aPasteWithoutEndIsGivenUp() {
    var decoder = InputDecoder()
    #expect(decoder.decode(Array("\u{1B}[200~abc".utf8)).isEmpty)
    #expect(decoder.flush() == [.paste("abc")])
    #expect(decoder.decode([0x6A]) == [.key("j")])
  }

  @Test(arguments: [
    ("\u{1B}[<0;5;6M", InputEvent.Mouse(.press(.left), at: Point(x: 4, y: 5))),
    ("\u{1B}[<2;1;1m", .init(.release(.right), at: .zero)),
    ("\u{1B}[<32;10;2M", .init(.drag(.left), at: Point(x: 9, y: 1))),
    ("\u{1B}[<65;3;3M", .init(.wheelDown, at: Point(x: 2, y: 2))),
    ("\u{1B}[<80;3;3M", .init(.wheelUp, at: Point(x: 2, y: 2), modifiers: .control)),
    ("\u{1B}[M !\"", .init(.press(.left), at: Point(x: 0, y: 1))),
    ("\u{1B}[M#!!", .init(.release(.left), at: .zero)),
  ])
  func decodesTheMouse(bytes: String, mouse: InputEvent.Mouse) {
    #expect(decode(bytes) == [.mouse(mouse)])
  }

  @Test func brokenUTF8IsNoKey() {
    var decoder = InputDecoder()
    #expect(decoder.decode([0xC3, 0x28, 0xFF, 0xE6, 0x97, 0x6A, 0xED, 0xA0, 0x80]) == [.key("("), .key("j")])
    #expect(decoder.decode(Array("\u{9B}31m".utf8)) == [.key("3"), .key("1"), .key("m")])
  }
}
