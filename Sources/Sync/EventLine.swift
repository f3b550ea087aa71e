import FoundationEssentials
import GitOps
import Structured

extension LogLine {
  /// A core/v1 Event as a line (kubernetes: core/v1 Event; wire-facts 9.9). Nil when it names no object.
  init?(event: Object) {
    guard let root = try? event.document().root, let involved = root["involvedObject"],
      let kind = involved["kind"]?.string, let name = involved["name"]?.string
    else { return nil }
    let apiVersion = involved["apiVersion"]?.string ?? ""
    let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
    func time(_ node: JSONNode?) -> Date? { node?.string.flatMap(Timestamp.parse) }
    let when =
      time(root.value(at: "series", "lastObservedTime")) ?? time(root["lastTimestamp"]) ?? time(root["eventTime"])
      ?? event.created
    let reporting = root["reportingComponent"]?.string ?? ""
    let component = reporting.isEmpty ? root.value(at: "source", "component")?.string ?? "" : reporting
    self.init(
      sequence: 0, time: when, cluster: event.ref.cluster, kind: .event,
      level: root["type"]?.string == "Warning" ? .warning : .info, source: component,
      object: ObjectRef(
        cluster: event.ref.cluster, group: group, kind: kind, namespace: involved["namespace"]?.string ?? "", name: name
      ),
      reason: root["reason"]?.string ?? "", message: root["message"]?.string ?? "")
  }

  /// A line of a controller's log: zap JSON, or anything else as text (wire-facts 1.10).
  init(controllerLine bytes: [UInt8], cluster: ClusterID, source: String, now: Date) {
    guard bytes.first == UInt8(ascii: "{"), let root = try? JSONDocument(parsing: bytes, limits: .object).root else {
      self.init(
        sequence: 0, time: now, cluster: cluster, kind: .log, level: .info, source: source, object: nil, reason: "",
        message: String(decoding: bytes.prefix(2048), as: UTF8.self))
      return
    }
    let level: Level =
      switch root["level"]?.string {
      case "error": .error
      case "debug", "trace": .debug
      default: .info
      }
    let kind = root["controllerKind"]?.string ?? root["reconciler kind"]?.string
    let group = root["controllerGroup"]?.string ?? root["reconciler group"]?.string ?? ""
    var object: ObjectRef?
    if let kind, let name = root["name"]?.string {
      object = ObjectRef(
        cluster: cluster, group: group, kind: kind, namespace: root["namespace"]?.string ?? "", name: name)
    }
    var message = root["msg"]?.string ?? ""
    if let error = root["error"]?.string { message += ": \(error)" }
    self.init(
      sequence: 0, time: root["ts"]?.string.flatMap(Timestamp.parse) ?? now, cluster: cluster, kind: .log, level: level,
      source: source, object: object, reason: "", message: message)
  }
}
