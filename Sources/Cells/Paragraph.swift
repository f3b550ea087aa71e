/// Lines of text in a window: wrapped, or cut and scrolled sideways.
public struct Paragraph: Sendable {
  /// The lines without line ends and tabs.
  public private(set) var lines: [[Span]] = []

  private static let tabStop = 8

  public init() {}

  /// Text in one style; LF starts a new line, TAB goes to the next column divisible by 8.
  public init(_ text: SafeText, _ style: Style = .text) {
    append(text, style)
  }

  public init(lines: [[Span]]) {
    for line in lines { append(line) }
  }

  /// Appends the lines of a text.
  public mutating func append(_ text: SafeText, _ style: Style = .text) {
    append([Span(text, style)])
  }

  /// Appends one line, or several where the spans hold LF.
  public mutating func append(_ spans: [Span]) {
    var line: [Span] = []
    var column = 0
    for span in spans {
      let parts = span.text.string.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index > 0 {
          lines.append(line)
          line = []
          column = 0
        }
        let text = Paragraph.expand(part, column: &column)
        if !text.isEmpty { line.append(Span(text, span.style)) }
      }
    }
    lines.append(line)
  }

  private static func expand(_ part: Substring, column: inout Int) -> SafeText {
    var sanitiser = Sanitiser()
    for (index, field) in part.split(separator: "\t", omittingEmptySubsequences: false).enumerated() {
      if index > 0 {
        let blanks = tabStop - (column + sanitiser.width) % tabStop
        sanitiser.append(String(repeating: " ", count: blanks))
      }
      sanitiser.append(String(field))
    }
    column += sanitiser.width
    return SafeText(sanitiser)
  }

  /// The lines broken at spaces, or within a word that is longer than a line, so that each fits into `width` columns.
  public func wrapped(to width: Int, repertoire: Repertoire = .unicode) -> [[Span]] {
    guard width > 0 else { return [] }
    return lines.flatMap { Wrapping(width: width, repertoire: repertoire).wrap($0) }
  }

  /// Draws the lines from `offset` on, without the first `columns` columns. Wrap first with `wrapped(to:)` where that is wanted.
  public func draw(on surface: inout Surface, in area: Rect, offset: Int = 0, columns: Int = 0) {
    let offset = max(0, offset)
    for row in 0..<area.height where offset + row < lines.count {
      surface.line(lines[offset + row], in: area.row(row), scrolled: max(0, columns))
    }
  }
}

/// Breaks one line into several.
private struct Wrapping {
  let width: Int
  let repertoire: Repertoire

  func wrap(_ spans: [Span]) -> [[Span]] {
    let items = GlyphLine(spans, repertoire: repertoire).items[...]
    guard !items.isEmpty else { return [[]] }
    var result: [[Span]] = []
    var start = items.startIndex
    while start < items.endIndex {
      let end = lineEnd(items, from: start)
      result.append(Wrapping.spans(items[start..<Wrapping.withoutTrailingSpaces(items, start, end)]))
      start = end
      while start < items.endIndex, items[start].glyph == .space { start += 1 }
    }
    return result
  }

  private func lineEnd(_ items: ArraySlice<GlyphLine.Item>, from start: Int) -> Int {
    var used = 0
    var end = start
    var lastBreak: Int?
    while end < items.endIndex, used + items[end].width <= width {
      used += items[end].width
      end += 1
      if items[end - 1].glyph == .space { lastBreak = end }
    }
    guard end < items.endIndex else { return end }
    if end == start { return end + 1 }
    if items[end].glyph == .space { return end }
    if let lastBreak, items[start..<lastBreak].contains(where: { $0.glyph != .space }) { return lastBreak }
    return end
  }

  private static func withoutTrailingSpaces(_ items: ArraySlice<GlyphLine.Item>, _ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, items[end - 1].glyph == .space { end -= 1 }
    return end
  }

  private static func spans(_ items: ArraySlice<GlyphLine.Item>) -> [Span] {
    var result: [Span] = []
    var sanitiser = Sanitiser()
    var style: Style?
    func close() { if let style, sanitiser.width > 0 { result.append(Span(SafeText(sanitiser), style)) } }
    for item in items {
      if item.style != style {
        close()
        sanitiser = Sanitiser()
        style = item.style
      }
      for scalar in item.glyph.scalars { sanitiser.append(String(Character(scalar))) }
    }
    close()
    return result
  }
}
