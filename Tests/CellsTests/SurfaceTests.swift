import Cells
import Testing

@Suite struct SurfaceTests {
  func rows(_ surface: Surface) -> [String] {
    (0..<surface.size.height).map { surface.row($0).map(\.text).joined() }
  }

  @Test(arguments: [
    ("build failed", 12, Truncation.end, "build failed"),
    ("build failed", 9, .end, "build fa…"),
    ("build failed", 9, .clip, "build fai"),
    ("flux-system/apps", 12, .middle, "flux-…m/apps"),
    ("flux-system/a-long-app", 14, .middle, "fl…/a-long-app"),
    ("flux-system/a-long-app", 12, .middle, "flux-…ng-app"),
    ("日本語", 5, .end, "日本…"),
    ("日本語", 4, .end, "日…"),
    ("日本語", 3, .clip, "日"),
    ("abc", 1, .end, "…"),
    ("abc", 1, .middle, "…"),
    ("abc", 0, .end, ""),
  ])
  func truncatesText(text: String, room: Int, truncation: Truncation, expected: String) {
    var surface = Surface(Size(width: 20, height: 1))
    surface.text(
      SafeText(untrusted: text), in: Rect(x: 0, y: 0, width: room, height: 1), truncation: truncation)
    let row = rows(surface)[0]
    #expect(row.hasPrefix(expected))
    #expect(row.dropFirst(expected.count).allSatisfy { $0 == " " })
  }

  @Test func alignsText() {
    var surface = Surface(Size(width: 9, height: 3))
    surface.text("abc", in: Rect(x: 0, y: 0, width: 9, height: 1), alignment: .right)
    surface.text("abc", in: Rect(x: 0, y: 1, width: 9, height: 1), alignment: .centre)
    surface.text("a\tb\nc", in: Rect(x: 0, y: 2, width: 9, height: 1))
    #expect(rows(surface) == ["      abc", "   abc   ", "a b c    "])
  }

  @Test func overwritingHalfAWideGlyphBlanksTheOther() {
    var surface = Surface(Size(width: 6, height: 1))
    surface.text("日本語", x: 0, y: 0)
    surface.text("x", in: Rect(x: 1, y: 0, width: 1, height: 1))
    #expect(rows(surface) == [" x本語"])
    surface.text("y", in: Rect(x: 4, y: 0, width: 1, height: 1))
    #expect(rows(surface) == [" x本y "])
    surface.fill(Rect(x: 3, y: 0, width: 1, height: 1))
    #expect(rows(surface) == [" x  y "])
  }

  @Test func scrolledLineShowsNoHalfGlyphs() {
    var surface = Surface(Size(width: 4, height: 1))
    surface.line([Span("日本語x")], in: surface.bounds, scrolled: 1)
    #expect(rows(surface) == [" 本 "])
    surface.fill(surface.bounds)
    surface.line([Span("日本語x")], in: surface.bounds, scrolled: 4)
    #expect(rows(surface) == ["語x "])
  }

  @Test func boxesShareEdges() {
    var surface = Surface(Size(width: 12, height: 6))
    surface.box(Rect(x: 0, y: 0, width: 8, height: 3), title: [Span("1 A", .title)])
    surface.box(Rect(x: 0, y: 2, width: 8, height: 4), title: [Span("2 B", .title)])
    surface.divider(of: Rect(x: 0, y: 2, width: 8, height: 4), x: 5)
    #expect(
      rows(surface) == [
        "╭1 A───╮    ",
        "│      │    ",
        "├2 B─┬─┤    ",
        "│    │ │    ",
        "│    │ │    ",
        "╰────┴─╯    ",
      ])
  }

  @Test func asciiModeShowsNothingElseB17() {
    var surface = Surface(Size(width: 24, height: 4), repertoire: .ascii)
    surface.box(Rect(x: 0, y: 0, width: 24, height: 3), title: [Span("1 Clusters", .title)])
    surface.divider(of: Rect(x: 0, y: 0, width: 24, height: 3), x: 12)
    surface.text("✕ failed · naïve 日", in: Rect(x: 0, y: 3, width: 24, height: 1))
    surface.text("▸ long name here", in: Rect(x: 1, y: 1, width: 11, height: 1))
    #expect(
      rows(surface) == [
        "+1 Clusters-+----------+",
        "|> long nam~|          |",
        "+-----------+----------+",
        "x failed . na\\u{ef}ve \\~",
      ])
    #expect(surface.cells.allSatisfy { $0.glyph.isASCII })
  }

  @Test func drawingOutsideIsClipped() {
    var surface = Surface(Size(width: 3, height: 2))
    for x in -5...5 {
      for y in -3...3 {
        surface.box(Rect(x: x, y: y, width: 4, height: 3), title: [Span("日本")])
        surface.text("日本語", x: x, y: y)
        surface.fill(Rect(x: x, y: y, width: 2, height: 2), .dim)
        surface.restyle(Rect(x: x, y: y, width: 9, height: 9), adding: .selected)
        surface.divider(of: Rect(x: x, y: y, width: 5, height: 5), y: y)
      }
    }
    var empty = Surface(.zero)
    empty.box(Rect(x: 0, y: 0, width: 10, height: 10))
    empty.text("x", x: 0, y: 0)
    #expect(empty.cells.isEmpty)
    #expect(surface.cells.count == 6)
  }

  @Test func applyingTheChangesGivesTheNewSurface() {
    var random = SeededGenerator(state: 5)
    for _ in 0..<500 {
      let size = Size(width: Int.random(in: 1...40, using: &random), height: Int.random(in: 1...6, using: &random))
      var old = Surface(size)
      scribble(&old, &random)
      var new = old
      scribble(&new, &random)
      var patched = old
      patched.apply(new.changes(since: old))
      #expect(patched.cells == new.cells)
      var fresh = Surface(size)
      fresh.apply(new.changes(since: nil))
      #expect(fresh.cells == new.cells)
    }
  }

  private func scribble(_ surface: inout Surface, _ random: inout SeededGenerator) {
    let texts: [SafeText] = ["x", "hello world", "日本語", "🚀 go", "────", "e\u{301}"]
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      surface.text(
        texts.randomElement(using: &random) ?? "", x: Int.random(in: -3...40, using: &random),
        y: Int.random(in: 0...5, using: &random), Style(Role.allCases.randomElement(using: &random) ?? .text))
    }
  }

  @Test func movingASelectionRepaintsTwoRows() {
    func screen(selected: Int) -> Surface {
      var surface = Surface(Size(width: 40, height: 10))
      Table([.init("NAME", minimum: 10)]).draw(
        on: &surface, in: surface.bounds, count: 9, selected: selected
      ) { Table.Row(.cells([[Span("row \($0)")]])) }
      return surface
    }
    let runs = screen(selected: 3).changes(since: screen(selected: 2))
    #expect(runs.map(\.row) == [3, 4])
    #expect(screen(selected: 3).changes(since: screen(selected: 3)).isEmpty)
  }

  @Test func rowsOfUncertainWidthAreRewrittenWholeB7() {
    func runs(_ text: SafeText) -> [Surface.Run] {
      var old = Surface(Size(width: 30, height: 1))
      old.text(text, x: 0, y: 0)
      var new = old
      new.text("!", x: 20, y: 0)
      return new.changes(since: old)
    }
    #expect(runs("plain ──").map(\.column) == [20])
    #expect(runs("plain ──").map(\.cells.count) == [1])
    #expect(runs("naïve").map(\.cells.count) == [30])
  }

  @Test func nearChangesBecomeOneRun() {
    let old = Surface(Size(width: 40, height: 1))
    var new = old
    for x in [0, 4, 20] { new.text("x", in: Rect(x: x, y: 0, width: 1, height: 1)) }
    let runs = new.changes(since: old)
    #expect(runs.map(\.column) == [0, 20])
    #expect(runs.map(\.cells.count) == [5, 1])
  }
}
