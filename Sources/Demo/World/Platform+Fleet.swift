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

  // MARK: Flux objects

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

  // MARK: Infrastructure

  private static func namespace(_ name: String) -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: \(name)
      labels:
        pod-security.kubernetes.io/enforce: restricted

    """
  }

  private static var policies: [String: String] {
    var files: [String: String] = [:]
    for name in ["shop", "payments", "monitoring"] {
      files["infrastructure/policies/\(name)-default-deny.yaml"] = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: default-deny
          namespace: \(name)
        spec:
          podSelector: {}
          policyTypes:
            - Ingress
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: allow-same-namespace
          namespace: \(name)
        spec:
          podSelector: {}
          policyTypes:
            - Ingress
          ingress:
            - from:
                - podSelector: {}

        """
    }
    files["infrastructure/policies/readers.yaml"] = """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: example:reader
      rules:
        - apiGroups: ["", "apps"]
          resources: ["pods", "deployments", "events"]
          verbs: ["get", "list", "watch"]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata:
        name: example:readers
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: ClusterRole
        name: example:reader
      subjects:
        - apiGroup: rbac.authorization.k8s.io
          kind: Group
          name: on-call

      """
    return files
  }

  private static let ingressController = [
    "infrastructure/ingress/controller.yaml": """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: ingress-nginx
      namespace: ingress
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: ingress-nginx
      namespace: ingress
    data:
      proxy-body-size: 8m
      use-forwarded-headers: "true"
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: ingress-nginx
      namespace: ingress
    spec:
      selector:
        app.kubernetes.io/name: ingress-nginx
      ports:
        - name: http
          port: 80
          targetPort: http
        - name: https
          port: 443
          targetPort: https
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ingress-nginx
      namespace: ingress
    spec:
      replicas: 2
      selector:
        matchLabels:
          app.kubernetes.io/name: ingress-nginx
      template:
        metadata:
          labels:
            app.kubernetes.io/name: ingress-nginx
        spec:
          serviceAccountName: ingress-nginx
          containers:
            - name: controller
              image: registry.example.com/ingress-nginx/controller:1.14.0
              args:
                - /nginx-ingress-controller
                - --election-id=ingress-nginx
              ports:
                - name: http
                  containerPort: 8080
                - name: https
                  containerPort: 8443
              resources:
                requests:
                  cpu: 200m
                  memory: 256Mi

    """
  ]

  private var monitoring: [String: String] {
    [
      "infrastructure/monitoring/prometheus.yaml": """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: prometheus
        namespace: monitoring
      spec:
        interval: 5m
        chart:
          spec:
            chart: prometheus
            version: 27.x
            sourceRef:
              kind: HelmRepository
              name: charts
              namespace: flux-system
        driftDetection:
          mode: enabled
        values:
          replicaCount: \(prometheus.replicas)
          config:
            RETENTION: \(prometheus.retention)

      """,
      "infrastructure/monitoring/grafana.yaml": """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: grafana
        namespace: monitoring
      spec:
        interval: 15m
        chart:
          spec:
            chart: grafana
            version: 9.2.1
            sourceRef:
              kind: HelmRepository
              name: charts
              namespace: flux-system
        values:
          replicaCount: 1

      """,
      "infrastructure/monitoring/dashboards.yaml": """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: dashboards
        namespace: monitoring
      data:
        shop.json: |
          {"title": "Shop", "panels": [{"title": "orders a minute"}]}

      """,
    ]
  }
}
