import FoundationEssentials
import GitOps
import HTTP
import Kube
import Structured
import TestKit
import Testing

@Suite struct KubeReaderTests {
  private let network = Network()

  private func error(_ body: () async throws(APIError) -> Void) async -> APIError? {
    do throws(APIError) {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test func readsTheVersion() async throws {
    let server = try ScenarioServer { _, _ in .json("{\"gitVersion\":\"v1.31.2\"}") }
    defer { server.stop() }
    let reader = try Samples.reader(
      server, network: network, gate: .readOnly(), credentials: FixedCredential(.token("abc")))
    #expect(try await reader.version() == "v1.31.2")
    #expect(reader.lastLife != nil)
    let request = server.requests[0]
    #expect(request.target == "/version")
    #expect(request.headers["authorization"] == "Bearer abc")
    #expect(request.headers["user-agent"] == "driftglass/0.1")
  }

  @Test(arguments: [
    ("<html>", "text/html", "not an API server's answer (HTML, status 200)"),
    (
      "k8s\0\n", "application/vnd.kubernetes.protobuf",
      "not an API server's answer (application/vnd.kubernetes.protobuf, status 200)"
    ),
    ("{\"a\":1}", "application/json", "not an API server's answer (no version)"),
    ("[]", "application/json", "not an API server's answer (no version)"),
    ("{\"gitVersion\":", "application/json", "the server's answer cannot be read: "),
    ("{\"gitVersion\":\"a\"} {}", "application/json", "the server's answer cannot be read: "),
  ])
  func E_P08_E_P02_saysWhatAnswersInstead(body: String, type: String, words: String) async throws {
    let server = try ScenarioServer { _, _ in .answer(200, type: type, body: Array(body.utf8)) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await error { () throws(APIError) in _ = try await reader.version() }
    #expect(error?.message.hasPrefix("127.0.0.1:\(server.port): \(words)") == true, "\(error?.message ?? "-")")
    #expect(error?.message.contains("\n") == false)
  }

  @Test func E_P10_aRedirectIsAnErrorAndTheTokenStaysHere() async throws {
    let other = try ScenarioServer { _, _ in .json("{\"gitVersion\":\"v1\"}") }
    let location = "Location: \(other.url)/version"
    let server = try ScenarioServer { _, _ in .answer(302, type: "text/plain", headers: [location], body: []) }
    defer {
      server.stop()
      other.stop()
    }
    let reader = try Samples.reader(server, network: network, credentials: FixedCredential(.token("abc")))
    let error = await error { () throws(APIError) in _ = try await reader.version() }
    #expect(error?.status == 302)
    #expect(other.connections == 0)
  }

  @Test func getsAnObjectUnderItsPath() async throws {
    let server = try ScenarioServer { _, _ in .json(Samples.json("apps", "7")) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    let ref = ObjectRef(cluster: Samples.cluster, groupKind: Samples.kind, namespace: "flux-system", name: "system:b c")
    let object = try await reader.get(ref, version: "v1", plural: "kustomizations")
    #expect(object.resourceVersion == "7")
    #expect(object.bytes == Array(Samples.json("apps", "7").utf8))
    #expect(
      server.requests.map(\.target) == [
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/system:b%20c"
      ])
  }

  @Test(arguments: ["", ".", "..", "a/../b", "a/proxy"])
  func aNameThatWouldLeaveItsPathIsRefused(name: String) async throws {
    let server = try ScenarioServer { _, _ in .json("{}") }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    let ref = ObjectRef(cluster: Samples.cluster, groupKind: Samples.kind, namespace: "a", name: name)
    let error = await error { () throws(APIError) in
      _ = try await reader.get(ref, version: "v1", plural: "kustomizations")
    }
    #expect(error?.kind == .connection(.refusedByGate))
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [
    ("{\"kind\":\"Table\",\"items\":[]}", "a Table instead of a list of kustomizations"),
    ("{\"kind\":\"Status\",\"items\":[]}", "a Status instead of a list of kustomizations"),
    ("{\"kind\":\"KustomizationList\",\"items\":{}}", "the server's answer cannot be read: "),
    ("{\"kind\":\"KustomizationList\",\"items\":[7]}", "the server's answer cannot be read: "),
    ("{\"kind\":\"KustomizationList\",\"items\":[", "the server's answer cannot be read: "),
    ("{\"kind\":\"KustomizationList\",\"items\":\"x\"}", "the server's answer cannot be read: "),
    ("{\"kind\":\"Status\",\"code\":\"410\"}", "the server's answer cannot be read: not a list but a Status"),
    (
      "{\"items\":[]} {\"items\":[]}",
      "the server's answer cannot be read: invalid JSON: more follows the document at byte 13"
    ),
    ("{\"items\":[]}garbage", "the server's answer cannot be read: invalid JSON: "),
    ("{\"items\":[]}\0", "the server's answer cannot be read: invalid JSON: "),
    ("{\"items\":[{\"metadata\":{\"name\":tru}}]}", "the server's answer cannot be read: invalid JSON at byte 30"),
    (
      "{\"items\":[{\"metadata\":{\"name\":\"a\",\"n\":NaN}}]}",
      "the server's answer cannot be read: invalid JSON at byte 38"
    ),
    (
      "\u{FEFF}{\"items\":[]}",
      "the server's answer cannot be read: invalid JSON: starts with a byte order mark at byte 0"
    ),
    ("[]", "the server's answer cannot be read: "),
    (
      "{\"items\":[{\"metadata\":{\"name\":\"x\",\"d\":\(String(repeating: "[", count: 100_000))}}]}",
      "the server's answer cannot be read: "
    ),
  ])
  func E_P02_E_P03_E_P06_E_P18_aListThatIsNoneIsAnError(body: String, words: String) async throws {
    let server = try ScenarioServer { _, _ in .json(body) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await error { () throws(APIError) in _ = try await reader.list(Samples.stream) }
    #expect(error?.kind == .unreadable)
    #expect(error?.message.hasPrefix("127.0.0.1:\(server.port): \(words)") == true, "\(error?.message ?? "-")")
  }

  @Test func E_P01_aListThatIsCutAnywhereIsAnError() async throws {
    let body = Array(
      "{\"kind\":\"KustomizationList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[\(Samples.json("a", "1"))]}"
        .utf8)
    let server = try ScenarioServer { request, _ in
      let count = Int(request.query["limit"] ?? "") ?? 0
      return .answer(200, body: Array(body.prefix(count)))
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    for count in stride(from: 1, to: body.count, by: 3) {
      let error = await error { () throws(APIError) in _ = try await reader.list(Samples.stream, limit: count) }
      #expect(error != nil, "cut after \(count) bytes")
    }
    #expect(try await reader.list(Samples.stream, limit: body.count).objects.count == 1)
  }

  @Test func E_P03_oddItemsAreDroppedAndCounted() async throws {
    let items = [
      "{}", "{\"metadata\":null}", "{\"metadata\":{\"name\":7}}", Samples.json("a", "1"), "{\"metadata\":[]}",
    ]
    let server = try ScenarioServer { _, _ in Samples.list(items, version: "9") }
    defer { server.stop() }
    let page = try await Samples.reader(server, network: network).list(Samples.stream)
    #expect(page.objects.map(\.ref.name) == ["a"])
    #expect(page.skipped == 4)
    #expect(page.resourceVersion == "9")
  }

  @Test func selectsByLabelsAndFields() async throws {
    let server = try ScenarioServer { _, _ in Samples.list([], version: "9") }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    for selector in [Selector.labels("a/b=c,!d"), .fields("metadata.name=x y")] {
      let stream = StreamID(
        cluster: Samples.cluster, groupKind: GroupKind(group: "", kind: "Pod"), version: "v1", plural: "pods",
        selector: selector)
      _ = try await reader.list(stream, version: .notOlderThan("abc"))
    }
    #expect(server.requests[0].target.hasPrefix("/api/v1/pods?labelSelector=a%2Fb%3Dc%2C%21d&"))
    #expect(server.requests[1].query["fieldSelector"] == "metadata.name=x y")
    #expect(server.requests[1].query["resourceVersion"] == "abc")
    #expect(server.requests[1].query["resourceVersionMatch"] == "NotOlderThan")
  }

  @Test func decodesTheSampleOfAWatch() async throws {
    guard let path = SharedFolder.path("samples/watch-stream-kustomizations.jsonl") else {
      print("../shared is absent: the sample of a watch is not read")
      return
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let server = try ScenarioServer { _, _ in .raw(Array("HTTP/1.1 200 OK\r\n\r\n\(text)".utf8), then: .cut) }
    defer { server.stop() }
    let watch = try await Samples.reader(server, network: network).watch(
      Samples.stream, .changes(since: "1"), timeoutSeconds: 250)
    var words: [String] = []
    while let event = try await watch.next() {
      switch event {
      case .added(let object): words.append("added \(object.ref.name)")
      case .modified(let object): words.append("modified \(object.ref.name)")
      case .deleted(let object): words.append("deleted \(object.ref.name)")
      case .bookmark(let version, _): words.append(version.isEmpty ? "empty bookmark" : "bookmark")
      case .error(let error): words.append("error \(error.isExpired)")
      case .unknown, .malformed: words.append("?")
      }
    }
    #expect(words == ["added apps", "modified apps", "bookmark", "bookmark", "deleted apps", "error true"])
  }

  @Test(arguments: [
    ("{\"type\":\"added\",\"object\":{\"metadata\":{\"name\":\"a\"}}}", "unknown"),
    ("{\"type\":\"ADDED\"}", "malformed"),
    ("{\"object\":{}}", "malformed"), ("{\"type\":\"ADDED\",\"object\":{}}", "malformed"),
    ("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Pod\"}}", "error"),
    ("{\"type\":\"ERROR\",\"object\":null}", "malformed"),
    ("{\"type\":\"BOOKMARK\",\"object\":{}}", "bookmark"), ("\u{FEFF}{}", "malformed"), ("nonsense", "malformed"),
  ])
  func E_W03_E_W06_E_W07_readsOddWatchLines(line: String, word: String) async throws {
    let server = try ScenarioServer { _, _ in .lines(["", " ", line], then: .hold) }
    defer { server.stop() }
    let watch = try await Samples.reader(server, network: network).watch(
      Samples.stream, .changes(since: "1"), timeoutSeconds: 250)
    let event = try await watch.next()
    switch event {
    case .unknown: #expect(word == "unknown")
    case .malformed: #expect(word == "malformed")
    case .error: #expect(word == "error")
    case .bookmark(let version, _): #expect(word == "bookmark" && version.isEmpty)
    default: Issue.record("an event of \(line)")
    }
  }

  @Test func asksForPermissionWithAllAttributesAndRemembersTheAnswer() async throws {
    let server = try ScenarioServer { request, _ in
      .json("{\"status\":{\"allowed\":\(request.text.contains("shop")),\"reason\":\"by RBAC\"}}", status: 201)
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    let shop = AccessQuestion(
      verb: "patch", group: Samples.kind.group, resource: "kustomizations", subresource: "status", namespace: "shop",
      name: "apps")
    #expect(await reader.canI(shop) == .allowed)
    #expect(await reader.canI(shop) == .allowed)
    var other = shop
    other.namespace = "pay"
    #expect(await reader.canI(other) == .denied(reason: "you may not patch kustomizations/status in pay (by RBAC)"))
    #expect(server.requests.count == 2)
    let body = try JSON(parsing: server.requests[0].body)
    #expect(body["kind"] == "SelfSubjectAccessReview")
    #expect(
      body.value(at: "spec", "resourceAttributes") == [
        "verb": "patch", "group": .string(Samples.kind.group), "resource": "kustomizations", "subresource": "status",
        "namespace": "shop", "name": "apps",
      ])
  }

  @Test func anErrorIsNoPermission() async throws {
    let server = try ScenarioServer { _, _ in Samples.refusal(500, "InternalError") }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let access = await reader.canI(AccessQuestion(verb: "get", group: "", resource: "pods"))
    #expect(access == .denied(reason: "permission is not known: sorry"))
  }

  @Test func readsALogLineByLine() async throws {
    let server = try ScenarioServer { _, _ in
      .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\none\ntwo\nlast".utf8), then: .cut)
    }
    defer { server.stop() }
    var options = PodLogOptions()
    options.container = "manager"
    options.tailLines = 10
    let log = try await Samples.reader(server, network: network, gate: .readOnly()).podLog(
      namespace: "flux-system", pod: "kustomize-controller-1", options: options)
    var lines: [String] = []
    while let line = try await log.nextLine() { lines.append(String(decoding: line, as: UTF8.self)) }
    #expect(lines == ["one", "two", "last"])
    #expect(
      server.requests[0].target
        == "/api/v1/namespaces/flux-system/pods/kustomize-controller-1/log?container=manager&follow=true&tailLines=10&timestamps=true"
    )
  }

  @Test func aContainerThatWaitsIsASentence() async throws {
    let message = "container \\\"x\\\" in pod \\\"y\\\" is waiting to start: ContainerCreating"
    let server = try ScenarioServer { _, _ in .json(Samples.status(400, "BadRequest", message), status: 400) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await error { () throws(APIError) in _ = try await reader.podLog(namespace: "a", pod: "y") }
    #expect(error?.message == "container \"x\" in pod \"y\" is waiting to start: ContainerCreating")
  }

  @Test func aServerThatIsNotReadyIsAlive() async throws {
    let server = try ScenarioServer { _, number in
      number == 0 ? Samples.refusal(403, "Forbidden") : .answer(503, type: "text/plain", body: [])
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network, gate: .readOnly())
    try await reader.heartbeat()
    let error = await error { () throws(APIError) in try await reader.heartbeat() }
    #expect(error?.status == 503)
  }
}
