extension Platform {
  /// The apps repository: a base for each group, and a directory for each cluster beside it.
  var appsFiles: [String: String] {
    var files = ["README.md": "# apps\n\nWhat the shop runs. Each team owns a directory.\n"]
    for group in Set(apps.map(\.group)) {
      let members = apps.filter { $0.group == group }
      files.merge(base(group, members)) { $1 }
      for cluster in Self.clusters where Self.groups(of: cluster).contains(group) {
        let directory = "\(group)/\(cluster)"
        var resources = ["../base"]
        for app in members {
          resources.append("\(app.name).yaml")
          files["\(directory)/\(app.name).yaml"] = deployment(app, cluster)
        }
        if group == "shop" {
          resources.append("recommendations.yaml")
          files["\(directory)/recommendations.yaml"] = recommendationsRelease
        }
        if group == "catalog", cluster == "prod-eu" {
          resources.append("autoscaler.yaml")
          files["\(directory)/autoscaler.yaml"] = Self.autoscaler
        }
        files["\(directory)/kustomization.yaml"] = kustomization(resources, namespace: members.first?.namespace)
      }
    }
    return files
  }

  private func base(_ group: String, _ members: [App]) -> [String: String] {
    var files: [String: String] = [:]
    for app in members {
      files["\(group)/base/\(app.name)-service.yaml"] = service(app)
      files["\(group)/base/\(app.name)-config.yaml"] = config("\(app.name)-config", app.settings)
    }
    switch group {
    case "shop":
      files["shop/base/flags.yaml"] = config("flags", flags)
      files["shop/base/ingress.yaml"] = Self.ingress
      files["shop/base/budget.yaml"] = budget("cart")
    case "payments":
      files["payments/base/budget.yaml"] = budget("payments-api")
      files["payments/base/account.yaml"] = Self.paymentsAccount
      files["payments/base/gateway-secret.yaml"] = Self.gatewaySecret
    default: break
    }
    let names = files.keys.map { String($0.split(separator: "/").last ?? "") }.sorted()
    files["\(group)/base/kustomization.yaml"] = kustomization(names, namespace: nil)
    return files
  }

  func kustomization(_ resources: [String], namespace: String?) -> String {
    """
    apiVersion: kustomize.config.k8s.io/v1beta1
    kind: Kustomization
    \(namespace.map { "namespace: \($0)\n" } ?? "")resources:
    \(resources.map { "  - \($0)\n" }.joined())
    """
  }

  private func deployment(_ app: App, _ cluster: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: \(app.name)
      labels:
        app.kubernetes.io/name: \(app.name)
        app.kubernetes.io/part-of: \(app.group)
    spec:
      replicas: \(app.replicas[cluster] ?? 1)
      selector:
        matchLabels:
          app.kubernetes.io/name: \(app.name)
      template:
        metadata:
          labels:
            app.kubernetes.io/name: \(app.name)
            app.kubernetes.io/part-of: \(app.group)
        spec:
          containers:
            - name: \(app.name)
              image: registry.example.com/\(app.group)/\(app.name):\(app.tags[cluster] ?? "0.0.0")
              ports:
                - name: http
                  containerPort: \(app.port)
              envFrom:
                - configMapRef:
                    name: \(app.name)-config
              readinessProbe:
                httpGet:
                  path: /readyz
                  port: http
                periodSeconds: 5
              resources:
                requests:
                  cpu: 100m
                  memory: 128Mi
                limits:
                  memory: 256Mi

    """
  }

  private func service(_ app: App) -> String {
    """
    apiVersion: v1
    kind: Service
    metadata:
      name: \(app.name)
      labels:
        app.kubernetes.io/name: \(app.name)
    spec:
      selector:
        app.kubernetes.io/name: \(app.name)
      ports:
        - name: http
          port: 80
          protocol: TCP
          targetPort: http

    """
  }

  func config(_ name: String, _ settings: [(String, String)]) -> String {
    """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: \(name)
    data:
    \(settings.map { "  \($0): \"\($1)\"\n" }.joined())
    """
  }

  private func budget(_ name: String) -> String {
    """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: \(name)
    spec:
      minAvailable: 1
      selector:
        matchLabels:
          app.kubernetes.io/name: \(name)

    """
  }

  private static let ingress = """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
      ingressClassName: nginx
      rules:
        - host: shop.example.com
          http:
            paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: frontend
                    port:
                      name: http

    """

  /// It writes the same field that Git sets: the classic mistake.
  private static let autoscaler = """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata:
      name: catalog
      annotations:
        \(AutoscalerController.load): "6"
    spec:
      scaleTargetRef:
        apiVersion: apps/v1
        kind: Deployment
        name: catalog
      minReplicas: 3
      maxReplicas: 8
      metrics:
        - type: Resource
          resource:
            name: cpu
            target:
              type: Utilization
              averageUtilization: 70

    """

  private static let paymentsAccount = """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: payments
    automountServiceAccountToken: false

    """

  private static let gatewaySecret = """
    apiVersion: v1
    kind: Secret
    metadata:
      name: gateway
    type: Opaque
    stringData:
      endpoint: https://gateway.example.com/v2
      api-key: not-a-real-key

    """

  private var recommendationsRelease: String {
    """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: recommendations
    spec:
      interval: 10m
      timeout: 2m
      chart:
        spec:
          chart: web
          version: 1.4.x
          sourceRef:
            kind: HelmRepository
            name: charts
            namespace: flux-system
      values:
        replicaCount: \(recommendations.replicas)
        image:
          repository: registry.example.com/shop/recommendations
          tag: \(recommendations.tag)
        config:
          MODEL: nightly
          LOG_LEVEL: info

    """
  }
}
