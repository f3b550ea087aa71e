/// Why bytes are not the JSON or YAML that was asked for.
public struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, with a sentence.
  public enum Reason: Sendable, Equatable {
    /// Not well formed.
    case syntax(String)
    /// Well formed perhaps, but beyond a limit: read no further.
    case limit(String)
    /// Well formed, but not what it has to be.
    case shape(String)
  }

  /// What went wrong.
  public let reason: Reason
  /// One-based, where known.
  public let line: Int?
  /// Zero-based byte offset, where known.
  public let offset: Int?

  /// Line and offset are given where they are known.
  public init(reason: Reason, line: Int? = nil, offset: Int? = nil) {
    self.reason = reason
    self.line = line
    self.offset = offset
  }

  /// One line: `line 3: mapping key "a" is repeated`.
  public var description: String {
    let text =
      switch reason {
      case .syntax(let text), .limit(let text), .shape(let text): text
      }
    if let line { return "line \(line): \(text)" }
    if let offset { return "\(text) at byte \(offset)" }
    return text
  }

  /// The same error of a part that begins at `start`.
  public func offset(by start: Int) -> ParseError {
    ParseError(reason: reason, line: line, offset: offset.map { $0 + start })
  }
}
