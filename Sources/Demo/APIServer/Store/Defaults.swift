import Structured

/// What the server fills in by itself (kubernetes: pkg/apis/*/v1/defaults.go), for the kinds that it serves.
enum Defaults {
  /// - Parameter address: for a Service that has none yet.
  static func fill(_ object: JSON, kind: ServedKind, address: String?) -> JSON {
    var object = object
    switch (kind.group, kind.kind) {
    case ("", "Namespace"):
      let name = object["metadata"]?["name"]
      var labels = object["metadata"]?["labels"] ?? [:]
      labels["kubernetes.io/metadata.name"] = name
      object["metadata"]?["labels"] = labels
      set(&object, "spec", ["finalizers": ["kubernetes"]])
      set(&object, "status", ["phase": "Active"])
    case ("", "Secret"):
      mergeStringData(&object)
      set(&object, "type", "Opaque")
    case ("", "Service"):
      var spec = object["spec"] ?? [:]
      fillService(&spec, address)
      object["spec"] = spec
    case ("", "Pod"):
      if var spec = object["spec"] {
        fillPod(&spec)
        object["spec"] = spec
      }
    case ("apps", "Deployment"):
      if var spec = object["spec"] {
        fillDeployment(&spec)
        object["spec"] = spec
      }
    case ("apps", "ReplicaSet"):
      if var spec = object["spec"] {
        set(&spec, "replicas", .integer(1))
        fillTemplate(&spec)
        object["spec"] = spec
      }
    case ("autoscaling", "HorizontalPodAutoscaler"):
      if var spec = object["spec"] {
        set(&spec, "minReplicas", .integer(1))
        object["spec"] = spec
      }
    case ("networking.k8s.io", "NetworkPolicy"):
      if var spec = object["spec"] {
        set(&spec, "policyTypes", ["Ingress"])
        object["spec"] = spec
      }
    default: break
    }
    return object
  }

  private static func set(_ object: inout JSON, _ key: String, _ value: JSON) {
    if object[key] == nil || object[key] == .null { object[key] = value }
  }

  private static func mergeStringData(_ object: inout JSON) {
    guard let strings = object["stringData"]?.object else { return }
    var data = object["data"]?.object ?? JSONObject()
    for (key, value) in strings { data[key] = .string(Base64.encode(Array((value.string ?? "").utf8))) }
    object["data"] = .object(data)
    object["stringData"] = nil
  }

  static func needsAddress(_ object: JSON, kind: ServedKind) -> Bool {
    kind.group.isEmpty && kind.kind == "Service" && object["spec"]?["clusterIP"] == nil
      && object["spec"]?["type"]?.string != "ExternalName"
  }

  private static func fillService(_ spec: inout JSON, _ address: String?) {
    set(&spec, "type", "ClusterIP")
    set(&spec, "sessionAffinity", "None")
    if spec["type"]?.string != "ExternalName" {
      if let address { set(&spec, "clusterIP", .string(address)) }
      if let address = spec["clusterIP"] { set(&spec, "clusterIPs", .array([address])) }
      set(&spec, "internalTrafficPolicy", "Cluster")
      set(&spec, "ipFamilies", ["IPv4"])
      set(&spec, "ipFamilyPolicy", "SingleStack")
    }
    spec["ports"] = each(spec["ports"]) { port in
      set(&port, "protocol", "TCP")
      if let number = port["port"] { set(&port, "targetPort", number) }
    }
  }

  private static func fillDeployment(_ spec: inout JSON) {
    set(&spec, "replicas", .integer(1))
    set(&spec, "revisionHistoryLimit", .integer(10))
    set(&spec, "progressDeadlineSeconds", .integer(600))
    var strategy = spec["strategy"] ?? [:]
    set(&strategy, "type", "RollingUpdate")
    if strategy["type"]?.string == "RollingUpdate" {
      var rolling = strategy["rollingUpdate"] ?? [:]
      set(&rolling, "maxUnavailable", "25%")
      set(&rolling, "maxSurge", "25%")
      strategy["rollingUpdate"] = rolling
    }
    spec["strategy"] = strategy
    fillTemplate(&spec)
  }

  private static func fillTemplate(_ spec: inout JSON) {
    guard var template = spec["template"], var pod = template["spec"] else { return }
    fillPod(&pod)
    template["spec"] = pod
    spec["template"] = template
  }

  private static func fillPod(_ pod: inout JSON) {
    set(&pod, "restartPolicy", "Always")
    set(&pod, "terminationGracePeriodSeconds", .integer(30))
    set(&pod, "dnsPolicy", "ClusterFirst")
    set(&pod, "securityContext", [:])
    set(&pod, "schedulerName", "default-scheduler")
    for list in ["initContainers", "containers"] {
      pod[list] = each(pod[list]) { container in
        let image = container["image"]?.string ?? ""
        let isLatest = image.hasSuffix(":latest") || !image.contains(":")
        set(&container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent")
        set(&container, "terminationMessagePath", "/dev/termination-log")
        set(&container, "terminationMessagePolicy", "File")
        set(&container, "resources", [:])
        container["ports"] = each(container["ports"]) { set(&$0, "protocol", "TCP") }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
          guard var value = container[probe] else { continue }
          fillProbe(&value)
          container[probe] = value
        }
      }
    }
  }

  private static func fillProbe(_ probe: inout JSON) {
    set(&probe, "timeoutSeconds", .integer(1))
    set(&probe, "periodSeconds", .integer(10))
    set(&probe, "successThreshold", .integer(1))
    set(&probe, "failureThreshold", .integer(3))
    if probe["httpGet"] != nil, probe["httpGet"]?["scheme"] == nil { probe["httpGet"]?["scheme"] = "HTTP" }
  }

  private static func each(_ list: JSON?, _ body: (inout JSON) -> Void) -> JSON? {
    guard let items = list?.array else { return list }
    return .array(
      items.map { item in
        var item = item
        body(&item)
        return item
      })
  }
}
