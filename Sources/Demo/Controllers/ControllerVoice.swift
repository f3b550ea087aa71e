import FoundationEssentials
import GitOps
import Kube
import Structured

/// What a controller tells the world: core/v1 Events, and lines of zap JSON in its pod's log (wire-facts 1.10).
struct ControllerVoice: Sendable {
  /// Where the log lines of a controller go; nobody hears them against a real server.
  typealias Log = @Sendable (_ controller: String, _ line: String, _ time: Date) -> Void

  let controller: String
  let api: any ClusterAPI
  let log: Log
  private var known: [Spoken: (name: String, count: Int)] = [:]
  private var random: SplitMix64

  private struct Spoken: Hashable {
    let uid: String
    let reason: String
    let message: String
  }

  /// - Parameter seed: for ids and the names of events, which must differ from those of an earlier run.
  init(controller: String, api: any ClusterAPI, seed: UInt64, log: @escaping Log) {
    self.controller = controller
    self.api = api
    self.log = log
    random = SplitMix64(seed: controller.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
  }

  mutating func id() -> String {
    let (a, b) = (random.next(), random.next())
    let text = [a, b].map { value in
      let hex = String(value, radix: 16)
      return String(repeating: "0", count: 16 - hex.count) + hex
    }.joined()
    let parts = [8, 4, 4, 4, 12]
    var rest = Substring(text)
    return parts.map { length in
      defer { rest = rest.dropFirst(length) }
      return String(rest.prefix(length))
    }.joined(separator: "-")
  }

  /// An Event on an object. The same one again only counts up (kubernetes: client-go, EventCorrelator).
  mutating func event(
    on object: JSON, type: String = "Normal", reason: String, _ message: String, annotations: [String: String] = [:],
    at now: Date
  ) async {
    let key = ObjectKey(of: object)
    let namespace = key.namespace.isEmpty ? "default" : key.namespace
    let uid = object["metadata"]?["uid"]?.string ?? ""
    let spoken = Spoken(uid: uid, reason: reason, message: message)
    guard let events = try? await api.require(.event) else { return }
    let time = JSON.string(Timestamp.format(now))
    if let earlier = known[spoken] {
      let count = earlier.count + 1
      let patch: JSON = ["count": .integer(count), "lastTimestamp": time]
      let eventKey = ObjectKey(namespace: namespace, name: earlier.name)
      if (try? await api.merge(events, eventKey, patch, subresource: nil, as: controller)) != nil {
        known[spoken] = (earlier.name, count)
        return
      }
    }
    let name = "\(key.name).\(String(random.next(), radix: 16))"
    var metadata: JSON = ["name": .string(name), "namespace": .string(namespace)]
    if !annotations.isEmpty { metadata["annotations"] = .object(JSONObject(annotations.map { ($0, .string($1)) })) }
    let event: JSON = [
      "apiVersion": "v1", "kind": "Event", "metadata": metadata,
      "involvedObject": [
        "apiVersion": object["apiVersion"] ?? "", "kind": object["kind"] ?? "", "namespace": .string(key.namespace),
        "name": .string(key.name), "uid": .string(uid),
        "resourceVersion": object["metadata"]?["resourceVersion"] ?? "",
      ],
      "reason": .string(reason), "message": .string(message), "type": .string(type), "count": 1,
      "firstTimestamp": time, "lastTimestamp": time, "eventTime": .null, "reportingComponent": .string(controller),
      "reportingInstance": "", "source": ["component": .string(controller)],
    ]
    if known.count > 1000 { known = [:] }
    // An event that cannot be written is no reason to stop: real controllers only log it.
    if (try? await api.create(events, event, namespace: namespace, as: controller)) != nil {
      known[spoken] = (name, 1)
    }
  }

  /// A log line about an object; `more` is appended to the common fields.
  func say(
    _ message: String, level: String = "info", about object: JSON, run: String, more: [(String, JSON)] = [],
    at now: Date
  ) {
    let kind = object["kind"]?.string ?? ""
    let key = ObjectKey(of: object)
    let group = object["apiVersion"]?.string?.split(separator: "/").first.map(String.init) ?? ""
    let name: JSON = ["name": .string(key.name), "namespace": .string(key.namespace)]
    let line = JSONObject(
      [
        ("level", .string(level)), ("ts", .string(Timestamp.format(now, digits: 3))), ("msg", .string(message)),
        ("controller", .string(kind.lowercased())), ("controllerGroup", .string(group)),
        ("controllerKind", .string(kind)), (kind, name), ("namespace", .string(key.namespace)),
        ("name", .string(key.name)), ("reconcileID", .string(run)),
      ] + more)
    log(controller, String(decoding: JSON.object(line).encoded(), as: UTF8.self), now)
  }
}

/// Gives each controller its voice.
struct ControllerVoices: Sendable {
  let api: any ClusterAPI
  let seed: UInt64
  let log: ControllerVoice.Log

  func callAsFunction(_ controller: String) -> ControllerVoice {
    ControllerVoice(controller: controller, api: api, seed: seed, log: log)
  }
}
