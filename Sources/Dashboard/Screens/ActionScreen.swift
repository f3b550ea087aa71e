import Cells
import FoundationEssentials
import GitOps

extension Page {
  /// Each write as the exact request and the command one would type instead, the newest first, and past notices.
  mutating func writeActions() {
    let actions = state.snapshot.actions
    if actions.isEmpty {
      line([Span("Nothing was written in this run.")])
      line([Span("Reconcile (R), suspend and resume (s) are listed here with their requests and outcomes.", .dim)])
    }
    for action in actions.reversed().prefix(200) { write(action) }
    guard !state.history.isEmpty else { return }
    heading("Notices")
    for notice in state.history.reversed() {
      line([
        Span(untrusted: Format.clock(notice.at, offset: state.zone), .logTime), Span("  "),
        Span(notice.text, notice.level.role),
      ])
    }
  }

  private mutating func write(_ action: ActionRecord) {
    blank()
    let mutation = action.mutation
    line([
      Span(untrusted: Format.clock(action.begun, offset: state.zone), .logTime),
      Span("  \(untrusted: mutation.verb.word) \(untrusted: Names.label(mutation.target))", .text, .bold),
      Span("  \(untrusted: mutation.target.cluster.name)", .dim),
    ])
    let took = Format.span(action.changed.timeIntervalSince(action.begun))
    fact(
      "  Outcome",
      [
        Span(untrusted: action.stage.rawValue, action.stage.role), Span("  after \(untrusted: took)", .dim),
        Span(action.message.isEmpty ? "" : "  \(untrusted: Names.oneLine(action.message, limit: 1000))"),
      ])
    fact("  Request", action.request, .dim)
    fact("  The same as", action.equivalent, .dim)
  }
}

extension ActionRecord.Stage {
  var role: Role {
    switch self {
    case .sending, .accepted, .handled: .healthProgressing
    case .ready: .healthReady
    case .failed: .healthFailed
    case .unknown: .noticeWarning
    }
  }
}
