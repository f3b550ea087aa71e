/// Turns any string into one that a terminal shows literally (requirement B2). A second pass changes nothing.
struct Sanitiser {
  var output = ""
  private(set) var width = 0
  private(set) var isASCII = true
  /// Marks on the current base; -1 where a mark has no base to stand on.
  private var marks = -1

  /// Marks that one base keeps; the rest is dropped.
  static let markLimit = 3

  mutating func append(_ string: String, limit: Int = .max) {
    if limit == .max, isPrintableASCII(string) {
      output += string
      let count = string.utf8.count
      width += count
      if count > 0 { marks = 0 }
      return
    }
    for scalar in string.unicodeScalars.prefix(limit) { append(scalar) }
  }

  private func isPrintableASCII(_ string: String) -> Bool {
    string.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch TextWidth.scalarClass(scalar) {
    case .narrow: put(scalar, width: 1)
    case .wide: put(scalar, width: 2)
    case .replaced: put("\u{FFFD}", width: 1)
    case .mark: putMark(scalar)
    case .dropped: break
    case .visible: putASCII("<U+\(hexadecimal(scalar.value, digits: 4))>")
    case .control: putControl(scalar)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar, width cells: Int) {
    output.unicodeScalars.append(scalar)
    width += cells
    marks = 0
    if !scalar.isASCII { isASCII = false }
  }

  private mutating func putMark(_ scalar: Unicode.Scalar) {
    if marks < 0 { put("\u{25CC}", width: 1) }
    guard marks < Sanitiser.markLimit else { return }
    output.unicodeScalars.append(scalar)
    marks += 1
    isASCII = false
  }

  private mutating func putASCII(_ text: String) {
    output += text
    width += text.utf8.count
    marks = 0
  }

  private mutating func putControl(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x09, 0x0A:
      output.unicodeScalars.append(scalar)
      width += 1
      marks = -1
    case 0x7F: putASCII("^?")
    case ..<0x20: putASCII("^\(Character(Unicode.Scalar(UInt8(scalar.value) + 0x40)))")
    default: putASCII("\\x\(hexadecimal(scalar.value, digits: 2))")
    }
  }
}

/// An upper-case hexadecimal number of at least `digits` digits.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
