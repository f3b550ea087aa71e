/// A line of text cut into glyphs, with the repertoire applied; TAB and LF are spaces.
struct GlyphLine {
  struct Item {
    var glyph: Glyph
    var width: Int
    var style: Style
  }

  private(set) var items: [Item] = []
  private(set) var width = 0

  init(_ spans: [Span], repertoire: Repertoire) {
    for span in spans {
      for scalar in span.text.string.unicodeScalars { add(scalar, span.style, repertoire) }
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar, _ style: Style, _ repertoire: Repertoire) {
    if scalar.value < 0x20 {
      append(.space, 1, style)
    } else if scalar.isASCII {
      append(Glyph(scalar), 1, style)
    } else if repertoire == .ascii {
      for plain in ASCIIForms.form(of: scalar).unicodeScalars { append(Glyph(plain), 1, style) }
    } else {
      switch TextWidth.width(scalar) {
      case 0: if !items.isEmpty { items[items.count - 1].glyph.add(mark: scalar) }
      case let cells: append(Glyph(scalar), cells, style)
      }
    }
  }

  private mutating func append(_ glyph: Glyph, _ cells: Int, _ style: Style) {
    items.append(Item(glyph: glyph, width: cells, style: style))
    width += cells
  }

  /// Shortens the line to `room` columns.
  mutating func truncate(to room: Int, _ truncation: Truncation, repertoire: Repertoire) {
    guard width > room else { return }
    guard room > 0 else {
      items = []
      width = 0
      return
    }
    let mark = Glyph(repertoire == .ascii ? "~" as Unicode.Scalar : "…" as Unicode.Scalar)
    switch truncation {
    case .clip: items = GlyphLine.prefix(of: items[...], within: room)
    case .end:
      let kept = GlyphLine.prefix(of: items[...], within: room - 1)
      items = kept + [Item(glyph: mark, width: 1, style: items[kept.count].style)]
    case .middle:
      let tail = GlyphLine.suffix(of: items, within: max(room / 2, leafWidth(within: room - 2)))
      let tailWidth = tail.reduce(0) { $0 + $1.width }
      let head = GlyphLine.prefix(of: items[...], within: room - 1 - tailWidth)
      items = head + [Item(glyph: mark, width: 1, style: items[head.count].style)] + tail
    }
    width = items.reduce(0) { $0 + $1.width }
  }

  /// The width of the last `/` and what follows; 0 when that is wider than `room`.
  private func leafWidth(within room: Int) -> Int {
    guard let slash = items.lastIndex(where: { $0.glyph == Glyph("/" as Unicode.Scalar) }) else { return 0 }
    let width = items[slash...].reduce(0) { $0 + $1.width }
    return width <= room ? width : 0
  }

  private static func prefix(of items: ArraySlice<Item>, within room: Int) -> [Item] {
    var used = 0
    var end = items.startIndex
    while end < items.endIndex, used + items[end].width <= room {
      used += items[end].width
      end += 1
    }
    return Array(items[..<end])
  }

  private static func suffix(of items: [Item], within room: Int) -> [Item] {
    var used = 0
    var start = items.count
    while start > 0, used + items[start - 1].width <= room {
      start -= 1
      used += items[start].width
    }
    return Array(items[start...])
  }
}
