import GitOps
import Structured
import Testing

@testable import Drift

/// R1-R5: what is the same and what is not, without owners.
@Suite struct ComparisonTests {
  static func pod(_ container: String, spec: String = "") -> String {
    #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"template": {"spec": {"containers": [{"name": "app"\#(container)}]\#(spec)}}}}"#
  }

  @Test(arguments: [
    // R1: what Git does not say is not seen.
    (pod(""), pod(#", "imagePullPolicy": "Always""#, spec: #", "dnsPolicy": "ClusterFirst""#)),
    // R3: amounts, int-or-string, numbers.
    (
      pod(#", "resources": {"limits": {"cpu": 1, "memory": "1024Mi"}}"#),
      pod(#", "resources": {"limits": {"cpu": "1000m", "memory": "1Gi"}}"#)
    ),
    (pod(#", "livenessProbe": {"httpGet": {"port": "80"}}"#), pod(#", "livenessProbe": {"httpGet": {"port": 80}}"#)),
    (pod(#", "livenessProbe": {"periodSeconds": 10.0}"#), pod(#", "livenessProbe": {"periodSeconds": 10}"#)),
    // R4: nothing, and what the server makes of it.
    (pod(#", "env": [], "resources": {}, "command": null"#), pod("")),
    (pod(#", "resources": {"limits": {}}"#), pod(#", "resources": {}"#)),
    (pod(#", "env": [{"name": "A", "value": ""}]"#), pod(#", "env": [{"name": "A"}]"#)),
    (
      pod(#", "livenessProbe": {"timeoutSeconds": 0, "periodSeconds": 0}"#),
      pod(#", "livenessProbe": {"timeoutSeconds": 1, "periodSeconds": 10}"#)
    ),
    (pod(#", "imagePullPolicy": """#), pod(#", "imagePullPolicy": "IfNotPresent""#)),
    (
      pod(#", "ports": [{"containerPort": 80, "hostPort": 0}]"#),
      pod(#", "ports": [{"containerPort": 80, "protocol": "TCP", "hostPort": 80}]"#)
    ),
    (pod("", spec: #", "nodeSelector": {}"#), pod("")),
    // R5: keys with defaults, any order, injected elements.
    (
      pod(#", "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}]"#),
      pod(
        #", "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP"}, {"containerPort": 53, "protocol": "TCP"}]"#
      )
    ),
    (
      pod(#", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]"#),
      pod(#", "env": [{"name": "A", "value": "2"}]"#)
    ),
    (
      pod(#", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]"#),
      pod(#", "env": [{"name": "A", "value": "1"}]"#)
    ),
    // N1
    (
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "creationTimestamp": null, "uid": "x", "resourceVersion": "1"}, "spec": {"template": {"metadata": {"creationTimestamp": "2020-01-01T00:00:00Z"}}}, "status": {"replicas": 3}}"#,
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "creationTimestamp": "2026-01-01T00:00:00Z", "uid": "y"}, "spec": {"template": {"metadata": {}}}, "status": {}}"#
    ),
    (
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "finalizers": ["b"], "annotations": {"deployment.kubernetes.io/revision": "1"}}}"#,
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "finalizers": ["a", "b"], "annotations": {"deployment.kubernetes.io/revision": "7"}}}"#
    ),
    // Custom resources.
    (
      Fixture.widget(
        #"{"color": "", "resources": {"limits": {"cpu": "1000m"}}, "interval": "60m", "amount": 1, "port": 80}"#),
      Fixture.widget(#"{"resources": {"limits": {"cpu": "1"}}, "interval": "1h0m0s", "amount": "1000m", "port": "80"}"#)
    ),
    (Fixture.widget(#"{"tags": ["a", "b"], "free": {"x": {}}}"#), Fixture.widget(#"{"tags": ["b", "c", "a"]}"#)),
    (
      Fixture.widget(#"{"plain": [{"name": "a"}]}"#),
      Fixture.widget(#"{"plain": [{"name": "a", "value": "by default"}]}"#)
    ),
  ])
  func isSatisfied(desired: String, live: String) throws {
    #expect(try Fixture.rows(desired, live).map { "\($0.path): \($0.desired ?? "-") / \($0.live ?? "-")" } == [])
    #expect(satisfies(try Fixture.desired(desired), try Fixture.object(live), schema: Fixture.apps))
  }

  @Test(
    arguments: [
      (
        pod(#", "image": "a:1""#), pod(#", "image": "a:2""#), "spec.template.spec.containers[app].image",
        "/spec/template/spec/containers/0/image", "a:1", "a:2"
      ),
      (
        pod(#", "ports": [{"containerPort": 53, "protocol": "UDP", "name": "dns"}]"#),
        pod(
          #", "ports": [{"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP", "name": "d"}]"#
        ),
        "spec.template.spec.containers[app].ports[53/UDP].name", "/spec/template/spec/containers/0/ports/1/name", "dns",
        "d"
      ),
      (
        pod(#", "command": ["a", "b"]"#), pod(#", "command": ["a", "c"]"#),
        "spec.template.spec.containers[app].command", "/spec/template/spec/containers/0/command", #"["a","b"]"#,
        #"["a","c"]"#
      ),
      (
        pod(#", "resources": {"limits": {"cpu": "1"}}"#), pod(#", "resources": {"limits": {"cpu": "1001m"}}"#),
        "spec.template.spec.containers[app].resources.limits.cpu",
        "/spec/template/spec/containers/0/resources/limits/cpu", "1", "1001m"
      ),
      (
        pod("", spec: #", "nodeSelector": {"a": "b"}"#), pod("", spec: #", "nodeSelector": {"a": "b", "c": "d"}"#),
        "spec.template.spec.nodeSelector.c", "/spec/template/spec/nodeSelector/c", nil, "d"
      ),
      (
        pod(#", "livenessProbe": {"timeoutSeconds": 0}"#), pod(#", "livenessProbe": {"timeoutSeconds": 7}"#),
        "spec.template.spec.containers[app].livenessProbe.timeoutSeconds",
        "/spec/template/spec/containers/0/livenessProbe/timeoutSeconds", "0", "7"
      ),
      (
        pod("", spec: #", "volumes": [{"name": "v", "emptyDir": {}}]"#),
        pod("", spec: #", "volumes": [{"name": "v", "hostPath": {"path": "/"}}]"#),
        "spec.template.spec.volumes[v].emptyDir", "/spec/template/spec/volumes/0/emptyDir", "{}", nil
      ),
      (Fixture.widget(#"{"enabled": false}"#), Fixture.widget("{}"), "spec.enabled", "/spec/enabled", "false", nil),
      (Fixture.widget(#"{"size": 0}"#), Fixture.widget(#"{"size": 1}"#), "spec.size", "/spec/size", "0", "1"),
      (
        Fixture.widget(#"{"tags": ["a"]}"#), Fixture.widget(#"{"tags": ["b"]}"#), "spec.tags[a]", "/spec/tags/1", "a",
        nil
      ),
      (
        Fixture.widget(#"{"plain": [{"name": "a"}]}"#), Fixture.widget(#"{"plain": [{"name": "a"}, {"name": "b"}]}"#),
        "spec.plain", "/spec/plain", #"[{"name":"a"}]"#, #"[{"name":"a"},{"name":"b"}]"#
      ),
      (
        Fixture.widget(#"{"interval": "60m"}"#), Fixture.widget(#"{"interval": "61m"}"#), "spec.interval",
        "/spec/interval", "60m", "61m"
      ),
      (
        Fixture.widget(#"{"free": {"version": "1.10"}}"#), Fixture.widget(#"{"free": {"version": "1.1"}}"#),
        "spec.free.version", "/spec/free/version", "1.10", "1.1"
      ),
      (Fixture.widget(#"{"size": "1"}"#), Fixture.widget(#"{"size": 1}"#), "spec.size", "/spec/size", "1", "1"),
      (
        #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"a/b~c": "1"}}}"#,
        #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"a/b~c": "2"}}}"#,
        "metadata.labels[a/b~c]", "/metadata/labels/a~1b~0c", "1", "2"
      ),
      (
        pod(""), #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": "x"}"#, "spec",
        "/spec", #"{"template":{"spec":{"containers":[{"name":"app"}]}}}"#, "x"
      ),
    ] as [(String, String, String, String, String?, String?)])
  func isOneRow(desired: String, live: String, path: String, pointer: String, git: String?, lives: String?) throws {
    let rows = try Fixture.rows(desired, live)
    #expect(rows.paths == [path])
    #expect(rows.first?.pointer == pointer)
    #expect(rows.first?.desired == git)
    #expect(rows.first?.live == lives)
    #expect(rows.first?.driftClass == .drifted)
    #expect(!satisfies(try Fixture.desired(desired), try Fixture.object(live), schema: Fixture.apps))
  }

  @Test func namesTheFileAndLineOfTheDesiredValue() throws {
    #expect(
      try Fixture.rows(Self.pod(#", "image": "a""#), Self.pod(#", "image": "b""#)).first?.origin == "apps/web.yaml:14")
  }

  @Test func listsInFreeFormPartsAreReplacedAsAWhole() throws {
    let rows = try Fixture.rows(
      Fixture.widget(#"{"free": {"refs": [{"name": "a"}]}}"#),
      Fixture.widget(#"{"free": {"refs": [{"name": "a"}, {"name": "b"}]}}"#))
    #expect(rows.paths == ["spec.free.refs"])
  }

  @Test func aLabelWithoutValueIsStillALabel() throws {
    let desired = #"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": {"role": "", "b": "c"}}}"#
    let live = #"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": {"b": "c"}}}"#
    let bare = #"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}"#
    for schema in [SchemaTable(), Fixture.apps] {
      #expect(try Fixture.rows(desired, live, schema: schema).paths == ["metadata.labels.role"])
      #expect(try Fixture.rows(desired, bare, schema: schema).paths == ["metadata.labels.role", "metadata.labels.b"])
    }
  }

  @Test func aMissingElementOfAKeyedListIsOneRow() throws {
    let rows = try Fixture.rows(
      Self.pod(#", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]"#),
      Self.pod(#", "env": [{"name": "A", "value": "1"}]"#))
    #expect(rows.paths == ["spec.template.spec.containers[app].env[B]"])
    #expect(rows.first?.pointer == "/spec/template/spec/containers/0/env/2")
  }

  @Test func aFieldThatTheSchemaDoesNotKnowIsItsOwnCause() throws {
    let rows = try Fixture.rows(Self.pod(#", "imagePullPolicies": "Always""#), Self.pod(""))
    #expect(rows.map(\.cause) == [.unknownField])
    #expect(rows.map(\.driftClass) == [.undetermined])
  }

  @Test func unknownKindsAreComparedAndLikely() throws {
    let desired =
      #"{"apiVersion": "example.org/v1", "kind": "Other", "metadata": {"name": "o"}, "spec": {"a": "1", "b": {}, "list": [{"name": "x", "v": 1}]}}"#
    let same =
      #"{"apiVersion": "example.org/v1", "kind": "Other", "metadata": {"name": "o"}, "spec": {"a": 1, "list": [{"name": "y"}, {"name": "x", "v": 1, "w": 2}]}}"#
    #expect(try Fixture.rows(desired, same) == [])
    let other =
      #"{"apiVersion": "example.org/v1", "kind": "Other", "metadata": {"name": "o"}, "spec": {"a": 2, "list": [{"name": "x", "v": 1}]}}"#
    let rows = try Fixture.rows(desired, other)
    #expect(rows.paths == ["spec.a"])
    #expect(rows.first?.certainty == .likely)
  }

  @Test(arguments: [
    (
      #"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"clusterIP": "", "ports": [{"port": 80, "nodePort": 0, "targetPort": 0}]}}"#,
      #"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"clusterIP": "10.0.0.1", "ports": [{"port": 80, "protocol": "TCP", "nodePort": 31000, "targetPort": 80}]}}"#
    ),
    (
      #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}, "rules": []}"#,
      #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}, "rules": [{"verbs": ["get"]}]}"#
    ),
    (
      #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": [{"verbs": ["get", "list"]}]}"#,
      #"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": [{"verbs": ["list", "get"], "apiGroups": [""]}]}"#
    ),
    (
      #"{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}, "spec": {"metrics": [{"type": "Resource", "resource": {"name": "cpu"}}, {"type": "Resource", "resource": {"name": "memory"}}]}}"#,
      #"{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}, "spec": {"metrics": [{"type": "Resource", "resource": {"name": "memory"}}, {"type": "Resource", "resource": {"name": "cpu"}}]}}"#
    ),
    (
      #"{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": {"name": "m"}, "webhooks": [{"name": "a", "clientConfig": {"caBundle": "Cg=="}, "rules": [{"operations": ["CREATE", "UPDATE"]}]}]}"#,
      #"{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": {"name": "m"}, "webhooks": [{"name": "a", "clientConfig": {"caBundle": "LS0tLS1CRUdJTg=="}, "rules": [{"operations": ["UPDATE", "CREATE"], "scope": "*"}]}]}"#
    ),
    (
      #"{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "c"}, "spec": {"preserveUnknownFields": false, "names": {"kind": "C", "listKind": ""}}}"#,
      #"{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "c"}, "spec": {"names": {"kind": "C", "listKind": "CList"}}}"#
    ),
    (
      #"{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}, "imagePullSecrets": [{"name": "x"}]}"#,
      #"{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}, "imagePullSecrets": [{"name": "y"}, {"name": "x"}], "secrets": [{"name": "token"}]}"#
    ),
    (
      #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "binaryData": {"a": "AAEC\nAwQ=\n"}}"#,
      #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "binaryData": {"a": "AAECAwQ="}}"#
    ),
  ])
  func tablesOfSingleKindsHoldWithoutASchema(desired: String, live: String) throws {
    #expect(try Fixture.rows(desired, live, schema: SchemaTable()) == [])
  }

  @Test func anEmptySelectorIsNotTheSameAsNone() throws {
    let desired =
      #"{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "n"}, "spec": {"podSelector": {}}}"#
    let live =
      #"{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "n"}, "spec": {"policyTypes": ["Ingress"]}}"#
    #expect(try Fixture.rows(desired, live).paths == ["spec.podSelector"])
  }

  @Test func tenThousandLabelsAreCompared() throws {
    func object(_ last: String) -> String {
      let labels = (0..<10_000).map { #""l\#($0)": "\#($0 == 9_999 ? last : "v")""# }.joined(separator: ",")
      return #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {\#(labels)}}}"#
    }
    #expect(try Fixture.rows(object("v"), object("v")) == [])
    #expect(try Fixture.rows(object("v"), object("w")).paths == ["metadata.labels.l9999"])
  }

  @Test(arguments: [
    #"{"metadata": {"name": "web"}}"#,
    #"{"metadata": {"name": "web", "labels": "x", "managedFields": 3}, "spec": [], "data": null}"#,
    #"{"metadata": {"name": "web", "managedFields": [null, 1, {"manager": 3}, {"manager": "m", "fieldsV1": {"f:spec": 3, "k:": {}, "k:{": {}, "v:": {}, "i:x": {}}}]}, "spec": {"template": {"spec": {"containers": {"a": 1}}}}}"#,
    #"{"metadata": {"name": "web", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{"}}, "spec": {"template": {"spec": {"containers": [null, 3, {"name": {}}]}}}}"#,
  ])
  func oddLiveObjectsDoNotCrash(live: String) throws {
    let desired = try Fixture.desired(Fixture.deployment())
    let object = try Object(
      bytes: Array(live.utf8), cluster: Fixture.cluster, groupKind: desired.groupKind, version: "v1")
    #expect(!driftRows(Fixture.input(.object(desired), .present(object, labelled: true)), schema: Fixture.apps).isEmpty)
    _ = driftRows(Fixture.input(.absent, .present(object, labelled: true)), schema: Fixture.apps)
    _ = driftRows(Fixture.input(.unknown(reason: "no Git"), .present(object, labelled: false)), schema: Fixture.apps)
  }

  @Test func nestingBeyondTheLimitIsUndetermined() throws {
    var node = YAMLNode(.string("x"))
    var json = #""y""#
    for _ in 0..<199 {
      node = YAMLNode(.map(["a": node]))
      json = #"{"a":\#(json)}"#
    }
    var deep = try Fixture.desired(Fixture.widget("{}"))
    deep.root["spec"] = YAMLNode(.map(["free": node, "more": node]))
    let live = try Fixture.object(Fixture.widget(#"{"size": 1}"#))
    #expect(!driftRows(Fixture.input(.object(deep), .present(live, labelled: true)), schema: Fixture.apps).isEmpty)
  }
}
