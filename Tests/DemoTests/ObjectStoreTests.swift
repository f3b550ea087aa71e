import Foundation
import GitOps
import Structured
import Testing

@testable import Demo

@Suite struct ObjectStoreTests {
  @Test func generationCountsChangesOfTheSpecOnly() throws {
    var bench = try Bench()
    try bench.create(Bench.deployments, Bench.cart)
    func generation() -> Int? { bench.object(Bench.deployments, "cart")?.json["metadata"]?["generation"]?.int }
    #expect(generation() == 1)
    try bench.merge(Bench.deployments, "cart", "metadata: {labels: {team: a}}")
    #expect(generation() == 1)
    try bench.merge(Bench.deployments, "cart", "status: {readyReplicas: 3}", by: "manager", .status)
    #expect(generation() == 1)
    try bench.merge(Bench.deployments, "cart", "spec: {replicas: 5}")
    #expect(generation() == 2)
  }

  @Test func configMapsHaveNoGeneration() throws {
    var bench = try Bench()
    try bench.create(Bench.configMaps, "metadata: {name: flags}\ndata: {a: b}")
    #expect(bench.object(Bench.configMaps, "flags")?.json["metadata"]?["generation"] == nil)
  }

  @Test func theStatusIsWrittenByItsSubresourceOnly() throws {
    var bench = try Bench()
    try bench.create(Bench.deployments, Bench.cart + "\nstatus: {readyReplicas: 9}")
    #expect(bench.object(Bench.deployments, "cart")?.json["status"] == nil)
    try bench.merge(Bench.deployments, "cart", "status: {readyReplicas: 9}")
    #expect(bench.object(Bench.deployments, "cart")?.json["status"] == nil)
    try bench.merge(Bench.deployments, "cart", "spec: {replicas: 9}\nstatus: {readyReplicas: 2}", by: "x", .status)
    let object = bench.object(Bench.deployments, "cart")?.json
    #expect(object?.value(at: "status", "readyReplicas")?.int == 2)
    #expect(object?.value(at: "spec", "replicas")?.int == 3)
  }

  @Test func aWriteThatChangesNothingIsNoEvent() throws {
    var bench = try Bench()
    try bench.apply(Bench.deployments, "cart", Bench.cart)
    let version = bench.store.version
    bench.tick()
    try bench.apply(Bench.deployments, "cart", Bench.cart)
    try bench.merge(Bench.deployments, "cart", "spec: {replicas: 3}", by: "kustomize-controller")
    #expect(bench.store.version == version)
  }

  @Test func refusesWhatTheAPIRefuses() throws {
    var bench = try Bench()
    try bench.create(Bench.configMaps, "metadata: {name: flags}")
    let cases: [(Int, String, () throws -> Void)] = [
      (409, "AlreadyExists", { try bench.create(Bench.configMaps, "metadata: {name: flags}") }),
      (422, "Invalid", { try bench.create(Bench.configMaps, "metadata: {}") }),
      (400, "BadRequest", { try bench.create(Bench.configMaps, "kind: Secret\nmetadata: {name: x}") }),
      (400, "BadRequest", { try bench.create(Bench.configMaps, "metadata: {name: x, namespace: other}") }),
      (404, "NotFound", { try bench.merge(Bench.configMaps, "none", "data: {a: b}") }),
      (409, "Conflict", { try bench.merge(Bench.configMaps, "flags", "metadata: {resourceVersion: '1'}") }),
      (409, "Conflict", { try bench.merge(Bench.configMaps, "flags", "metadata: {uid: other}") }),
      (
        400, "BadRequest",
        { try bench.apply(Bench.configMaps, "flags", "metadata: {name: flags, managedFields: []}") }
      ),
      (
        404, "NotFound",
        {
          _ = try bench.store.create(
            Bench.configMaps, namespace: "nowhere", ["metadata": ["name": "x"]], bench.options())
        }
      ),
    ]
    for (code, reason, body) in cases {
      let status = status(body)
      #expect(status?.code == code && status?.reason == reason, "\(String(describing: status))")
    }
  }

  @Test func aFinalizerHoldsADeletedObject() throws {
    var bench = try Bench()
    try bench.create(Bench.kustomizations, "metadata: {name: apps, finalizers: [finalizers.fluxcd.io]}\nspec: {}")
    let version = bench.store.version
    let (held, isGone) = try bench.store.delete(Bench.kustomizations, Bench.key("apps"), bench.options())
    #expect(!isGone && held.json["metadata"]?["deletionTimestamp"] != nil)
    try bench.merge(Bench.kustomizations, "apps", "metadata: {finalizers: null}")
    #expect(bench.object(Bench.kustomizations, "apps") == nil)
    let kinds = try bench.store.events(after: version).map(\.kind)
    #expect(kinds == [.modified, .deleted])
  }

  @Test func deletingAnOwnerDeletesWhatItOwns() throws {
    var bench = try Bench()
    let owner = try bench.create(Bench.deployments, Bench.cart)
    try bench.create(
      Bench.kind("apps", "replicasets"),
      "metadata: {name: cart-1, ownerReferences: [{kind: Deployment, name: cart, uid: \(owner.uid)}]}\nspec: {}")
    _ = try bench.store.delete(Bench.deployments, Bench.key("cart"), bench.options())
    #expect(bench.object(Bench.kind("apps", "replicasets"), "cart-1") == nil)
  }

  @Test func aDeletionKeepsToItsPrecondition() throws {
    var bench = try Bench()
    try bench.create(Bench.configMaps, "metadata: {name: flags}")
    var options = bench.options()
    options.uid = "another"
    #expect(status { _ = try bench.store.delete(Bench.configMaps, Bench.key("flags"), options) }?.code == 409)
    #expect(bench.object(Bench.configMaps, "flags") != nil)
  }

  @Test func deletingANamespaceEmptiesIt() throws {
    var bench = try Bench()
    try bench.create(Bench.configMaps, "metadata: {name: flags, finalizers: [a/b]}")
    _ = try bench.store.delete(Bench.namespaces, ObjectKey(namespace: "", name: "shop"), bench.options())
    #expect(bench.object(Bench.configMaps, "flags") == nil)
  }

  @Test func eventsLiveForAnHour() throws {
    var bench = try Bench()
    for (name, age) in [("old", 3700.0), ("young", 3500)] {
      let time = Timestamp.format(bench.now - age)
      try bench.create(
        Bench.kind("", "events"), "metadata: {name: \(name)}\ninvolvedObject: {}\nlastTimestamp: '\(time)'")
    }
    bench.store.expireEvents(at: bench.now)
    #expect(bench.object(Bench.kind("", "events"), "old") == nil)
    #expect(bench.object(Bench.kind("", "events"), "young") != nil)
  }

  @Test func aDryRunStoresNothing() throws {
    var bench = try Bench()
    try bench.create(Bench.deployments, Bench.cart)
    let version = bench.store.version
    var options = bench.options("kubectl")
    options.dryRun = true
    let answer = try bench.store.patch(Bench.deployments, Bench.key("cart"), .merge(["spec": ["replicas": 9]]), options)
    #expect(answer.json.value(at: "spec", "replicas")?.int == 9)
    #expect(bench.store.version == version)
    #expect(bench.object(Bench.deployments, "cart")?.json.value(at: "spec", "replicas")?.int == 3)
  }

  @Test func theServerFillsDefaultsAndMovesStringData() throws {
    var bench = try Bench()
    let secret = try bench.create(Bench.kind("", "secrets"), "metadata: {name: s}\nstringData: {a: hello}").json
    #expect(secret["stringData"] == nil && secret["data"]?["a"]?.string == "aGVsbG8=" && secret["type"] == "Opaque")
    let cart = try bench.create(Bench.deployments, Bench.cart).json
    #expect(cart.value(at: "spec", "strategy", "type") == "RollingUpdate")
    #expect(cart.value(at: "spec", "template", "spec", "containers", "0", "ports", "0", "protocol") == "TCP")
  }
}

@Suite struct SelectorTests {
  private static let labels: JSON = ["app": "cart", "tier": "web"]

  @Test(arguments: [
    ("", true), ("app", true), ("none", false), ("!none", true), ("!app", false), ("app=cart", true),
    ("app==cart", true), ("app=other", false), ("app!=other", true), ("none!=x", true), ("app in (cart,shop)", true),
    ("app in (shop)", false), ("app notin (shop)", true), ("app notin (cart)", false), ("none notin (a)", true),
    ("app=cart,tier=web", true), ("app=cart,tier in (db, cache)", false), ("app=cart,!tier", false),
    ("kustomize.toolkit.fluxcd.io/name", false),
  ])
  func labelSelectorsSelect(_ text: String, _ expected: Bool) throws {
    #expect(try LabelSelector(parsing: text).matches(Self.labels) == expected)
  }

  @Test(arguments: ["=x", "a b=c", "in (x)"])
  func labelSelectorsThatCannotBeReadAreRefused(_ text: String) {
    #expect(throws: APIStatus.self) { try LabelSelector(parsing: text) }
  }

  @Test(arguments: [
    ("metadata.name=cart", true), ("metadata.name!=cart", false), ("metadata.namespace==shop", true),
    ("metadata.name=cart,metadata.namespace=other", false),
  ])
  func fieldSelectorsSelect(_ text: String, _ expected: Bool) throws {
    let object: JSON = ["metadata": ["name": "cart", "namespace": "shop"]]
    #expect(try FieldSelector(parsing: text, for: Bench.deployments).matches(object) == expected)
  }

  @Test func fieldsThatAKindDoesNotKnowAreRefused() {
    #expect(throws: APIStatus.self) { try FieldSelector(parsing: "spec.replicas=3", for: Bench.deployments) }
    #expect(throws: Never.self) {
      try FieldSelector(parsing: "involvedObject.kind=Pod,type=Warning", for: Bench.kind("", "events"))
    }
  }
}
