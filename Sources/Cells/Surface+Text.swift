/// What happens to text that is longer than its room.
public enum Truncation: Sendable, Hashable {
  /// `build fai…`
  case end
  /// `flux-s…/apps`: keeps the last part of a path whole where it fits, else half of the room for each end.
  case middle
  /// Cut without a mark.
  case clip
}

/// Where text stands in its room.
public enum Alignment: Sendable, Hashable {
  case left, right, centre
}

extension Surface {
  /// Draws one line of text in the first row of `area`; returns the columns used.
  @discardableResult
  public mutating func text(
    _ text: SafeText, in area: Rect, _ style: Style = .text, truncation: Truncation = .end,
    alignment: Alignment = .left
  ) -> Int {
    line([Span(text, style)], in: area, truncation: truncation, alignment: alignment)
  }

  /// Draws one line of text that ends at the right edge of the surface at the latest; returns the columns used.
  @discardableResult
  public mutating func text(_ text: SafeText, x: Int, y: Int, _ style: Style = .text) -> Int {
    self.text(text, in: Rect(x: x, y: y, width: size.width - x, height: 1), style)
  }

  /// Draws spans after each other in the first row of `area`; returns the columns used.
  @discardableResult
  public mutating func line(
    _ spans: [Span], in area: Rect, truncation: Truncation = .end, alignment: Alignment = .left
  ) -> Int {
    guard !area.isEmpty, area.y >= 0, area.y < size.height else { return 0 }
    var line = GlyphLine(spans, repertoire: repertoire)
    line.truncate(to: area.width, truncation, repertoire: repertoire)
    let room = area.width - line.width
    let start =
      switch alignment {
      case .left: area.x
      case .right: area.x + room
      case .centre: area.x + room / 2
      }
    draw(line, x: start, y: area.y, from: area.x, to: area.right)
    return line.width
  }

  /// Draws the part of spans that a window of `area.width` columns shows after scrolling `columns` to the right.
  public mutating func line(_ spans: [Span], in area: Rect, scrolled columns: Int) {
    guard !area.isEmpty, area.y >= 0, area.y < size.height else { return }
    draw(GlyphLine(spans, repertoire: repertoire), x: area.x - columns, y: area.y, from: area.x, to: area.right)
  }

  /// The columns that text takes on this surface.
  public func width(of text: SafeText) -> Int {
    if repertoire == .unicode || text.isASCII { return text.width }
    return GlyphLine([Span(text)], repertoire: repertoire).width
  }

  /// The columns that spans take on this surface.
  public func width(of spans: [Span]) -> Int {
    spans.reduce(0) { $0 + width(of: $1.text) }
  }

  private mutating func draw(_ line: GlyphLine, x start: Int, y: Int, from: Int, to: Int) {
    let from = max(0, from)
    let to = min(size.width, to)
    var x = start
    for item in line.items {
      if x >= to { return }
      if item.width == 2, x < from || x + 2 > to {
        // Half a wide glyph cannot be shown: the half that lies inside becomes blank.
        for column in x..<(x + 2) where column >= from && column < to {
          put(.space, wide: false, x: column, y: y, item.style)
        }
      } else if x >= from {
        put(item.glyph, wide: item.width == 2, x: x, y: y, item.style)
      }
      x += item.width
    }
  }
}
