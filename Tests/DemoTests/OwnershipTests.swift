import Foundation
import Structured
import Testing

@testable import Demo

@Suite struct OwnershipTests {
  @Test func anApplyOwnsWhatItSentAndNothingElse() throws {
    var bench = try Bench()
    let object = try bench.apply(Bench.deployments, "cart", Bench.cart)
    #expect(
      Bench.owners(object) == [
        "kustomize-controller Apply: .metadata.labels.app .spec.replicas .spec.selector "
          + ".spec.template.metadata.labels.app .spec.template.spec.containers[name=\"cart\"] "
          + ".spec.template.spec.containers[name=\"cart\"].image .spec.template.spec.containers[name=\"cart\"].name "
          + ".spec.template.spec.containers[name=\"cart\"].ports[containerPort=8080,protocol=\"TCP\"] "
          + ".spec.template.spec.containers[name=\"cart\"].ports[containerPort=8080,protocol=\"TCP\"].containerPort"
      ])
  }

  @Test func aWriterThatDoesNotApplyOwnsTheDefaultsToo() throws {
    var bench = try Bench()
    let object = try bench.create(Bench.deployments, Bench.cart, by: "kubectl-create")
    let paths = object.entries[0].fields.paths()
    #expect(paths.contains(".spec.progressDeadlineSeconds") && paths.contains(".spec.strategy.rollingUpdate.maxSurge"))
  }

  @Test func anUpdateTakesTheFieldsItChanges() throws {
    var bench = try Bench()
    try bench.apply(Bench.deployments, "cart", Bench.cart)
    let object = try bench.merge(Bench.deployments, "cart", "spec: {replicas: 5}")
    let replicas = object.entries.filter { $0.fields[[.field("spec"), .field("replicas")]] != nil }
    #expect(replicas.map(\.manager) == ["kubectl-patch"])
  }

  @Test func anApplyWithTheSameValueSharesTheField() throws {
    var bench = try Bench()
    try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: b}", by: "one")
    let object = try bench.apply(
      Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: b}", by: "two", force: false)
    #expect(Bench.owners(object) == ["one Apply: .data.a", "two Apply: .data.a"])
  }

  @Test func anApplyWithAnotherValueIsAConflictUnlessForced() throws {
    var bench = try Bench()
    try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: b}", by: "one")
    let other = "metadata: {name: flags}\ndata: {a: c}"
    let refused = status { try bench.apply(Bench.configMaps, "flags", other, by: "two", force: false) }
    #expect(refused?.code == 409)
    #expect(refused?.json.value(at: "details", "causes", "0", "field")?.string == ".data.a")
    let object = try bench.apply(Bench.configMaps, "flags", other, by: "two", force: true)
    #expect(Bench.owners(object) == ["two Apply: .data.a"])
  }

  @Test func whatAnApplyNoLongerNamesIsRemovedUnlessSomebodyElseOwnsIt() throws {
    var bench = try Bench()
    try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: '1', b: '1', c: '1'}")
    try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {b: '1'}", by: "other")
    let object = try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: '1'}")
    #expect(object.json["data"] == ["a": "1", "b": "1"])
  }

  @Test func anItemOfAKeyedListGoesWithItsLastOwner() throws {
    var bench = try Bench()
    let two = Bench.cart.replacing("[{containerPort: 8080}]", with: "[{containerPort: 8080}, {containerPort: 9090}]")
    try bench.apply(Bench.deployments, "cart", two)
    let object = try bench.apply(Bench.deployments, "cart", Bench.cart)
    let ports = object.json.value(at: "spec", "template", "spec", "containers", "0", "ports")?.array
    #expect(ports?.compactMap { $0["containerPort"]?.int } == [8080])
  }

  @Test func theScaleSubresourceLeavesAnEntryWithoutTime() throws {
    var bench = try Bench()
    try bench.apply(Bench.deployments, "cart", Bench.cart)
    let object = try bench.store.scale(Bench.deployments, Bench.key("cart"), replicas: 5, bench.options("kubectl"))
    let entry = try #require(object.entries.first { $0.subresource == "scale" })
    #expect(entry.manager == "kubectl" && entry.time == nil && entry.fields.paths() == [".spec.replicas"])
    #expect(entry.json["time"] == nil)
  }

  @Test func theTimeOfAnEntryMovesWithItsLastChange() throws {
    var bench = try Bench()
    try bench.apply(Bench.deployments, "cart", Bench.cart)
    let first = try bench.merge(Bench.deployments, "cart", "spec: {replicas: 5}").entries.last?.time
    bench.tick()
    let same = try bench.merge(Bench.deployments, "cart", "spec: {replicas: 5}").entries.last?.time
    #expect(same == first)
    let later = try bench.merge(Bench.deployments, "cart", "spec: {replicas: 6}").entries.last?.time
    #expect(later != first)
  }

  @Test func theServersOwnFieldsAreNobodys() throws {
    var bench = try Bench()
    let object = try bench.apply(Bench.deployments, "cart", Bench.cart)
    let metadata = object.entries[0].fields[[.field("metadata")]]
    #expect(metadata?.children.keys.sorted { $0.text < $1.text } == [.field("labels")])
  }

  @Test func moreThanTenUpdatersAreMerged() throws {
    var bench = try Bench()
    try bench.create(Bench.configMaps, "metadata: {name: flags}\ndata: {a: b}")
    for number in 0..<15 {
      bench.tick()
      try bench.merge(Bench.configMaps, "flags", "data: {k\(number): v}", by: "writer-\(number)")
    }
    let entries = try #require(bench.object(Bench.configMaps, "flags")).entries
    #expect(entries.count == ManagerEntry.updateLimit)
    #expect(entries.contains { $0.manager == ManagerEntry.merged })
    #expect(entries.contains { $0.manager == "writer-14" } && !entries.contains { $0.manager == "writer-0" })
  }

  @Test func aWriterMayHandOwnershipOver() throws {
    var bench = try Bench()
    try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: b}")
    try bench.merge(Bench.configMaps, "flags", "data: {extra: by-hand}", by: "kubectl-edit")
    var entries = try #require(bench.object(Bench.configMaps, "flags")).entries
    let taken = try #require(entries.firstIndex { $0.manager == "kubectl-edit" })
    let fields = entries.remove(at: taken).fields
    entries[0].fields = entries[0].fields.union(fields)
    _ = try bench.store.patch(
      Bench.configMaps, Bench.key("flags"), .merge(["metadata": ["managedFields": .array(entries.map(\.json))]]),
      bench.options("kustomize-controller"))
    let object = try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags}\ndata: {a: b}")
    #expect(object.json["data"] == ["a": "b"])
    #expect(Bench.owners(object) == ["kustomize-controller Apply: .data.a"])
  }

  @Test func fieldSetsSurviveTheirTextForm() throws {
    let text = """
      {"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:list":{"k:{\\"name\\":\\"x\\"}":{".":{},"f:v":{}},\
      "v:\\"y\\"":{}},"f:n":{"i:0":{}}}}
      """
    let json = try JSON(parsing: Array(text.utf8))
    #expect(FieldSet(fieldsV1: json).fieldsV1 == json)
  }
}
