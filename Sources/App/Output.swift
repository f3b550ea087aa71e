import Cells
import Glibc

/// Standard output for results, standard error for messages; every line through the sanitiser when people read it (B5).
enum Output {
  static func line(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func message(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Lines of text from outside: each is sanitised on its own.
  static func untrusted(_ lines: [String]) {
    for text in lines { line(SafeText(untrusted: text).string) }
  }

  static func untrusted(errors: [String]) {
    for text in errors { message(SafeText(untrusted: text).string) }
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var messagesAreTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Replaces the last line of a terminal on standard error; the empty text takes it away.
  static func progress(_ text: String) {
    let shown = SafeText(untrusted: text).string
    writeAll(Array("\r\u{1B}[K\(shown.prefix(max(1, columns - 1)))".utf8), to: STDERR_FILENO)
  }

  /// Columns of the terminal on standard output or error; 80 when there is none.
  static var columns: Int {
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      var window = winsize()
      if ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 { return min(Int(window.ws_col), 1000) }
    }
    return 80
  }

  /// Bytes as they are: JSON escapes controls by its own rules.
  static func raw(_ bytes: [UInt8]) { writeAll(bytes, to: STDOUT_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) { writeAll(Array("\(text)\n".utf8), to: descriptor) }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return
      }
      rest = rest.dropFirst(count)
    }
  }
}
