import FoundationEssentials
import GitOps
import Kube
import Structured

/// What people do to a cluster by hand, with the field managers that their tools leave.
struct Hands: Sendable {
  let api: any ClusterAPI

  /// `kubectl scale deployment`.
  func scale(_ key: ObjectKey, to replicas: Int) async throws(APIError) {
    try await api.merge(
      try await api.require(.deployment), key, ["spec": ["replicas": .integer(replicas)]], subresource: "scale",
      as: "kubectl")
  }

  /// `kubectl set image deployment`.
  func setImage(_ key: ObjectKey, to image: String) async throws(APIError) {
    let deployments = try await api.require(.deployment)
    guard let live = try await api.get(deployments, key),
      var containers = live.value(at: "spec", "template", "spec", "containers")?.array, !containers.isEmpty
    else { return }
    containers[0]["image"] = .string(image)
    try await api.merge(
      deployments, key, ["spec": ["template": ["spec": ["containers": .array(containers)]]]], subresource: nil,
      as: "kubectl-set")
  }

  /// `kubectl label`, removing.
  func removeLabel(_ label: String, from groupKind: GroupKind, _ key: ObjectKey) async throws(APIError) {
    try await api.merge(
      try await api.require(groupKind), key, ["metadata": ["labels": [label: .null]]], subresource: nil,
      as: "kubectl-label")
  }

  /// `kubectl edit`.
  func edit(_ groupKind: GroupKind, _ key: ObjectKey, _ patch: JSON) async throws(APIError) {
    try await api.merge(try await api.require(groupKind), key, patch, subresource: nil, as: "kubectl-edit")
  }

  /// `kubectl delete`.
  func delete(_ groupKind: GroupKind, _ key: ObjectKey) async throws(APIError) {
    try await api.deleteIfThere(try await api.require(groupKind), key, as: "kubectl")
  }

  /// `flux suspend kustomization`, with the reason that the team writes down.
  func suspend(_ key: ObjectKey, by person: String, reason: String, since: Date, until: Date) async throws(APIError) {
    try await api.merge(
      try await api.require(.kustomization), key,
      [
        "metadata": [
          "annotations": [
            FluxAnnotation.suspendedBy: .string(person), FluxAnnotation.suspendedReason: .string(reason),
            FluxAnnotation.suspendedSince: .string(Timestamp.format(since)),
            FluxAnnotation.suspendedUntil: .string(Timestamp.format(until)),
          ]
        ], "spec": ["suspend": true],
      ], subresource: nil, as: "flux")
  }

  /// A push reached the cluster's webhook receiver: the source is asked to look (wire-facts 1.2, requestedAt).
  func notify(_ source: String, at time: Date) async throws(APIError) {
    let key = ObjectKey(namespace: "flux-system", name: source)
    let stamp = Timestamp.format(time, digits: 6).replacing("T", with: " ").replacing("Z", with: " +0000 UTC")
    try await api.merge(
      try await api.require(.gitRepository), key,
      ["metadata": ["annotations": [FluxAnnotation.requestedAt: .string(stamp)]]], subresource: nil,
      as: "notification-controller")
  }
}
