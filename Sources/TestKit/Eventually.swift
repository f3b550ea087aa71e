import Foundation

/// What was waited for did not happen.
public struct Missed: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// Looks again and again at something another process does, until it is as expected or the time is over. For whole
/// programs only: what runs in this process is awaited, not watched.
/// - Returns: the first value that `look` gives.
/// - Throws: `Missed`, with what `state` says then.
@discardableResult
public func eventually<Value>(
  _ what: String, within limit: Duration, state: () async throws -> String = { "" },
  look: () async throws -> Value?
) async throws -> Value {
  let clock = ContinuousClock()
  let end = clock.now.advanced(by: limit)
  while true {
    if let value = try await look() { return value }
    guard clock.now < end else { throw Missed("not within \(limit): \(what)\n\(try await state())") }
    try await Task.sleep(for: .milliseconds(40))
  }
}
