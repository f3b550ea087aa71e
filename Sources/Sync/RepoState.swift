import FoundationEssentials
import Git
import GitOps
import Rendering

/// One repository at one reference, as the engine keeps it.
struct RepoState: Sendable {
  var row: RepoRow
  /// The address as the cluster object names it: may contain what is never shown.
  let remote: String
  /// Nil: what the source reports decides.
  let reference: GitReference?
  var plan = LookPlan()
  /// Its files, as far as they were parsed.
  let parsed = ParsedFiles()
  /// Looked up at least once, with or without success.
  var isSeen = false
  /// When HEAD was last read.
  private(set) var confirmedAt: Date?
  /// Source → the commit that it reported last.
  private var reported: [ObjectRef: String] = [:]

  init(row: RepoRow, remote: String, reference: GitReference?) {
    self.row = row
    self.remote = remote
    self.reference = reference
  }

  var isBusy: Bool { plan.isBusy }

  /// A source object appeared or changed. A commit that is new is looked for, once: one that never appears in the
  /// repository is no reason to ask again and again.
  mutating func note(_ source: ObjectRef, commit: String?) {
    if !row.sources.contains(source) { row.sources.append(source) }
    guard let commit, reported.updateValue(commit, forKey: source) != commit, commit != row.head?.id else { return }
    plan.ask()
  }

  mutating func forget(_ source: ObjectRef) {
    row.sources.removeAll { $0 == source }
    reported[source] = nil
  }

  mutating func succeeded(_ head: CommitSummary, at now: Date) {
    isSeen = true
    confirmedAt = now
    row.head = head
    row.link = .live
    row.problem = nil
  }

  /// What was read before stays, and says since when it is not confirmed.
  mutating func failed(_ error: GitError) {
    isSeen = true
    if let confirmedAt {
      row.link = .stale(since: confirmedAt.timeIntervalSince1970)
      row.problem = error.message
    } else {
      row.link =
        error.kind == .authentication ? .authNeeded(reason: error.message) : .retrying(reason: error.message)
    }
  }

  /// A look that goes on for so long confirms nothing either.
  mutating func delayed() {
    guard let confirmedAt, row.staleSince == nil else { return }
    row.link = .stale(since: confirmedAt.timeIntervalSince1970)
    row.problem = "\(row.url): the fetch has not ended yet"
  }
}
