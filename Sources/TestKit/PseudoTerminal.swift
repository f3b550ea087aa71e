import Foundation
import Synchronization

/// A program on a bare pseudo-terminal: what it writes is seen at once, byte by byte, without a terminal program between.
public final class PseudoTerminal: Sendable {
  private let master: Int32
  private let child: pid_t
  private let home: TemporaryFolder

  /// Starts the program, with nothing of this process's environment but the PATH.
  public init(
    _ words: [String], width: Int = 200, height: Int = 50, environment: [String: String] = [:]
  ) throws {
    home = try TemporaryFolder("pty")
    // What posix_openpt(3) and its companions do; they are not declared without _XOPEN_SOURCE (ioctl_tty(2)).
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: Int32 = 0
    guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw Missed("no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    let path = "/dev/pts/\(number)"
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var variables = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home.path, "LANG": "C.UTF-8",
      "TERM": "xterm-256color",
    ]
    variables.merge(environment) { $1 }
    do {
      child = try Spawn.start(
        ["/usr/bin/env"] + words, environment: variables, input: .terminal(path), output: .terminal(path),
        errors: .terminal(path), leadsSession: true)
    } catch {
      close(master)
      throw error
    }
  }

  deinit {
    // Hanging up ends the program; not waiting for it for ever is the kill's business.
    close(master)
    _ = kill(child, SIGKILL)
    Spawn.wait(for: child)
  }

  /// Presses each key and waits until bytes come that contain its sign, as often as asked.
  /// - Parameters:
  ///   - keys: what is sent, and what the changed frame writes; taken in turn.
  ///   - limit: for each of them.
  /// - Returns: the time from each key to its frame; `limit` where none came.
  public func latencies(
    of keys: [(key: String, sign: String)], times: Int, limit: Duration = .seconds(5)
  ) async -> [Duration] {
    await withCheckedContinuation { continuation in
      // Reading blocks: a thread of its own.
      Thread.detachNewThread { [self] in
        var latencies: [Duration] = []
        for number in 0..<times {
          let (key, sign) = keys[number % keys.count]
          // Not in step with the program's frames.
          _ = read(until: nil, within: .milliseconds(Int.random(in: 20...60)))
          latencies.append(press(key, until: sign, limit))
        }
        continuation.resume(returning: latencies)
      }
    }
  }

  /// Reads until the text is there.
  public func wait(for text: String, within limit: Duration) async throws {
    let isThere: Bool = await withCheckedContinuation { continuation in
      Thread.detachNewThread { [self] in continuation.resume(returning: read(until: text, within: limit).isThere) }
    }
    guard isThere else { throw Missed("not within \(limit): \(text)") }
  }

  public func press(_ key: String) { _ = Array(key.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

  private func press(_ key: String, until sign: String, _ limit: Duration) -> Duration {
    let begin = ContinuousClock.now
    press(key)
    return read(until: sign, within: limit).at.map { $0 - begin } ?? limit
  }

  private struct Reading {
    var isThere: Bool { at != nil }
    /// When the text was complete.
    var at: ContinuousClock.Instant?
  }

  private func read(until text: String?, within limit: Duration) -> Reading {
    let end = ContinuousClock.now + limit
    let wanted = text.map { Array($0.utf8) }
    var seen: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = end - ContinuousClock.now
      guard left > .zero else { return Reading() }
      var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      guard poll(&descriptor, 1, Int32(clamping: milliseconds + 1)) > 0 else { continue }
      let count = Foundation.read(master, &chunk, chunk.count)
      guard count > 0 else { return Reading() }
      let now = ContinuousClock.now
      guard let wanted else { continue }
      seen += chunk[..<count]
      if seen.firstRange(of: wanted) != nil { return Reading(at: now) }
    }
  }
}
