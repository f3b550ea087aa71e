import FoundationEssentials
import Glibc
import Subprocess

/// A credential helper as a child process: no shell, no terminal, little time and little output (A17).
struct HelperProcess: Sendable {
  enum Failure: Error, Sendable {
    case missing
    case timeout
    case tooMuch
    /// With the last line of its standard error.
    case exit(String)
    case spawn(String)
  }

  var executable: Executable
  var arguments: [String]
  /// Changes to the inherited environment; nil removes.
  var environment: [String: String?] = [:]
  var timeout: Duration = .seconds(30)
  var outputLimit = 64 << 10

  /// Writes `input`, gives standard output. At the time limit the child and everything it started are ended.
  func run(input: [UInt8]) async throws(Failure) -> [UInt8] {
    let outcome = await withTaskGroup(of: Result<[UInt8], Failure>?.self) { group in
      group.addTask { await self.spawn(input) }
      group.addTask {
        do { try await Task.sleep(for: timeout) } catch { return nil }
        return .failure(.timeout)
      }
      let first = await group.next() ?? nil
      // Ends the sleep, or the child: the group waits until it is gone.
      group.cancelAll()
      return first ?? .failure(.timeout)
    }
    return try outcome.get()
  }

  private func spawn(_ input: [UInt8]) async -> Result<[UInt8], Failure> {
    // The whole input lies in the pipe before the helper starts: one that ends without reading it breaks nothing here.
    guard let standardInput = Self.pipe(holding: input) else { return .failure(.spawn("no pipe for its input")) }
    var options = PlatformOptions()
    // A session of its own has no terminal to ask on, and is ended as a whole.
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(200))
    ]
    let changes = environment.reduce(into: [Environment.Key: String?]()) { changes, change in
      if let key = Environment.Key(rawValue: change.key) { changes[key] = .some(change.value) }
    }
    do {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: .inherit.updating(changes), workingDirectory: "/",
        platformOptions: options,
        input: .fileDescriptor(.init(rawValue: standardInput), closeAfterSpawningProcess: true),
        output: .bytes(limit: outputLimit),
        error: .bytes(limit: outputLimit))
      guard result.terminationStatus.isSuccess else { return .failure(.exit(Self.lastLine(result.standardError))) }
      return .success(result.standardOutput)
    } catch let error as SubprocessError {
      switch error.code {
      case .executableNotFound: return .failure(.missing)
      case .outputLimitExceeded: return .failure(.tooMuch)
      default: return .failure(.spawn("\(error)"))
      }
    } catch {
      return .failure(.spawn("\(error)"))
    }
  }

  /// For a message: the last line that says something, cut, without control characters.
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

  private static func lastLine(_ bytes: [UInt8]) -> String {
    let lines = bytes.split { $0 == 10 || $0 == 13 }
    let text = String(decoding: lines.last ?? [], as: UTF8.self).unicodeScalars.filter {
      $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
    }
    return String(String(String.UnicodeScalarView(text)).prefix(200))
  }
}
