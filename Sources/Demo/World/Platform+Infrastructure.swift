/// What every cluster of the fleet runs.
extension Platform {
  static func namespace(_ name: String) -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: \(name)
      labels:
        pod-security.kubernetes.io/enforce: restricted

    """
  }

  static var policies: [String: String] {
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

  static let ingressController = [
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
          protocol: TCP
          targetPort: http
        - name: https
          port: 443
          protocol: TCP
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

  var monitoring: [String: String] {
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
