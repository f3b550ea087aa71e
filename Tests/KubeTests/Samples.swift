import FoundationEssentials
import GitOps
import HTTP
import Kube
import TestKit

/// What the tests of this target share: one cluster, one stream, objects and answers of it.
enum Samples {
  static let cluster = ClusterID("prod")
  static let kind = GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization")
  static let stream = StreamID(cluster: cluster, groupKind: kind, version: "v1", plural: "kustomizations")
  static let path = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"

  static func object(_ name: String, _ version: String) -> Object {
    Object(
      ref: ObjectRef(cluster: cluster, groupKind: kind, namespace: "flux-system", name: name), version: "v1",
      uid: "uid-\(name)", resourceVersion: version, generation: 1, labels: [:], created: nil, deleted: nil, bytes: [])
  }

  static func json(_ name: String, _ version: String, namespace: String = "flux-system") -> String {
    """
    {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"\(name)",\
    "namespace":"\(namespace)","uid":"uid-\(name)","resourceVersion":"\(version)"}}
    """
  }

  static func list(_ items: [String], version: String, next: String = "") -> ScenarioServer.Reply {
    let token = next.isEmpty ? "" : ",\"continue\":\"\(next)\""
    return .json(
      """
      {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"KustomizationList","metadata":{"resourceVersion":\
      "\(version)"\(token)},"items":[\(items.joined(separator: ","))]}
      """)
  }

  static func event(_ type: String, _ object: String) -> String { "{\"type\":\"\(type)\",\"object\":\(object)}" }

  static func bookmark(_ version: String) -> String {
    event("BOOKMARK", "{\"kind\":\"Kustomization\",\"metadata\":{\"resourceVersion\":\"\(version)\"}}")
  }

  static func status(
    _ code: Int, _ reason: String, _ message: String = "sorry", details: String? = nil
  ) -> String {
    let details = details.map { ",\"details\":\($0)" } ?? ""
    return """
      {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\(message)","reason":"\(reason)",\
      "code":\(code)\(details)}
      """
  }

  static func refusal(_ code: Int, _ reason: String, headers: [String] = [], details: String? = nil)
    -> ScenarioServer.Reply
  {
    .json(status(code, reason, details: details), status: code, headers: headers)
  }

  static func reader(
    _ server: ScenarioServer, network: Network, gate: Gate = .open,
    credentials: any CredentialSource = FixedCredential()
  ) throws -> KubeReader {
    KubeReader(
      access: try ClusterAccess(server: server.url, credentials: credentials), cluster: cluster, network: network,
      gate: gate)
  }
}
