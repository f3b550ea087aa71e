import GitOps
import Synchronization

/// Events already shown, so that a relist repeats nothing.
final class SeenEvents: Sendable {
  private let versions = Mutex<[String: String]>([:])

  /// Those of the events that were not there before, as lines of the log.
  func new(_ objects: [Object]) -> [LogLine] {
    versions.withLock { versions in
      if versions.count > 20_000 { versions = [:] }
      return objects.compactMap { object in
        let key = object.uid.isEmpty ? object.ref.path : object.uid
        guard versions.updateValue(object.resourceVersion, forKey: key) != object.resourceVersion else { return nil }
        return LogLine(event: object)
      }
    }
  }
}
