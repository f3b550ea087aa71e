import Cells

/// Turns a terminal's bytes into events. A value: bytes in, events out, whatever way the bytes are cut.
///
/// Escape sequences that mean nothing to us, a terminal's answers among them, vanish whole and never become keys (requirement B18).
/// Sources: ECMA-48 5.4 (control sequences) and 5.6 (control strings); xterm: Control Sequences.
nonisolated struct InputDecoder {
  private enum State {
    case ground
    /// After ESC.
    case escape
    /// After ESC O.
    case singleShift
    /// After ESC [, with what came since.
    case sequence([UInt8])
    /// After ESC [ [, the function keys of the Linux console.
    case consoleKey
    /// After ESC [ M, the old mouse report of three bytes.
    case oldMouse([UInt8])
    /// Inside a control string, which ends at ST or BEL; with its introducer and whether anything followed it.
    case string(UInt8, isEmpty: Bool)
    /// After an ESC inside a control string.
    case stringEscape
    /// Between ESC [ 200 ~ and ESC [ 201 ~.
    case paste
  }

  private static let sequenceLimit = 128
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  private var state = State.ground
  private var character: [UInt8] = []
  private var pasted: [UInt8] = []
  /// Bytes of the paste's end seen so far; the end may come in pieces and after more than the limit.
  private var endMatched = 0

  /// How long to wait for more bytes before `flush`; nil when nothing is open.
  ///
  /// A lone ESC is the Esc key after 25 ms. An open sequence is given up much later, as a slow line may cut it.
  var patience: Duration? {
    switch state {
    case .ground: character.isEmpty ? nil : .seconds(1)
    case .escape, .singleShift, .string(_, isEmpty: true): .milliseconds(25)
    case .sequence(let bytes): bytes.isEmpty ? .milliseconds(25) : .seconds(1)
    case .consoleKey, .oldMouse, .string, .stringEscape, .paste: .seconds(1)
    }
  }

  mutating func decode(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
    var events: [InputEvent] = []
    for byte in bytes { decode(byte, &events) }
    return events
  }

  /// Nothing came for as long as `patience` said: what is open is a key of its own, or is given up.
  mutating func flush() -> [InputEvent] {
    defer {
      state = .ground
      character = []
      pasted = []
      endMatched = 0
    }
    switch state {
    case .escape: return [.key(KeyChord(.escape))]
    case .singleShift: return [.key(KeyChord(.character("O"), .alt))]
    case .sequence(let bytes) where bytes.isEmpty: return [.key(KeyChord(.character("["), .alt))]
    case .string(let introducer, isEmpty: true):
      return [.key(KeyChord(.character(Character(Unicode.Scalar(introducer))), .alt))]
    case .paste: return [.paste(untrusted: pasted)]
    case .ground, .sequence, .consoleKey, .oldMouse, .string, .stringEscape: return []
    }
  }

  private mutating func decode(_ byte: UInt8, _ events: inout [InputEvent]) {
    switch state {
    case .ground: decodeGround(byte, modifiers: [], &events)
    case .escape: decodeEscape(byte, &events)
    case .singleShift:
      state = .ground
      if byte == 0x1B { state = .escape } else if let key = KeySequences.singleShift(byte) { events.append(.key(key)) }
    case .sequence(let bytes): decodeSequence(byte, bytes, &events)
    case .consoleKey:
      state = .ground
      if (0x41...0x45).contains(byte) { events.append(.key(KeyChord(.function(Int(byte) - 0x40)))) }
    case .oldMouse(let bytes):
      let report = bytes + [byte]
      state = report.count < 3 ? .oldMouse(report) : .ground
      if report.count == 3, let mouse = MouseReport.old(report) { events.append(.mouse(mouse)) }
    case .string(let introducer, _):
      switch byte {
      case 0x07, 0x18, 0x1A: state = .ground
      case 0x1B: state = .stringEscape
      default: state = .string(introducer, isEmpty: false)
      }
    case .stringEscape:
      state = .ground
      if byte != UInt8(ascii: "\\") {
        state = .escape
        decodeEscape(byte, &events)
      }
    case .paste: decodePaste(byte, &events)
    }
  }

  private mutating func decodeEscape(_ byte: UInt8, _ events: inout [InputEvent]) {
    switch byte {
    case UInt8(ascii: "["): state = .sequence([])
    case UInt8(ascii: "O"): state = .singleShift
    case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      state = .string(byte, isEmpty: true)
    case 0x1B: events.append(.key(KeyChord(.escape)))
    default:
      state = .ground
      decodeGround(byte, modifiers: .alt, &events)
    }
  }

  private mutating func decodeSequence(_ byte: UInt8, _ bytes: [UInt8], _ events: inout [InputEvent]) {
    switch byte {
    case 0x1B: state = .escape
    case 0x18, 0x1A: state = .ground
    case UInt8(ascii: "[") where bytes.isEmpty: state = .consoleKey
    case UInt8(ascii: "M") where bytes.isEmpty: state = .oldMouse([])
    case 0x40...0x7E:
      state = .ground
      guard bytes.count <= InputDecoder.sequenceLimit else { return }
      if byte == UInt8(ascii: "~"), bytes == Array("200".utf8) {
        state = .paste
        pasted = []
        endMatched = 0
      } else if let event = KeySequences.event(parameters: bytes, final: byte) {
        events.append(event)
      }
    case 0x20...0x3F: if bytes.count <= InputDecoder.sequenceLimit { state = .sequence(bytes + [byte]) }
    default: break
    }
  }

  private mutating func decodePaste(_ byte: UInt8, _ events: inout [InputEvent]) {
    let end = InputDecoder.pasteEnd
    endMatched = byte == end[endMatched] ? endMatched + 1 : byte == end[0] ? 1 : 0
    guard endMatched == end.count else {
      if pasted.count < InputEvent.pasteLimit + end.count { pasted.append(byte) }
      return
    }
    // What was kept ends with the first bytes of the end, unless they came after the limit.
    if pasted.suffix(end.count - 1).elementsEqual(end.dropLast()) { pasted.removeLast(end.count - 1) }
    events.append(.paste(untrusted: pasted))
    pasted = []
    endMatched = 0
    state = .ground
  }

  private mutating func decodeGround(
    _ byte: UInt8, modifiers: KeyChord.Modifiers, _ events: inout [InputEvent]
  ) {
    if !character.isEmpty {
      if byte & 0xC0 == 0x80 {
        character.append(byte)
        finishCharacter(&events)
        return
      }
      character = []
    }
    switch byte {
    case 0x1B: state = .escape
    case 0x00: events.append(.key(KeyChord(.character(" "), modifiers.union(.control))))
    case 0x08, 0x7F: events.append(.key(KeyChord(.backspace, modifiers)))
    case 0x09: events.append(.key(KeyChord(.tab, modifiers)))
    case 0x0A, 0x0D: events.append(.key(KeyChord(.enter, modifiers)))
    case 0x01...0x1A:
      events.append(.key(KeyChord(.character(Character(Unicode.Scalar(byte + 0x60))), modifiers.union(.control))))
    case 0x1C...0x1F:
      events.append(.key(KeyChord(.character(Character(Unicode.Scalar(byte + 0x40))), modifiers.union(.control))))
    case 0x20...0x7E: events.append(.key(KeyChord(.character(Character(Unicode.Scalar(byte))), modifiers)))
    case 0xC2...0xF4: character = [byte]
    default: break
    }
  }

  private mutating func finishCharacter(_ events: inout [InputEvent]) {
    let length = character[0] >= 0xF0 ? 4 : character[0] >= 0xE0 ? 3 : 2
    guard character.count == length else { return }
    let bytes = character
    character = []
    // Only whole, visible characters are typed: the rules for pasted text hold here too.
    guard let text = String(validating: bytes, as: UTF8.self), let typed = text.first,
      case .paste(text) = InputEvent.paste(untrusted: bytes)
    else { return }
    events.append(.key(KeyChord(.character(typed))))
  }
}
