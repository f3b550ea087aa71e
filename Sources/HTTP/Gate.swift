/// The one gate in front of the network: every request passes `check` before anything is sent.
///
/// Read-only is an allow-list (requirements C4): what is not named is refused. The gate judges the same bytes that are
/// sent, and accepts only addresses in their normal form, so that no server can read them differently.
public struct Gate: Sendable {
  /// What a read-only gate lets through beyond the fixed list.
  public struct Rules: Sendable {
    /// Bases of the API servers that may be spoken to; nil: any that a request names as its target.
    public var servers: Set<String>?
    /// Bases of the Git repositories; nil: any.
    public var repositories: Set<String>?
    public var podLogs = true
    /// Label selectors with which Secrets may be listed and watched. Without one a Secret is read by name only.
    public var secretSelectors: Set<String> = []

    public init() {}
  }

  /// The `Accept` of lists that hold the metadata of objects and nothing else: a server that cannot give them refuses
  /// (kubernetes: 406).
  public static let metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

  private let rules: Rules?
  private var record: GateRecord?

  private init(rules: Rules?) { self.rules = rules }

  /// Lets every well-formed request through.
  public static let open = Gate(rules: nil)

  /// Lets through only what C4 allows.
  public static func readOnly(_ rules: Rules = Rules()) -> Gate { Gate(rules: rules) }

  public var isReadOnly: Bool { rules != nil }

  /// The same gate, which also counts what it let through and what it refused.
  public func recording(into record: GateRecord) -> Gate {
    var gate = self
    gate.record = record
    return gate
  }

  /// - Throws: `.refusedByGate` with the rule that was broken.
  public func check(_ request: Request) throws(HTTPError) {
    do {
      let call = try RequestCheck(request)
      if let rules { try call.checkReadOnly(rules) }
      record?.note(sent: request.method, call.template)
    } catch {
      record?.note(refused: request.method, error.reason)
      throw HTTPError(.refusedByGate, host: "", cause: "refused: \(error.reason)")
    }
  }
}

/// The broken rule.
struct GateRefusal: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
