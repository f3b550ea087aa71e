import Structured

/// The charts that the simulated helm-controller knows: each is a Deployment, a Service and a ConfigMap made from values.
struct BuiltInChart: Sendable {
  let name: String
  let versions: [String]
  let appVersion: String
  let image: String
  let port: Int

  static let all = [
    BuiltInChart(
      name: "web", versions: ["1.5.0", "1.4.2", "1.4.1"], appVersion: "1.5", image: "registry.example.com/web",
      port: 8080),
    BuiltInChart(
      name: "prometheus", versions: ["27.3.0", "27.1.0"], appVersion: "3.1.0", image: "registry.example.com/prometheus",
      port: 9090),
    BuiltInChart(
      name: "grafana", versions: ["9.2.1", "8.9.0"], appVersion: "12.0.1", image: "registry.example.com/grafana",
      port: 3000),
  ]

  /// All names and versions: what an index of the repository would hold.
  static var index: String { all.map { "\($0.name):\($0.versions.joined(separator: ","))" }.joined(separator: ";") }

  static func named(_ name: String) -> BuiltInChart? { all.first { $0.name == name } }

  /// The newest version that fits: exact, or with `x` and `*` as the rest (`1.4.x`).
  static func version(of name: String, matching wanted: String) -> String? {
    let prefix = wanted.prefix { $0 != "x" && $0 != "*" }
    return named(name)?.versions.first { wanted == $0 || (prefix.count < wanted.count && $0.hasPrefix(prefix)) }
  }

  /// What a release asks of the chart.
  struct Release: Sendable {
    let name: String
    let namespace: String
    let version: String
    let values: JSON
    /// `helm.toolkit.fluxcd.io/name` and `/namespace`, which the post-renderer adds.
    let owner: ObjectKey
  }

  /// The manifest as objects, in the order in which Helm installs kinds.
  func render(_ release: Release) -> [JSON] {
    let values = release.values
    let selector: JSON = ["app.kubernetes.io/instance": .string(release.name), "app.kubernetes.io/name": .string(name)]
    let tag = values.value(at: "image", "tag")?.string ?? appVersion
    let repository = values.value(at: "image", "repository")?.string ?? image
    var container: JSON = [
      "name": .string(name), "image": "\(repository):\(tag)",
      "ports": [["name": "http", "containerPort": .integer(port), "protocol": "TCP"]],
      "envFrom": [["configMapRef": ["name": "\(release.name)-config"]]],
      "readinessProbe": ["httpGet": ["path": "/readyz", "port": "http"]],
    ]
    container["resources"] = values["resources"]
    return [
      object(
        "v1", "ConfigMap", "\(release.name)-config", release, [("data", values["config"] ?? ["LOG_LEVEL": "info"])]),
      object(
        "v1", "Service", release.name, release,
        [
          (
            "spec",
            [
              "selector": selector,
              "ports": [
                [
                  "name": "http", "port": values.value(at: "service", "port") ?? 80, "targetPort": "http",
                  "protocol": "TCP",
                ]
              ],
            ]
          )
        ]),
      object(
        "apps/v1", "Deployment", release.name, release,
        [
          (
            "spec",
            [
              "replicas": values["replicaCount"] ?? 1, "selector": ["matchLabels": selector],
              "template": ["metadata": ["labels": selector], "spec": ["containers": [container]]],
            ]
          )
        ]),
    ]
  }

  private func object(_ version: String, _ kind: String, _ name: String, _ release: Release, _ rest: [(String, JSON)])
    -> JSON
  {
    let labels: JSON = [
      "app.kubernetes.io/instance": .string(release.name), "app.kubernetes.io/managed-by": "Helm",
      "app.kubernetes.io/name": .string(self.name), "app.kubernetes.io/version": .string(appVersion),
      "helm.sh/chart": "\(self.name)-\(release.version)", "helm.toolkit.fluxcd.io/name": .string(release.owner.name),
      "helm.toolkit.fluxcd.io/namespace": .string(release.owner.namespace),
    ]
    let head: [(String, JSON)] = [
      ("apiVersion", .string(version)), ("kind", .string(kind)),
      (
        "metadata",
        ["name": .string(name), "namespace": .string(release.namespace), "labels": labels]
      ),
    ]
    return .object(JSONObject(head + rest))
  }
}
