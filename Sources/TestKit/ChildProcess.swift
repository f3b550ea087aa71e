import Foundation
import Synchronization

/// A program that runs beside the tests and never outlives them: its end hangs on a pipe that the system closes when the
/// test process is gone, however that happens.
public final class ChildProcess: Sendable {
  private struct Running {
    /// The shell that keeps the program.
    let keeper: pid_t
    /// Our end of the lifeline.
    let lifeline: Int32
  }

  private let running: Mutex<Running?>
  private let name: String
  private let folder: TemporaryFolder

  /// The keeper writes the program's number to a file, waits for its end, and kills it when the lifeline closes.
  private static let script = """
    number="$1"; log="$2"; shift 2; exec 3<&0; "$@" 3<&- </dev/null >>"$log" 2>&1 & child=$!; echo $child >"$number"
    (read -r _ <&3; kill -9 $child 2>/dev/null) & exec 3<&- </dev/null; wait $child
    """

  /// Starts it. Its output goes to `<name>.log` in `folder`.
  /// - Parameter environment: its whole environment; nil: this process's own.
  public init(_ name: String, _ words: [String], environment: [String: String]? = nil, in folder: TemporaryFolder)
    throws
  {
    self.name = name
    self.folder = folder
    try? FileManager.default.removeItem(atPath: folder.file("\(name).pid"))
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Missed("no pipe: \(String(cString: strerror(errno)))") }
    // Of no use to other children; one that is started at this very moment holds it until its own end.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let arguments =
      ["/bin/sh", "-c", Self.script, "sh", folder.file("\(name).pid"), folder.file("\(name).log")] + words
    do {
      let variables = environment ?? ProcessInfo.processInfo.environment
      let keeper = try Spawn.start(
        arguments, environment: variables, input: .descriptor(ends[0]), output: .writing("/dev/null"),
        errors: .writing("/dev/null"))
      running = Mutex(Running(keeper: keeper, lifeline: ends[1]))
    } catch {
      close(ends[1])
      throw error
    }
  }

  deinit { kill() }

  /// The process number; nil until it is started.
  public var number: Int32? { Int32(folder.read("\(name).pid").trimmingCharacters(in: .whitespacesAndNewlines)) }

  public var log: String { folder.read("\(name).log") }

  /// Sends a signal to it, and to nothing else.
  public func signal(_ signal: Int32) {
    running.withLock { current in
      if current != nil, let number { _ = Foundation.kill(number, signal) }
    }
  }

  /// Ends it as a power failure would (SIGKILL), and waits for that.
  public func kill() {
    let taken = running.withLock { current in
      defer { current = nil }
      return current
    }
    guard let taken else { return }
    close(taken.lifeline)
    var status: Int32 = 0
    // Directly too, in case another child holds the lifeline; the keeper has not reaped it while it runs itself.
    if waitpid(taken.keeper, &status, WNOHANG) != 0 { return }
    if let number { _ = Foundation.kill(number, SIGKILL) }
    Spawn.wait(for: taken.keeper)
  }
}
