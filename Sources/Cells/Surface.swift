/// Which glyphs a terminal can show.
public enum Repertoire: Sendable, Hashable {
  case unicode
  /// The locale is not UTF-8: lines are drawn as `+ - |`, the program's signs have ASCII forms, other data is shown as `\u{…}`.
  case ascii
}

/// A grid of styled cells: everything that can be seen, as a value.
///
/// Drawing outside the grid or outside the rectangle given is clipped, never an error.
public struct Surface: Hashable, Sendable {
  public let size: Size
  public let repertoire: Repertoire
  /// Where the terminal's cursor shows; nil hides it.
  public var cursor: Point?
  /// The cells, row by row.
  public internal(set) var cells: [Cell]

  /// A blank surface in the role `text`.
  public init(_ size: Size, repertoire: Repertoire = .unicode) {
    self.size = size
    self.repertoire = repertoire
    cells = Array(repeating: .blank, count: size.width * size.height)
  }

  public var bounds: Rect { Rect(size) }

  /// The cell at a point that lies within `bounds`.
  public subscript(_ point: Point) -> Cell {
    cells[point.y * size.width + point.x]
  }

  /// The cells of a row that exists.
  public func row(_ y: Int) -> ArraySlice<Cell> {
    cells[(y * size.width)..<((y + 1) * size.width)]
  }

  /// Makes an area blank in one style.
  public mutating func fill(_ area: Rect, _ style: Style = .text) {
    let area = area.intersection(bounds)
    guard !area.isEmpty else { return }
    let blank = Cell(glyph: .space, role: style.role, attributes: style.attributes, span: .single)
    for y in area.y..<area.bottom {
      freeHalves(y: y, from: area.x, to: area.right)
      for x in area.x..<area.right { cells[y * size.width + x] = blank }
    }
  }

  /// Changes the role of what is drawn in an area, for instance to grey a stale row.
  public mutating func restyle(_ area: Rect, role: Role) {
    change(area) { $0.role = role }
  }

  /// Adds attributes to what is drawn in an area, for instance `.selected`.
  public mutating func restyle(_ area: Rect, adding attributes: Attributes) {
    change(area) { $0.attributes.formUnion(attributes) }
  }

  private mutating func change(_ area: Rect, _ body: (inout Cell) -> Void) {
    let area = area.intersection(bounds)
    guard !area.isEmpty else { return }
    for y in area.y..<area.bottom {
      for x in area.x..<area.right { body(&cells[y * size.width + x]) }
    }
  }

  /// Puts one glyph at a place of the grid; the caller has clipped it.
  mutating func put(_ glyph: Glyph, wide: Bool, x: Int, y: Int, _ style: Style) {
    freeHalves(y: y, from: x, to: x + (wide ? 2 : 1))
    let index = y * size.width + x
    cells[index] = Cell(
      glyph: glyph, role: style.role, attributes: style.attributes, span: wide ? .lead : .single)
    if wide {
      cells[index + 1] = Cell(glyph: .space, role: style.role, attributes: style.attributes, span: .continuation)
    }
  }

  /// Blanks the outer halves of wide glyphs that an overwrite of the given columns would leave behind.
  private mutating func freeHalves(y: Int, from: Int, to: Int) {
    let line = y * size.width
    if from > 0, cells[line + from].span == .continuation {
      cells[line + from - 1].glyph = .space
      cells[line + from - 1].span = .single
    }
    if to < size.width, cells[line + to].span == .continuation {
      cells[line + to].glyph = .space
      cells[line + to].span = .single
    }
  }
}
