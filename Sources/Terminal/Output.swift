import Dispatch
import Glibc

/// Writes to the terminal on a queue of its own, so that a terminal that does not read holds up nothing else.
nonisolated final class Output: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "driftglass.terminal.output")

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Writes everything; false when the terminal is gone.
  func write(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async { [descriptor] in continuation.resume(returning: Output.write(bytes, to: descriptor)) }
    }
  }

  /// Waits for what is being written, but not for ever, then writes everything at once on the caller's thread.
  @discardableResult
  func writeNow(_ bytes: [UInt8]) -> Bool {
    let written = DispatchSemaphore(value: 0)
    queue.async { written.signal() }
    if written.wait(timeout: .now() + .seconds(1)) == .timedOut {
      // A frame is stuck in a terminal that does not read: what it has not taken is of no use any more.
      tcflush(descriptor, TCOFLUSH)
      guard written.wait(timeout: .now() + .milliseconds(200)) == .success else { return false }
    }
    return Output.write(bytes, to: descriptor)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count < 0, errno == EINTR {
          continue
        } else if count < 0, errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&ready, 1, 1000)
          if ready.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return false }
        } else {
          return false
        }
      }
      return true
    }
  }
}
