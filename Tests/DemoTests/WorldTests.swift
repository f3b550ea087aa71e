import Foundation
import GitOps
import HTTP
import Kube
import Rendering
import Structured
import Testing

@testable import Demo

@Suite(.serialized, .timeLimit(.minutes(2))) struct WorldTests {
  /// Everything in a cluster that differs from what Git (or Helm) says at the revision in effect: `object path`.
  private func differences(_ world: World, _ cluster: String) async throws -> [String] {
    let server = try #require(world.servers[cluster])
    let api = StoreCluster(server, now: .now)
    let repositories = try SourceRepositories(
      Dictionary(uniqueKeysWithValues: world.repos.map { ($0.match, $0.url) }), cache: "\(world.directory)/check")
    for (url, _) in world.repos.map({ ($0.match, $0.url) }) { _ = try await repositories.head(url, .branch("main")) }
    var result: [String] = []
    for object in try await api.list(.kustomization) {
      let source = try #require(
        try await api.object(
          .gitRepository,
          ObjectKey(namespace: "flux-system", name: object.value(at: "spec", "sourceRef", "name")?.string ?? "")))
      // Applied but not healthy is in effect.
      let isFailed = Conditions(object)["Ready"]?["reason"] == "HealthCheckFailed"
      let revision = object["status"]?[isFailed ? "lastAttemptedRevision" : "lastAppliedRevision"]?.string ?? ""
      let files = try await repositories.files(source["spec"]?["url"]?.string ?? "", at: Revision(revision).hash)
      let desired = try Renderer().render(
        FluxKustomization(try JSONDocument(parsing: object.encoded())), tree: files)
      result += try compare(desired, api)
    }
    for secret in try api.list(try #require(api.resource(for: .secret)), labels: "owner=helm,status=deployed") {
      let manifest = try HelmManifest.decode(record: try JSONDocument(parsing: secret.encoded()))
      result += try compare(manifest.objects, api)
    }
    return result.sorted()
  }

  private func compare(_ desired: [DesiredObject], _ api: StoreCluster) throws -> [String] {
    var result: [String] = []
    for object in desired {
      let resource = try #require(api.resource(for: object.groupKind))
      let key = ObjectKey(namespace: resource.namespaced ? object.namespace : "", name: object.name)
      let label = "\(object.groupKind.kind) \(object.name)"
      guard let live = api.get(resource, key) else {
        result.append("\(label) missing")
        continue
      }
      var wanted = object.root.json
      if let strings = wanted["stringData"]?.object {
        wanted["stringData"] = nil
        for (name, value) in strings {
          wanted["data"] = (wanted["data"] ?? [:]).merging(
            patch: [name: .string(Base64.encode(Array((value.string ?? "").utf8)))])
        }
      }
      result += subset(wanted, live).map { "\(label) \($0)" }
    }
    return result
  }

  /// Paths whose value in `wanted` is not satisfied by `live`; items of lists are found by name.
  private func subset(_ wanted: JSON, _ live: JSON?, _ path: String = "") -> [String] {
    switch wanted {
    case .object(let object):
      return object.flatMap { key, value in subset(value, live?[key], path.isEmpty ? key : "\(path).\(key)") }
    case .array(let items):
      return items.enumerated().flatMap { index, item in
        let match = item["name"].flatMap { name in live?.array?.first { $0["name"] == name } } ?? live?[index]
        return subset(item, match, "\(path)[\(index)]")
      }
    case .null: return []
    case .bool, .number, .string: return wanted == live ? [] : [path]
    }
  }

  private func still(_ clusters: [String] = World.allClusters) async throws -> World {
    var options = World.Options()
    options.isAlive = false
    options.clusters = clusters
    return try await World.start(options)
  }

  @Test func onlyTheDeliberateDifferencesAreThereAtTheStart() async throws {
    let world = try await still()
    #expect(
      try await differences(world, "prod-eu") == [
        "Deployment cart spec.replicas", "Deployment catalog spec.replicas",
        "Deployment recommendations spec.replicas", "Deployment search spec.template.spec.containers[0].image",
      ])
    #expect(try await differences(world, "prod-us") == ["ConfigMap flags missing"])
    #expect(
      try await differences(world, "edge-7") == ["Deployment search metadata.labels.kustomize.toolkit.fluxcd.io/name"])
    await world.stop()
    #expect(!FileManager.default.fileExists(atPath: world.directory))
  }

  @Test func theFirstLookIsInteresting() async throws {
    let world = try await still()
    let config = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/nonexistent")
    #expect(config.contexts.map(\.name) == World.allClusters && config.current == "prod-eu")
    let network = Network()
    let reader = KubeReader(
      access: try config.contexts[0].access.get(), cluster: ClusterID("prod-eu"), network: network, gate: .readOnly())
    #expect(try await reader.version() == "v1.34.1-eks-113cf36")
    let kind = KustomizationAdapter.kind
    let objects = try await reader.listAll(
      StreamID(
        cluster: reader.cluster, groupKind: kind.groupKind, version: "v1", plural: kind.plural))
    let resources = objects.map(KustomizationAdapter.describe)
    func names(_ health: Health) -> [String] { resources.filter { $0.health == health }.map(\.ref.name).sorted() }
    #expect(names(.failed) == ["payments"])
    #expect(names(.waiting) == ["checkout", "fraud", "invoices"])
    #expect(names(.suspended) == ["search"])
    #expect(names(.ready).count == 7)
    // Every active one says when it runs next, and that is not long ago.
    for resource in resources where resource.health == .ready {
      #expect(try #require(resource.nextRun) > Date.now.addingTimeInterval(-60), "\(resource.ref)")
    }
    let log = try await reader.podLog(
      namespace: "flux-system", pod: try #require(try await controllerPod(reader)), options: PodLogOptions())
    #expect(try await log.nextLine() != nil)
    log.close()
    network.shutdown()
    await world.stop()
  }

  private func controllerPod(_ reader: KubeReader) async throws -> String? {
    try await reader.listAll(
      StreamID(
        cluster: reader.cluster, groupKind: GroupKind(group: "", kind: "Pod"), version: "v1", plural: "pods",
        selector: .labels("app=kustomize-controller"), namespace: "flux-system")
    ).first?.ref.name
  }

  @Test func theLivingWorldHandlesARequest() async throws {
    var options = World.Options()
    options.clusters = ["edge-7"]
    let world = try await World.start(options)
    let network = Network()
    let remote = RemoteCluster(
      access: try ClusterAccess(server: try #require(world.servers["edge-7"]?.address)),
      cluster: ClusterID("edge-7"), network: network)
    let kustomizations = try await remote.require(.kustomization)
    let key = ObjectKey(namespace: "flux-system", name: "search")
    let stream = StreamID(
      cluster: ClusterID("edge-7"), groupKind: .kustomization, version: "v1", plural: "kustomizations")
    let version = try await remote.reader.list(stream, version: .latest).resourceVersion
    let watch = try await remote.reader.watch(stream, .changes(since: version), timeoutSeconds: 60)
    _ = try await remote.merge(
      kustomizations, key, ["metadata": ["annotations": [FluxAnnotation.requestedAt: "now"]]], subresource: nil,
      as: "test")
    var isHandled = false
    while !isHandled, let event = try await watch.next() {
      guard case .modified(let object) = event, object.ref.name == "search" else { continue }
      isHandled = KustomizationAdapter.describe(object).handledToken == "now"
    }
    #expect(isHandled)
    // The label that somebody removed is back.
    let search = try await remote.object(.deployment, ObjectKey(namespace: "shop", name: "search"))
    #expect(search?["metadata"]?["labels"]?["kustomize.toolkit.fluxcd.io/name"] == "search")
    watch.close()
    network.shutdown()
    await world.stop()
  }

  @Test(arguments: [("1.4.9", "1.4.10"), ("2.5.0-broken", "2.5.1"), ("7", "8"), ("latest", "latest.1")])
  func tagsHaveSuccessors(_ tag: String, _ next: String) { #expect(Story.successor(of: tag) == next) }

  @Test func anyFewCommitsLeaveFilesThatRender() throws {
    var platform = Platform.start
    platform.tag("cart", "9.9.9")
    let files = platform.appsFiles
    #expect(files["shop/prod-eu/cart.yaml"]?.contains("shop/cart:9.9.9") == true)
    #expect(Platform.changes(from: Platform.start.appsFiles, to: files).count == Platform.clusters.count)
    for (path, text) in files.merging(platform.fleetFiles, uniquingKeysWith: { $1 }) where path.hasSuffix(".yaml") {
      #expect(throws: Never.self, "\(path)") { try YAMLReader.documents(in: Array(text.utf8), rules: .kustomize) }
    }
  }
}

/// What stands beside Flux's core in the demo.
@Suite struct NeighbourTests {
  private func still() async throws -> World {
    var options = World.Options()
    options.isAlive = false
    options.clusters = ["prod-eu", "prod-us"]
    return try await World.start(options)
  }

  @Test func thereIsOneOfEachKindAndAllAreWell() async throws {
    let world = try await still()
    let config = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/nonexistent")
    let network = Network()
    var found: [GroupKind: [Health]] = [:]
    for context in config.contexts {
      let reader = KubeReader(
        access: try context.access.get(), cluster: ClusterID(context.name), network: network, gate: .readOnly())
      for adapter in KindAdapters.all where NeighbourController.kinds.contains(adapter.kind.groupKind) {
        let kind = adapter.kind
        let objects = try await reader.listAll(
          StreamID(
            cluster: reader.cluster, groupKind: kind.groupKind, version: kind.versions[0], plural: kind.plural))
        found[kind.groupKind, default: []] += objects.map { adapter.describe($0).health }
      }
    }
    for kind in NeighbourController.kinds {
      #expect(found[kind]?.isEmpty == false, "\(kind)")
      #expect(found[kind]?.allSatisfy { $0 == .ready || $0 == .progressing } == true, "\(kind): \(found[kind] ?? [])")
    }
    network.shutdown()
    await world.stop()
  }

  /// Over HTTP, as the living world does it.
  @Test func aHandOnAnApplicationsObjectIsSeenAndASyncPutsItBack() async throws {
    let world = try await still()
    let config = try Kubeconfig.load(explicit: world.kubeconfigPath, environment: [:], home: "/nonexistent")
    let network = Network()
    let api = RemoteCluster(
      access: try config.context(named: "prod-us").access.get(), cluster: ClusterID("prod-us"), network: network)
    let (maps, applications) = (GroupKind(group: "", kind: "ConfigMap"), ApplicationAdapter.kind.groupKind)
    let (page, key) = (
      ObjectKey(namespace: "status", name: "status-page"), ObjectKey(namespace: "argocd", name: "status-page")
    )
    var controller = NeighbourController(applications, api: api)
    func states() async throws -> [String?] {
      _ = await controller.reconcile(key, at: .now)
      let status = try await api.object(applications, key)?["status"]
      return [status?.value(at: "sync", "status")?.string]
        + (status?["resources"]?.array ?? []).map { $0["status"]?.string }
    }
    #expect(try await states() == ["Synced", "Synced"])
    try await Hands(api: api).edit(maps, page, ["data": ["banner": "we are looking into it"]])
    #expect(try await states() == ["OutOfSync", "OutOfSync"])
    try await Hands(api: api).edit(applications, key, ["operation": ["sync": ["dryRun": true]]])
    #expect(try await states() == ["OutOfSync", "OutOfSync"])
    try await Hands(api: api).edit(applications, key, ["operation": ["sync": ["prune": false]]])
    #expect(try await states() == ["Synced", "Synced"])
    #expect(try await api.object(maps, page)?.value(at: "data", "banner") == "all systems work")
    #expect(try await api.object(applications, key)?["operation"] == nil)
    network.shutdown()
    await world.stop()
  }
}
