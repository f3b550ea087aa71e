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

/// One event of a watch, decoded.
public enum WatchEvent: Sendable {
  case added(Object)
  case modified(Object)
  case deleted(Object)
  /// Progress without a change; the version may be empty.
  case bookmark(version: String)
  case error(APIError)
  /// A type we do not know, or an object we did not ask for: skipped and counted.
  case unknown(String)
  /// A line that cannot be read.
  case malformed(String)
}
