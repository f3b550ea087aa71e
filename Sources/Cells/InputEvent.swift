/// What reaches the program from its terminal.
public enum InputEvent: Hashable, Sendable {
  case key(KeyChord)
  case mouse(Mouse)
  /// Pasted text without controls (TAB and line ends became spaces), at most `pasteLimit` bytes. A paste is never a command.
  case paste(String)
  /// The terminal's new size; also sent after the process was stopped and continued.
  case resize(Size)
  /// SIGTERM, SIGINT or SIGHUP asks the program to end.
  case quit
  /// The terminal is gone: nothing can be drawn any more.
  case hangup

  /// Bytes of UTF-8 that one paste may hold (requirement B18).
  public static let pasteLimit = 4096

  /// A paste made of bytes from the terminal: TAB and line ends become spaces; controls and invisible characters go.
  public static func paste(untrusted bytes: some Collection<UInt8>) -> InputEvent {
    var text = ""
    var last: Unicode.Scalar?
    for scalar in String(decoding: bytes.prefix(pasteLimit), as: UTF8.self).unicodeScalars {
      switch TextWidth.scalarClass(scalar) {
      case .narrow, .wide, .mark: text.unicodeScalars.append(scalar)
      case .control where scalar == "\n" && last == "\r": break
      case .control where ["\t", "\n", "\r"].contains(scalar): text.append(" ")
      case .control, .visible, .dropped, .replaced: break
      }
      last = scalar
    }
    // A character cut by the limit was replaced by U+FFFD, which is longer.
    while text.utf8.count > pasteLimit { text.removeLast() }
    return .paste(text)
  }

  public struct Mouse: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
      case press(Button)
      case release(Button)
      case drag(Button)
      case wheelUp, wheelDown
    }

    public enum Button: Hashable, Sendable {
      case left, middle, right
    }

    public let action: Action
    public let position: Point
    public let modifiers: KeyChord.Modifiers

    public init(_ action: Action, at position: Point, modifiers: KeyChord.Modifiers = []) {
      self.action = action
      self.position = position
      self.modifiers = modifiers
    }
  }
}
