import Git
import GitOps

/// One repository at one reference, as the engine keeps it.
struct RepoState: Sendable {
  var row: RepoRow
  /// The address as the cluster object names it: may contain what is never shown.
  let remote: String
  let reference: GitReference?
  /// Looked up at least once, with or without success.
  var isSeen = false
  /// A look is under way.
  var isBusy = false
  /// A source reported a revision that HEAD is not: look again at once.
  var wantsLook = true
  var nextLook: ContinuousClock.Instant?

  init(row: RepoRow, remote: String, reference: GitReference?) {
    self.row = row
    self.remote = remote
    self.reference = reference
  }
}
