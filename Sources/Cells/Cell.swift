/// What is drawn in one cell: a base scalar with up to three marks. Plain bits, so that surfaces copy and compare fast.
public struct Glyph: Hashable, Sendable {
  var base: UInt32
  var marks: (UInt32, UInt32, UInt32) = (0, 0, 0)

  static let space = Glyph(0x20)

  init(_ base: UInt32) {
    self.base = base
  }

  init(_ scalar: Unicode.Scalar) {
    base = scalar.value
  }

  mutating func add(mark: Unicode.Scalar) {
    if marks.0 == 0 {
      marks.0 = mark.value
    } else if marks.1 == 0 {
      marks.1 = mark.value
    } else if marks.2 == 0 {
      marks.2 = mark.value
    }
  }

  public static func == (left: Glyph, right: Glyph) -> Bool {
    left.base == right.base && left.marks == right.marks
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(base)
    hasher.combine(marks.0)
    hasher.combine(marks.1)
    hasher.combine(marks.2)
  }

  /// The scalars in order, base first.
  public var scalars: [Unicode.Scalar] {
    [base, marks.0, marks.1, marks.2].enumerated().compactMap { index, value in
      index > 0 && value == 0 ? nil : Unicode.Scalar(value)
    }
  }

  public var isASCII: Bool { base < 0x80 && marks.0 == 0 }

  /// Whether every terminal agrees on the width: ASCII and box-drawing lines.
  public var hasCertainWidth: Bool { marks.0 == 0 && (base < 0x80 || (base >= 0x2500 && base < 0x2580)) }
}

/// One cell of a surface.
public struct Cell: Hashable, Sendable {
  public enum Span: UInt8, Sendable {
    /// One column.
    case single
    /// The left column of a wide glyph.
    case lead
    /// The right column of a wide glyph; its own glyph is not drawn.
    case continuation
  }

  public internal(set) var glyph: Glyph
  public internal(set) var role: Role
  public internal(set) var attributes: Attributes
  public internal(set) var span: Span

  static let blank = Cell(glyph: .space, role: .text, attributes: [], span: .single)

  init(glyph: Glyph, role: Role, attributes: Attributes, span: Span) {
    self.glyph = glyph
    self.role = role
    self.attributes = attributes
    self.span = span
  }

  /// The text of the cell; empty for the right half of a wide glyph.
  public var text: String {
    guard span != .continuation else { return "" }
    var text = ""
    text.unicodeScalars.append(contentsOf: glyph.scalars)
    return text
  }
}
