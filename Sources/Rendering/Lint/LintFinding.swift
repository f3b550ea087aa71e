/// Something in a tree of files that will not do what was meant.
public struct LintFinding: Sendable, Hashable, Comparable {
  /// Whether it is wrong, or may be right in ways that cannot be seen here.
  public enum Severity: String, Sendable { case error, warning }

  public enum Rule: String, Sendable {
    /// A kustomization does not build.
    case build
    /// What it makes cannot be known here.
    case undetermined
    /// Something is named that is not there.
    case reference
    /// Two reconcilers of one cluster want the same object.
    case duplicate
    /// An object does not fit its schema.
    case schema
  }

  public let severity: Severity
  public let rule: Rule
  /// Relative to the root of the tree; empty when it is no file's.
  public let file: String
  /// From 1; nil when it is the whole file's.
  public let line: Int?
  /// `Deployment shop/web`.
  public let object: String?
  public let sentence: String

  public init(
    _ severity: Severity, _ rule: Rule, file: String, line: Int? = nil, object: String? = nil, _ sentence: String
  ) {
    self.severity = severity
    self.rule = rule
    self.file = file
    self.line = line
    self.object = object
    self.sentence = sentence
  }

  /// - Parameter place: `apps/web.yaml:14`, `apps/web.yaml`.
  public init(_ severity: Severity, _ rule: Rule, at place: String, object: String? = nil, _ sentence: String) {
    let colon = place.utf8.lastIndex(of: UInt8(ascii: ":"))
    let line = colon.flatMap { Int(place[place.utf8.index(after: $0)...]) }
    self.init(
      severity, rule, file: line == nil ? place : String(place[..<(colon ?? place.endIndex)]), line: line,
      object: object, sentence)
  }

  /// Of a build that ended in an error.
  init(_ error: RenderError, of name: String, in file: String) {
    switch error {
    case .failed(let sentence, let place): self.init(.error, .build, at: place ?? file, object: name, sentence)
    case .undetermined(let feature, let place):
      self.init(.warning, .undetermined, at: place ?? file, object: name, "\(feature) is not rendered here")
    }
  }

  public static func < (a: LintFinding, b: LintFinding) -> Bool {
    (a.file, a.line ?? 0, a.sentence, a.object ?? "") < (b.file, b.line ?? 0, b.sentence, b.object ?? "")
  }
}
