import GitOps

/// One page of a list.
public struct ObjectPage: Sendable {
  public let objects: [Object]
  /// The version to watch from, when this is the last page.
  public let resourceVersion: String
  /// Empty on the last page.
  public let continueToken: String
  /// Items that are no objects of the kind, or of another namespace than asked for: dropped and counted (E-P19).
  public let skipped: Int

  public init(objects: [Object], resourceVersion: String, continueToken: String = "", skipped: Int = 0) {
    self.objects = objects
    self.resourceVersion = resourceVersion
    self.continueToken = continueToken
    self.skipped = skipped
  }
}

/// How new a list must be (kubernetes: API concepts, resource versions).
public enum ListVersion: Sendable, Hashable {
  /// Whatever the server's cache holds: cheap, for the first list.
  case any
  case notOlderThan(String)
  /// The newest there is, without naming a version.
  case latest
}

/// Where a watch begins.
public enum WatchStart: Sendable, Hashable {
  /// After this version, which must not be empty or "0" (A4).
  case changes(since: String)
  /// With all there is, and a bookmark at its end (kubernetes: streaming lists).
  case everything(ListVersion)

  var isList: Bool { if case .everything = self { true } else { false } }

  /// `sendInitialEvents` needs a match, and the match a version, which may be empty (kubernetes: watch validation).
  var query: [(name: String, value: String)] {
    let version: String
    switch self {
    case .changes(let since): return [("resourceVersion", since)]
    case .everything(.notOlderThan(let known)): version = known
    case .everything: version = ""
    }
    return [
      ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"), ("resourceVersion", version),
    ]
  }
}

/// One event of a watch, decoded.
public enum WatchEvent: Sendable {
  case added(Object)
  case modified(Object)
  case deleted(Object)
  /// Progress without a change; the version may be empty. One of them ends the initial events of a streaming list.
  case bookmark(version: String, endsInitialEvents: Bool = false)
  case error(APIError)
  /// A type we do not know, or an object we did not ask for: skipped and counted.
  case unknown(String)
  /// A line that cannot be read.
  case malformed(String)
}
