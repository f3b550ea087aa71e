import Cells

/// Prints a check: on a terminal each subject as soon as it is known, else all at the end in a fixed order.
@MainActor final class CheckPrinter {
  private let format: GetCommand.Format
  private let table: CheckTable
  private let isLive: Bool
  private let showsProgress: Bool
  private var hasProgress = false
  private var hasBegun = false

  init(format: GetCommand.Format, repertoire: Repertoire, environment: [String: String]) {
    self.format = format
    isLive = format == .table && Output.isTerminal
    table = CheckTable(width: Output.isTerminal ? Output.columns : nil, repertoire: repertoire)
    showsProgress = Output.messagesAreTerminal && !["", "dumb"].contains(environment["TERM"] ?? "")
  }

  func show(_ event: Check.Event) {
    switch event {
    case .waiting(let names): wait(for: names)
    case .done(let subject): if isLive { write(subject) }
    }
  }

  func finish(_ summary: CheckSummary) {
    wait(for: [])
    switch format {
    case .json: Output.raw(summary.json.encoded(pretty: true) + [10])
    case .table:
      if !isLive { for subject in summary.subjects { write(subject) } }
      Output.untrusted([""] + table.lines(of: summary.sentence))
    }
  }

  private func write(_ subject: CheckSubject) {
    clearProgress()
    if !hasBegun { Output.untrusted([table.headings]) }
    hasBegun = true
    Output.untrusted(table.lines(of: subject))
  }

  private func wait(for names: [String]) {
    guard showsProgress else { return }
    clearProgress()
    guard !names.isEmpty else { return }
    let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    Output.progress("waiting for \(shown)")
    hasProgress = true
  }

  private func clearProgress() {
    if hasProgress { Output.progress("") }
    hasProgress = false
  }
}
