/// Why the screen cannot be opened: one line with advice (requirement B16).
public nonisolated struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ problem: String, advice: String) {
    description = "\(problem): \(advice)"
  }

  static let plainMode = "use `driftglass get reconcilers` or `driftglass get drift` for plain output"
}
