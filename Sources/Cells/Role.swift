/// What a cell means. A theme turns roles into colours; nothing else in the program knows a colour.
///
/// The raw value is the dotted name used in themes. A role that a theme does not mention falls back to the name without its last
/// part (`health.failed` -> `health`), and at the end to `text`.
public enum Role: String, CaseIterable, Hashable, Sendable {
  case text, dim, title, border
  case borderFocus = "border.focus"
  case selection, header
  case headerBrand = "header.brand"
  case scope, key
  case keyHint = "key.hint"

  case health
  case healthFailed = "health.failed"
  case healthWaiting = "health.waiting"
  case healthProgressing = "health.progressing"
  case healthSuspended = "health.suspended"
  case healthReady = "health.ready"
  case healthDeleting = "health.deleting"
  case healthUnknown = "health.unknown"

  case drift
  case driftDrifted = "drift.drifted"
  case driftContested = "drift.contested"
  case driftMissing = "drift.missing"
  case driftExtra = "drift.extra"
  case driftTouched = "drift.touched"
  case driftPending = "drift.pending"
  case driftDelegated = "drift.delegated"
  case driftMutated = "drift.mutated"
  case driftExcluded = "drift.excluded"
  case driftUndetermined = "drift.undetermined"

  case link
  case linkConnecting = "link.connecting"
  case linkLive = "link.live"
  case linkStale = "link.stale"
  case linkRetrying = "link.retrying"
  case linkForbidden = "link.forbidden"
  case linkAbsent = "link.absent"
  case linkAuth = "link.auth"
  case linkPolling = "link.polling"
  case linkStopped = "link.stopped"

  /// What Git wants, in a comparison.
  case git
  /// What the API server holds, in a comparison.
  case live
  /// A commit's hash.
  case commit
  /// A greyed row or field whose cluster cannot confirm it.
  case stale
  /// A drift row that has not settled yet.
  case provisional

  case notice
  case noticeGood = "notice.good"
  case noticeWarning = "notice.warning"
  case noticeError = "notice.error"

  case log
  case logTime = "log.time"
  case logSource = "log.source"
  case logWarning = "log.warning"
  case logError = "log.error"

  case dialog
  case dialogTitle = "dialog.title"
  case dialogBorder = "dialog.border"
  case dialogField = "dialog.field"
  case dialogDanger = "dialog.danger"

  case tab
  case tabActive = "tab.active"
  case filter, match, mark
  case demo, readonly

  case yaml
  case yamlKey = "yaml.key"
  case yamlString = "yaml.string"
  case yamlNumber = "yaml.number"
  case yamlComment = "yaml.comment"

  /// The names to look for in a theme, most specific first, ending in `text`.
  public var names: [String] {
    var names: [String] = []
    var name = rawValue[...]
    while true {
      names.append(String(name))
      guard let dot = name.lastIndex(of: ".") else { break }
      name = name[..<dot]
    }
    if self != .text { names.append(Role.text.rawValue) }
    return names
  }
}
