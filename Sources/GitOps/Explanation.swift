/// What is found out about the differences of one object when somebody looks at them.
public struct Explanation: Sendable, Hashable {
  /// Who wrote what Git says, by row: the line of the value itself, then those of variables in it.
  public var blames: [DriftRow.ID: [LineBlame]] = [:]
  /// The object reduced to what differs.
  public var lines: [DiffLine] = []

  public init() {}
}

/// A line of a file in Git, and the commit that wrote it.
public struct LineBlame: Sendable, Hashable {
  /// `apps/web.yaml:14`
  public let place: String
  public let commit: CommitSummary
  /// The variable whose value the line gives; nil for the line of the value itself.
  public let variable: String?

  public init(place: String, commit: CommitSummary, variable: String? = nil) {
    self.place = place
    self.commit = commit
    self.variable = variable
  }
}

extension [LineBlame] {
  /// The line of the value itself.
  public var ofValue: LineBlame? { first { $0.variable == nil } }
}

/// A line of the unified view of an object (`drift.md` C): `-` is what lives, `+` is what Git says, as in what an apply
/// would do.
public struct DiffLine: Sendable, Hashable {
  public enum Sign: Sendable, Hashable {
    /// What leads to a difference.
    case context
    case live
    case git
    /// How much is left out.
    case fold
  }

  public let sign: Sign
  /// With its indentation.
  public let text: String
  /// The row that a difference belongs to, on its first line.
  public let row: DriftRow.ID?

  public init(_ sign: Sign, _ text: String, row: DriftRow.ID? = nil) {
    self.sign = sign
    self.text = text
    self.row = row
  }
}
