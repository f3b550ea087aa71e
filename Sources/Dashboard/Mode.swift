/// Whether this run may write. Decided once at start; nothing here changes it.
public enum Mode: Sendable, Hashable {
  case normal
  /// Read-only by the user's own wish; `reason` says by what: `--read-only`, `DRIFTGLASS_READ_ONLY`, `the configuration`.
  case readOnly(reason: String)
  /// Locked by policy or by the executable: `policy`, `driftglass-view`.
  case locked(reason: String)

  /// Why nothing may be written, as every denied command says it.
  var denial: String? {
    switch self {
    case .normal: nil
    case .readOnly(let reason): "read-only: set by \(reason)"
    case .locked(let reason): "locked: set by \(reason)"
    }
  }
}
