import FoundationEssentials
import GitOps
import Structured

/// A column of `as=Table` (kubernetes: meta.k8s.io/v1 Table). Name first and age last are added for every kind.
struct TableColumn: Sendable {
  let name: String
  let type: String
  /// Above zero: only for `-o wide`.
  let priority: Int
  let cell: @Sendable (JSON) -> JSON

  init(_ name: String, type: String = "string", priority: Int = 0, _ cell: @escaping @Sendable (JSON) -> JSON) {
    self.name = name
    self.type = type
    self.priority = priority
    self.cell = cell
  }

  static func text(_ name: String, _ path: String...) -> TableColumn {
    TableColumn(name) { object in
      guard let value = object.value(at: path) else { return "" }
      return .string(value.string ?? String(decoding: value.encoded(), as: UTF8.self))
    }
  }

  static func integer(_ name: String, priority: Int = 0, _ path: String...) -> TableColumn {
    TableColumn(name, type: "integer", priority: priority) { .integer($0.value(at: path)?.int ?? 0) }
  }

  static func count(_ name: String, _ field: String) -> TableColumn {
    TableColumn(name, type: "integer") { .integer($0[field]?.object?.count ?? $0[field]?.array?.count ?? 0) }
  }

  static func age(_ now: Date) -> TableColumn {
    TableColumn("Age") { .string(age(of: $0["metadata"]?["creationTimestamp"], now)) }
  }

  /// As kubectl writes ages: `12s`, `5m`, `3h`, `7d`.
  static func age(of time: JSON?, _ now: Date) -> String {
    guard let time = time?.string.flatMap(Timestamp.parse) else { return "<unknown>" }
    let seconds = max(0, Int(now.timeIntervalSince(time)))
    switch seconds {
    case ..<120: return "\(seconds)s"
    case ..<600: return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
    case ..<10_800: return "\(seconds / 60)m"
    case ..<172_800: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  static let hosts = TableColumn("Hosts") { object in
    let hosts = (object["spec"]?["rules"]?.array ?? []).compactMap { $0["host"]?.string }
    return .string(hosts.isEmpty ? "*" : hosts.joined(separator: ","))
  }

  static let ready: [TableColumn] = [
    TableColumn("Ready") { .string(condition("Ready", of: $0)?["status"]?.string ?? "") },
    TableColumn("Status") { .string(condition("Ready", of: $0)?["message"]?.string ?? "") },
  ]

  static func condition(_ type: String, of object: JSON) -> JSON? {
    object["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
  }

  static let deployment: [TableColumn] = [
    TableColumn("Ready") { object in
      "\(object.value(at: "status", "readyReplicas")?.int ?? 0)/\(object.value(at: "spec", "replicas")?.int ?? 1)"
    },
    .integer("Up-to-date", "status", "updatedReplicas"), .integer("Available", "status", "availableReplicas"),
  ]

  static let replicaSet: [TableColumn] = [
    .integer("Desired", "spec", "replicas"), .integer("Current", "status", "replicas"),
    .integer("Ready", "status", "readyReplicas"),
  ]

  static let pod: [TableColumn] = [
    TableColumn("Ready") { object in
      let statuses = object["status"]?["containerStatuses"]?.array ?? []
      let total = object["spec"]?["containers"]?.array?.count ?? statuses.count
      return "\(statuses.filter { $0["ready"]?.bool == true }.count)/\(total)"
    },
    TableColumn("Status") { object in
      let waiting = (object["status"]?["containerStatuses"]?.array ?? [])
        .compactMap { $0.value(at: "state", "waiting", "reason")?.string }.first
      return .string(waiting ?? object["status"]?["phase"]?.string ?? "")
    },
    TableColumn("Restarts", type: "integer") { object in
      .integer((object["status"]?["containerStatuses"]?.array ?? []).reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) })
    },
    TableColumn("IP", priority: 1) { $0.value(at: "status", "podIP") ?? "" },
  ]

  static let service: [TableColumn] = [
    .text("Type", "spec", "type"), .text("Cluster-IP", "spec", "clusterIP"),
    TableColumn("External-IP") { _ in "<none>" },
    TableColumn("Port(s)") { object in
      let ports = (object["spec"]?["ports"]?.array ?? []).map { port in
        "\(port["port"]?.int ?? 0)/\(port["protocol"]?.string ?? "TCP")"
      }
      return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
    },
  ]

  static let event: [TableColumn] = [
    .text("Type", "type"), .text("Reason", "reason"),
    TableColumn("Object") { object in
      let kind = object.value(at: "involvedObject", "kind")?.string?.lowercased() ?? ""
      return "\(kind)/\(object.value(at: "involvedObject", "name")?.string ?? "")"
    },
    .text("Message", "message"),
  ]

  static let node: [TableColumn] = [
    TableColumn("Status") { condition("Ready", of: $0)?["status"]?.string == "True" ? "Ready" : "NotReady" },
    .text("Version", "status", "nodeInfo", "kubeletVersion"),
  ]

  static let autoscaler: [TableColumn] = [
    TableColumn("Reference") { object in
      let target = object["spec"]?["scaleTargetRef"]
      return "\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")"
    },
    .integer("MinPods", "spec", "minReplicas"), .integer("MaxPods", "spec", "maxReplicas"),
    .integer("Replicas", "status", "currentReplicas"),
  ]
}
