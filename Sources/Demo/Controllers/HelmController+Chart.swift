import GitOps
import Kube
import Structured

/// The HelmChart of a release, and how a release goes.
extension HelmController {
  struct Chart {
    let key: ObjectKey
    /// Nil until the HelmChart is ready.
    let version: String?
    let message: String
  }

  /// Makes the HelmChart `<namespace>-<name>` beside its source, and reads what became of it.
  func chart(of object: JSON) async throws(APIError) -> Chart {
    let release = ObjectKey(of: object)
    let template = object.value(at: "spec", "chart", "spec")
    let source = template?["sourceRef"]
    let key = ObjectKey(
      namespace: source?["namespace"]?.string ?? release.namespace, name: "\(release.namespace)-\(release.name)")
    let charts = try await api.require(.helmChart)
    var spec: JSON = [
      "chart": template?["chart"] ?? "", "version": template?["version"] ?? "*",
      "interval": template?["interval"] ?? object["spec"]?["interval"] ?? "10m",
      "reconcileStrategy": "ChartVersion",
    ]
    spec["sourceRef"] = ["kind": source?["kind"] ?? "HelmRepository", "name": source?["name"] ?? ""]
    guard let live = try await api.get(charts, key) else {
      try await api.create(
        charts,
        [
          "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "HelmChart",
          "metadata": [
            "name": .string(key.name), "namespace": .string(key.namespace),
            "labels": [
              "helm.toolkit.fluxcd.io/name": .string(release.name),
              "helm.toolkit.fluxcd.io/namespace": .string(release.namespace),
            ],
          ],
          "spec": spec,
        ], namespace: key.namespace, as: Self.name)
      return Chart(key: key, version: nil, message: "HelmChart '\(key.namespace)/\(key.name)' is not ready: created")
    }
    if live["spec"] != spec {
      try await api.merge(charts, key, ["spec": spec], subresource: nil, as: Self.name)
      return Chart(
        key: key, version: nil,
        message: "HelmChart '\(key.namespace)/\(key.name)' is not ready: latest generation of object has not been "
          + "reconciled")
    }
    let isReady =
      Conditions(live).isTrue("Ready")
      && live["metadata"]?["generation"]?.int == live["status"]?["observedGeneration"]?.int
    let reason = Conditions(live)["Ready"]?["message"]?.string ?? "no status yet"
    return Chart(
      key: key, version: isReady ? live.value(at: "status", "artifact", "revision")?.string : nil,
      message: "HelmChart '\(key.namespace)/\(key.name)' is not ready: \(reason)")
  }

  func uninstall(_ object: JSON) async throws(APIError) {
    let key = ObjectKey(of: object)
    for item in (object.value(at: "status", "inventory", "entries")?.array ?? []).compactMap(InventoryItem.init) {
      guard let served = try await api.resource(for: item.groupKind) else { continue }
      try await api.deleteIfThere(served, item.key, as: Self.name)
    }
    let secrets = try await api.require(.secret)
    let labels = "owner=helm,name=\(object["spec"]?["releaseName"]?.string ?? key.name)"
    for secret in try await api.list(secrets, labels: labels) where ObjectKey(of: secret).namespace == key.namespace {
      try await api.deleteIfThere(secrets, ObjectKey(of: secret), as: Self.name)
    }
    if let chart = object["status"]?["helmChart"]?.string?.split(separator: "/"), chart.count == 2 {
      let charts = try await api.require(.helmChart)
      try await api.deleteIfThere(
        charts, ObjectKey(namespace: String(chart[0]), name: String(chart[1])), as: Self.name)
    }
  }
}

extension ClusterAPI {
  func deleteIfThere(_ resource: ServedResource, _ key: ObjectKey, as manager: String) async throws(APIError) {
    guard let object = try await get(resource, key) else { return }
    try await delete(resource, key, uid: object["metadata"]?["uid"]?.string, as: manager)
  }
}
