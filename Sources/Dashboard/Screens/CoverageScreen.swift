import Cells
import GitOps

extension Page {
  /// What the drift count leaves out, and why: undetermined objects, and rows that are nobody's fault.
  mutating func writeCoverage(_ reconciler: ObjectRef?) {
    let coverage = state.snapshot.coverage
    if reconciler == nil {
      line([Span(DriftPane.coverageWords(coverage) ?? "nothing compared yet", .title, .bold)])
      if coverage.undetermined.isEmpty, coverage.known == coverage.total {
        line([Span("Every managed object was compared.", .healthReady)])
      }
      for (reason, count) in coverage.undetermined.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        fact(SafeText(untrusted: Format.count(count)), [Span(untrusted: reason, .driftUndetermined)])
      }
    }
    let affected = state.snapshot.reconcilers.filter {
      $0.undetermined != nil && (reconciler == nil || $0.ref == reconciler) && state.scope.contains($0)
    }
    if !affected.isEmpty {
      heading("Reconcilers of which nothing can be said")
      for row in affected.prefix(500) {
        self.row([
          ([Span(untrusted: row.ref.cluster.name)], 14), ([Span(untrusted: Names.label(row.ref))], 36),
          ([Span(untrusted: row.undetermined ?? "", .driftUndetermined)], 0),
        ])
      }
    }
    writeUncounted(reconciler)
  }

  private mutating func writeUncounted(_ reconciler: ObjectRef?) {
    let rows = state.snapshot.drift.filter { row in
      !row.driftClass.isCounted && row.driftClass != .pending
        && (reconciler.map { row.reconciler == $0 } ?? state.lists.contains(row, state.scope, state.snapshot))
    }
    let texts = DriftText(state: state)
    for kind in [DriftClass.undetermined, .mutated, .delegated, .excluded] {
      let group = rows.filter { $0.driftClass == kind }
      guard !group.isEmpty else { continue }
      heading("\(untrusted: kind.title) · \(untrusted: Format.count(group.count, "row"))")
      for row in group.prefix(500) {
        var spans = [
          Span(kind.look.sign, kind.look.role), Span(" \(untrusted: row.object.cluster.name)  ", .dim),
          Span("\(untrusted: row.object.kind) \(untrusted: row.object.path)  "),
        ]
        spans += texts.what(row)
        if !row.path.isEmpty { spans.append(Span("  \(untrusted: row.cause.word)", .dim)) }
        line(spans)
      }
    }
    if rows.isEmpty, reconciler != nil {
      blank()
      line([Span("Nothing of it is left out of the count.", .dim)])
    }
  }
}

extension DriftClass {
  var title: String {
    switch self {
    case .undetermined: "Undetermined: what Git wants cannot be told"
    case .mutated: "Mutated: changed on the way in, by admission or a conversion"
    case .delegated: "Delegated: another controller owns the field"
    case .excluded: "Excluded: by a rule"
    default: rawValue
    }
  }
}
