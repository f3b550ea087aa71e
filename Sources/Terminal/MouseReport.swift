import Cells

/// Mouse reports (xterm: Control Sequences, "Mouse Tracking").
nonisolated enum MouseReport {
  /// `ESC [ < code ; column ; row M` for a press, `m` for a release.
  static func numbered(_ numbers: [Int]?, final: UInt8) -> InputEvent.Mouse? {
    guard let numbers, numbers.count == 3, final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else { return nil }
    return mouse(numbers[0], column: numbers[1], row: numbers[2], isRelease: final == UInt8(ascii: "m"))
  }

  /// The three bytes after `ESC [ M`, each plus 32; a release does not name its button.
  static func old(_ bytes: [UInt8]) -> InputEvent.Mouse? {
    guard bytes.count == 3, bytes.allSatisfy({ $0 >= 32 }) else { return nil }
    let code = Int(bytes[0]) - 32
    let isRelease = code & 0x43 == 3
    return mouse(
      isRelease ? code & ~3 : code, column: Int(bytes[1]) - 32, row: Int(bytes[2]) - 32, isRelease: isRelease)
  }

  private static func mouse(_ code: Int, column: Int, row: Int, isRelease: Bool) -> InputEvent.Mouse? {
    guard column >= 1, row >= 1, let action = action(code, isRelease: isRelease) else { return nil }
    var modifiers: KeyChord.Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    return InputEvent.Mouse(action, at: Point(x: column - 1, y: row - 1), modifiers: modifiers)
  }

  private static func action(_ code: Int, isRelease: Bool) -> InputEvent.Mouse.Action? {
    if code & 128 != 0 { return nil }
    if code & 64 != 0 {
      switch code & 3 {
      case 0: return .wheelUp
      case 1: return .wheelDown
      default: return nil
      }
    }
    let buttons: [InputEvent.Mouse.Button] = [.left, .middle, .right]
    guard code & 3 < buttons.count else { return nil }
    let button = buttons[code & 3]
    return isRelease ? .release(button) : code & 32 != 0 ? .drag(button) : .press(button)
  }
}
