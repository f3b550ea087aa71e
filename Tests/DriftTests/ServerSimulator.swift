import Foundation
import Structured
import TestKit

/// What an API server, its defaults, its webhooks and its controllers make of an object that was applied, from the rules of
/// Kubernetes and not from what compares: the difference to what was sent is never drift (`drift.md` B.8).
struct ServerSimulator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  private static let builtInGroups: Set = [
    "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
    "apiextensions.k8s.io", "admissionregistration.k8s.io", "scheduling.k8s.io", "certificates.k8s.io",
    "coordination.k8s.io", "discovery.k8s.io", "node.k8s.io", "apiregistration.k8s.io", "flowcontrol.apiserver.k8s.io",
  ]

  /// Kubernetes' own types go through Go structs; everything else is stored as it was sent.
  static func isBuiltIn(_ object: JSON) -> Bool {
    let apiVersion = object["apiVersion"]?.string ?? ""
    let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
    return builtInGroups.contains(group)
  }

  mutating func stored(_ desired: JSON) -> JSON {
    var live = Self.isBuiltIn(desired) ? throughStructs(desired, under: "", in: "") : desired.withoutNulls
    if Self.isBuiltIn(desired) { addDefaults(&live) }
    if desired["kind"] == "Secret", desired["apiVersion"] == "v1" { Self.encodeSecret(&live) }
    var metadata = live["metadata"] ?? [:]
    metadata["uid"] = "3f1c"
    metadata["resourceVersion"] = "812"
    metadata["generation"] = 3
    metadata["creationTimestamp"] = "2026-01-02T03:04:05Z"
    if chance(50) {
      var annotations = metadata["annotations"] ?? [:]
      annotations["deployment.kubernetes.io/revision"] = "4"
      if chance(50) { annotations["injector.example.com/status"] = "injected" }
      metadata["annotations"] = annotations
    }
    metadata["managedFields"] = [
      Self.entry("kustomize-controller", "Apply", desired["apiVersion"]?.string ?? "", Self.fields(of: desired))
    ]
    live["metadata"] = metadata
    if chance(60) { live["status"] = ["observedGeneration": 3, "conditions": [["type": "Ready", "status": "True"]]] }
    return live
  }

  static func entry(_ manager: String, _ operation: String, _ apiVersion: String, _ fields: JSON) -> JSON {
    [
      "manager": .string(manager), "operation": .string(operation), "apiVersion": .string(apiVersion),
      "fieldsType": "FieldsV1", "fieldsV1": fields, "time": "2026-01-02T03:04:05Z",
    ]
  }

  // MARK: Struct types

  /// Texts and maps that hold what somebody wrote, whatever it is.
  private static let free: Set = ["data", "stringData", "annotations", "labels", "matchLabels", "binaryData"]
  /// Zero values that Go leaves out (`omitempty` on what is no pointer).
  private static let plainFlags: Set = [
    "hostNetwork", "hostPID", "hostIPC", "readOnly", "tty", "stdin", "stdinOnce", "publishNotReadyAddresses",
  ]
  private static let quantities: Set = [
    "limits", "requests", "capacity", "hard", "averageValue", "sizeLimit", "max", "min",
  ]
  /// Numbers that may be texts (kubernetes: apimachinery, util/intstr).
  private static let intOrStrings: Set = ["targetPort", "maxSurge", "maxUnavailable", "minAvailable"]
  /// Lists that are merged by a key: their order says nothing.
  static let keyed: [String: [String]] = [
    "containers": ["name"], "initContainers": ["name"], "env": ["name"], "volumes": ["name"],
    "volumeMounts": ["mountPath"], "imagePullSecrets": ["name"], "secrets": ["name"],
  ]

  private mutating func throughStructs(_ value: JSON, under field: String, in parent: String) -> JSON {
    switch value {
    case .object(let members):
      if Self.quantities.contains(field) {
        return .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, canonical($0.value)) }))
      }
      var result = JSONObject()
      for (key, member) in members where !member.isNull {
        if Self.free.contains(field) {
          result[key] = member
          continue
        }
        var stored = throughStructs(member, under: key, in: field)
        // Whoever sends it again may send the other form, which means the same.
        if Self.intOrStrings.contains(key), case .number(let number) = stored, chance(30) { stored = .string(number) }
        if isLeftOut(stored, key, sent: member) { continue }
        result[key] = stored
      }
      return .object(result)
    case .array(let elements):
      var stored: [JSON] = []
      for element in elements { stored.append(throughStructs(element, under: "", in: field)) }
      if Self.keyed[field] != nil, chance(50) { stored.shuffle(using: &random) }
      return .array(stored)
    default: return Self.quantities.contains(field) ? canonical(value) : value
    }
  }

  private func isLeftOut(_ value: JSON, _ key: String, sent: JSON) -> Bool {
    switch value {
    case .array(let elements): elements.isEmpty && !["ingress", "egress", "rules", "subjects"].contains(key)
    case .object(let members):
      members.isEmpty && (Self.free.contains(key) || ["nodeSelector", "limits", "requests"].contains(key))
    case .string(let text): text.isEmpty && !["namespace", "apiGroup"].contains(key) && key != "storageClassName"
    case .bool(let flag): !flag && Self.plainFlags.contains(key)
    default: false
    }
  }

  /// As resource.Quantity writes itself: whole units where they are whole, the same family of suffixes.
  private func canonical(_ value: JSON) -> JSON {
    let text: String
    switch value {
    case .number(let number): text = number
    case .string(let string): text = string
    default: return value
    }
    if text.hasSuffix("m"), let amount = Int(text.dropLast()), amount % 1000 == 0 { return .string("\(amount / 1000)") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, let whole = Int(parts[0]), (1...3).contains(parts[1].count), let rest = Int(parts[1]) {
      let milli = whole * 1000 + rest * [100, 10, 1][parts[1].count - 1]
      return .string(milli % 1000 == 0 ? "\(milli / 1000)" : "\(milli)m")
    }
    for (small, large) in [("Ki", "Mi"), ("Mi", "Gi"), ("Gi", "Ti")] where text.hasSuffix(small) {
      guard let amount = Int(text.dropLast(2)), amount > 0, amount % 1024 == 0 else { break }
      return .string("\(amount / 1024)\(large)")
    }
    return .string(text)
  }

  private static func encodeSecret(_ live: inout JSON) {
    guard let texts = live["stringData"]?.object else { return }
    var data = live["data"] ?? [:]
    for (key, value) in texts { data[key] = .string(Data((value.string ?? "").utf8).base64EncodedString()) }
    live["data"] = data
    live["stringData"] = nil
  }

  // MARK: Defaults (kubernetes: pkg/apis/*/v1/defaults.go)

  private func set(_ object: inout JSON, _ fields: JSON) {
    for (key, value) in fields.object ?? JSONObject() where object[key] == nil { object[key] = value }
  }

  private mutating func addDefaults(_ live: inout JSON) {
    let injects = chance(30)
    switch live["kind"]?.string ?? "" {
    case "Deployment":
      change(&live, ["spec"]) { spec in
        set(&spec, ["progressDeadlineSeconds": 600, "revisionHistoryLimit": 10, "replicas": 1])
        set(
          &spec,
          ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]]])
      }
      change(&live, ["spec", "template", "spec"]) { podDefaults(&$0, injects: injects) }
    case "StatefulSet":
      change(&live, ["spec"]) { spec in
        set(&spec, ["podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10])
        set(&spec, ["updateStrategy": ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]]])
      }
      change(&live, ["spec", "template", "spec"]) { podDefaults(&$0, injects: injects) }
    case "DaemonSet":
      change(&live, ["spec"]) { spec in set(&spec, ["revisionHistoryLimit": 10]) }
      change(&live, ["spec", "template", "spec"]) { podDefaults(&$0, injects: injects) }
    case "CronJob":
      change(&live, ["spec"]) { spec in
        set(
          &spec,
          [
            "concurrencyPolicy": "Allow", "suspend": false, "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
          ])
      }
      change(&live, ["spec", "jobTemplate", "spec", "template", "spec"]) { podDefaults(&$0, injects: injects) }
    case "Service":
      change(&live, ["spec"]) { spec in
        set(&spec, ["type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"])
        set(
          &spec,
          [
            "clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7"], "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
          ])
        each(&spec, "ports") { port in
          if port["protocol"] == nil { port["protocol"] = "TCP" }
          if port["targetPort"] == nil { port["targetPort"] = port["port"] }
        }
      }
    case "PersistentVolumeClaim":
      change(&live, ["spec"]) { spec in set(&spec, ["volumeMode": "Filesystem", "volumeName": "pvc-3f1c"]) }
      live["metadata"]?["finalizers"] = ["kubernetes.io/pvc-protection"]
    case "Namespace":
      live["spec"] = ["finalizers": ["kubernetes"]]
      var labels = live["metadata"]?["labels"] ?? [:]
      labels["kubernetes.io/metadata.name"] = live["metadata"]?["name"]
      live["metadata"]?["labels"] = labels
    default: break
    }
  }

  private func podDefaults(_ pod: inout JSON, injects: Bool) {
    set(&pod, ["restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler"])
    set(&pod, ["terminationGracePeriodSeconds": 30, "securityContext": [:]])
    if let account = pod["serviceAccountName"] { pod["serviceAccount"] = account }
    for list in ["containers", "initContainers"] {
      each(&pod, list) { container in
        let isLatest = container["image"]?.string.map { !$0.contains(":") || $0.hasSuffix(":latest") } ?? false
        set(&container, ["imagePullPolicy": isLatest ? "Always" : "IfNotPresent", "resources": [:]])
        set(&container, ["terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"])
        each(&container, "ports") { if $0["protocol"] == nil { $0["protocol"] = "TCP" } }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe] != nil {
          change(&container, [probe]) { probe in
            set(&probe, ["timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3])
            if probe["httpGet"] != nil { change(&probe, ["httpGet"]) { set(&$0, ["scheme": "HTTP", "path": "/"]) } }
          }
        }
      }
    }
    each(&pod, "volumes") { volume in
      for (kind, mode) in [("configMap", 420), ("secret", 420), ("projected", 420), ("downwardAPI", 420)] {
        if volume[kind] != nil, volume[kind]?["defaultMode"] == nil {
          volume[kind]?["defaultMode"] = .number("\(mode)")
        }
      }
      if volume["hostPath"] != nil, volume["hostPath"]?["type"] == nil { volume["hostPath"]?["type"] = "" }
    }
    // What a webhook puts in is in nobody's list.
    guard injects, var containers = pod["containers"]?.array else { return }
    containers.append(["name": "injected-proxy", "image": "proxy:1", "resources": [:]])
    pod["containers"] = .array(containers)
  }

  private func change(_ object: inout JSON, _ path: [String], _ body: (inout JSON) -> Void) {
    guard let step = path.first else { return body(&object) }
    guard var inner = object[step], inner.object != nil else { return }
    change(&inner, Array(path.dropFirst()), body)
    object[step] = inner
  }

  private func each(_ object: inout JSON, _ list: String, _ body: (inout JSON) -> Void) {
    guard var elements = object[list]?.array else { return }
    for index in elements.indices where elements[index].object != nil { body(&elements[index]) }
    object[list] = .array(elements)
  }

  // MARK: Managed fields

  /// The set of fields that an apply of an object owns (structured-merge-diff, FieldsV1).
  static func fields(of object: JSON) -> JSON {
    var root = JSONObject()
    for (key, value) in object.object ?? JSONObject() where !["apiVersion", "kind", "status"].contains(key) {
      root["f:\(key)"] = fields(of: value, under: key)
    }
    return .object(root)
  }

  static func fields(of value: JSON, under field: String) -> JSON {
    switch value {
    case .object(let members):
      return .object(
        JSONObject(
          members.filter { !["name", "namespace"].contains($0.key) || field != "metadata" }
            .map { ("f:\($0.key)", fields(of: $0.value, under: $0.key)) }))
    case .array(let elements):
      guard let keys = keyed[field], elements.allSatisfy({ $0.object != nil }) else { return [:] }
      var result = JSONObject()
      for element in elements {
        result[key(of: element, keys)] = .object(
          JSONObject([(".", [:])] + (fields(of: element, under: "").object ?? JSONObject()).map { ($0.key, $0.value) }))
      }
      return .object(result)
    default: return [:]
    }
  }

  static func key(of element: JSON, _ keys: [String]) -> String {
    let pairs = JSON.object(JSONObject(keys.map { ($0, element[$0] ?? .null) }))
    return "k:" + String(decoding: pairs.encoded(), as: UTF8.self)
  }
}

extension JSON {
  fileprivate var withoutNulls: JSON {
    switch self {
    case .object(let members):
      .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
    case .array(let elements): .array(elements.map(\.withoutNulls))
    default: self
    }
  }
}
