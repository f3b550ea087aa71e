import Synchronization

/// The lines (or chunks of bytes) of one stream between the curl loop, which fills it, and one reader, who empties it.
/// Bounded: when it is full the loop pauses the transfer, and the reader's progress resumes it.
final class StreamBuffer: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    /// Index of the first unread line; the array is compacted when half of it is read.
    var head = 0
    var bytes = 0
    var isPaused = false
    var end: Result<Void, HTTPError>?
    var waiter: CheckedContinuation<Void, Never>?
    var received: UInt64 = 0
  }

  private let state = Mutex(State())
  private let capacity: Int

  /// - Parameter capacity: unread bytes at which the transfer is paused.
  init(capacity: Int) { self.capacity = capacity }

  /// Bytes of the body that arrived so far: what proves that the stream lives.
  var received: UInt64 { state.withLock { $0.received } }

  /// From the loop: whether there is room. Marks the stream paused when there is not.
  func admits(_ count: Int) -> Bool {
    state.withLock { state in
      if state.bytes >= capacity {
        state.isPaused = true
        return false
      }
      state.received &+= UInt64(count)
      return true
    }
  }

  /// From the loop.
  func append(_ line: [UInt8]) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.end == nil else { return nil }
      state.lines.append(line)
      state.bytes += line.count
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// From the loop: bytes of an answer that is not cut into lines, added to the last unread chunk while that is small.
  func append(chunk bytes: UnsafeRawBufferPointer) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.end == nil else { return nil }
      if let last = state.lines.indices.last, last >= state.head, state.lines[last].count < StreamBuffer.chunkSize {
        state.lines[last].append(contentsOf: bytes)
      } else {
        var chunk: [UInt8] = []
        // Full frames are followed by others: room for them at once saves copying.
        if bytes.count >= 8 << 10 { chunk.reserveCapacity(StreamBuffer.chunkSize + (16 << 10)) }
        chunk.append(contentsOf: bytes)
        state.lines.append(chunk)
      }
      state.bytes += bytes.count
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  private static let chunkSize = 64 << 10

  /// The stream is over; what was read before stays readable. The first end counts.
  func finish(_ end: Result<Void, HTTPError>) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.end == nil { state.end = end }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// What the reader found.
  enum Reading {
    /// A line; `resumes` when the transfer was paused for want of room and may go on.
    case line([UInt8], resumes: Bool)
    case end(Result<Void, HTTPError>)
    case nothing
  }

  /// The next line, if there is one.
  func take() -> Reading {
    state.withLock { state in
      if state.head < state.lines.count {
        let line = state.lines[state.head]
        state.lines[state.head] = []
        state.head += 1
        state.bytes -= line.count
        if state.head == state.lines.count {
          state.lines.removeAll(keepingCapacity: state.head <= 1024)
          state.head = 0
        } else if state.head >= 1024, state.head * 2 > state.lines.count {
          state.lines.removeFirst(state.head)
          state.head = 0
        }
        let resumes = state.isPaused && state.bytes <= capacity / 4
        if resumes { state.isPaused = false }
        return .line(line, resumes: resumes)
      }
      if let end = state.end { return .end(end) }
      return .nothing
    }
  }

  /// Waits until there is something to take. One reader at a time.
  func wait() async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        if state.head < state.lines.count || state.end != nil { return true }
        precondition(state.waiter == nil, "a stream has one reader")
        state.waiter = continuation
        return false
      }
      if ready { continuation.resume() }
    }
  }
}
