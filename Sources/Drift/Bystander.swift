import GitOps
import Structured

/// Objects that nobody writes into Git and that are no orphans (`drift.md` B.4): tables as data.
public enum Bystander {
  /// Kinds that are looked through beside those that Git sets.
  public static let usualKinds: [GroupKind] = [
    GroupKind(group: "", kind: "ConfigMap"), GroupKind(group: "", kind: "PersistentVolumeClaim"),
    GroupKind(group: "", kind: "Secret"), GroupKind(group: "", kind: "Service"),
    GroupKind(group: "apps", kind: "DaemonSet"), GroupKind(group: "apps", kind: "Deployment"),
    GroupKind(group: "apps", kind: "StatefulSet"), GroupKind(group: "batch", kind: "CronJob"),
    GroupKind(group: "networking.k8s.io", kind: "Ingress"),
  ]

  /// Kinds that the cluster makes by itself.
  private static let kinds: Set<GroupKind> = [
    GroupKind(group: "", kind: "Endpoints"), GroupKind(group: "discovery.k8s.io", kind: "EndpointSlice"),
    GroupKind(group: "", kind: "Event"), GroupKind(group: "events.k8s.io", kind: "Event"),
    GroupKind(group: "coordination.k8s.io", kind: "Lease"), GroupKind(group: "apps", kind: "ControllerRevision"),
  ]

  /// Kind → names.
  private static let names: [String: Set<String>] = [
    "ConfigMap": ["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"],
    "ServiceAccount": ["default", "builder", "deployer"], "Service": ["kubernetes"],
  ]

  /// Kind → how names begin: `sh.helm.release.v1.web.v3`.
  private static let prefixes: [String: [String]] = [
    "Secret": ["sh.helm.release.v1.", "default-token-"], "ConfigMap": ["sh.helm.release.v1."],
  ]

  /// Marks of what something else answers for: Helm, Argo CD, Flux v1, cert-manager, External Secrets, add-on managers,
  /// controllers that elect a leader, and the tokens of service accounts.
  private static let annotations = [
    "meta.helm.sh/release-name", "argocd.argoproj.io/tracking-id", "fluxcd.io/sync-checksum",
    "kubernetes.io/service-account.name", "control-plane.alpha.kubernetes.io/leader",
    "objectset.rio.cattle.io/id",
  ]
  private static let marks = [
    "cert-manager.io/", "reconcile.external-secrets.io/", "fluxcd.io/sync-gc-mark", "addonmanager.kubernetes.io/",
    "objectset.rio.cattle.io/", "olm.owner",
  ]

  /// Something answers for the object, or the cluster made it. Its metadata is enough.
  /// - Parameter claims: how the names of claims begin that belong to the templates of StatefulSets.
  public static func isOne(_ object: Object, claims: [String]) -> Bool {
    let ref = object.ref
    if object.deleted != nil || kinds.contains(ref.groupKind) || !OwnerLabels.owners(of: object).isEmpty { return true }
    if ref.group.isEmpty {
      if names[ref.kind]?.contains(ref.name) == true { return true }
      if prefixes[ref.kind]?.contains(where: ref.name.hasPrefix) == true { return true }
      if ref.kind == "PersistentVolumeClaim", claims.contains(where: { isClaim(ref.name, of: $0) }) { return true }
    }
    guard let metadata = (try? object.document())?.root["metadata"] else { return true }
    if metadata["ownerReferences"]?.count ?? 0 > 0 { return true }
    let noted = metadata["annotations"]
    if annotations.contains(where: { noted?[$0] != nil }) { return true }
    let keys = Array(object.labels.keys) + (noted?.members?.map(\.key) ?? [])
    return keys.contains { key in marks.contains(where: key.hasPrefix) }
  }

  /// `data-db-0` of `data-db-`.
  private static func isClaim(_ name: String, of prefix: String) -> Bool {
    name.hasPrefix(prefix) && name.count > prefix.count && name.dropFirst(prefix.count).allSatisfy(\.isNumber)
  }

  /// How the names of a StatefulSet's claims begin; none for other kinds.
  public static func claims(of desired: DesiredObject) -> [String] {
    guard desired.groupKind == GroupKind(group: "apps", kind: "StatefulSet") else { return [] }
    return desired.packed.value(at: "spec", "volumeClaimTemplates")?.elements.compactMap {
      $0.value(at: "metadata", "name")?.string.map { "\($0)-\(desired.name)-" }
    } ?? []
  }
}
