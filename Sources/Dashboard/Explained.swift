import GitOps

/// What was found out about one object, and the rows that it was asked of.
struct Explained: Sendable, Hashable {
  /// Nil while it is on its way.
  var explanation: Explanation?
  let rows: [DriftRow]
  /// When the rows were looked at last.
  var generation: UInt64
}

extension State {
  private static let limit = 64

  /// The object whose differences are being looked at.
  private var lookedAt: ObjectRef? {
    if let screen {
      guard case .object(let ref) = screen.subject, screen.tab == .overview || screen.tab == .drift else { return nil }
      return ref
    }
    guard focus == .drift, case .drift(let id) = self[.drift].selected else { return nil }
    return id.object
  }

  /// Asks about what is looked at, unless that is known; one question at a time, so that moving through a list asks about
  /// what it ends at.
  mutating func askAboutLookedAt() -> [Effect] {
    guard explaining == nil, let ref = lookedAt else { return [] }
    if let known = explained[ref], known.generation == generation { return [] }
    let rows = snapshot.drift.filter { $0.object == ref }
    if explained[ref]?.rows == rows {
      explained[ref]?.generation = generation
      return []
    }
    guard !rows.isEmpty else { return [] }
    if explained.count >= Self.limit { explained = [:] }
    explained[ref] = Explained(explanation: explained[ref]?.explanation, rows: rows, generation: generation)
    explaining = ref
    return [.explain(ref)]
  }

  mutating func take(_ explanation: Explanation, of ref: ObjectRef) {
    explaining = nil
    answers += 1
    explained[ref]?.explanation = explanation
  }

  /// The lines behind what Git says in a row; empty until they are known.
  func blames(of row: DriftRow) -> [LineBlame] { explained[row.object]?.explanation?.blames[row.id] ?? [] }
}
