import FoundationEssentials
import Structured

/// What Argo CD's kinds have in common (argo-cd: pkg/apis/application/v1alpha1; wire-facts 4).
enum ArgoStatus {
  static let group = "argoproj.io"
  static let refresh = "argocd.argoproj.io/refresh"
  static let refreshSet = "argocd.argoproj.io/application-set-refresh"
  static let skip = "argocd.argoproj.io/skip-reconcile"
  static let tracking = "argocd.argoproj.io/tracking-id"
  /// Where `spec.syncPolicy.automated` waits while auto-sync is off.
  static let automated = "driftglass.dev/automated"

  /// Conditions of Applications have no status: that one is there is the fact.
  static func conditions(of status: JSONNode?) -> [Condition] {
    guard let elements = status?["conditions"]?.elements else { return [] }
    var conditions: [Condition] = []
    for element in elements {
      guard let type = element["type"]?.string else { continue }
      conditions.append(
        Condition(
          type: type, status: element["status"]?.string ?? "True", reason: element["reason"]?.string ?? type,
          message: Masking.text(element["message"]?.string ?? ""),
          since: element["lastTransitionTime"]?.string.flatMap(Timestamp.parse)))
    }
    return conditions
  }

  /// Who made an object and undoes what others change in its spec: an ApplicationSet by owner reference, or another
  /// Application by the tracking annotation, if that names this very object (a copy is nobody's).
  static func parent(of object: Object, _ metadata: JSONNode?) -> ObjectRef? {
    if let owners = metadata?["ownerReferences"]?.elements {
      for owner in owners where owner["kind"]?.string == "ApplicationSet" {
        guard let name = owner["name"]?.string else { continue }
        return ObjectRef(
          cluster: object.ref.cluster, group: group, kind: "ApplicationSet", namespace: object.ref.namespace, name: name
        )
      }
    }
    guard let id = metadata?["annotations"]?[tracking]?.string, let colon = id.firstIndex(of: ":") else { return nil }
    let ref = object.ref
    guard id[colon...] == ":\(ref.group)/\(ref.kind):\(ref.namespace)/\(ref.name)" else { return nil }
    // `<namespace>_<name>` for those outside the control plane's namespace.
    let parts = id[..<colon].split(separator: "_", maxSplits: 1).map(String.init)
    guard let name = parts.last, name != ref.name || parts.count > 1 && parts[0] != ref.namespace else { return nil }
    return ObjectRef(
      cluster: ref.cluster, groupKind: ApplicationAdapter.kind.groupKind,
      namespace: parts.count > 1 ? parts[0] : ref.namespace, name: name)
  }
}
