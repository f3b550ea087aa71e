import FoundationEssentials
import GitOps
import Kube
import Structured

/// The horizontal pod autoscaler: brings its target to the number of replicas that its load asks for, by way of the
/// scale subresource. The load is simulated: an annotation of the HorizontalPodAutoscaler says how many it needs.
struct AutoscalerController: Reconciler {
  static let manager = "kube-controller-manager"
  /// How many replicas the simulated load needs.
  static let load = "demo.driftglass.dev/load"

  let groupKind = GroupKind.autoscaler
  let related: [GroupKind] = [.deployment]
  let api: any ClusterAPI
  /// Seconds between looks at one autoscaler (kubernetes: --horizontal-pod-autoscaler-sync-period).
  let period = 15.0
  var voice: ControllerVoice
  private var looked: [ObjectKey: Date] = [:]

  init(api: any ClusterAPI, voice: ControllerVoices) {
    self.api = api
    self.voice = voice("horizontal-pod-autoscaler")
  }

  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date? {
    if let before = looked[key], now < before.addingTimeInterval(period) { return before.addingTimeInterval(period) }
    looked[key] = now
    do throws(APIError) {
      return try await step(key, now) ? now.addingTimeInterval(period) : nil
    } catch {
      return now.addingTimeInterval(period)
    }
  }

  /// - Returns: whether there still is such an autoscaler.
  private mutating func step(_ key: ObjectKey, _ now: Date) async throws(APIError) -> Bool {
    let resource = try await api.require(groupKind)
    guard let autoscaler = try await api.get(resource, key) else { return false }
    let spec = autoscaler["spec"]
    guard spec?["scaleTargetRef"]?["kind"]?.string == "Deployment",
      let load = autoscaler["metadata"]?["annotations"]?[Self.load]?.string.flatMap({ Int($0) })
    else { return true }
    let deployments = try await api.require(.deployment)
    let target = ObjectKey(namespace: key.namespace, name: spec?["scaleTargetRef"]?["name"]?.string ?? "")
    guard let deployment = try await api.get(deployments, target) else { return true }
    let wanted = min(max(load, spec?["minReplicas"]?.int ?? 1), spec?["maxReplicas"]?.int ?? load)
    let current = deployment["spec"]?["replicas"]?.int ?? 1
    var status: JSON = autoscaler["status"] ?? [:]
    status["currentReplicas"] = .integer(current)
    status["desiredReplicas"] = .integer(wanted)
    if current != wanted {
      try await api.merge(
        deployments, target, ["spec": ["replicas": .integer(wanted)]], subresource: "scale", as: Self.manager)
      status["lastScaleTime"] = .string(Timestamp.format(now))
      await voice.event(
        on: autoscaler, reason: "SuccessfulRescale",
        "New size: \(wanted); reason: cpu resource utilization (percentage of request) above target", at: now)
    }
    var conditions = Conditions(autoscaler)
    conditions.set("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size", at: now)
    status["conditions"] = .array(conditions.json)
    try await api.setStatus(resource, of: autoscaler, to: status, as: Self.manager)
    return true
  }
}
