import Cells
import Testing

@testable import Terminal

@Suite struct PainterTests {
  static let theme = Theme(
    name: "t",
    entries: [
      "text": "#c0c0c0 on #101010", "health.failed": "#ff0000 bold", "selection": "on #303030", "title": "bright-red",
    ])

  static func capabilities(colours: Int = 256, trueColour: Bool = true) -> Capabilities {
    var result = Capabilities()
    result.clear = Array("<clear>".utf8)
    result.hideCursor = Array("<hide>".utf8)
    result.showCursor = Array("<show>".utf8)
    result.reset = Array("<0>".utf8)
    result.bold = Array("<bold>".utf8)
    result.reverse = Array("<rev>".utf8)
    result.foregrounds = (0..<colours).map { Array("<f\($0)>".utf8) }
    result.backgrounds = (0..<colours).map { Array("<b\($0)>".utf8) }
    result.hasTrueColour = trueColour
    result.address = (Array("<".utf8), Array(",".utf8), Array(">".utf8))
    return result
  }

  private func painter(_ depth: ColourDepth = .mono, _ repertoire: Repertoire = .unicode) -> Painter {
    Painter(capabilities: Self.capabilities(), theme: Self.theme, depth: depth, repertoire: repertoire)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func paintsEverythingFirstAndThenOnlyChanges() {
    var painter = painter()
    var surface = Surface(Size(width: 5, height: 2))
    surface.text("ab", x: 0, y: 0)
    #expect(text(painter.bytes(for: surface)) == "<hide><0><clear><1,1><0>ab   <2,1>     <0>")
    #expect(painter.bytes(for: surface).isEmpty)
    surface.text("x", x: 3, y: 1)
    #expect(text(painter.bytes(for: surface)) == "<2,4><0>x<0>")
    painter.invalidate()
    #expect(text(painter.bytes(for: surface)).hasPrefix("<hide><0><clear>"))
  }

  @Test func placesWhatFollowsAGlyphOfUncertainWidthB7() {
    var painter = painter()
    var surface = Surface(Size(width: 8, height: 1))
    surface.text("a日é│b", x: 0, y: 0)
    #expect(
      text(painter.bytes(for: surface)) == "<hide><0><clear><1,1><0>a  <1,2>日<1,4>é<1,5>│b  <0>")
  }

  @Test func showsTheCursorWhereTheSurfaceHasIt() {
    var painter = painter()
    var surface = Surface(Size(width: 3, height: 1))
    surface.cursor = Point(x: 1, y: 0)
    #expect(text(painter.bytes(for: surface)).hasSuffix("<0><1,2><show>"))
    surface.cursor = Point(x: 2, y: 0)
    #expect(text(painter.bytes(for: surface)) == "<hide><1,3><show>")
    surface.cursor = nil
    #expect(text(painter.bytes(for: surface)) == "<hide>")
    surface.cursor = Point(x: 9, y: 9)
    #expect(!text(painter.bytes(for: surface)).contains("show"))
  }

  @Test(arguments: [
    (ColourDepth.trueColour, "<0>\u{1B}[38;2;255;0;0m\u{1B}[48;2;16;16;16m<bold>"),
    (.indexed, "<0><f196><b233><bold>"),
    (.sixteen, "<0><f1><bold>"),
    (.mono, "<0><bold>"),
  ])
  func coloursFollowTheTerminal(depth: ColourDepth, expected: String) {
    var painter = painter(depth)
    var surface = Surface(Size(width: 1, height: 1))
    surface.text("x", x: 0, y: 0, Style(.healthFailed))
    #expect(text(painter.bytes(for: surface)).hasSuffix("<clear><1,1>\(expected)x<0>"))
  }

  @Test func eightColoursShowBrightOnesBold() {
    var painter = Painter(
      capabilities: Self.capabilities(colours: 8, trueColour: false), theme: Self.theme, depth: .sixteen,
      repertoire: .unicode)
    var surface = Surface(Size(width: 1, height: 1))
    surface.text("x", x: 0, y: 0, .title)
    #expect(text(painter.bytes(for: surface)).hasSuffix("<0><f1><bold>x<0>"))
  }

  @Test func asciiTerminalsGetNothingElseB17() {
    var painter = painter(.mono, .ascii)
    var surface = Surface(Size(width: 6, height: 1))
    surface.text("a日é", x: 0, y: 0)
    #expect(painter.bytes(for: surface).allSatisfy { $0 < 0x80 })
  }

  @Test func noControlByteComesFromDataB3() {
    let plain = Set(text(Painter.frame("nothing here")).unicodeScalars.filter { $0.value < 0x20 })
    for hostile in ["\u{1B}]52;c;x\u{7}", "\u{9B}31m", "a\rb\u{8}c", "\u{1B}[2J", "tab\there\nline", "\u{7F}\u{0}"] {
      let bytes = text(Painter.frame(hostile))
      #expect(Set(bytes.unicodeScalars.filter { $0.value < 0x20 }).isSubset(of: plain))
      #expect(!bytes.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) })
    }
  }

  @Test func aChangedRowTakesLessThan4KiB() {
    var painter = painter(.trueColour)
    var surface = Surface(Size(width: 500, height: 3))
    _ = painter.bytes(for: surface)
    let roles: [Role] = [.healthFailed, .text, .title]
    for column in 0..<25 { surface.text("│ 日本語 é", x: column * 20, y: 1, Style(roles[column % 3])) }
    #expect(painter.bytes(for: surface).count < 8192)
    var usual = Surface(Size(width: 200, height: 3))
    var second = self.painter(.trueColour)
    _ = second.bytes(for: usual)
    for column in 0..<10 { usual.text("│ row text", x: column * 20, y: 1, Style(roles[column % 3])) }
    #expect(second.bytes(for: usual).count < 4096)
  }

  @Test func theCornerIsSpareWhereItWouldScroll() {
    var capabilities = Self.capabilities()
    capabilities.scrollsAtCorner = true
    var painter = Painter(capabilities: capabilities, theme: Self.theme, depth: .mono, repertoire: .unicode)
    var surface = Surface(Size(width: 2, height: 2))
    for y in 0..<2 { surface.text("xy", x: 0, y: y) }
    #expect(text(painter.bytes(for: surface)).hasSuffix("<1,1><0>xy<2,1>x<0>"))
  }
}

extension Painter {
  /// A first frame that shows `data`.
  fileprivate static func frame(_ data: String) -> [UInt8] {
    var painter = Painter(
      capabilities: PainterTests.capabilities(), theme: PainterTests.theme, depth: .trueColour, repertoire: .unicode)
    var surface = Surface(Size(width: 40, height: 2))
    surface.text(SafeText(untrusted: data), x: 0, y: 0)
    return painter.bytes(for: surface)
  }
}
