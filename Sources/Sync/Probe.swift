import GitOps

/// What a GET by name said of an object that the label-selected watches do not hold (`drift.md` B.4: before any missing).
enum Probe: Sendable {
  case asking
  /// 404. `seenBefore`: our own watch held it earlier.
  case absent(seenBefore: Bool)
  /// It exists without the owner's label; it is followed by name from here on.
  case present(Object)
  case unknown(String)
  /// The server did not answer; asked again when its streams are back, and after a while.
  case unanswered
}
