import GitOps
import Structured
import Testing

@testable import Drift

/// `spec.ignoreDifferences` of Applications.
struct ArgoIgnoreTests {
  @Test(
    arguments: [
      (".spec.replicas", "/spec/replicas"),
      (".spec.template.spec.containers[].image", "/spec/template/spec/containers/*/image"),
      (#".data["tls.crt"]"#, "/data/tls.crt"), (#".metadata.annotations."a/b""#, "/metadata/annotations/a~1b"),
      (".spec.ports[0].nodePort", "/spec/ports/0/nodePort"),
      (".webhooks[]?.clientConfig.caBundle", "/webhooks/*/clientConfig/caBundle"),
      (".spec.containers[] | select(.name == \"a\")", nil), ("spec", nil), (".", nil), (".a[", nil), ("..", nil),
      (#".a["b"#, nil), (".a-b", nil),
    ] as [(String, String?)])
  func aPathOfJqIsAPointerAndAProgramIsNone(expression: String, pointer: String?) {
    #expect(ArgoIgnore.pointer(expression) == pointer)
  }

  @Test func entriesCoverByGroupKindAndName() throws {
    let text = """
      {"spec":{"ignoreDifferences":[
      {"group":"apps","kind":"Deployment","jsonPointers":["/spec/replicas"],"managedFieldsManagers":["scaler"]},
      {"group":"*","kind":"*","name":"web","namespace":"shop","jqPathExpressions":[".metadata.labels", "[bad"]},
      {"kind":"Secret"},7,{"group":"apps"}]}}
      """
    let entries = ArgoIgnore.entries(of: try JSONDocument(parsing: Array(text.utf8), limits: .object))
    func ref(_ group: String, _ kind: String, _ namespace: String, _ name: String) -> ObjectRef {
      ObjectRef(cluster: ClusterID("c"), group: group, kind: kind, namespace: namespace, name: name)
    }
    func covering(_ ref: ObjectRef) -> [String] {
      entries.filter { $0.covers(ref) }.flatMap { $0.rules(of: "ferry") }.map(\.text)
    }
    let tail = "(ignoreDifferences of Application ferry)"
    #expect(entries.count == 2)
    #expect(covering(ref("apps", "Deployment", "a", "b")) == ["/spec/replicas \(tail)", "by scaler \(tail)"])
    #expect(covering(ref("", "ConfigMap", "shop", "web")) == ["/metadata/labels \(tail)"])
    #expect(covering(ref("", "Deployment", "shop", "other")).isEmpty)
  }
}
