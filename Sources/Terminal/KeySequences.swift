import Cells

/// What the control sequences of keys mean (xterm: Control Sequences, "PC-Style Function Keys"; console_codes(4)).
nonisolated enum KeySequences {
  /// The event of `ESC [ parameters final`; nil for what is no key, such as a terminal's answers.
  static func event(parameters: [UInt8], final: UInt8) -> InputEvent? {
    if parameters.first == UInt8(ascii: "<") {
      return MouseReport.numbered(numbers(parameters.dropFirst()), final: final).map(InputEvent.mouse)
    }
    guard let numbers = numbers(parameters[...]), numbers.count <= 2 else { return nil }
    let modifiers = numbers.count == 2 ? modifiers(numbers[1]) : []
    guard let modifiers else { return nil }
    switch final {
    case UInt8(ascii: "~"):
      guard let number = numbers.first, let key = tilde[number] else { return nil }
      return .key(KeyChord(key, modifiers))
    case UInt8(ascii: "Z"): return numbers.isEmpty ? .key(KeyChord(.tab, .shift)) : nil
    case UInt8(ascii: "R"): return nil  // The cursor's position, which a modified F3 cannot be told from.
    default:
      guard numbers.isEmpty || numbers[0] == 1, let key = letters[final] else { return nil }
      return .key(KeyChord(key, modifiers))
    }
  }

  /// The key of `ESC O byte`.
  static func singleShift(_ byte: UInt8) -> KeyChord? {
    if byte == UInt8(ascii: "M") { return KeyChord(.enter) }
    return letters[byte].map { KeyChord($0) }
  }

  private static let letters: [UInt8: KeyChord.Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "P"): .function(1), UInt8(ascii: "Q"): .function(2),
    UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
  ]

  private static let tilde: [Int: KeyChord.Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end, 11: .function(1),
    12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6), 18: .function(7),
    19: .function(8), 20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12), 25: .function(13),
    26: .function(14), 28: .function(15), 29: .function(16), 31: .function(17), 32: .function(18), 33: .function(19),
    34: .function(20),
  ]

  /// Decimal numbers between semicolons; nil when there is anything else.
  static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int]? {
    guard !bytes.isEmpty else { return [] }
    var numbers: [Int] = []
    for part in bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      guard part.count <= 6, let number = Int(String(decoding: part, as: UTF8.self)), number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// 1 plus 1 for Shift, 2 for Alt, 4 for Ctrl; nil for others.
  private static func modifiers(_ number: Int) -> KeyChord.Modifiers? {
    guard (1...8).contains(number) else { return nil }
    var modifiers: KeyChord.Modifiers = []
    if (number - 1) & 1 != 0 { modifiers.insert(.shift) }
    if (number - 1) & 2 != 0 { modifiers.insert(.alt) }
    if (number - 1) & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }
}
