extension Platform {
  /// The fleet repository: what every cluster runs, and the Flux objects of each.
  var fleetFiles: [String: String] {
    var files = ["README.md": "# fleet\n\nOne directory a cluster; what they share is under infrastructure.\n"]
    for name in ["shop", "payments", "monitoring", "ingress"] {
      files["infrastructure/namespaces/\(name).yaml"] = Self.namespace(name)
    }
    files.merge(Self.policies) { $1 }
    files.merge(Self.ingressController) { $1 }
    files.merge(monitoring) { $1 }
    for cluster in Self.clusters {
      files["clusters/\(cluster)/flux-system.yaml"] = Self.sources(cluster)
      files["clusters/\(cluster)/infrastructure.yaml"] = Self.infrastructure(cluster)
      files["clusters/\(cluster)/apps.yaml"] = Self.groups(of: cluster).map { Self.appKustomization($0, cluster) }
        .joined(separator: "---\n")
    }
    return files
  }

  private static func sources(_ cluster: String) -> String {
    // Only the European cluster hears of pushes at once.
    let interval = cluster == "prod-eu" ? "1m" : "10m"
    return """
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata:
        name: fleet
        namespace: flux-system
      spec:
        interval: \(interval)
        ref:
          branch: main
        url: \(fleetURL)
      ---
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata:
        name: apps
        namespace: flux-system
      spec:
        interval: \(interval)
        ref:
          branch: main
        url: \(appsURL)
      ---
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: HelmRepository
      metadata:
        name: charts
        namespace: flux-system
      spec:
        interval: 30m
        url: https://charts.example.com/stable
      ---
      \(kustomization("flux-system", "fleet", "./clusters/\(cluster)", interval: "10m", wait: false))
      """
  }

  /// The object that starts it all; everything else comes out of Git.
  static func bootstrap(_ cluster: String) -> String { sources(cluster) }

  private static func infrastructure(_ cluster: String) -> String {
    let parts =
      cluster == "edge-7"
      ? ["namespaces", "policies", "monitoring"] : ["namespaces", "policies", "ingress", "monitoring"]
    return parts.map { part in
      kustomization(
        part, "fleet", "./infrastructure/\(part)", interval: "10m",
        dependsOn: part == "namespaces" ? nil : "namespaces", wait: part == "ingress", prune: part != "namespaces")
    }.joined(separator: "---\n")
  }

  private static func appKustomization(_ group: String, _ cluster: String) -> String {
    let waitsForPayments = ["checkout", "invoices", "fraud"].contains(group)
    return kustomization(
      group, "apps", "./\(group)/\(cluster)", interval: cluster == "prod-eu" ? "5m" : "10m", retry: "3m",
      timeout: "30s", dependsOn: waitsForPayments ? "payments" : "namespaces", wait: true, team: group)
  }

  private static func kustomization(
    _ name: String, _ source: String, _ path: String, interval: String, retry: String? = nil, timeout: String? = nil,
    dependsOn: String? = nil, wait: Bool, prune: Bool = true, team: String? = nil
  ) -> String {
    var text = """
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata:
        name: \(name)
        namespace: flux-system
      spec:
        interval: \(interval)
        path: \(path)
        prune: \(prune)
        sourceRef:
          kind: GitRepository
          name: \(source)

      """
    if let retry { text += "  retryInterval: \(retry)\n" }
    if let timeout { text += "  timeout: \(timeout)\n" }
    if wait { text += "  wait: true\n" }
    if let dependsOn { text += "  dependsOn:\n    - name: \(dependsOn)\n" }
    if let team { text += "  commonMetadata:\n    labels:\n      example.com/team: \(team)\n" }
    return text
  }
}
