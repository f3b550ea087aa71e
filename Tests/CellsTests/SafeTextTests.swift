import Cells
import Testing

@Suite struct SafeTextTests {
  @Test(arguments: [
    ("plain name", "plain name", 10),
    ("a\u{1B}[31mb", "a^[[31mb", 8),
    ("\u{0}\u{7}\r", "^@^G^M", 6),
    ("\u{7F}", "^?", 2),
    ("\u{9B}31m", "\\x9B31m", 7),
    ("tab\tand\nline", "tab\tand\nline", 12),
    ("abc\u{202E}fed", "abc<U+202E>fed", 14),
    ("zero\u{200B}width", "zero<U+200B>width", 17),
    ("soft\u{AD}", "soft<U+00AD>", 12),
    ("\u{FEFF}bom", "<U+FEFF>bom", 11),
    ("\u{E0041}", "<U+E0041>", 9),
    ("\u{3164}", "<U+3164>", 8),
    ("\u{E000}\u{FFFE}\u{10FFFF}\u{378}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", 4),
    ("e\u{301}", "e\u{301}", 1),
    ("\u{301}x", "\u{25CC}\u{301}x", 2),
    ("a\n\u{301}", "a\n\u{25CC}\u{301}", 3),
    ("z\u{301}\u{302}\u{303}\u{304}\u{305}", "z\u{301}\u{302}\u{303}", 1),
    ("日本", "日本", 4),
    ("👩\u{200D}🚀", "👩🚀", 4),
    ("❤\u{FE0F}", "❤", 1),
    ("한", "한", 2),
    ("\u{1112}\u{1161}\u{11AB}", "\u{1112}\u{1161}\u{11AB}", 2),
    ("[red]%s{}<b>", "[red]%s{}<b>", 12),
  ])
  func showsHostileTextLiterallyB2(input: String, expected: String, width: Int) {
    let text = SafeText(untrusted: input)
    #expect(Array(text.string.unicodeScalars) == Array(expected.unicodeScalars))
    #expect(text.width == width)
    #expect(text.isASCII == expected.unicodeScalars.allSatisfy(\.isASCII))
  }

  @Test func replacesInvalidUTF8B2() {
    #expect(SafeText(untrusted: [0x61, 0xFF, 0xC3, 0x28] as [UInt8]).string == "a\u{FFFD}\u{FFFD}(")
  }

  @Test func sanitisingTwiceChangesNothingAndNoControlSurvivesB2() {
    var random = SeededGenerator(state: 11)
    for _ in 0..<100_000 {
      let input = hostileString(&random)
      let once = SafeText(untrusted: input)
      let twice = SafeText(untrusted: once.string)
      let same = once.string.unicodeScalars.elementsEqual(twice.string.unicodeScalars)
      let clean = once.string.unicodeScalars.allSatisfy { isHarmless($0) }
      guard same, clean, once.width == twice.width else {
        Issue.record("not a fixed point: \(input.unicodeScalars.map { String($0.value, radix: 16) })")
        return
      }
    }
  }

  @Test func joinsSafeTextsWithoutLettingMarksSlip() {
    let left: SafeText = "e"
    let right = SafeText(untrusted: "\u{301}")
    #expect((left + right).string.unicodeScalars.elementsEqual("e\u{25CC}\u{301}".unicodeScalars))
    #expect((left + right).width == 2)
    #expect((["a", "b", "c"] as [SafeText]).joined(separator: ", ").string == "a, b, c")
  }

  @Test func interpolationSanitisesWhatIsUntrusted() {
    let text: SafeText = "\(3) in \(untrusted: "x\u{1B}")\(SafeText.empty)!"
    #expect(text.string == "3 in x^[!")
    #expect(text.width == 9)
  }

  @Test func limitCutsTheInput() {
    #expect(SafeText(untrusted: String(repeating: "x", count: 5000), limit: 10).width == 10)
  }

  @Test func widthsComeFromThePinnedTableB7() {
    #expect(TextWidth.unicodeVersion.split(separator: ".").count == 3)
    for (text, width) in [("─│╭", 3), ("…", 1), ("Ａ", 2), ("🇩🇪", 2), ("✕▲●", 3), ("ｱ", 1), ("é", 1), ("👍🏽", 4)] {
      #expect(SafeText(untrusted: text).width == width, "\(text)")
    }
  }
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
  if scalar == "\t" || scalar == "\n" { return true }
  let value = scalar.value
  let isControl = value < 0x20 || (0x7F...0x9F).contains(value)
  let isBidi = [0x61C, 0x200E, 0x200F].contains(value) || (0x202A...0x202E).contains(value)
  let isInvisible =
    (0x200B...0x200D).contains(value) || (0x2028...0x2029).contains(value) || (0x2060...0x206F).contains(value)
    || (0xFE00...0xFE0F).contains(value) || (0xE0000...0xE0FFF).contains(value) || value == 0xFEFF
  let isPrivate = (0xE000...0xF8FF).contains(value) || value >= 0xF0000 || value & 0xFFFE == 0xFFFE
  return !isControl && !isBidi && !isInvisible && !isPrivate
}

private func hostileString(_ random: inout SeededGenerator) -> String {
  let pieces = [
    "\u{1B}[", "\u{1B}]52;c;", "\u{9B}", "\u{202E}", "\u{200D}", "\u{301}", "\u{FE0F}", "日", "\r\n", "\u{7F}", "a",
    "<U+", "^[",
    "\u{1161}", "\u{25CC}",
  ]
  var text = ""
  for _ in 0..<Int.random(in: 0...12, using: &random) {
    if Bool.random(using: &random) {
      text += pieces.randomElement(using: &random) ?? ""
    } else if let scalar = Unicode.Scalar(
      UInt32.random(in: 0...(Bool.random(using: &random) ? 0x10FFFF : 0x3000), using: &random))
    {
      text.unicodeScalars.append(scalar)
    }
  }
  return text
}
