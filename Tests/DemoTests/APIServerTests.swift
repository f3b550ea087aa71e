import Foundation
import GitOps
import HTTP
import Kube
import KubeWrite
import Structured
import Testing

@testable import Demo

/// The server over its socket, seen by the program's own client.
@Suite(.timeLimit(.minutes(1))) struct APIServerTests {
  private struct Client {
    let server: APIServer
    let network = Network()
    let reader: KubeReader
    let writer: KubeWriter

    init(_ options: APIServer.Options = .init(), token: String? = nil) async throws {
      server = APIServer(options)
      try await server.start()
      let credential = token.map(Credential.token) ?? Credential()
      let access = try ClusterAccess(
        server: try #require(server.address), credentials: FixedCredential(credential))
      reader = KubeReader(access: access, cluster: ClusterID("test"), network: network, gate: .open)
      writer = KubeWriter(
        access: access, cluster: ClusterID("test"), network: network, gate: .open, manager: "test")
      try server.store.write { (store) throws(APIStatus) in
        _ = try store.create(Bench.namespaces, namespace: "", ["metadata": ["name": "shop"]], WriteOptions(now: .now))
      }
    }

    let stream = StreamID(
      cluster: ClusterID("test"), groupKind: GroupKind(group: "", kind: "ConfigMap"), version: "v1",
      plural: "configmaps")

    func create(_ name: String, labels: JSON = [:]) throws {
      try server.store.write { (store) throws(APIStatus) in
        _ = try store.create(
          Bench.configMaps, namespace: "shop", ["metadata": ["name": .string(name), "labels": labels]],
          WriteOptions(manager: "test", now: .now))
      }
    }

    func stop() async {
      network.shutdown()
      await server.stop()
    }
  }

  @Test(arguments: [true, false]) func discoveryNamesEveryKind(_ aggregated: Bool) async throws {
    var options = APIServer.Options()
    options.servesAggregatedDiscovery = aggregated
    let client = try await Client(options)
    let discovery = try await client.reader.discover()
    for kind in ServedKind.all {
      let resource = discovery.resource(for: GroupKind(group: kind.group, kind: kind.kind))
      #expect(resource?.plural == kind.plural && resource?.namespaced == kind.namespaced, "\(kind.kind)")
      #expect(resource?.subresources.contains("scale") == kind.hasScale)
    }
    await client.stop()
  }

  @Test func aWatchDeliversWhatIsWritten() async throws {
    let client = try await Client()
    try client.create("before")
    let page = try await client.reader.list(client.stream)
    #expect(page.objects.map(\.ref.name) == ["before"])
    let watch = try await client.reader.watch(client.stream, .changes(since: page.resourceVersion), timeoutSeconds: 30)
    try client.create("after")
    guard case .added(let object)? = try await watch.next() else {
      Issue.record("no event")
      return
    }
    #expect(object.ref.name == "after")
    watch.close()
    await client.stop()
  }

  @Test func aWatchEndsWithABookmarkWhenItsTimeIsOver() async throws {
    let client = try await Client()
    let watch = try await client.reader.watch(client.stream, .changes(since: "1001"), timeoutSeconds: 1)
    guard case .bookmark(let version, _)? = try await watch.next() else {
      Issue.record("no bookmark")
      return
    }
    #expect(version == "1001")
    #expect(try await watch.next() == nil)
    await client.stop()
  }

  @Test func bookmarksComeWhileNothingHappens() async throws {
    var options = APIServer.Options()
    options.bookmarkInterval = .milliseconds(20)
    let client = try await Client(options)
    let watch = try await client.reader.watch(client.stream, .changes(since: "1001"), timeoutSeconds: 60)
    for _ in 0..<3 {
      guard case .bookmark? = try await watch.next() else {
        Issue.record("no bookmark")
        return
      }
    }
    watch.close()
    await client.stop()
  }

  @Test func aStreamingListEndsItsStateWithAMark() async throws {
    let client = try await Client()
    try client.create("one")
    try client.create("two")
    var call = APICall(.get, "/api/v1/configmaps")
    call.channel = .stream
    call.query = [
      ("watch", "1"), ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"),
      ("allowWatchBookmarks", "true"), ("timeoutSeconds", "30"),
    ]
    let response = try await client.reader.connection.stream(call)
    var types: [String] = []
    for _ in 0..<3 { types.append(try JSONWatchLine(parsing: try #require(try await response.nextLine())).type) }
    #expect(types == ["ADDED", "ADDED", "BOOKMARK"])
    response.close()
    await client.stop()
  }

  @Test func expiredVersionsAnswerGone() async throws {
    let client = try await Client()
    try client.create("one")
    try client.server.expireEvents()
    try client.create("two")
    let watch = try await client.reader.watch(client.stream, .changes(since: "1001"), timeoutSeconds: 30)
    guard case .error(let error)? = try await watch.next() else {
      Issue.record("no error")
      return
    }
    #expect(error.isExpired)
    #expect(try await watch.next() == nil)
    await client.stop()
  }

  @Test func faultsHappenInOrderAndOnce() async throws {
    let client = try await Client()
    try client.create("one")
    client.server.add(Fault(path: "configmaps", action: .status(429, retryAfter: 7)))
    client.server.add(Fault(path: "configmaps", isWatch: false, action: .gone))
    await #expect(throws: APIError.self) { try await client.reader.list(client.stream) }
    do {
      _ = try await client.reader.list(client.stream)
      Issue.record("the second fault did not happen")
    } catch {
      #expect(error.isExpired)
    }
    #expect(try await client.reader.list(client.stream).objects.count == 1)
    await client.stop()
  }

  @Test func aCutBreaksTheConnectionInTheMiddleOfALine() async throws {
    let client = try await Client()
    client.server.add(Fault(path: "configmaps", isWatch: true, action: .cut(afterLines: 1)))
    let watch = try await client.reader.watch(client.stream, .changes(since: "1001"), timeoutSeconds: 30)
    try client.create("one")
    try client.create("two")
    guard case .added(let first)? = try await watch.next() else {
      Issue.record("no event")
      return
    }
    #expect(first.ref.name == "one")
    await #expect(throws: APIError.self) { try await watch.next() }
    await client.stop()
  }

  @Test func tokensDecideWhoMayDoWhat() async throws {
    var options = APIServer.Options()
    options.tokens = ["reader": .readOnly(user: "on-call")]
    let stranger = try await Client(options)
    do {
      _ = try await stranger.reader.version()
      Issue.record("a request without a token was answered")
    } catch { #expect(error.isUnauthorized) }
    await stranger.stop()
    let client = try await Client(options, token: "reader")
    #expect(try await client.reader.version() == "v1.34.1")
    let ref = ObjectRef(
      cluster: ClusterID("test"), group: "", kind: "ConfigMap", namespace: "shop", name: "one")
    try client.create("one")
    do {
      _ = try await client.writer.patch(ref, version: "v1", plural: "configmaps", .merge(["data": ["a": "b"]]))
      Issue.record("a write of a reader was accepted")
    } catch { #expect(error.isForbidden && error.message.contains("on-call")) }
    let patch = AccessQuestion(verb: "patch", group: "", resource: "configmaps", namespace: "shop")
    let get = AccessQuestion(verb: "get", group: "", resource: "configmaps", namespace: "shop")
    #expect(await client.reader.canI(get).isAllowed)
    #expect(await client.reader.canI(patch).isAllowed == false)
    await client.stop()
  }

  @Test func aStoppedServerComesBackWithItsObjects() async throws {
    let client = try await Client()
    try client.create("one")
    let port = try #require(client.server.port)
    await client.server.stop()
    #expect(client.server.address == nil)
    await #expect(throws: APIError.self) { try await client.reader.version() }
    #expect(try await client.server.start(port: port) == port)
    #expect(try await client.reader.list(client.stream).objects.count == 1)
    await client.stop()
  }

  @Test func followedLogsGoOn() async throws {
    let client = try await Client()
    try client.server.store.write { (store) throws(APIStatus) in
      _ = try store.create(
        Bench.kind("", "pods"), namespace: "shop",
        ["metadata": ["name": "cart"], "spec": ["containers": [["name": "app", "image": "x"]]]],
        WriteOptions(now: .now))
    }
    let pod = ObjectKey(namespace: "shop", name: "cart")
    for line in ["one", "two", "three"] { client.server.logs.append(line, to: pod, at: .now) }
    var options = PodLogOptions()
    options.follow = true
    options.tailLines = 2
    options.timestamps = false
    let log = try await client.reader.podLog(namespace: "shop", pod: "cart", options: options)
    #expect(try await text(log) == "two")
    #expect(try await text(log) == "three")
    client.server.logs.append("four", to: pod, at: .now)
    #expect(try await text(log) == "four")
    log.close()
    await client.stop()
  }

  private func text(_ log: StreamingResponse) async throws -> String? {
    try await log.nextLine().map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aSceneIsSetStraightInTheStore() async throws {
    let client = try await Client()
    let map = GroupKind(group: "", kind: "ConfigMap")
    try client.server.apply(
      ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "new"], "data": ["k": "v"]],
      as: "kustomize-controller")
    try client.server.merge(map, namespace: "new", name: "a", ["data": ["k": "w"]], as: "kubectl-edit")
    let object = try #require(try await client.reader.list(client.stream).objects.first)
    let fields = try object.document().root.value(at: "metadata", "managedFields")
    #expect(fields?.elements?.compactMap { $0["manager"]?.string } == ["kubectl-edit"])
    try client.server.delete(map, namespace: "new", name: "a")
    #expect(client.server.object(map, namespace: "new", name: "a") == nil && client.server.objects(map).isEmpty)
    await client.stop()
  }

  @Test func tablesHaveColumnsAndRows() async throws {
    let client = try await Client()
    try client.create("flags")
    var call = APICall(.get, "/api/v1/namespaces/shop/configmaps")
    call.accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    let table = try await client.reader.document(call).root
    #expect(table["kind"]?.string == "Table")
    #expect(table["columnDefinitions"]?.elements?.compactMap { $0["name"]?.string } == ["Name", "Data", "Age"])
    #expect(table.value(at: "rows", "0", "cells", "0")?.string == "flags")
    #expect(table.value(at: "rows", "0", "object", "kind")?.string == "PartialObjectMetadata")
    await client.stop()
  }

  @Test func theOpenAPIDocumentsNameListsAndTheirKeys() async throws {
    let client = try await Client()
    let index = try await client.reader.document(APICall(.get, "/openapi/v3")).root
    let address = try #require(index.value(at: "paths", "apis/apps/v1", "serverRelativeURL")?.string)
    let document = try await client.reader.document(
      APICall(.get, String(address.prefix { $0 != "?" }))
    ).root
    let schemas = document.value(at: "components", "schemas")
    let ports = schemas?["io.k8s.api.core.v1.Container"]?.value(at: "properties", "ports")
    #expect(ports?["x-kubernetes-list-type"]?.string == "map")
    #expect(
      ports?["x-kubernetes-list-map-keys"]?.elements?.compactMap(\.string) == ["containerPort", "protocol"])
    let deployment = schemas?["io.k8s.api.apps.v1.Deployment"]
    #expect(deployment?.value(at: "x-kubernetes-group-version-kind", "0", "kind")?.string == "Deployment")
    let v2 = try await client.reader.document(APICall(.get, "/openapi/v2")).root
    #expect(v2["definitions"]?["io.k8s.api.core.v1.PodSpec"] != nil)
    await client.stop()
  }

  /// The server waited five seconds for every attempt, three minutes in all.
  @Test func aPortThatStaysTakenIsSaidSo() async throws {
    let first = APIServer(.init())
    let port = try await first.start()
    await #expect(throws: APIServer.NotListening.self) { try await APIServer(.init()).start(port: port) }
    await first.stop()
    #expect(try await first.start(port: port) == port)
    await first.stop()
  }
}
