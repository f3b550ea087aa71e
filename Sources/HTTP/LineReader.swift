#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Cuts a stream of bytes into lines, keeping the beginning of an unfinished one. Lines end with a newline; a carriage
/// return before it is dropped.
struct LineReader {
  /// Longest line in bytes.
  let limit: Int
  private var partial: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  enum Overflow: Error { case line }

  /// Takes the next bytes and hands out each line that they complete.
  /// - Throws: when a line is beyond the limit.
  mutating func read(_ chunk: UnsafeRawBufferPointer, line: ([UInt8]) -> Void) throws(Overflow) {
    var rest = chunk[...]
    while !rest.isEmpty {
      let bytes = UnsafeRawBufferPointer(rebasing: rest)
      guard let start = bytes.baseAddress, let found = memchr(start, 0x0A, bytes.count) else {
        guard partial.count + bytes.count <= limit else { throw .line }
        partial.append(contentsOf: bytes)
        return
      }
      let length = UnsafeRawPointer(found) - start
      guard partial.count + length <= limit else { throw .line }
      partial.append(contentsOf: bytes[..<length])
      if partial.last == 0x0D { partial.removeLast() }
      line(partial)
      partial = []
      rest = rest.dropFirst(length + 1)
    }
  }

  /// What follows the last newline; nil when nothing does.
  var unterminated: [UInt8]? { partial.isEmpty ? nil : partial }
}
