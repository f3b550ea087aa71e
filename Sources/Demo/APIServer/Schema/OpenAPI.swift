import Structured

/// The schemas as OpenAPI documents: v3 a group version, v2 all in one (kubernetes: kube-openapi).
struct OpenAPI: Sendable {
  let kinds: [ServedKind]
  let catalog: SchemaCatalog

  private func path(_ group: String, _ version: String) -> String {
    group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
  }

  /// `/openapi/v3`: where the documents are; the hash in the address changes when a document does.
  var index: JSON {
    var paths = JSONObject()
    for kind in kinds {
      let path = path(kind.group, kind.version)
      if paths[path] != nil { continue }
      let hash = Self.hash(document(group: kind.group, version: kind.version)?.encoded() ?? [])
      paths[path] = ["serverRelativeURL": "/openapi/v3/\(path)?hash=\(hash)"]
    }
    return ["paths": .object(paths)]
  }

  func document(group: String, version: String) -> JSON? {
    let served = kinds.filter { $0.group == group && $0.version == version }
    if served.isEmpty { return nil }
    let names = reachable(from: served.map(\.schemaName))
    var schemas = JSONObject()
    for name in names.sorted() {
      guard let type = catalog.type(name) else { continue }
      schemas[type.component] = schema(of: type, served: served, reference: "#/components/schemas/", isV3: true)
    }
    schemas["io.k8s.apimachinery.pkg.api.resource.Quantity"] = ["type": "string"]
    schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = [
      "oneOf": [["type": "integer"], ["type": "string"]], "format": "int-or-string",
    ]
    schemas["io.k8s.apimachinery.pkg.apis.meta.v1.Time"] = ["type": "string", "format": "date-time"]
    schemas["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"] = ["type": "string", "format": "date-time"]
    return [
      "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.34.1"], "paths": .object(paths(of: served)),
      "components": ["schemas": .object(schemas)],
    ]
  }

  /// `/openapi/v2`: everything, without defaults, as Kubernetes' own has none.
  var v2: JSON {
    var definitions = JSONObject()
    for (name, type) in catalog.types.sorted(by: { $0.value.component < $1.value.component })
    where !name.isEmpty {
      definitions[type.component] = schema(of: type, served: kinds, reference: "#/definitions/", isV3: false)
    }
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = ["type": "string"]
    definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = ["type": "string", "format": "int-or-string"]
    definitions["io.k8s.apimachinery.pkg.apis.meta.v1.Time"] = ["type": "string", "format": "date-time"]
    definitions["io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"] = ["type": "string", "format": "date-time"]
    return [
      "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.34.1"], "paths": [:],
      "definitions": .object(definitions),
    ]
  }

  /// Clients look here for the parameters that a patch knows.
  private func paths(of served: [ServedKind]) -> JSONObject {
    var paths = JSONObject()
    for kind in served {
      let scope = kind.namespaced ? "namespaces/{namespace}/" : ""
      let parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map { name -> JSON in
        ["in": "query", "name": .string(name), "schema": ["type": "string", "uniqueItems": true]]
      }
      paths["/\(path(kind.group, kind.version))/\(scope)\(kind.plural)/{name}"] = [
        "patch": [
          "parameters": .array(parameters), "x-kubernetes-action": "patch",
          "x-kubernetes-group-version-kind": groupVersionKind(kind),
        ]
      ]
    }
    return paths
  }

  private func groupVersionKind(_ kind: ServedKind) -> JSON {
    ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
  }

  private func reachable(from roots: [String]) -> Set<String> {
    var seen: Set<String> = []
    var waiting = roots
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted, let type = catalog.type(name) else { continue }
      waiting += type.fields.compactMap { Self.reference(in: $0.schema) }
    }
    return seen
  }

  private static func reference(in schema: Schema) -> String? {
    switch schema {
    case .object(let name): name
    case .map(let value, _): reference(in: value)
    case .list(let element, _): reference(in: element)
    case .scalar, .any: nil
    }
  }

  private func schema(of type: ObjectType, served: [ServedKind], reference: String, isV3: Bool) -> JSON {
    var properties = JSONObject()
    for (name, field) in type.fields { properties[name] = json(field, reference, isV3) }
    var result: JSON = ["type": "object", "properties": .object(properties)]
    if type.isAtomic { result["x-kubernetes-map-type"] = "atomic" }
    if let kind = served.first(where: { $0.schemaName == type.name }) {
      result["x-kubernetes-group-version-kind"] = [groupVersionKind(kind)]
    }
    return result
  }

  private func json(_ schema: Schema, _ reference: String, _ isV3: Bool) -> JSON {
    switch schema {
    case .scalar(let scalar, let fallback):
      var result = self.scalar(scalar, reference, isV3)
      if isV3, let fallback { result["default"] = .string(fallback) }
      return result
    case .object(let name):
      let target: JSON = ["$ref": .string(reference + (catalog.type(name)?.component ?? name))]
      return isV3 ? ["allOf": [target], "default": [:]] : target
    case .map(let value, let isAtomic):
      var result: JSON = ["type": "object", "additionalProperties": json(value, reference, isV3)]
      if isAtomic { result["x-kubernetes-map-type"] = "atomic" }
      return result
    case .list(let element, let kind):
      var result: JSON = ["type": "array", "items": json(element, reference, isV3)]
      switch kind {
      case .atomic: result["x-kubernetes-list-type"] = "atomic"
      case .set:
        result["x-kubernetes-list-type"] = "set"
        result["x-kubernetes-patch-strategy"] = "merge"
      case .keyed(let keys):
        result["x-kubernetes-list-type"] = "map"
        result["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
        result["x-kubernetes-patch-strategy"] = "merge"
        result["x-kubernetes-patch-merge-key"] = .string(keys.first ?? "")
      }
      return result
    case .any: return ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    }
  }

  private func scalar(_ scalar: Schema.Scalar, _ reference: String, _ isV3: Bool) -> JSON {
    func named(_ name: String) -> JSON {
      let target: JSON = ["$ref": .string(reference + "io.k8s.apimachinery.pkg." + name)]
      return isV3 ? ["allOf": [target]] : target
    }
    return switch scalar {
    case .string: ["type": "string"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": "integer", "format": "int64"]
    case .number: ["type": "number"]
    case .bool: ["type": "boolean"]
    case .bytes: ["type": "string", "format": "byte"]
    case .intOrString: named("util.intstr.IntOrString")
    case .quantity: named("api.resource.Quantity")
    case .time: named("apis.meta.v1.Time")
    case .microTime: named("apis.meta.v1.MicroTime")
    }
  }

  /// FNV-1a, as text: enough to notice a change.
  private static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
