import GitOps
import Testing

struct StoreTests {
  private let deployments = StoreTests.stream("apps", "Deployment", "deployments", .labels("x"))
  private let byName = StoreTests.stream("apps", "Deployment", "deployments", .fields("metadata.name=web"))

  static func stream(_ group: String, _ kind: String, _ plural: String, _ selector: Selector = .everything) -> StreamID
  {
    StreamID(
      cluster: ClusterID("test"), groupKind: GroupKind(group: group, kind: kind), version: "v1", plural: plural,
      selector: selector)
  }

  static func object(_ name: String, _ version: Int, owner: String? = nil, body: String = "{}") -> Object {
    var labels: [String: String] = [:]
    if let owner {
      labels["kustomize.toolkit.fluxcd.io/name"] = owner
      labels["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system"
    }
    return Object(
      ref: ref(name), version: "v1", uid: name, resourceVersion: String(version), generation: nil, labels: labels,
      created: nil, deleted: nil, bytes: Array(body.utf8))
  }

  static func ref(_ name: String) -> ObjectRef {
    ObjectRef(cluster: ClusterID("test"), group: "apps", kind: "Deployment", namespace: "shop", name: name)
  }

  static func owner(_ name: String) -> ObjectRef {
    ObjectRef(
      cluster: ClusterID("test"), groupKind: KustomizationAdapter.kind.groupKind, namespace: "flux-system", name: name)
  }

  @Test func saysWhatAListChanged() {
    var store = Store()
    #expect(!store.isListed(deployments))
    var delta = store.apply(.replaceAll(deployments, [Self.object("a", 1), Self.object("b", 1)]))
    #expect(delta.added == [Self.ref("a"), Self.ref("b")])
    delta = store.apply(.replaceAll(deployments, [Self.object("b", 2), Self.object("c", 3)]))
    #expect(delta.added == [Self.ref("c")] && delta.changed == [Self.ref("b")] && delta.removed == [Self.ref("a")])
    #expect(store.refs(in: deployments) == [Self.ref("b"), Self.ref("c")])
    #expect(store.apply(.replaceAll(deployments, [])).removed.count == 2)
    #expect(store.isListed(deployments) && store.count == 0)
  }

  @Test func theSameObjectAgainIsNoDifference() {
    var store = Store()
    _ = store.apply(.upsert(deployments, Self.object("a", 1)))
    #expect(store.apply(.upsert(deployments, Self.object("a", 1))).isEmpty)
    #expect(store.apply(.replaceAll(deployments, [Self.object("a", 1)])).isEmpty)
    #expect(store.apply(.upsert(byName, Self.object("a", 1))).isEmpty)
    #expect(store.apply(.upsert(deployments, Self.object("a", 1, body: "[]"))).changed == [Self.ref("a")])
  }

  @Test func anObjectStaysWhileOneStreamHoldsIt() {
    var store = Store()
    _ = store.apply(.upsert(deployments, Self.object("web", 1)))
    _ = store.apply(.upsert(byName, Self.object("web", 2)))
    #expect(store.object(Self.ref("web"))?.resourceVersion == "2")
    // The label went: its stream says DELETED, the object lives on in the other.
    #expect(store.apply(.remove(deployments, Self.object("web", 2))).isEmpty)
    #expect(store.object(Self.ref("web")) != nil)
    #expect(store.apply(.remove(byName, Self.object("web", 3))).removed == [Self.ref("web")])
    #expect(store.apply(.remove(byName, Self.object("web", 3))).isEmpty)
  }

  @Test func indexesManagedObjectsByOwner() {
    var store = Store()
    _ = store.apply(.replaceAll(deployments, [Self.object("a", 1, owner: "apps"), Self.object("b", 1, owner: "apps")]))
    #expect(store.managed(by: Self.owner("apps")) == [Self.ref("a"), Self.ref("b")])
    _ = store.apply(.upsert(deployments, Self.object("a", 2, owner: "infra")))
    #expect(store.managed(by: Self.owner("apps")) == [Self.ref("b")])
    #expect(store.managed(by: Self.owner("infra")) == [Self.ref("a")])
    _ = store.apply(.remove(deployments, Self.object("b", 2, owner: "apps")))
    #expect(store.managed(by: Self.owner("apps")).isEmpty)
  }

  @Test func aClosedStreamTakesItsObjectsAlong() {
    var store = Store()
    _ = store.apply(.replaceAll(deployments, [Self.object("a", 1), Self.object("b", 1)]))
    _ = store.apply(.upsert(byName, Self.object("b", 1)))
    _ = store.apply(.link(deployments, .live))
    let delta = store.close(deployments)
    #expect(delta.removed == [Self.ref("a")] && delta.link)
    #expect(store.links.isEmpty && store.count == 1)
    #expect(store.close(deployments).isEmpty)
  }

  @Test func reportsALinkOnlyWhenItIsAnother() {
    var store = Store()
    #expect(store.apply(.link(deployments, .live)).link)
    #expect(store.apply(.link(deployments, .live)).isEmpty)
    #expect(store.apply(.link(deployments, .absent)).link)
  }

  @Test func aListThatNamesAnObjectTwiceKeepsTheLast() {
    var store = Store()
    let delta = store.apply(.replaceAll(deployments, [Self.object("a", 1), Self.object("a", 2)]))
    #expect(delta.added == [Self.ref("a")] && delta.changed.isEmpty)
    #expect(store.object(Self.ref("a"))?.resourceVersion == "2")
  }

  /// Random changes on three streams: the store equals a model that keeps every delivery and looks for the newest.
  @Test(arguments: 1...40)
  func equalsANaiveModelUnderRandomChanges(seed: UInt64) {
    var random = SplitMix(state: seed)
    let streams = [deployments, byName, Self.stream("apps", "Deployment", "deployments", .labels("y"))]
    var store = Store()
    var model: [StreamID: [ObjectRef: (order: Int, object: Object)]] = [:]
    func union() -> [ObjectRef: Object] {
      var newest: [ObjectRef: (order: Int, object: Object)] = [:]
      for held in model.values {
        for (ref, entry) in held where newest[ref].map({ $0.order < entry.order }) ?? true { newest[ref] = entry }
      }
      return newest.mapValues(\.object)
    }
    func objects() -> [Object] {
      (0..<8).filter { _ in Bool.random(using: &random) }.map { number in
        let owners = [nil, "apps", "infra"]
        let version = Int.random(in: 1...3, using: &random)
        return Self.object("o\(number)", version, owner: owners[(number + version) % 3])
      }
    }
    for order in 0..<200 {
      let before = union()
      let stream = streams[Int.random(in: 0..<3, using: &random)]
      let delta: StoreDelta
      let chosen = objects()
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        delta = store.apply(.replaceAll(stream, chosen))
        model[stream] = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1.ref, (order * 10 + $0, $1)) })
      case 1:
        delta = store.close(stream)
        model[stream] = nil
      case 2...6:
        guard let object = chosen.first else { continue }
        delta = store.apply(.upsert(stream, object))
        model[stream, default: [:]][object.ref] = (order * 10, object)
      default:
        guard let object = chosen.first else { continue }
        delta = store.apply(.remove(stream, object))
        model[stream, default: [:]][object.ref] = nil
      }
      let after = union()
      func key(_ object: Object?) -> String? { object.map { "\($0.resourceVersion) \($0.bytes)" } }
      #expect(Set(store.refs) == Set(after.keys))
      #expect(after.keys.allSatisfy { key(store.object($0)) == key(after[$0]) })
      #expect(delta.added == Set(after.keys).subtracting(before.keys))
      #expect(delta.removed == Set(before.keys).subtracting(after.keys))
      #expect(delta.changed == Set(after.keys.filter { before[$0] != nil && key(before[$0]) != key(after[$0]) }))
      for name in ["apps", "infra"] {
        let owned = after.values.filter { $0.labels["kustomize.toolkit.fluxcd.io/name"] == name }.map(\.ref)
        #expect(store.managed(by: Self.owner(name)) == Set(owned))
      }
    }
  }
}

/// A seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
