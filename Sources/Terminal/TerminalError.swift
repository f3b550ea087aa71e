/// Why the screen cannot be opened: one line with advice (requirement B16).
public nonisolated struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problem: String
  public let advice: String

  init(_ problem: String, advice: String) {
    self.problem = problem
    self.advice = advice
  }

  public var description: String { "\(problem): \(advice)" }

  static let plainMode = "use `driftglass get reconcilers` or `driftglass get drift` for plain output"
}
