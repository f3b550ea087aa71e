import FoundationEssentials
import GitOps
import Structured
import Testing

@testable import Drift

/// Objects, schemas and inputs from small literals.
enum Fixture {
  static let cluster = ClusterID("prod")
  static let now = Date(timeIntervalSince1970: 1_790_000_000)

  static func time(_ seconds: Double) -> String { Timestamp.format(now.addingTimeInterval(seconds)) }

  static func kind(of root: JSON) -> (groupKind: GroupKind, version: String) {
    let parts = (root["apiVersion"]?.string ?? "v1").split(separator: "/").map(String.init)
    let kind = root["kind"]?.string ?? ""
    return parts.count == 2
      ? (GroupKind(group: parts[0], kind: kind), parts[1]) : (GroupKind(group: "", kind: kind), parts[0])
  }

  static func object(_ text: String) throws -> Object {
    let root = try JSON(parsing: Array(text.utf8))
    let (groupKind, version) = kind(of: root)
    return try Object(bytes: root.encoded(), cluster: cluster, groupKind: groupKind, version: version)
  }

  static func desired(_ text: String) throws -> DesiredObject {
    let root = try JSON(parsing: Array(text.utf8))
    let (groupKind, version) = kind(of: root)
    return DesiredObject(
      groupKind: groupKind, version: version, namespace: root["metadata"]?["namespace"]?.string ?? "",
      name: root["metadata"]?["name"]?.string ?? "",
      root: YAMLNode(json: root, origin: Origin(file: 0, line: 14)), files: FileIndex(["apps/web.yaml"]))
  }

  /// A Kustomization that applied everything and runs again in six minutes.
  static func kustomization(_ change: (inout Resource) -> Void = { _ in }) -> Resource {
    var resource = Resource(
      ref: ObjectRef(
        cluster: cluster, group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace: "flux-system",
        name: "apps"), version: "v1", uid: "u", role: .reconciler)
    resource.health = .ready
    resource.reason = "ReconciliationSucceeded"
    resource.inEffect = .revision(Revision("main@sha1:1111111111111111111111111111111111111111"))
    resource.interval = 600
    resource.lastRun = now.addingTimeInterval(-240)
    resource.nextRun = now.addingTimeInterval(360)
    change(&resource)
    return resource
  }

  static func helmRelease(_ change: (inout Resource) -> Void = { _ in }) -> Resource {
    var resource = Resource(
      ref: ObjectRef(
        cluster: cluster, group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", namespace: "shop", name: "cart"),
      version: "v2", uid: "u", role: .reconciler)
    resource.health = .ready
    resource.inEffect = .revision(Revision("6.5.4"))
    resource.corrects = false
    change(&resource)
    return resource
  }

  static func input(
    _ desired: Desired, _ live: Live, reconciler: Resource = kustomization(),
    _ change: (inout DriftInput) -> Void = { _ in }
  ) -> DriftInput {
    var ref = ObjectRef(cluster: cluster, group: "apps", kind: "Deployment", namespace: "shop", name: "web")
    var version = "v1"
    if case .object(let object) = desired {
      ref = object.ref(in: cluster)
      version = object.version
    } else if case .present(let object, _) = live {
      ref = object.ref
      version = object.version
    }
    var input = DriftInput(
      object: ref, version: version, reconciler: reconciler, desired: desired, live: live, now: now)
    change(&input)
    return input
  }

  /// The rows of an object that is there with its labels.
  static func rows(
    _ desired: String, _ live: String, reconciler: Resource = kustomization(), schema: SchemaTable = apps,
    _ change: (inout DriftInput) -> Void = { _ in }
  ) throws -> [DriftRow] {
    driftRows(
      input(
        .object(try Self.desired(desired)), .present(try object(live), labelled: true), reconciler: reconciler, change),
      schema: schema)
  }

  /// An autoscaler of `deployment(…)`.
  static func autoscaler(
    _ kind: String = "HorizontalPodAutoscaler", apiVersion: String = "autoscaling/v1", target: String = "web",
    mode: String = "Auto"
  ) throws -> Autoscaler {
    let reference = kind == "VerticalPodAutoscaler" ? "targetRef" : "scaleTargetRef"
    let text = #"""
      {"apiVersion": "\#(apiVersion)", "kind": "\#(kind)", "metadata": {"name": "web", "namespace": "shop"},
       "spec": {"\#(reference)": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "\#(target)"},
                "updatePolicy": {"updateMode": "\#(mode)"}}}
      """#
    return try #require(Autoscaler(try object(text)))
  }

  /// One entry of `managedFields`.
  static func owner(
    _ manager: String, _ operation: String, _ fields: String, subresource: String? = nil, at seconds: Double? = -300,
    apiVersion: String = "apps/v1"
  ) -> String {
    let extra =
      (subresource.map { #", "subresource": "\#($0)""# } ?? "") + (seconds.map { #", "time": "\#(time($0))""# } ?? "")
    return
      #"{"manager": "\#(manager)", "operation": "\#(operation)", "apiVersion": "\#(apiVersion)", "fieldsType": "FieldsV1", "fieldsV1": \#(fields)\#(extra)}"#
  }

  /// What server-side apply by Flux leaves on `deployment(…)`.
  static let fluxFields =
    #"{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:name":{},"f:image":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}"#
  static let flux = owner("kustomize-controller", "Apply", fluxFields)

  static func deployment(
    replicas: String = "3", image: String = "podinfo:6.5.4", owners: [String] = [], extra: String = "",
    containerExtra: String = "", annotations: String = "", metadataExtra: String = ""
  ) -> String {
    let managed = owners.isEmpty ? "" : #", "managedFields": [\#(owners.joined(separator: ","))]"#
    let notes = annotations.isEmpty ? "" : #", "annotations": {\#(annotations)}"#
    return #"""
      {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop",
        "labels": {"app": "web"}\#(notes)\#(managed)\#(metadataExtra)},
       "spec": {"replicas": \#(replicas)\#(extra), "template": {"spec": {"containers": [
        {"name": "app", "image": "\#(image)", "ports": [{"containerPort": 80}]\#(containerExtra)}]}}}}
      """#
  }

  /// A small OpenAPI v3 document of built-in types.
  static let apps: SchemaTable = {
    var table = SchemaTable()
    do { try table.add(openAPIv3: Array(document.utf8)) } catch { Issue.record("\(error)") }
    return table
  }()

  private static let document = #"""
    {"openapi": "3.0.0", "components": {"schemas": {
      "io.k8s.api.apps.v1.Deployment": {"type": "object",
        "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
        "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
          "metadata": {"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}], "default": {}},
          "spec": {"type": "object", "properties": {
            "replicas": {"type": "integer"}, "paused": {"type": "boolean"}, "minReadySeconds": {"type": "integer"},
            "progressDeadlineSeconds": {"type": "integer"}, "revisionHistoryLimit": {"type": "integer"},
            "selector": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"},
            "strategy": {"type": "object", "properties": {"type": {"type": "string"},
              "maxSurge": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"}}},
            "template": {"type": "object", "properties": {
              "metadata": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
              "spec": {"$ref": "#/components/schemas/io.k8s.api.core.v1.PodSpec"}}}}},
          "status": {"type": "object"}}},
      "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object", "properties": {
        "name": {"type": "string"}, "namespace": {"type": "string"},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        "creationTimestamp": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
        "finalizers": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}}},
      "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
      "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector": {"type": "object", "x-kubernetes-map-type": "atomic",
        "properties": {"matchLabels": {"type": "object", "additionalProperties": {"type": "string"}}}},
      "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
      "io.k8s.apimachinery.pkg.api.resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
      "io.k8s.api.core.v1.PodSpec": {"type": "object", "properties": {
        "nodeSelector": {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-map-type": "atomic"},
        "terminationGracePeriodSeconds": {"type": "integer"}, "dnsPolicy": {"type": "string"},
        "volumes": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
          "items": {"type": "object", "properties": {"name": {"type": "string"},
            "emptyDir": {"type": "object", "properties": {"sizeLimit": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}}},
            "hostPath": {"type": "object", "properties": {"path": {"type": "string"}}}}}},
        "containers": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
          "items": {"$ref": "#/components/schemas/io.k8s.api.core.v1.Container"}}}},
      "io.k8s.api.core.v1.Container": {"type": "object", "properties": {
        "name": {"type": "string"}, "image": {"type": "string"}, "imagePullPolicy": {"type": "string"},
        "command": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"},
        "env": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
          "items": {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}},
        "livenessProbe": {"type": "object", "properties": {"timeoutSeconds": {"type": "integer"}, "periodSeconds": {"type": "integer"},
          "httpGet": {"type": "object", "properties": {"path": {"type": "string"},
            "port": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"}}}}},
        "resources": {"type": "object", "properties": {
          "limits": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}}}},
        "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
          "items": {"type": "object", "properties": {"containerPort": {"type": "integer"}, "name": {"type": "string"},
            "hostPort": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}}}}}},
      "io.k8s.api.core.v1.Secret": {"type": "object",
        "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Secret"}],
        "properties": {"metadata": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
          "type": {"type": "string"}, "stringData": {"type": "object", "additionalProperties": {"type": "string"}},
          "data": {"type": "object", "additionalProperties": {"type": "string", "format": "byte"}}}},
      "com.example.v1.Widget": {"type": "object",
        "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}],
        "properties": {"metadata": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
          "spec": {"type": "object", "properties": {
            "size": {"type": "integer"}, "enabled": {"type": "boolean"}, "color": {"type": "string", "default": ""},
            "interval": {"type": "string"}, "port": {"x-kubernetes-int-or-string": true},
            "amount": {"x-kubernetes-int-or-string": true, "pattern": "^([+-]?[0-9.]+)([eEinumkKMGTPE]*[-+]?[0-9]*)$"},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            "resources": {"type": "object", "properties": {"limits": {"type": "object", "additionalProperties": {"type": "string"}}}},
            "child": {"$ref": "#/components/schemas/com.example.v1.Widget"},
            "plain": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}},
            "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}}}}}
    }}}
    """#

  static func widget(_ spec: String) -> String {
    #"{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "shop"}, "spec": \#(spec)}"#
  }
}

extension [DriftRow] {
  var counted: [DriftRow] { filter { $0.driftClass.isCounted } }
  var paths: [String] { map(\.path) }
}
