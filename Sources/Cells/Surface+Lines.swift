/// Where the strokes of a box-drawing glyph lead; glyphs that meet are joined by adding their strokes.
struct Line: OptionSet {
  let rawValue: UInt8

  static let up = Line(rawValue: 1)
  static let down = Line(rawValue: 2)
  static let left = Line(rawValue: 4)
  static let right = Line(rawValue: 8)

  /// Indexed by `rawValue`; single strokes are drawn as whole lines, corners are round.
  private static let glyphs: [Unicode.Scalar] = [
    " ", "│", "│", "│", "─", "╯", "╮", "┤", "─", "╰", "╭", "├", "─", "┴", "┬", "┼",
  ]

  init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The strokes of a glyph; nil when it is not one of ours.
  init?(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "│": self = [.up, .down]
    case "─": self = [.left, .right]
    default:
      guard let index = Line.glyphs.firstIndex(of: scalar), index > 0 else { return nil }
      rawValue = UInt8(index)
    }
  }

  var glyph: Unicode.Scalar { Line.glyphs[Int(rawValue & 15)] }

  var ascii: String {
    switch (isDisjoint(with: [.up, .down]), isDisjoint(with: [.left, .right])) {
    case (true, _): "-"
    case (false, true): "|"
    case (false, false): "+"
    }
  }
}

extension Surface {
  /// Draws a box with round corners along the edge of `area`, joined to lines already there, with a title in its upper line.
  public mutating func box(_ area: Rect, title: [Span] = [], _ style: Style = .border) {
    guard area.width >= 2, area.height >= 2 else { return }
    stroke([.down, .right], x: area.x, y: area.y, style)
    stroke([.down, .left], x: area.right - 1, y: area.y, style)
    stroke([.up, .right], x: area.x, y: area.bottom - 1, style)
    stroke([.up, .left], x: area.right - 1, y: area.bottom - 1, style)
    for x in max(0, area.x + 1)..<max(0, area.x + 1, min(area.right - 1, size.width)) {
      stroke([.left, .right], x: x, y: area.y, style)
      stroke([.left, .right], x: x, y: area.bottom - 1, style)
    }
    for y in max(0, area.y + 1)..<max(0, area.y + 1, min(area.bottom - 1, size.height)) {
      stroke([.up, .down], x: area.x, y: y, style)
      stroke([.up, .down], x: area.right - 1, y: y, style)
    }
    line(title, in: Rect(x: area.x + 1, y: area.y, width: area.width - 2, height: 1))
  }

  /// Draws a horizontal line over the whole width of a box in row `y`, joined to its sides (`├2 Repos────┤`), with a title.
  public mutating func divider(of box: Rect, y: Int, title: [Span] = [], _ style: Style = .border) {
    guard box.width >= 2 else { return }
    stroke(.right, x: box.x, y: y, style)
    stroke(.left, x: box.right - 1, y: y, style)
    for x in max(0, box.x + 1)..<max(0, box.x + 1, min(box.right - 1, size.width)) {
      stroke([.left, .right], x: x, y: y, style)
    }
    line(title, in: Rect(x: box.x + 1, y: y, width: box.width - 2, height: 1))
  }

  /// Draws a vertical line over the whole height of a box in column `x`, joined to its upper and lower line.
  public mutating func divider(of box: Rect, x: Int, _ style: Style = .border) {
    guard box.height >= 2 else { return }
    stroke(.down, x: x, y: box.y, style)
    stroke(.up, x: x, y: box.bottom - 1, style)
    for y in max(0, box.y + 1)..<max(0, box.y + 1, min(box.bottom - 1, size.height)) {
      stroke([.up, .down], x: x, y: y, style)
    }
  }

  private mutating func stroke(_ line: Line, x: Int, y: Int, _ style: Style) {
    guard bounds.contains(Point(x: x, y: y)) else { return }
    if repertoire == .ascii {
      let old = self[Point(x: x, y: y)].glyph
      let crosses = old.isASCII && (old.base == 0x7C || old.base == 0x2D || old.base == 0x2B)
      let plain = line.ascii.unicodeScalars.first ?? " "
      put(crosses && old != Glyph(plain) ? Glyph("+" as Unicode.Scalar) : Glyph(plain), wide: false, x: x, y: y, style)
      return
    }
    var joined = line
    if let scalar = Unicode.Scalar(self[Point(x: x, y: y)].glyph.base), let old = Line(scalar) {
      joined.formUnion(old)
    }
    put(Glyph(joined.glyph), wide: false, x: x, y: y, style)
  }
}
