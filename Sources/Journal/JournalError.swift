/// Why the journal could not take or give rows, in one sentence.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
