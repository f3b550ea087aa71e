import CNcurses
import Cells
import Glibc

/// What a terminal can do, from its terminfo description, as bytes ready to be sent. A value: painting needs no terminal.
nonisolated struct Capabilities: Sendable {
  var enter: [UInt8] = []
  var leave: [UInt8] = []
  var clear: [UInt8] = []
  var hideCursor: [UInt8] = []
  var showCursor: [UInt8] = []
  var reset: [UInt8] = []
  var bold: [UInt8] = []
  var dim: [UInt8] = []
  var underline: [UInt8] = []
  var reverse: [UInt8] = []
  /// Indexed by colour; as many as the terminal has, at most 256.
  var foregrounds: [[UInt8]] = []
  var backgrounds: [[UInt8]] = []
  var hasTrueColour = false
  /// What stands before the row, between row and column, and behind, when a cell is addressed.
  var address: (before: [UInt8], between: [UInt8], after: [UInt8]) = ([], [], [])
  /// Writing into the last cell would scroll the screen.
  var scrollsAtCorner = false
  /// The description names a way to set the clipboard (tmux: terminfo extension `Ms`, OSC 52).
  var setsClipboard = false

  /// Mouse buttons, dragging and wheel in the form of numbers; bracketed paste (xterm: Control Sequences, "Mouse Tracking" and
  /// "Bracketed Paste Mode").
  static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
  static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)
  static let pasteOn = Array("\u{1B}[?2004h".utf8)
  static let pasteOff = Array("\u{1B}[?2004l".utf8)

  init() {}

  /// Reads the description of a terminal.
  ///
  /// Process-wide: ncurses keeps one description at a time, so this is called on the main actor only.
  @MainActor init(term: String?, descriptor: Int32, mouse: Bool, systemOnly: Bool) throws(TerminalError) {
    let advice = "set TERM to what your terminal is (for example TERM=xterm-256color), or \(TerminalError.plainMode)"
    guard let term, !term.isEmpty else { throw TerminalError("TERM is not set", advice: advice) }
    let isName = term.utf8.count <= 64 && term.utf8.allSatisfy { Capabilities.isNameByte($0) }
    guard isName, cn_load(term, descriptor, systemOnly) == 1 else {
      let shown = SafeText(untrusted: term, limit: 40).string
      throw TerminalError("no description of the terminal “\(shown)” (TERM)", advice: advice)
    }
    defer { cn_unload() }
    guard let address = Capabilities.addressing(), let clear = Capabilities.bytes("clear") else {
      throw TerminalError("the terminal “\(term)” (TERM) cannot place the cursor", advice: advice)
    }
    self.address = address
    self.clear = clear
    reset = Capabilities.bytes("sgr0") ?? []
    bold = Capabilities.bytes("bold") ?? []
    dim = Capabilities.bytes("dim") ?? []
    underline = Capabilities.bytes("smul") ?? []
    reverse = Capabilities.bytes("rev") ?? []
    hideCursor = Capabilities.bytes("civis") ?? []
    showCursor = Capabilities.bytes("cnorm") ?? []
    scrollsAtCorner = cn_flag("am") && !cn_flag("xenl") && Capabilities.bytes("rmam") == nil
    setsClipboard = Capabilities.bytes("Ms") != nil
    readColours()
    // Only terminals of xterm's kind name a mouse; others may print what they do not understand.
    let isXtermLike = Capabilities.bytes("kmous") != nil
    let wantsMouse = mouse && isXtermLike
    enter =
      (Capabilities.bytes("smcup") ?? []) + clear + (Capabilities.bytes("rmam") ?? [])
      + (wantsMouse ? Capabilities.mouseOn : []) + (isXtermLike ? Capabilities.pasteOn : [])
    leave =
      (wantsMouse ? Capabilities.mouseOff : []) + (isXtermLike ? Capabilities.pasteOff : []) + reset
      + (Capabilities.bytes("smam") ?? []) + showCursor + (Capabilities.bytes("rmcup") ?? clear)
  }

  private mutating func readColours() {
    let count = Int(cn_number("colors"))
    hasTrueColour = cn_flag("RGB") || cn_flag("Tc")
    // The description of a terminal of 2^24 colours wants colour values where others want palette numbers.
    guard count >= 8, count <= 256, let front = cn_string("setaf"), let back = cn_string("setab") else { return }
    for index in 0..<count {
      foregrounds.append(Capabilities.withoutPadding(cn_fill(front, index)))
      backgrounds.append(Capabilities.withoutPadding(cn_fill(back, index)))
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func bytes(_ name: String) -> [UInt8]? {
    guard let text = cn_string(name) else { return nil }
    let bytes = withoutPadding(text)
    return bytes.isEmpty ? nil : bytes
  }

  /// terminfo(5): `$<…>` asks for a delay, which no terminal of today needs.
  private static func withoutPadding(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text else { return [] }
    var rest = Array(UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) })[...]
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
        rest = rest[(end + 1)...]
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// The parts of `cup`. On every terminal that is still emulated it is the row, then the column, as decimal numbers from 1.
  private static func addressing() -> (before: [UInt8], between: [UInt8], after: [UInt8])? {
    guard let template = bytes("cup").map({ String(decoding: $0, as: UTF8.self) }),
      let increment = template.firstRange(of: "%i")
    else { return nil }
    let zeroBased = String(template[..<increment.lowerBound] + template[increment.upperBound...])
    guard let row = zeroBased.firstRange(of: "%p1%d"), let column = zeroBased.firstRange(of: "%p2%d"),
      row.upperBound <= column.lowerBound
    else { return nil }
    let parts = [
      zeroBased[..<row.lowerBound], zeroBased[row.upperBound..<column.lowerBound], zeroBased[column.upperBound...],
    ]
    guard parts.allSatisfy({ !$0.contains("%") }) else { return nil }
    return (Array(parts[0].utf8), Array(parts[1].utf8), Array(parts[2].utf8))
  }

  /// Appends what moves the cursor to a cell.
  func move(to point: Point, into bytes: inout [UInt8]) {
    bytes += address.before
    bytes += String(point.y + 1).utf8
    bytes += address.between
    bytes += String(point.x + 1).utf8
    bytes += address.after
  }
}
