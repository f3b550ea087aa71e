import FoundationEssentials
import Glibc
import Kube
import Subprocess

/// A credential helper as a child process: no shell, no terminal of its own accord, little time and little output (A17).
struct HelperProcess: Sendable {
  enum Failure: Error, Sendable {
    case missing
    case timeout
    case tooMuch
    /// With the last line of its standard error, or how it ended.
    case exit(String)
    case spawn(String)
    case cancelled
  }

  var executable: Executable
  var arguments: [String]
  /// Changes to the inherited environment; nil removes.
  var environment: [String: String?] = [:]
  var timeout: Duration = .seconds(30)
  /// From the request to end to the end that cannot be refused.
  var patience: Duration = .seconds(5)
  var outputLimit = 64 << 10

  /// Writes `input`, gives standard output. At the time limit the child and everything it started are ended.
  func run(input: [UInt8]) async throws(Failure) -> [UInt8] {
    try await limited { await self.spawn(input) }
  }

  /// Runs with a terminal as standard error, and as standard input when it `reads`; the terminal is the child's until it
  /// ends. Gives standard output.
  func run(on console: Login.Console, reads: Bool) async throws(Failure) -> [UInt8] {
    try await limited { await self.spawn(on: console, reads: reads) }
  }

  private func limited(
    _ body: @escaping @Sendable () async -> Result<[UInt8], Failure>
  ) async throws(Failure) -> [UInt8] {
    let outcome = await withTaskGroup(of: Result<[UInt8], Failure>?.self) { group in
      group.addTask { await body() }
      group.addTask {
        do { try await Task.sleep(for: timeout) } catch { return nil }
        return .failure(.timeout)
      }
      let first = await group.next() ?? nil
      // Ends the sleep, or the child: the group waits until it is gone.
      group.cancelAll()
      return Task.isCancelled ? .failure(.cancelled) : first ?? .failure(.cancelled)
    }
    return try outcome.get()
  }

  private func spawn(on console: Login.Console, reads: Bool) async -> Result<[UInt8], Failure> {
    var options = PlatformOptions()
    // A group of its own, so that Ctrl-c reaches the helper and not us.
    options.processGroupID = 0
    options.teardownSequence = [teardown]
    defer { ForegroundGroup.take(console.input) }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(nothing) }
    return await outcome {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: inherited, workingDirectory: "/",
        platformOptions: options,
        input: .fileDescriptor(.init(rawValue: reads ? console.input : nothing), closeAfterSpawningProcess: false),
        output: .bytes(limit: outputLimit),
        error: .fileDescriptor(.init(rawValue: console.output), closeAfterSpawningProcess: false)
      ) { execution in ForegroundGroup.give(console.input, to: execution.processIdentifier.value) }
      return (result.terminationStatus, result.standardOutput, [])
    }
  }

  private func spawn(_ input: [UInt8]) async -> Result<[UInt8], Failure> {
    // The whole input lies in the pipe before the helper starts: one that ends without reading it breaks nothing here.
    guard let standardInput = Self.pipe(holding: input) else { return .failure(.spawn("no pipe for its input")) }
    var options = PlatformOptions()
    // A session of its own has no terminal to ask on, and is ended as a whole.
    options.createSession = true
    options.teardownSequence = [teardown]
    return await outcome {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: inherited, workingDirectory: "/",
        platformOptions: options,
        input: .fileDescriptor(.init(rawValue: standardInput), closeAfterSpawningProcess: true),
        output: .bytes(limit: outputLimit),
        error: .bytes(limit: outputLimit))
      return (result.terminationStatus, result.standardOutput, result.standardError)
    }
  }

  private var teardown: TeardownStep {
    .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: patience)
  }

  private var inherited: Environment {
    let changes = environment.reduce(into: [Environment.Key: String?]()) { changes, change in
      if let key = Environment.Key(rawValue: change.key) { changes[key] = .some(change.value) }
    }
    return .inherit.updating(changes)
  }

  private func outcome(
    _ run: () async throws -> (status: TerminationStatus, output: [UInt8], error: [UInt8])
  ) async -> Result<[UInt8], Failure> {
    do {
      let (status, output, error) = try await run()
      if status.isSuccess { return .success(output) }
      let line = Self.lastLine(error)
      return .failure(.exit(line.isEmpty ? "\(status)" : line))
    } catch let error as SubprocessError {
      switch error.code {
      case .executableNotFound: return .failure(.missing)
      case .outputLimitExceeded: return .failure(.tooMuch)
      default: return .failure(.spawn("\(error)"))
      }
    } catch is CancellationError {
      return .failure(.cancelled)
    } catch {
      return .failure(.spawn("\(error)"))
    }
  }

  /// The reading end of a pipe with all of the input in it and its writing end closed. Nil when there is no pipe, or the
  /// input is more than a pipe holds (pipe(7): 64 KiB); a credential request is a few lines.
  private static func pipe(holding input: [UInt8]) -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard input.count <= 4096, Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    guard write(ends[1], input, input.count) == input.count else {
      close(ends[0])
      return nil
    }
    return ends[0]
  }

  /// For a message: the last line that says something, cut, without control characters.
  private static func lastLine(_ bytes: [UInt8]) -> String {
    let lines = bytes.split { $0 == 10 || $0 == 13 }
    return oneLine(String(decoding: lines.last { $0.contains { $0 > 0x20 } } ?? [], as: UTF8.self))
  }

  /// Without control characters, and cut: helpers and files choose what stands in it.
  static func oneLine(_ text: String) -> String {
    let kept = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? " " : scalar
    }
    return String(String(String.UnicodeScalarView(kept)).prefix(200))
  }
}
