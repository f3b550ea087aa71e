extension Fault {
  /// How a stream misbehaves after it began well.
  public enum StreamFault: Sendable, Hashable {
    /// Half of the line after these, and the connection is cut.
    case cut(afterLines: Int)
    /// The same, in the middle of a character of several bytes: one is put into the line.
    case cutInCharacter(afterLines: Int)
    /// Nothing after these; the connection stays open.
    case silence(afterLines: Int)
    /// A proper end after these.
    case end(afterLines: Int)
    /// An ERROR event with this object, any JSON, after these lines; then the end.
    case error(object: String, afterLines: Int)
    /// Ends with an ERROR event that says 410 after so many bookmarks; the stream's other lines pass.
    case expiry(afterBookmarks: Int)
    /// These lines, each before every line of the stream.
    case inserted([String])
    /// Each event twice.
    case duplicated
    /// Each event after its successor. The state that a client ends up with may be wrong until it lists again.
    case disordered
    /// A line that does not end within this many bytes, after these lines; then the end.
    case oversized(bytes: Int, afterLines: Int)
    /// The present state is sent without the mark at its end.
    case withoutMark
    /// The stream ends before that mark.
    case endBeforeMark
  }
}

/// Another body, made to misbehave.
struct SpoiledSource: PieceSource {
  private enum Ending { case cut, silence, end }

  private var inner: any PieceSource
  private let fault: Fault.StreamFault
  private let patience: Patience
  private let recovery: Int
  private var lines = 0
  private var bookmarks = 0
  private var held: ArraySlice<UInt8>?
  private var ending: Ending?

  init(_ inner: any PieceSource, _ fault: Fault.StreamFault, _ patience: Patience, _ recovery: Int) {
    self.recovery = recovery
    self.inner = inner
    self.fault = fault
    self.patience = patience
  }

  mutating func next() async throws -> [UInt8]? {
    while true {
      switch ending {
      case .cut: throw ConnectionCut()
      case .end: return nil
      case .silence:
        // Until the faults are taken away or the server stops: then what is stuck is cut.
        try await patience.wait(for: .seconds(86_400), since: recovery)
        throw ConnectionCut()
      case nil: break
      }
      var out: [UInt8] = []
      // Some need no line to happen.
      if lines > 0 || !happens(before: nil, &out) {
        guard let piece = try await inner.next() else { return nil }
        spoil(piece, &out)
      }
      if !out.isEmpty { return out }
    }
  }

  private mutating func spoil(_ piece: [UInt8], _ out: inout [UInt8]) {
    var rest = piece[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<end]
      rest = rest[end...]
      if happens(before: line, &out) { return }
      pass(line, &out)
      lines += 1
      if happens(before: nil, &out) { return }
    }
  }

  /// Whether the stream ends here. What is sent at its end is put into `out`.
  private mutating func happens(before line: ArraySlice<UInt8>?, _ out: inout [UInt8]) -> Bool {
    switch fault {
    case .cut(let after):
      guard lines >= after, let line else { return false }
      out += line.prefix(line.count / 2)
      ending = .cut
    case .cutInCharacter(let after):
      guard lines >= after, let line else { return false }
      // Two of the three bytes of a snowman.
      out += line.prefix(line.count / 2) + [0xE2, 0x98]
      ending = .cut
    case .silence(let after):
      guard lines >= after else { return false }
      ending = .silence
    case .end(let after):
      guard lines >= after else { return false }
      ending = .end
    case .error(let object, let after):
      guard lines >= after else { return false }
      out += Array("{\"type\":\"ERROR\",\"object\":\(object)}\n".utf8)
      ending = .end
    case .oversized(let bytes, let after):
      guard lines >= after else { return false }
      out += Array("{\"type\":\"MODIFIED\",\"object\":{\"padding\":\"".utf8)
      out += [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
      ending = .end
    case .expiry(let after):
      guard bookmarks >= after else { return false }
      out += ObjectEncoder.errorLine(.expired("too old resource version: injected"))
      ending = .end
    case .endBeforeMark:
      guard let line, Self.isMark(line) else { return false }
      ending = .end
    case .inserted, .duplicated, .disordered, .withoutMark: return false
    }
    return true
  }

  private mutating func pass(_ line: ArraySlice<UInt8>, _ out: inout [UInt8]) {
    if Self.has(line, "{\"type\":\"BOOKMARK\"") { bookmarks += 1 }
    switch fault {
    case .inserted(let others):
      for other in others { out += Array("\(other)\n".utf8) }
      out += line
    case .duplicated: out += line + line
    case .disordered where Self.isMark(line):
      // Before the mark everything has to be there: there is no right answer otherwise.
      out += (held ?? []) + line
      held = nil
    case .disordered:
      guard let held else {
        self.held = line
        return
      }
      out += line + held
      self.held = nil
    case .withoutMark: if !Self.isMark(line) { out += line }
    default: out += line
    }
  }

  private static func isMark(_ line: ArraySlice<UInt8>) -> Bool { has(line, "k8s.io/initial-events-end") }

  private static func has(_ line: ArraySlice<UInt8>, _ text: String) -> Bool {
    line.firstRange(of: Array(text.utf8)) != nil
  }
}
