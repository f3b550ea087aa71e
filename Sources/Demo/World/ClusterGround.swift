import FoundationEssentials
import GitOps
import Kube
import Structured

/// What a cluster has before Git says anything: nodes, system namespaces, Flux itself and the definitions of its kinds.
struct ClusterGround: Sendable {
  let cluster: String
  let api: any ClusterAPI

  static let fluxVersion = "v2.9.4"
  static let controllers = [
    "source-controller": "v1.9.1", "kustomize-controller": "v1.9.4", "helm-controller": "v1.6.3",
    "notification-controller": "v1.9.3",
  ]

  /// - Parameter kinds: whose definitions are made.
  func lay(kinds: [ServedKind], nodeVersion: String) async throws(APIError) {
    for name in ["default", "kube-system", "flux-system"] {
      try await make(.namespace, ["metadata": ["name": .string(name)]])
    }
    for number in 1...3 { try await makeNode(number, nodeVersion) }
    for kind in kinds where kind.isCustom { try await makeDefinition(kind) }
    for (name, version) in Self.controllers.sorted(by: { $0.key < $1.key }) { try await makeController(name, version) }
  }

  private func make(_ groupKind: GroupKind, _ object: JSON) async throws(APIError) {
    let resource = try await api.require(groupKind)
    var object = object
    object["apiVersion"] = .string(
      groupKind.group.isEmpty ? resource.version : "\(groupKind.group)/\(resource.version)")
    object["kind"] = .string(groupKind.kind)
    try await api.create(resource, object, namespace: ObjectKey(of: object).namespace, as: "flux")
  }

  private func makeNode(_ number: Int, _ version: String) async throws(APIError) {
    let isEdge = cluster.hasPrefix("edge")
    let name = isEdge ? "\(cluster)-node-\(number)" : "ip-10-0-\(number)-12.internal"
    let groupKind = GroupKind(group: "", kind: "Node")
    try await make(
      groupKind,
      [
        "metadata": [
          "name": .string(name),
          "labels": ["kubernetes.io/os": "linux", "node.kubernetes.io/instance-type": isEdge ? "nuc" : "m7i.large"],
        ],
        "spec": ["providerID": .string(isEdge ? "k3s://\(name)" : "aws:///eu-central-1a/i-0\(number)a2b3c4d5e6f708")],
      ])
    try await api.merge(
      try await api.require(groupKind), ObjectKey(namespace: "", name: name),
      [
        "status": [
          "conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady", "message": "ready"]],
          "nodeInfo": ["kubeletVersion": .string(version), "osImage": "Linux"],
        ]
      ], subresource: "status", as: "kubelet")
  }

  private static var labels: JSON {
    [
      "app.kubernetes.io/instance": "flux-system", "app.kubernetes.io/part-of": "flux",
      "app.kubernetes.io/version": .string(fluxVersion),
    ]
  }

  private func makeDefinition(_ kind: ServedKind) async throws(APIError) {
    let names: JSON = [
      "kind": .string(kind.kind), "listKind": .string(kind.kind + "List"), "plural": .string(kind.plural),
      "singular": .string(kind.kind.lowercased()), "shortNames": .array(kind.shortNames.map { .string($0) }),
    ]
    let groupKind = GroupKind(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition")
    try await make(
      groupKind,
      [
        "metadata": ["name": "\(kind.plural).\(kind.group)", "labels": Self.labels],
        "spec": [
          "group": .string(kind.group), "names": names, "scope": kind.namespaced ? "Namespaced" : "Cluster",
          "versions": [
            [
              "name": .string(kind.version), "served": true, "storage": true, "subresources": ["status": [:]],
              "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
            ]
          ],
        ],
      ])
    try await api.merge(
      try await api.require(groupKind), ObjectKey(namespace: "", name: "\(kind.plural).\(kind.group)"),
      [
        "status": [
          "acceptedNames": names, "storedVersions": [.string(kind.version)],
          "conditions": [["type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": ""]],
        ]
      ], subresource: "status", as: "kube-apiserver")
  }

  private func makeController(_ name: String, _ version: String) async throws(APIError) {
    var labels = Self.labels
    labels["app.kubernetes.io/component"] = .string(name)
    labels["control-plane"] = "controller"
    try await make(
      .deployment,
      [
        "metadata": ["name": .string(name), "namespace": "flux-system", "labels": labels],
        "spec": [
          "replicas": 1, "selector": ["matchLabels": ["app": .string(name)]],
          "template": [
            "metadata": ["labels": ["app": .string(name)]],
            "spec": [
              "containers": [
                [
                  "name": "manager", "image": "ghcr.io/fluxcd/\(name):\(version)",
                  "args": ["--log-level=info", "--log-encoding=json"],
                  "ports": [["name": "http-prom", "containerPort": 8080, "protocol": "TCP"]],
                ]
              ],
              "terminationGracePeriodSeconds": 60,
            ],
          ],
        ],
      ])
  }
}
