import Foundation

/// A program in a terminal of a given size, under a tmux server of its own.
public final class TmuxSession: Sendable {
  private let folder: TemporaryFolder
  private let server: ChildProcess
  private let socket: String

  /// Starts the program, with nothing of this process's environment but the PATH.
  /// - Parameters:
  ///   - words: the program and its arguments.
  ///   - environment: beside PATH, HOME (a private folder), TERM and a UTF-8 locale, each of which it may replace.
  public init(
    _ words: [String], width: Int = 120, height: Int = 36, environment: [String: String] = [:]
  ) async throws {
    folder = try TemporaryFolder("tmux")
    socket = folder.file("socket")
    try folder.write(
      """
      set -g status off
      set -g default-terminal "tmux-256color"
      set -g remain-on-exit on
      set -g escape-time 10
      set -g history-limit 0
      """, to: "tmux.conf")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    // In the foreground (-D), so that it ends with the tests.
    server = try ChildProcess(
      "tmux", ["tmux", "-D", "-S", socket, "-f", folder.file("tmux.conf")],
      environment: ["PATH": path, "HOME": folder.path, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"], in: folder)
    var variables = ["PATH": path, "HOME": folder.path, "LANG": "C.UTF-8", "TERM": "tmux-256color"]
    variables.merge(environment) { $1 }
    let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    try await eventually("tmux answers", within: .seconds(10), state: { self.server.log }) { () -> Bool? in
      try await self.tmux(["list-commands"]).status == 0 ? true : nil
    }
    // A shell around it notes how it ends, and keeps its last screen.
    let keeper = #""$@"; echo $? >"$STATUS.part"; mv "$STATUS.part" "$STATUS"; exec sleep 1000000"#
    let shell = ["/usr/bin/env", "STATUS=\(folder.file("status"))", "/bin/sh", "-c", keeper, "sh"]
    let result = try await tmux(
      ["new-session", "-d", "-s", "main", "-x", String(width), "-y", String(height), "--"] + shell
        + ["/usr/bin/env", "-i"] + assignments + words)
    guard result.status == 0 else { throw Missed("tmux: \(result.errors)") }
  }

  /// Keys by tmux's names: `R`, `Enter`, `Escape`, `C-c`, `Down`.
  public func press(_ keys: String...) async throws {
    for key in keys { _ = try await tmux(["send-keys", "-t", "main", key]) }
  }

  public func type(_ text: String) async throws { _ = try await tmux(["send-keys", "-t", "main", "-l", text]) }

  public func resize(width: Int, height: Int) async throws {
    _ = try await tmux(["resize-window", "-t", "main", "-x", String(width), "-y", String(height)])
  }

  /// The screen's text, one line a row, spaces at the ends removed.
  public func screen() async throws -> String { try await tmux(["capture-pane", "-p", "-t", "main"]).output }

  /// The screen with its colours as escape sequences.
  public func colouredScreen() async throws -> String {
    try await tmux(["capture-pane", "-e", "-p", "-t", "main"]).output
  }

  /// Takes the terminal away at once: tmux is killed, the program gets a hang-up.
  public func hangUp() { server.kill() }

  /// The exit status of the program; nil while it runs.
  public func exitStatus() -> Int32? { Int32(folder.read("status").trimmingCharacters(in: .whitespacesAndNewlines)) }

  /// The process number of the program: the child of the shell in the pane.
  public func number() async throws -> Int32? {
    let text = try await tmux(["display-message", "-p", "-t", "main", "#{pane_pid}"]).output
    let shell = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let children = FileManager.default.contents(atPath: "/proc/\(shell)/task/\(shell)/children")
    return children.flatMap { String(decoding: $0, as: UTF8.self).split(separator: " ").first }.flatMap { Int32($0) }
  }

  /// The program and the processes it started.
  public func numbers() async throws -> [Int32] {
    var open = [try await number()].compactMap { $0 }
    var numbers: [Int32] = []
    while let number = open.popLast() {
      numbers.append(number)
      let children = FileManager.default.contents(atPath: "/proc/\(number)/task/\(number)/children") ?? Data()
      open += String(decoding: children, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }
    return numbers
  }

  /// Which of these processes have not ended, with what each is doing (proc(5): the state in `stat`). One that ended and
  /// whose parent has not asked for its status yet has ended.
  public static func running(_ numbers: [Int32]) -> [String] {
    numbers.compactMap { number in
      guard let stat = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return nil }
      // After the name, which may contain anything, in parentheses.
      let state = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ").first ?? "?"
      return state == "Z" || state == "X" ? nil : "\(number) \(state)"
    }
  }

  /// The most memory that each of them held, added up; in bytes.
  public func peakMemory() async throws -> Int {
    try await numbers().reduce(0) { sum, number in
      let status = FileManager.default.contents(atPath: "/proc/\(number)/status") ?? Data()
      let lines = String(decoding: status, as: UTF8.self).split(separator: "\n")
      let peak = lines.first { $0.hasPrefix("VmHWM:") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
      return sum + peak * 1024
    }
  }

  /// The processor time that they have used so far (proc(5): utime and stime, in hundredths of a second).
  public func processorTime() async throws -> Duration {
    try await numbers().reduce(.zero) { sum, number in
      let stat = FileManager.default.contents(atPath: "/proc/\(number)/stat") ?? Data()
      // After the name, which may contain anything, in parentheses.
      let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
      guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return sum }
      return sum + .milliseconds(10 * (user + system))
    }
  }

  /// Waits until the screen is as wanted.
  /// - Throws: `Missed` with the last screen, also when the program ends before.
  @discardableResult
  public func wait(
    for what: String, within limit: Duration = .seconds(20), _ isThere: (String) -> Bool
  ) async throws -> String {
    try await eventually(what, within: limit, state: { try await self.screen() }) {
      let screen = try await self.screen()
      if isThere(screen) { return screen }
      if let status = self.exitStatus() {
        throw Missed("the program ended with status \(status) before: \(what)\n\(screen)")
      }
      return nil
    }
  }

  private func tmux(_ words: [String]) async throws -> Program.Result {
    try await Program.run(["tmux", "-N", "-S", socket] + words)
  }
}
