import GitOps

extension ServedKind {
  /// Everything the server serves.
  static let all: [ServedKind] = core + workloads + policy + flux + neighbours

  private static let core: [ServedKind] = [
    ServedKind(
      group: "", version: "v1", kind: "Namespace", plural: "namespaces", shortNames: ["ns"], namespaced: false,
      hasStatus: true, columns: [.text("Status", "status", "phase")]),
    ServedKind(
      group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"],
      columns: [.count("Data", "data")]),
    ServedKind(
      group: "", version: "v1", kind: "Secret", plural: "secrets",
      columns: [.text("Type", "type"), .count("Data", "data")]),
    ServedKind(
      group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"],
      columns: [.count("Secrets", "secrets")]),
    ServedKind(
      group: "", version: "v1", kind: "Service", plural: "services", shortNames: ["svc"], categories: ["all"],
      hasStatus: true, columns: TableColumn.service),
    ServedKind(
      group: "", version: "v1", kind: "Event", plural: "events", shortNames: ["ev"], columns: TableColumn.event),
    ServedKind(
      group: "", version: "v1", kind: "Node", plural: "nodes", shortNames: ["no"], namespaced: false, hasStatus: true,
      columns: TableColumn.node),
    ServedKind(
      group: "", version: "v1", kind: "Pod", plural: "pods", shortNames: ["po"], categories: ["all"], hasStatus: true,
      hasGeneration: true, columns: TableColumn.pod),
  ]

  private static let workloads: [ServedKind] = [
    ServedKind(
      group: "apps", version: "v1", kind: "Deployment", plural: "deployments", shortNames: ["deploy"],
      categories: ["all"], hasStatus: true, hasScale: true, hasGeneration: true, columns: TableColumn.deployment),
    ServedKind(
      group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"], categories: ["all"],
      hasStatus: true, hasScale: true, hasGeneration: true, columns: TableColumn.replicaSet),
    ServedKind(
      group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers",
      shortNames: ["hpa"], categories: ["all"], hasStatus: true, columns: TableColumn.autoscaler),
  ]

  private static let policy: [ServedKind] = [
    ServedKind(
      group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", shortNames: ["pdb"],
      hasStatus: true, hasGeneration: true,
      columns: [
        .text("Min Available", "spec", "minAvailable"), .text("Max Unavailable", "spec", "maxUnavailable"),
      ]),
    ServedKind(
      group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses", shortNames: ["ing"],
      hasStatus: true, hasGeneration: true, columns: [.text("Class", "spec", "ingressClassName"), .hosts]),
    ServedKind(
      group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies",
      shortNames: ["netpol"], hasGeneration: true),
    ServedKind(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "Role", plural: "roles"),
    ServedKind(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "RoleBinding", plural: "rolebindings",
      columns: [.text("Role", "roleRef", "name")]),
    ServedKind(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole", plural: "clusterroles",
      namespaced: false),
    ServedKind(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings",
      namespaced: false, columns: [.text("Role", "roleRef", "name")]),
    ServedKind(
      group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
      plural: "customresourcedefinitions", shortNames: ["crd", "crds"], categories: ["api-extensions"],
      namespaced: false, hasStatus: true, hasGeneration: true),
  ]

  private static let flux: [ServedKind] = [
    source("GitRepository", "gitrepositories", ["gitrepo"], [.text("URL", "spec", "url")]),
    source("OCIRepository", "ocirepositories", ["ocirepo"], [.text("URL", "spec", "url")]),
    source("HelmRepository", "helmrepositories", ["helmrepo"], [.text("URL", "spec", "url")]),
    source(
      "HelmChart", "helmcharts", ["hc"],
      [
        .text("Chart", "spec", "chart"), .text("Version", "spec", "version"),
        .text("Source Kind", "spec", "sourceRef", "kind"), .text("Source Name", "spec", "sourceRef", "name"),
      ]),
    source("Bucket", "buckets", [], [.text("Endpoint", "spec", "endpoint")]),
    ServedKind(
      group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization", plural: "kustomizations",
      shortNames: ["ks"], isCustom: true, hasStatus: true, hasGeneration: true, columns: TableColumn.ready),
    ServedKind(
      group: "helm.toolkit.fluxcd.io", version: "v2", kind: "HelmRelease", plural: "helmreleases", shortNames: ["hr"],
      isCustom: true, hasStatus: true, hasGeneration: true, columns: TableColumn.ready),
  ]

  /// Everything else that Driftglass reads, as its adapters name it.
  static let neighbours: [ServedKind] = KindAdapters.kinds.filter { kind in
    !flux.contains { $0.group == kind.groupKind.group && $0.kind == kind.groupKind.kind }
  }.map { kind in
    // Argo CD writes the status of an Application with the object (wire-facts 4).
    let hasStatus = kind.groupKind.group != "argoproj.io" || kind.groupKind.kind == "ApplicationSet"
    return ServedKind(
      group: kind.groupKind.group, version: kind.versions[0], kind: kind.groupKind.kind, plural: kind.plural,
      shortNames: kind.shortNames, namespaced: kind.namespaced, isCustom: true, hasStatus: hasStatus,
      hasGeneration: true)
  }

  private static func source(_ kind: String, _ plural: String, _ short: [String], _ columns: [TableColumn])
    -> ServedKind
  {
    ServedKind(
      group: "source.toolkit.fluxcd.io", version: "v1", kind: kind, plural: plural, shortNames: short, isCustom: true,
      hasStatus: true, hasGeneration: true, columns: columns + TableColumn.ready)
  }
}
