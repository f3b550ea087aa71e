import FoundationEssentials
import GitOps
import Kube
import Structured

/// The part of kube-controller-manager and kubelet that a Deployment needs to look alive: a ReplicaSet a template, Pods,
/// and the counts and conditions of its status. A Pod whose image says `broken` crashes and never becomes ready.
struct WorkloadController: Reconciler {
  static let name = "deployment-controller"
  static let manager = "kube-controller-manager"

  let groupKind = GroupKind.deployment
  let related: [GroupKind] = []
  let api: any ClusterAPI
  /// Against a real API server there is nobody to run them.
  let makesPods: Bool
  /// Seconds from a Pod's creation until it is ready.
  let startTime = 2.0
  var voice: ControllerVoice
  private var rollouts: [ObjectKey: Rollout] = [:]

  /// What was last asked of a Deployment, and since when.
  private struct Rollout {
    let hash: String
    let replicas: Int
    let since: Date
  }

  init(api: any ClusterAPI, makesPods: Bool, voice: ControllerVoices) {
    self.api = api
    self.makesPods = makesPods
    self.voice = voice(Self.name)
  }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    do throws(APIError) {
      return try await step(key, now)
    } catch {
      return now.addingTimeInterval(2)
    }
  }

  private mutating func step(_ key: ObjectKey, _ now: Date) async throws(APIError) -> Date? {
    let resource = try await api.require(groupKind)
    guard let deployment = try await api.get(resource, key), deployment["metadata"]?["deletionTimestamp"] == nil else {
      rollouts[key] = nil
      return nil
    }
    let wanted = deployment["spec"]?["replicas"]?.int ?? 1
    let hash = Self.hash(of: deployment.value(at: "spec", "template") ?? .null)
    let isBroken = Self.isBroken(deployment)
    let old = rollouts[key]
    var rollout = old ?? Rollout(hash: hash, replicas: wanted, since: Self.start(of: deployment, now))
    if rollout.hash != hash || rollout.replicas != wanted {
      rollout = Rollout(hash: hash, replicas: wanted, since: now)
    }
    rollouts[key] = rollout
    let isStarted = now >= rollout.since.addingTimeInterval(startTime)
    let before = deployment["status"]?["readyReplicas"]?.int ?? 0
    let ready = Ready(
      wanted: wanted, isBroken: isBroken, isStarted: isStarted, before: min(before, wanted))
    if makesPods { try await settlePods(deployment, hash: hash, ready, now) }
    var status = status(of: deployment, ready, now)
    if let revision = deployment["status"]?["collisionCount"] { status["collisionCount"] = revision }
    try await api.setStatus(resource, of: deployment, to: status, as: Self.manager)
    if !isStarted { return rollout.since.addingTimeInterval(startTime) }
    return nil
  }

  /// A Deployment whose present generation was seen before the controller came back needs no new rollout.
  private static func start(of deployment: JSON, _ now: Date) -> Date {
    deployment["status"]?["observedGeneration"] == deployment["metadata"]?["generation"] ? .distantPast : now
  }

  /// FNV-1a of a Pod template: the name of its ReplicaSet.
  private static func hash(of template: JSON) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in template.encoded() { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let text = String(hash, radix: 16)
    return String((String(repeating: "0", count: 16 - text.count) + text).suffix(10))
  }

  private static func isBroken(_ deployment: JSON) -> Bool {
    let containers = deployment.value(at: "spec", "template", "spec", "containers")?.array ?? []
    return containers.contains { $0["image"]?.string?.contains("broken") == true }
  }

  /// How many Pods are there and ready. A rollout that does not get ready leaves the old Pods running.
  struct Ready {
    let wanted: Int
    let isBroken: Bool
    let isStarted: Bool
    /// Ready ones before.
    let before: Int

    var count: Int {
      if isStarted, !isBroken { return wanted }
      // A quarter may be missing while Pods are replaced (kubernetes: rolling update defaults).
      return min(before, wanted)
    }
    var updated: Int { isBroken ? min(1, wanted) : wanted }
  }

  private func status(of deployment: JSON, _ ready: Ready, _ now: Date) -> JSON {
    let generation = deployment["metadata"]?["generation"]?.int ?? 1
    var status: JSON = [
      "observedGeneration": .integer(generation), "replicas": .integer(max(ready.wanted, ready.count)),
      "updatedReplicas": .integer(ready.updated), "readyReplicas": .integer(ready.count),
      "availableReplicas": .integer(ready.count),
    ]
    let missing = ready.wanted - ready.count + (ready.isBroken ? 1 : 0)
    if missing > 0 { status["unavailableReplicas"] = .integer(missing) }
    var conditions = Conditions(deployment)
    let isDone = ready.isStarted && !ready.isBroken
    conditions.set(
      "Available", isDone || ready.count * 4 >= ready.wanted * 3,
      isDone ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      isDone ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", at: now)
    conditions.set(
      "Progressing", true, isDone ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
      isDone ? "ReplicaSet has successfully progressed." : "ReplicaSet is progressing.", at: now)
    status["conditions"] = .array(conditions.json)
    return status
  }

  private mutating func settlePods(
    _ deployment: JSON, hash: String, _ ready: Ready, _ now: Date
  ) async throws(APIError) {
    let key = ObjectKey(of: deployment)
    let sets = try await api.require(.replicaSet)
    let selector = deployment.value(at: "spec", "selector", "matchLabels")?.object ?? [:]
    let labels = selector.map { "\($0.key)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")
    let live = try await api.list(sets, labels: labels).filter { ObjectKey(of: $0).namespace == key.namespace }
    let current = ObjectKey(namespace: key.namespace, name: "\(key.name)-\(hash)")
    // A rollout that gets stuck keeps the old set; one that succeeds empties it.
    let newCount = ready.updated
    let oldCount = ready.isBroken ? ready.wanted : 0
    for set in live where ObjectKey(of: set) != current {
      let name = ObjectKey(of: set)
      let keeps = oldCount > 0 && name == newest(live, except: current)
      try await scale(set, sets, to: keeps ? oldCount : 0, deployment, now)
      try await setPods(of: set, count: keeps ? oldCount : 0, isBroken: false, isStarted: true, now)
    }
    try await forget(live.filter { ObjectKey(of: $0) != current && $0["spec"]?["replicas"]?.int == 0 }, sets)
    let existing = live.first { ObjectKey(of: $0) == current }
    let set: JSON
    if let existing {
      try await scale(existing, sets, to: newCount, deployment, now)
      set = existing
    } else {
      set = try await makeSet(deployment, current, hash, replicas: newCount, now)
    }
    try await setPods(of: set, count: newCount, isBroken: ready.isBroken, isStarted: ready.isStarted, now)
  }

  /// Old sets beyond the history limit go, the oldest first (kubernetes: revisionHistoryLimit).
  private func forget(_ old: [JSON], _ sets: ServedResource) async throws(APIError) {
    let limit = 10
    guard old.count > limit else { return }
    let sorted = old.sorted {
      ($0["metadata"]?["creationTimestamp"]?.string ?? "") < ($1["metadata"]?["creationTimestamp"]?.string ?? "")
    }
    for set in sorted.prefix(old.count - limit) {
      try await api.delete(sets, ObjectKey(of: set), uid: nil, as: Self.manager)
    }
  }

  private func newest(_ sets: [JSON], except key: ObjectKey) -> ObjectKey? {
    sets.filter { ObjectKey(of: $0) != key && ($0["spec"]?["replicas"]?.int ?? 0) > 0 }
      .map { (created: $0["metadata"]?["creationTimestamp"]?.string ?? "", key: ObjectKey(of: $0)) }
      .max { ($0.created, $0.key) < ($1.created, $1.key) }?.key
  }

  private mutating func makeSet(
    _ deployment: JSON, _ key: ObjectKey, _ hash: String, replicas: Int, _ now: Date
  ) async throws(APIError) -> JSON {
    var template = deployment.value(at: "spec", "template") ?? [:]
    var labels = template["metadata"]?["labels"] ?? [:]
    labels["pod-template-hash"] = .string(hash)
    template["metadata"] = (template["metadata"] ?? [:]).merging(patch: ["labels": labels])
    let set: JSON = [
      "apiVersion": "apps/v1", "kind": "ReplicaSet",
      "metadata": [
        "name": .string(key.name), "namespace": .string(key.namespace), "labels": labels,
        "ownerReferences": [Self.owner(deployment)],
      ],
      "spec": ["replicas": .integer(replicas), "selector": ["matchLabels": labels], "template": template],
    ]
    let made = try await api.create(
      try await api.require(.replicaSet), set, namespace: key.namespace, as: Self.manager)
    await voice.event(
      on: deployment, reason: "ScalingReplicaSet", "Scaled up replica set \(key.name) from 0 to \(replicas)", at: now)
    return made
  }

  private mutating func scale(
    _ set: JSON, _ sets: ServedResource, to replicas: Int, _ deployment: JSON, _ now: Date
  ) async throws(APIError) {
    let old = set["spec"]?["replicas"]?.int ?? 0
    guard old != replicas else { return }
    let key = ObjectKey(of: set)
    try await api.merge(sets, key, ["spec": ["replicas": .integer(replicas)]], subresource: nil, as: Self.manager)
    let direction = replicas > old ? "up" : "down"
    await voice.event(
      on: deployment, reason: "ScalingReplicaSet",
      "Scaled \(direction) replica set \(key.name) from \(old) to \(replicas)", at: now)
  }

  private func setPods(
    of set: JSON, count: Int, isBroken: Bool, isStarted: Bool, _ now: Date
  ) async throws(APIError) {
    let pods = try await api.require(.pod)
    let key = ObjectKey(of: set)
    let hash = set["metadata"]?["labels"]?["pod-template-hash"]?.string ?? ""
    let all = try await api.list(pods, labels: "pod-template-hash=\(hash)")
      .filter { ObjectKey(of: $0).namespace == key.namespace }
      .sorted { ObjectKey(of: $0) < ObjectKey(of: $1) }
    for pod in all.dropFirst(count) {
      try await api.delete(pods, ObjectKey(of: pod), uid: nil, as: Self.manager)
    }
    var present = Array(all.prefix(count))
    while present.count < count { present.append(try await makePod(set, pods)) }
    for pod in present {
      try await api.setStatus(
        pods, of: pod, to: Self.podStatus(pod, isReady: isStarted && !isBroken, isCrashing: isStarted && isBroken, now),
        as: "kubelet")
    }
    let ready = isStarted && !isBroken ? count : 0
    let sets = try await api.require(.replicaSet)
    try await api.setStatus(
      sets, of: set,
      to: [
        "replicas": .integer(count), "fullyLabeledReplicas": .integer(count), "readyReplicas": .integer(ready),
        "availableReplicas": .integer(ready), "observedGeneration": set["metadata"]?["generation"] ?? 1,
      ], as: Self.manager)
  }

  private func makePod(_ set: JSON, _ pods: ServedResource) async throws(APIError) -> JSON {
    let key = ObjectKey(of: set)
    let template = set.value(at: "spec", "template") ?? [:]
    var metadata = template["metadata"] ?? [:]
    metadata["generateName"] = "\(key.name)-"
    metadata["namespace"] = .string(key.namespace)
    metadata["ownerReferences"] = [Self.owner(set)]
    return try await api.create(
      pods, ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] ?? [:]],
      namespace: key.namespace, as: Self.manager)
  }

  private static func owner(_ object: JSON) -> JSON {
    [
      "apiVersion": object["apiVersion"] ?? "", "kind": object["kind"] ?? "",
      "name": object["metadata"]?["name"] ?? "", "uid": object["metadata"]?["uid"] ?? "", "controller": true,
      "blockOwnerDeletion": true,
    ]
  }

  private static func podStatus(_ pod: JSON, isReady: Bool, isCrashing: Bool, _ now: Date) -> JSON {
    let time = JSON.string(Timestamp.format(now))
    let started = pod["status"]?["startTime"] ?? time
    let statuses = (pod.value(at: "spec", "containers")?.array ?? []).map { container -> JSON in
      let old = (pod.value(at: "status", "containerStatuses")?.array ?? []).first { $0["name"] == container["name"] }
      var state: JSON = ["waiting": ["reason": "ContainerCreating"]]
      var status: JSON = [
        "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "", "ready": .bool(isReady),
        "started": .bool(isReady), "restartCount": .integer(isCrashing ? 4 : 0),
      ]
      if isReady { state = old?["state"]?["running"] == nil ? ["running": ["startedAt": time]] : old?["state"] ?? [:] }
      if isCrashing {
        state = [
          "waiting": [
            "reason": "CrashLoopBackOff",
            "message": "back-off 1m20s restarting failed container=\(container["name"]?.string ?? "")",
          ]
        ]
        status["lastState"] =
          old?["lastState"] ?? [
            "terminated": ["exitCode": 1, "reason": "Error", "startedAt": started, "finishedAt": time]
          ]
      }
      status["state"] = state
      return status
    }
    var conditions = Conditions(pod)
    conditions.set("Initialized", true, "", "", at: now)
    conditions.set("Ready", isReady, isReady ? "" : "ContainersNotReady", "", at: now)
    return [
      "phase": .string(isReady || isCrashing ? "Running" : "Pending"), "startTime": started, "hostIP": "10.0.0.10",
      "podIP": "10.244.0.10", "containerStatuses": .array(statuses), "conditions": .array(conditions.json),
    ]
  }
}
