import Cells
import FoundationEssentials
import GitOps

/// What happened between two snapshots, in words.
struct Transitions {
  struct Change: Hashable {
    let ref: ObjectRef
    let from: ReconcilerState
    let to: ReconcilerState
  }

  /// Rows whose state became trouble, or stopped being it, the worst first. Rows that appear or go, and rows that nobody
  /// confirms, are no transitions; neither are the steps of an ordinary run.
  static func between(_ old: Snapshot, _ new: Snapshot, at now: Date) -> [Change] {
    guard !old.reconcilers.isEmpty else { return [] }
    var places: [ObjectRef: Int]?
    var changes: [Change] = []
    let (before, after) = (old.reconcilers, new.reconcilers)
    for index in after.indices where after[index].staleSince == nil {
      var place = index
      if index >= before.count || before[index].ref != after[index].ref {
        let known =
          places
          ?? Dictionary(
            before.enumerated().map { ($1.ref, $0) }, uniquingKeysWith: { first, _ in first })
        places = known
        guard let found = known[after[index].ref] else { continue }
        place = found
      }
      let (from, to) = (before[place].state(at: now), after[index].state(at: now))
      guard from != to, from.isTrouble || to.isTrouble || to == .suspended || from == .suspended else { continue }
      changes.append(Change(ref: after[index].ref, from: from, to: to))
    }
    return changes.sorted { a, b in
      let places = ReconcilerState.allCases
      let (x, y) = (places.firstIndex(of: a.to) ?? 0, places.firstIndex(of: b.to) ?? 0)
      return x == y ? a.ref < b.ref : x < y
    }
  }

  /// Actions of ours that came further.
  static func stages(_ old: Snapshot, _ new: Snapshot) -> [ActionRecord] {
    let known = Dictionary(old.actions.map { ($0.mutation.id, $0.stage) }, uniquingKeysWith: { _, last in last })
    return new.actions.filter { action in
      guard let stage = known[action.mutation.id] else { return false }
      return stage != action.stage
    }
  }
}

extension State {
  mutating func reportTransitions(from old: Snapshot) {
    let changes = Transitions.between(old, snapshot, at: now)
    if let first = changes.first {
      let others: SafeText = changes.count > 1 ? ", and \(untrusted: Format.count(changes.count - 1, "other"))" : ""
      report(
        "\(untrusted: first.ref.cluster.name) \(untrusted: Names.label(first.ref)): \(untrusted: first.from.word) → \(untrusted: first.to.word)\(others)",
        first.to == .failed ? .error : first.to.isTrouble ? .warning : .good)
    }
    for action in Transitions.stages(old, snapshot).suffix(3) {
      let text = Names.oneLine(action.message, limit: 300)
      let tail: SafeText = text.isEmpty ? "" : ", \(untrusted: text)"
      let line: SafeText = "\(words(action.mutation)): \(untrusted: action.stage.rawValue)\(tail)"
      switch action.stage {
      case .failed, .unknown: say(line, .error)
      case .ready: report(line, .good)
      case .sending, .accepted, .handled: report(line, .plain)
      }
    }
    for notice in snapshot.notices where !old.notices.contains(notice) {
      say(SafeText(untrusted: Names.oneLine(notice), limit: 1000), .warning)
    }
  }
}
