/// What a resource says of itself, one word for every system (wire-facts 10.4). Suspended is its own state and never
/// counts as failed.
public enum Health: String, Sendable, Hashable, CaseIterable {
  case failed, waiting, progressing, suspended, ready, deleting, unknown

  /// The word on screen: meaning is never colour alone.
  public var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// The state of one stream (`product.md`, Link).
public enum Link: Sendable, Hashable {
  case connecting
  case live
  /// No proof of life; since when the data is not confirmed, in seconds of the epoch.
  case stale(since: Double)
  case retrying(reason: String)
  case forbidden(reason: String)
  /// The kind is not served.
  case absent
  case authNeeded(reason: String)
  case polling
  case stopped(reason: String)

  public var word: String {
    switch self {
    case .connecting: "connecting"
    case .live: "live"
    case .stale: "stale"
    case .retrying: "retrying"
    case .forbidden: "forbidden"
    case .absent: "absent"
    case .authNeeded: "auth needed"
    case .polling: "polling"
    case .stopped: "stopped"
    }
  }

  /// Why, when there is something to say.
  public var reason: String? {
    switch self {
    case .retrying(let reason), .forbidden(let reason), .authNeeded(let reason), .stopped(let reason): reason
    default: nil
    }
  }
}
