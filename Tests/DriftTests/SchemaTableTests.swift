import FoundationEssentials
import Structured
import Testing

@testable import Drift

@Suite struct SchemaTableTests {
  /// Follows field names; `*` is the element of a list or the value of a map.
  private func node(_ path: String, of kind: (String, String, String), in table: SchemaTable) -> SchemaTable.ID? {
    guard var here = table.root(group: kind.0, version: kind.1, kind: kind.2) else { return nil }
    for step in path.split(separator: ".") {
      if step == "*" {
        guard let item = table.item(of: here) else { return nil }
        here = item
      } else if case .node(let child) = table.child(of: here, named: String(step)) {
        here = child
      } else {
        return nil
      }
    }
    return here
  }

  @Test func readsTypesKeysAndDefaults() throws {
    let kind = ("apps", "v1", "Deployment")
    let ports = try #require(node("spec.template.spec.containers.*.ports", of: kind, in: Fixture.apps))
    #expect(Fixture.apps.listTypes[Int(ports)] == .map)
    #expect(
      Fixture.apps.keys(of: ports) == [
        SchemaTable.Key(name: "containerPort", fallback: nil), SchemaTable.Key(name: "protocol", fallback: "TCP"),
      ])
    let cpu = try #require(node("spec.template.spec.containers.*.resources.limits.*", of: kind, in: Fixture.apps))
    #expect(Fixture.apps.scalars[Int(cpu)] == .quantity)
    let surge = try #require(node("spec.strategy.maxSurge", of: kind, in: Fixture.apps))
    #expect(Fixture.apps.scalars[Int(surge)] == .intOrString)
    let selector = try #require(node("spec.selector", of: kind, in: Fixture.apps))
    #expect(Fixture.apps.has(.atomic, selector))
    #expect(Fixture.apps.knows(group: "apps", version: "v1", kind: "Deployment"))
    #expect(!Fixture.apps.knows(group: "apps", version: "v2", kind: "Deployment"))
  }

  @Test func followsTypesThatReferToThemselves() throws {
    let deep = "spec.child.spec.child.spec.child.spec.size"
    let size = try #require(node(deep, of: ("example.com", "v1", "Widget"), in: Fixture.apps))
    #expect(Fixture.apps.scalars[Int(size)] == .integer)
  }

  @Test func usesPatchMergeKeysWhereListKeysAreMissing() throws {
    var table = SchemaTable()
    try table.add(
      openAPIv2: Array(
        #"""
        {"definitions": {"io.k8s.api.core.v1.Pod": {"type": "object",
          "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}], "properties": {
            "env": {"type": "array", "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge", "items": {"type": "object"}},
            "finalizers": {"type": "array", "x-kubernetes-patch-strategy": "merge", "items": {"type": "string"}},
            "addresses": {"type": "array", "x-kubernetes-list-type": "atomic", "x-kubernetes-patch-merge-key": "ip", "x-kubernetes-patch-strategy": "merge", "items": {"type": "object"}},
            "args": {"type": "array", "items": {"type": "string"}},
            "ports": {"type": "array", "x-kubernetes-list-map-keys": ["port", "protocol"], "x-kubernetes-list-type": "map", "items": {"type": "object"}}}}}}
        """#.utf8))
    let pod = ("", "v1", "Pod")
    let env = try #require(node("env", of: pod, in: table))
    #expect(table.keys(of: env) == [SchemaTable.Key(name: "name", fallback: nil)])
    #expect(table.listTypes[Int(try #require(node("finalizers", of: pod, in: table)))] == .set)
    #expect(table.listTypes[Int(try #require(node("addresses", of: pod, in: table)))] == .atomic)
    #expect(table.listTypes[Int(try #require(node("args", of: pod, in: table)))] == .atomic)
    let ports = try #require(node("ports", of: pod, in: table))
    #expect(table.keys(of: ports).last == SchemaTable.Key(name: "protocol", fallback: "TCP"))
  }

  @Test func replacesAKindThatIsAddedAgain() throws {
    var table = SchemaTable()
    func add(_ type: String) throws {
      try table.add(
        openAPIv3: Array(
          #"{"components": {"schemas": {"com.example.v1.Thing": {"type": "object", "properties": {"x": {"type": "\#(type)"}}, "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Thing"}]}}}}"#
            .utf8))
    }
    try add("string")
    try add("integer")
    let field = try #require(node("x", of: ("example.com", "v1", "Thing"), in: table))
    #expect(table.scalars[Int(field)] == .integer)
  }

  @Test func readsTheSchemasOfACustomResourceDefinition() throws {
    var table = SchemaTable()
    try table.add(
      customResourceDefinition: Array(
        #"{"spec": {"group": "example.com", "names": {"kind": "Thing"}, "versions": [{"name": "v1", "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"n": {"type": "integer"}}}}}}}, {"name": "v2"}]}}"#
          .utf8))
    #expect(table.knows(group: "example.com", version: "v1", kind: "Thing"))
    #expect(!table.knows(group: "example.com", version: "v2", kind: "Thing"))
  }

  @Test(arguments: [
    "{}", "[]", "x", #"{"components": {"schemas": []}}"#,
    #"{"components": {"schemas": {"a": 1, "b": {"properties": 3, "type": ["x"]}}}}"#,
    ##"{"components": {"schemas": {"a": {"$ref": "#/components/schemas/a", "x-kubernetes-group-version-kind": [{"version": "v1", "kind": "A"}, 3]}}}}"##,
  ])
  func oddDocumentsDoNotCrash(text: String) {
    var table = SchemaTable()
    try? table.add(openAPIv3: Array(text.utf8))
    try? table.add(openAPIv2: Array(text.utf8))
    try? table.add(customResourceDefinition: Array(text.utf8))
  }
}
