import Cells
import GitOps

extension Page {
  /// A managed object: what differs, what happened to it, its YAML.
  mutating func writeObject(_ ref: ObjectRef, _ screen: Screen) {
    switch screen.tab {
    case .events: writeLines(about: ref, kind: .event)
    case .yaml: writeYAML(ref, screen)
    case .drift: writeUnifiedView(ref)
    case .overview, .logs: writeObjectOverview(ref)
    }
  }

  private mutating func writeObjectOverview(_ ref: ObjectRef) {
    let rows = state.snapshot.drift.filter { $0.object == ref }
    fact("Object", "\(ref.kind) \(ref.path)")
    fact("API", "\(ref.group.isEmpty ? "core" : ref.group) \(rows.first?.version ?? "")")
    fact("Cluster", ref.cluster.name)
    if let row = rows.first { fact("Reconciler", Names.label(row.reconciler)) }
    guard !rows.isEmpty else {
      blank()
      line([Span("Nothing differs from Git any more.", .healthReady)])
      return
    }
    writeDriftRows(rows)
  }

  mutating func writeYAML(_ ref: ObjectRef, _ screen: Screen) {
    switch state.loaded[ref]?.content {
    case nil: line([Span("Reading \(untrusted: Names.label(ref)) from \(untrusted: ref.cluster.name)…", .dim)])
    case .failed(let reason):
      line([Span("It could not be read: \(untrusted: reason)", .noticeError)])
      line([Span("Ctrl-r tries again.", .dim)])
    case .text(let text, let managedFieldsFrom):
      let end = min(max(0, managedFieldsFrom ?? text.count), text.count)
      for index in 0..<end { add(.yaml(index)) }
      guard end < text.count else { return }
      hasManagedFields = true
      let count = Format.count(text.count - end, "line")
      if screen.showsManagedFields {
        add(.spans([Span("# \(untrusted: count) of managed fields; ← folds them", .yamlComment)]))
        for index in end..<text.count { add(.yaml(index)) }
      } else {
        add(.spans([Span("# \(untrusted: count) of managed fields folded; → shows them", .yamlComment)]))
      }
    }
  }
}
