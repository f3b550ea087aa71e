import Cells
import Testing

@Suite struct WidgetTests {
  static let reconcilers = Table([
    .init("STATE", minimum: 3, ideal: 10),
    .init("SINCE", minimum: 4, ideal: 5, priority: 3, alignment: .right),
    .init("NAME", minimum: 8, ideal: 20, isFlexible: true, truncation: .middle),
    .init("WHY", minimum: 8, ideal: 12, priority: 1, isFlexible: true),
  ])

  @Test(arguments: [
    (80, [10, 5, 35, 27]),
    (50, [10, 5, 20, 12]),
    (30, [7, 4, 8, 8]),
    (26, [3, 4, 8, 8]),
    (25, [7, 0, 8, 8]),
    (12, [3, 0, 8, 0]),
    (8, [3, 0, 4, 0]),
    (2, [1, 0, 0, 0]),
    (0, [0, 0, 0, 0]),
  ])
  func columnsShareTheRoom(width: Int, expected: [Int]) {
    let widths = Self.reconcilers.widths(in: width)
    #expect(widths.count == 4)
    let used = widths.reduce(0, +) + max(0, widths.filter { $0 > 0 }.count - 1)
    #expect(used <= max(width, 1))
    #expect(widths == expected)
  }

  @Test func drawsTable() throws {
    var surface = Surface(Size(width: 60, height: 8))
    Self.reconcilers.draw(on: &surface, in: surface.bounds, count: 20, offset: 2, selected: 3) { index in
      switch index {
      case 2:
        Table.Row(.cells([[Span("✕ Failed", .healthFailed)], [Span("4m")], [Span("apps")], [Span("cart 1/3 ready")]]))
      case 3:
        Table.Row(
          .cells([[Span("▲ Drifted", .driftDrifted)], [Span("11m")], [Span("shop/a-very-long-name-of-a-thing")]]))
      case 4: Table.Row(.line([Span("  └ 39 waiting on it", .dim)]))
      case 5: Table.Row(.cells([[Span("✓ Ready", .healthReady)], [], [Span("edge")]]), role: .stale)
      case 6: Table.Row(.cells([[Span("✓ Ready", .healthReady)], [], [Span("日本語の名前はとても長い名前です")]]), isMarked: true)
      default: Table.Row(.cells([]))
      }
    }
    #expect(surface[Point(x: 20, y: 2)].attributes == .selected)
    try expectGolden(surface, named: "cells/table")
  }

  @Test(arguments: [
    (0, 5, 100, 10, 0), (0, 10, 100, 10, 1), (50, 49, 100, 10, 49), (95, 99, 100, 10, 90), (7, 3, 8, 10, 0),
    (0, 0, 0, 10, 0), (3, 2, 10, 0, 0),
  ])
  func scrollingKeepsTheIndexInSight(offset: Int, index: Int, count: Int, height: Int, expected: Int) {
    #expect(Scroll.offset(offset, showing: index, count: count, height: height) == expected)
  }

  @Test func scrollingKeepsAMargin() {
    #expect(Scroll.offset(0, showing: 8, count: 100, height: 10, margin: 2) == 1)
    #expect(Scroll.offset(0, showing: 99, count: 100, height: 10, margin: 2) == 90)
    #expect(Scroll.offset(500, showing: nil, count: 100, height: 10) == 90)
  }

  @Test func movingStaysInTheList() {
    #expect(Scroll.move(3, by: -10, count: 8) == 0)
    #expect(Scroll.move(3, by: .max, count: 8) == 7)
    #expect(Scroll.move(nil, by: 1, count: 8) == 0)
    #expect(Scroll.move(nil, by: -1, count: 8) == 7)
    #expect(Scroll.move(0, by: 1, count: 0) == nil)
  }

  @Test func treeLinesShowTheirPlace() {
    func text(_ lasts: [Bool], _ fold: Tree.Fold = .leaf) -> String {
      Tree.line(lasts, fold: fold, [Span("x")]).map(\.text.string).joined()
    }
    #expect(text([]) == "x")
    #expect(text([false], .open) == "├─ ▾ x")
    #expect(text([true, false]) == "   ├─ x")
    #expect(text([false, true], .closed) == "│  ╰─ ▸ x")
  }

  @Test(arguments: [
    ("the quick brown fox", 10, ["the quick", "brown fox"]),
    ("the quick brown fox", 9, ["the quick", "brown fox"]),
    ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ("ab abcdefgh", 4, ["ab", "abcd", "efgh"]),
    ("日本語です", 5, ["日本", "語で", "す"]),
    ("one\n\ntwo", 10, ["one", "", "two"]),
    ("  indented words", 10, ["  indented", "words"]),
    ("日", 1, ["日"]),
    ("", 5, [""]),
  ])
  func wrapsAtSpaces(text: String, width: Int, expected: [String]) {
    let wrapped = Paragraph(SafeText(untrusted: text)).wrapped(to: width)
    #expect(wrapped.map { $0.map(\.text.string).joined() } == expected)
  }

  @Test func wrappingKeepsStyles() {
    let paragraph = Paragraph(lines: [[Span("error: ", .logError), Span("missing env DB_URL")]])
    #expect(
      paragraph.wrapped(to: 12) == [[Span("error:", .logError)], [Span("missing env")], [Span("DB_URL")]])
  }

  @Test func paragraphsExpandTabsAndScroll() {
    let paragraph = Paragraph("a\tb\n12345678\tc\n日\tx")
    #expect(
      paragraph.lines.map { $0.map(\.text.string).joined() } == ["a       b", "12345678        c", "日      x"])
    var surface = Surface(Size(width: 4, height: 2))
    paragraph.draw(on: &surface, in: surface.bounds, offset: 1, columns: 6)
    #expect(surface.row(0).map(\.text).joined() == "78  ")
    #expect(surface.row(1).map(\.text).joined() == "  x ")
  }
}
