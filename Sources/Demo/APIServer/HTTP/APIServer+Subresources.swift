import FoundationEssentials
import GitOps
import Structured

/// The scale of workloads and the logs of pods.
extension APIServer {
  func scale(
    _ request: ServerRequest, _ key: ObjectKey, _ kind: ServedKind, _ now: Date
  ) throws(APIStatus) -> ServerResponse {
    let object = try store.read { (store) throws(APIStatus) in try store.get(kind, key) }
    if request.method == "GET" { return .json(Self.scale(of: object)) }
    let body = try request.json()
    let current = Self.scale(of: object)
    let wanted: JSON
    switch (request.method, request.contentType) {
    case ("PUT", _): wanted = body
    case ("PATCH", "application/json-patch+json"): wanted = try JSONPatch.apply(body, to: current, kind: kind)
    case ("PATCH", _): wanted = current.merging(patch: body)
    default: throw .methodNotAllowed()
    }
    guard let replicas = wanted["spec"]?["replicas"]?.int, replicas >= 0 else {
      throw .invalid(kind, key.name, "spec.replicas: must be a number that is not negative")
    }
    let options = WriteOptions(manager: request.manager, dryRun: request.query["dryRun"] == "All", now: now)
    return .json(
      Self.scale(
        of: try store.write { (store) throws(APIStatus) in
          try store.scale(kind, key, replicas: replicas, options)
        }))
  }

  private static func scale(of object: StoredObject) -> JSON {
    let metadata = object.json["metadata"]
    var identity: JSON = [:]
    for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
      identity[name] = metadata?[name]
    }
    let labels = object.json.value(at: "spec", "selector", "matchLabels")?.object ?? [:]
    return [
      "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": identity,
      "spec": ["replicas": .integer(object.json.value(at: "spec", "replicas")?.int ?? 1)],
      "status": [
        "replicas": .integer(object.json.value(at: "status", "replicas")?.int ?? 0),
        "selector": .string(labels.map { "\($0.key)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")),
      ],
    ]
  }

  func log(
    _ request: ServerRequest, _ key: ObjectKey, _ kind: ServedKind, _ now: Date
  ) throws(APIStatus) -> ServerResponse {
    let pod = try store.read { (store) throws(APIStatus) in try store.get(kind, key) }
    let containers = (pod.json.value(at: "spec", "containers")?.array ?? []).compactMap { $0["name"]?.string }
    let wanted = request.query["container"] ?? ""
    if wanted.isEmpty, containers.count > 1 {
      throw .badRequest(
        "a container name must be specified for pod \(key.name), choose one of: [\(containers.joined(separator: " "))]")
    }
    if !wanted.isEmpty, !containers.contains(wanted) {
      throw .badRequest("container \(wanted) is not valid for pod \(key.name)")
    }
    var query = PodLogs.Query()
    query.sinceSeconds = request.query["sinceSeconds"].flatMap { Int($0) }
    query.sinceTime = request.query["sinceTime"].flatMap(Timestamp.parse)
    query.tailLines = request.query["tailLines"].flatMap { Int($0) }
    query.timestamps = request.flag("timestamps")
    if request.flag("follow") {
      return ServerResponse(contentType: "text/plain", body: .stream(logs.follow(key, query, now: now)))
    }
    return ServerResponse(contentType: "text/plain", body: .bytes(logs.text(of: key, query, now: now)))
  }
}
