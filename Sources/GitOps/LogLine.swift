import FoundationEssentials

/// One line of the log pane: a controller's own log line, a Kubernetes event, or something Driftglass noticed itself.
public struct LogLine: Sendable, Hashable {
  public enum Level: String, Sendable, Hashable { case debug, info, warning, error }
  public enum Kind: String, Sendable, Hashable { case log, event, notice }

  /// Order of arrival; unique within a run.
  public let sequence: UInt64
  public let time: Date?
  public let cluster: ClusterID
  public let kind: Kind
  public let level: Level
  /// `kustomize-controller`, `kubelet`, …
  public let source: String
  /// What it is about, when it says so.
  public let object: ObjectRef?
  public let reason: String
  public let message: String

  public init(
    sequence: UInt64, time: Date?, cluster: ClusterID, kind: Kind, level: Level, source: String, object: ObjectRef?,
    reason: String, message: String
  ) {
    self.sequence = sequence
    self.time = time
    self.cluster = cluster
    self.kind = kind
    self.level = level
    self.source = source
    self.object = object
    self.reason = reason
    self.message = message
  }
}
