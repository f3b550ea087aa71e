/// Walks over the pkt-lines of an advertisement as it arrives and counts them, so that one that is too long is ended
/// before it is kept (git: gitprotocol-common, pkt-line; gitprotocol-http, discovering references).
struct PacketCounter {
  /// Lines with a content: one a reference, and the service's announcement.
  private(set) var lines = 0
  /// Two flushes end an advertisement over http.
  private(set) var flushes = 0
  private var digits = 0
  private var length = 0
  /// Bytes of the current line that are still to come.
  private var left = 0

  /// What is not a pkt-line is left for libgit2 to refuse.
  mutating func read(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      if left > 0 {
        let count = min(left, rest.count)
        left -= count
        rest = rest.dropFirst(count)
        continue
      }
      length = length << 4 | Int(Self.value(rest.removeFirst()))
      digits += 1
      guard digits == 4 else { continue }
      if length > 4 { lines += 1 }
      if length == 0 { flushes += 1 }
      left = max(0, length - 4)
      digits = 0
      length = 0
    }
  }

  private static func value(_ digit: UInt8) -> UInt8 {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: 0
    }
  }
}
