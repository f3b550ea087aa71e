import Foundation

/// Other programs, run to their end.
public enum Program {
  public struct Result: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String
    /// Bytes.
    public let peakMemory: Int
  }

  /// Runs a program found on the PATH (or by its path) and waits for it.
  /// - Parameter environment: the whole environment of the program; nil: this process's own.
  /// - Throws: when it cannot be started. A status other than 0 is a result.
  @discardableResult
  public static func run(
    _ words: [String], environment: [String: String]? = nil, input: String? = nil
  ) async throws -> Result {
    // Files, not pipes: nobody has to read while it runs.
    let folder = try TemporaryFolder("run")
    let output = try folder.write("", to: "output")
    let errors = try folder.write("", to: "errors")
    let source = try folder.write(input ?? "", to: "input")
    let number = try Spawn.start(
      ["/usr/bin/env"] + words, environment: environment ?? ProcessInfo.processInfo.environment,
      input: .reading(source), output: .writing(output), errors: .writing(errors))
    // Waiting blocks a thread: one of its own, not the concurrency pool's.
    let end = await withCheckedContinuation { (continuation: CheckedContinuation<(Int32, Int), Never>) in
      Thread.detachNewThread { continuation.resume(returning: Spawn.wait(for: number)) }
    }
    return Result(
      status: end.0, output: folder.read("output"), errors: folder.read("errors"), peakMemory: end.1)
  }

  /// As `run`, for programs that must succeed.
  /// - Throws: also when the status is not 0, with what the program printed.
  @discardableResult
  public static func check(
    _ words: [String], environment: [String: String]? = nil, input: String? = nil
  ) async throws -> String {
    let result = try await run(words, environment: environment, input: input)
    guard result.status == 0 else {
      throw Missed("\(words.joined(separator: " ")): status \(result.status)\n\(result.errors)\(result.output)")
    }
    return result.output
  }

  /// Where a program is on the PATH; nil when it is not there.
  public static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }
}
