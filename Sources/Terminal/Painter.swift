import Cells

/// Turns surfaces into the bytes that bring a terminal from what it shows to what it shall show.
///
/// A value without any terminal. Every run is placed absolutely, and so is everything behind a glyph on whose width terminals may
/// disagree, so that such a glyph shifts no other cell (requirement B7). Curses' own output cannot promise that: it trusts the C
/// library's widths and moves by distances.
nonisolated struct Painter {
  private let capabilities: Capabilities
  private let depth: ColourDepth
  private let repertoire: Repertoire
  var theme: Theme {
    didSet { invalidate() }
  }
  private var shown: Surface?
  private var cursorIsVisible = false
  private var looks: [Theme.Appearance: [UInt8]] = [:]

  init(capabilities: Capabilities, theme: Theme, depth: ColourDepth, repertoire: Repertoire) {
    self.capabilities = capabilities
    self.theme = theme
    self.depth = depth
    self.repertoire = repertoire
  }

  /// Forgets what the terminal shows: the next surface is painted whole.
  mutating func invalidate() {
    shown = nil
  }

  /// The bytes for a surface; empty when the terminal already shows it.
  mutating func bytes(for surface: Surface) -> [UInt8] {
    let runs = surface.changes(since: shown)
    let cursorMoves = surface.cursor != shown?.cursor
    guard !runs.isEmpty || cursorMoves || shown == nil else { return [] }
    var bytes: [UInt8] = []
    if cursorIsVisible || shown == nil {
      bytes += capabilities.hideCursor
      cursorIsVisible = false
    }
    if shown == nil || shown?.size != surface.size {
      bytes += look(theme.appearance(.text, depth: depth))
      bytes += capabilities.clear
    }
    var pen = Pen()
    for run in runs { paint(run, size: surface.size, &pen, into: &bytes) }
    if pen.look != nil { bytes += capabilities.reset }
    if let cursor = surface.cursor, surface.bounds.contains(cursor) {
      capabilities.move(to: cursor, into: &bytes)
      bytes += capabilities.showCursor
      cursorIsVisible = true
    }
    shown = surface
    return bytes
  }

  /// Where the terminal's cursor is known to be, and how it writes.
  private struct Pen {
    var place: Point?
    var look: Theme.Appearance?
    var role: Role?
    var attributes: Attributes = []
  }

  private mutating func paint(_ run: Surface.Run, size: Size, _ pen: inout Pen, into bytes: inout [UInt8]) {
    for (offset, cell) in run.cells.enumerated() where cell.span != .continuation {
      let place = Point(x: run.column + offset, y: run.row)
      let isCorner = place.x == size.width - 1 && place.y == size.height - 1
      if isCorner, capabilities.scrollsAtCorner { continue }
      if pen.place != place { capabilities.move(to: place, into: &bytes) }
      take(cell, &pen, into: &bytes)
      if cell.span == .lead {
        // A terminal that takes the glyph for a narrow one would leave its right half as it was.
        bytes += [0x20, 0x20]
        capabilities.move(to: place, into: &bytes)
      }
      append(cell.glyph, into: &bytes)
      let isCertain = cell.span == .single && (cell.glyph.hasCertainWidth || repertoire == .ascii)
      let next = Point(x: place.x + 1, y: place.y)
      // Behind the last column terminals differ in where the cursor is.
      pen.place = isCertain && next.x < size.width ? next : nil
    }
  }

  private mutating func take(_ cell: Cell, _ pen: inout Pen, into bytes: inout [UInt8]) {
    if cell.role == pen.role, cell.attributes == pen.attributes, pen.look != nil { return }
    let appearance = theme.appearance(cell.role, cell.attributes, depth: depth)
    if appearance != pen.look { bytes += look(appearance) }
    pen.look = appearance
    pen.role = cell.role
    pen.attributes = cell.attributes
  }

  private func append(_ glyph: Glyph, into bytes: inout [UInt8]) {
    if glyph.isASCII || repertoire == .unicode {
      for scalar in glyph.scalars { bytes += UTF8.encode(scalar) ?? .init() }
    } else {
      bytes.append(UInt8(ascii: "?"))
    }
  }

  private mutating func look(_ appearance: Theme.Appearance) -> [UInt8] {
    if let known = looks[appearance] { return known }
    var bytes = capabilities.reset
    var attributes = appearance.attributes
    bytes += capabilities.colour(appearance.foreground, isBackground: false, brightening: &attributes)
    bytes += capabilities.colour(appearance.background, isBackground: true, brightening: &attributes)
    if attributes.contains(.bold) { bytes += capabilities.bold }
    if attributes.contains(.dim) { bytes += capabilities.dim }
    if attributes.contains(.underline) { bytes += capabilities.underline }
    if attributes.contains(.reverse) { bytes += capabilities.reverse }
    looks[appearance] = bytes
    return bytes
  }
}

nonisolated extension Capabilities {
  /// The bytes that choose a colour; empty for the terminal's own, which the reset before has chosen.
  ///
  /// A terminal of eight colours shows the bright ones as bold.
  func colour(_ colour: Colour, isBackground: Bool, brightening attributes: inout Attributes) -> [UInt8] {
    switch colour {
    case .standard: return []
    case .rgb(let red, let green, let blue):
      // ISO 8613-6 direct colours, in the form with semicolons that xterm and its kin read.
      return Array("\u{1B}[\(isBackground ? 48 : 38);2;\(red);\(green);\(blue)m".utf8)
    case .indexed(let index):
      let table = isBackground ? backgrounds : foregrounds
      if Int(index) < table.count { return table[Int(index)] }
      if table.count == 8, index < 16 {
        if !isBackground { attributes.insert(.bold) }
        return table[Int(index) - 8]
      }
      guard hasTrueColour else { return [] }
      return Array("\u{1B}[\(isBackground ? 48 : 38);5;\(index)m".utf8)
    }
  }
}
