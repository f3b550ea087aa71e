import Cells
import Glibc

/// What the environment says about colours and characters.
nonisolated enum Surroundings {
  /// The colours to use: none with NO_COLOR (no-color.org), else as many as the terminal's description or COLORTERM promises.
  static func depth(_ capabilities: Capabilities, environment: [String: String]) -> ColourDepth {
    colours(capabilities, environment: environment).depth
  }

  /// The same with what decided it.
  static func colours(
    _ capabilities: Capabilities, environment: [String: String]
  ) -> (depth: ColourDepth, reason: String) {
    if let value = environment["NO_COLOR"], !value.isEmpty { return (.mono, "NO_COLOR is set") }
    if capabilities.hasTrueColour { return (.trueColour, "its description says so") }
    let term = environment["TERM"] ?? ""
    let promise = environment["COLORTERM"] ?? ""
    // GNU screen hands COLORTERM through but cannot show true colour; tmux uses the same TERM and can.
    let isScreen = term.hasPrefix("screen") && environment["TMUX"] == nil
    if promise == "truecolor" || promise == "24bit", !isScreen, capabilities.foregrounds.count >= 8 {
      return (.trueColour, "COLORTERM=\(promise)")
    }
    let count = capabilities.foregrounds.count
    let reason = "its description has \(count == 0 ? "no" : String(count)) colours"
    return switch count {
    case 256...: (.indexed, reason)
    case 8...: (.sixteen, reason)
    default: (.mono, reason)
    }
  }

  /// ASCII unless the locale of the environment exists and is UTF-8 (requirement B17).
  static func repertoire() -> Repertoire { codeset()?.uppercased() == "UTF-8" ? .unicode : .ascii }

  /// The character set of the environment's locale; nil when there is no such locale on this machine.
  static func codeset() -> String? {
    guard let locale = newlocale(LC_CTYPE_MASK, "", nil) else { return nil }
    defer { freelocale(locale) }
    return nl_langinfo_l(nl_item(CODESET), locale).map { String(cString: $0) }
  }

  /// The terminal's size: 80x24 where it does not know, at most 1000x500 (requirement B13).
  static func size(of descriptor: Int32) -> Size {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 else { return Size(width: 80, height: 24) }
    return size(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  static func size(columns: Int, rows: Int) -> Size {
    guard columns > 0, rows > 0 else { return Size(width: 80, height: 24) }
    return Size(width: min(columns, 1000), height: min(rows, 500))
  }
}
