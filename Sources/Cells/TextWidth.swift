/// What a Unicode scalar is to a terminal and to the sanitiser. Ambiguous widths count as 1.
enum ScalarClass: UInt32 {
  case narrow, wide
  /// Joins the cell before it: combining marks, and Hangul vowels and finals.
  case mark
  /// Invisible or a format character: shown as `<U+XXXX>`.
  case visible
  /// ZWJ and variation selectors: removed, so that each emoji is its base.
  case dropped
  /// Unassigned, private use, noncharacter: replaced by U+FFFD.
  case replaced
  /// C0, DEL or C1.
  case control
}

/// Widths from the program's one pinned Unicode table (requirement B7).
public enum TextWidth {
  /// The Unicode version of the table.
  public static var unicodeVersion: String { WidthTable.unicodeVersion }

  static func scalarClass(_ scalar: Unicode.Scalar) -> ScalarClass {
    let value = scalar.value
    if value < 0x7F { return value < 0x20 ? .control : .narrow }
    var low = 0
    var high = WidthTable.steps.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if WidthTable.steps[middle] >> 3 <= value { low = middle } else { high = middle }
    }
    return ScalarClass(rawValue: WidthTable.steps[low] & 7) ?? .replaced
  }

  /// The cells that one scalar of a sanitised text takes: 0, 1 or 2; TAB and LF count as 1, as they are drawn as a space.
  static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalarClass(scalar) {
    case .narrow, .replaced, .visible, .control: 1
    case .wide: 2
    case .mark, .dropped: 0
    }
  }
}
