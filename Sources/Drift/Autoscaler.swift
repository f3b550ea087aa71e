import GitOps
import Structured

/// An object that makes a controller write fields of another one, again and again.
public struct Autoscaler: Sendable, Hashable {
  /// The autoscaler's own object.
  public let ref: ObjectRef
  /// The object that it writes to, in the same namespace and cluster.
  public let target: ObjectRef
  private let writes: Writes

  private enum Writes: Sendable { case replicas, requests }

  /// The kinds that there are, each with the versions that say `target` alike.
  /// - Note: kubernetes: HorizontalPodAutoscaler `spec.scaleTargetRef`, the same in all versions; keda: ScaledObject
  ///   `spec.scaleTargetRef`, whose kind is a Deployment unless it says otherwise; autoscaler: VerticalPodAutoscaler
  ///   `spec.targetRef`.
  public static let kinds = [
    horizontal, GroupKind(group: "keda.sh", kind: "ScaledObject"),
    GroupKind(group: "autoscaling.k8s.io", kind: "VerticalPodAutoscaler"),
  ]
  static let horizontal = GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")

  /// Nil when the object is no autoscaler, has no target, or is switched off.
  public init?(_ object: Object) {
    guard Self.kinds.contains(object.ref.groupKind), let root = try? object.document().root else { return nil }
    let isVertical = object.ref.kind == "VerticalPodAutoscaler"
    guard let reference = root["spec"]?[isVertical ? "targetRef" : "scaleTargetRef"],
      let name = reference["name"]?.string
    else { return nil }
    if isVertical, root.value(at: "spec", "updatePolicy", "updateMode")?.string == "Off" { return nil }
    let version = reference["apiVersion"]?.string ?? "apps/v1"
    let parts = version.split(separator: "/")
    ref = object.ref
    target = ObjectRef(
      cluster: object.ref.cluster, group: parts.count > 1 ? String(parts[0]) : "",
      kind: reference["kind"]?.string ?? "Deployment", namespace: object.ref.namespace, name: name)
    writes = isVertical ? .requests : .replicas
  }

  /// `HorizontalPodAutoscaler shop/web`
  var text: String { "\(ref.kind) \(ref.path)" }

  /// Whether it is this field of its target that it writes.
  func writes(_ pointer: String) -> Bool {
    switch writes {
    case .replicas: pointer == "/spec/replicas"
    case .requests: pointer.hasPrefix("/spec/") && pointer.contains("/containers/") && pointer.contains("/resources")
    }
  }
}
