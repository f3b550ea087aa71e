import GitOps
import HTTP
import Structured
import TestKit
import Testing

@testable import Kube

/// Lists that are cut, odd, or of something else (abuse list, E-P).
@Suite(.timeLimit(.minutes(2))) struct HostileListTests {
  private let network = Network()

  private func list(_ body: String, _ stream: StreamID = Samples.stream) async throws -> ObjectPage {
    let server = try ScenarioServer { _, _ in .json(body) }
    defer { server.stop() }
    return try await Samples.reader(server, network: network).list(stream)
  }

  private func page(_ items: [String]) -> String {
    "{\"kind\":\"KustomizationList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[\(items.joined(separator: ","))]}"
  }

  @Test func E_P01_aListWhoseConnectionEndsAnywhereIsAnError() async throws {
    let body = Array(page([Samples.json("a", "1"), Samples.json("b", "2")]).utf8)
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
    let server = try ScenarioServer { request, _ in
      .raw(Array(head.utf8) + body.prefix(request.query["limit"].flatMap { Int($0) } ?? 0), then: .cut)
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    for count in stride(from: 1, to: body.count, by: 2) {
      let error = await #expect(throws: APIError.self) { try await reader.list(Samples.stream, limit: count) }
      #expect(error?.kind == .connection(.cut), "cut after \(count) bytes")
    }
    #expect(try await reader.list(Samples.stream, limit: body.count).objects.count == 2)
  }

  @Test func E_P04_numbersKeepTheirText() async throws {
    let big = "123456789012345678901234567890"
    let item = """
      {"metadata":{"name":"a","resourceVersion":"1","generation":\(big)},"spec":{"x":1e400,"y":-0.10,"z":\(big)}}
      """
    let object = try #require(try await list(page([item])).objects.first)
    #expect(object.generation == nil)
    let spec = try object.document().root["spec"]
    #expect(spec?["x"]?.number == "1e400")
    #expect(spec?["x"]?.int == nil)
    #expect(spec?["y"]?.number == "-0.10")
    #expect(spec?["z"]?.number == big)
  }

  @Test func E_P05_theLastOfEqualKeysCountsInListsAndWatchesAlike() async throws {
    let item = """
      {"kind":"Pod","metadata":{"name":"a"},"kind":"Kustomization",\
      "metadata":{"name":"x","name":"b","namespace":"n","resourceVersion":"1","resourceVersion":"2"}}
      """
    let listed = try #require(try await list(page([item])).objects.first)
    let line = "{\"type\":\"DELETED\",\"object\":\(item),\"type\":\"ADDED\"}"
    let server = try ScenarioServer { _, _ in .lines([line], then: .hold) }
    defer { server.stop() }
    let watch = try await Samples.reader(server, network: network).watch(
      Samples.stream, .changes(since: "1"), timeoutSeconds: 250)
    guard case .added(let watched) = try await watch.next() else {
      Issue.record("no ADDED")
      return
    }
    for object in [listed, watched] {
      #expect(object.ref.path == "n/b")
      #expect(object.resourceVersion == "2")
    }
    #expect(listed.bytes == watched.bytes)
    // A list cannot say twice what it holds.
    let twice = "{\"items\":[\(Samples.json("a", "1"))],\"items\":[\(Samples.json("b", "2"))]}"
    let error = await #expect(throws: APIError.self) { try await list(twice) }
    #expect(error?.message.hasSuffix("not a list: items is repeated") == true)
  }

  @Test func E_P06_depthIsLimitedEverywhere() async throws {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let bodies = [
      "{\"kind\":\(deep),\"items\":[]}", page(["{\"metadata\":{\"name\":\"a\"},\"d\":\(deep)}"]),
      "{\"metadata\":{\"name\":\"a\",\"d\":\(deep)}}",
    ]
    let server = try ScenarioServer { request, number in
      switch request.query["limit"] ?? request.query["watch"] {
      case "1" where request.query["watch"] != nil: .lines([Samples.event("ADDED", bodies[2])], then: .hold)
      case "0": .json(bodies[0])
      case "1": .json(bodies[1])
      default: .json("{\"kind\":\"Status\",\"message\":\(deep)}", status: 403)
      }
    }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    for limit in 0...1 {
      let error = await #expect(throws: APIError.self) { try await reader.list(Samples.stream, limit: limit) }
      #expect(error?.message.contains("JSON nested deeper than 200") == true, "\(error?.message ?? "")")
    }
    // The words of an error are not worth another error: the status is kept.
    let refused = await #expect(throws: APIError.self) { try await reader.list(Samples.stream, limit: 7) }
    #expect(refused?.isForbidden == true)
    let watch = try await reader.watch(Samples.stream, .changes(since: "1"), timeoutSeconds: 250)
    guard case .malformed(let reason) = try await watch.next() else {
      Issue.record("an event")
      return
    }
    #expect(reason.contains("JSON nested deeper than 200"))
  }

  @Test(arguments: [
    ("text/html; charset=utf-8", "<!DOCTYPE html>\n<html>\n<title>Sign in</title>", "HTML"),
    ("application/vnd.kubernetes.protobuf", "k8s\0\n\u{1}", "application/vnd.kubernetes.protobuf"),
    ("text/plain", "", "text/plain"),
  ])
  func E_P08_aListThatIsAPageIsNoList(type: String, body: String, word: String) async throws {
    let server = try ScenarioServer { _, _ in .answer(200, type: type, body: Array(body.utf8)) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await #expect(throws: APIError.self) { try await reader.list(Samples.stream) }
    if body.isEmpty {
      #expect(error?.kind == .unreadable)
    } else {
      #expect(error?.kind == .notAPI)
      #expect(
        error?.message == "127.0.0.1:\(server.port): not an API server's answer (\(word), status 200)")
    }
  }

  @Test func E_P07_E_P09_whatIsPackedOrCutWithoutSayingSoIsNoList() async throws {
    let body = page([Samples.json("a", "1")])
    let answers: [[UInt8]] = [
      // Compressed, though nobody asked for it on this machine.
      Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n".utf8) + [
        0x1F, 0x8B, 8, 0,
      ],
      // A length that no number holds: libcurl reads to the end of the connection.
      Array("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n\(body.dropLast(9))".utf8),
      Array("HTTP/1.1 200 OK\r\n\r\n\(body.dropLast(1))".utf8), Array("HTTP/1.1 200 OK\r\n\r\n".utf8),
    ]
    for answer in answers {
      let server = try ScenarioServer { _, _ in .raw(answer, then: .cut) }
      defer { server.stop() }
      let reader = try Samples.reader(server, network: network)
      let error = await #expect(throws: APIError.self) { try await reader.list(Samples.stream) }
      #expect(error?.kind == .unreadable, "\(String(decoding: answer, as: UTF8.self))")
    }
  }

  @Test func E_P19_whatWasNotAskedForIsDroppedAndCounted() async throws {
    let pod = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"resourceVersion\":\"1\"}}"
    let mixed = try await list(page([Samples.json("a", "1"), pod]))
    #expect(mixed.objects.map(\.ref.name) == ["a"])
    #expect(mixed.skipped == 1)
    // Nothing but others is no empty list.
    let error = await #expect(throws: APIError.self) { try await list(page([pod, pod])) }
    #expect(error?.message.hasSuffix("none of the 2 listed kustomizations is one") == true)
    #expect(try await list(page([])).objects.isEmpty)
    let server = try ScenarioServer { _, _ in .lines([Samples.event("ADDED", pod)], then: .hold) }
    defer { server.stop() }
    let watch = try await Samples.reader(server, network: network).watch(
      Samples.stream, .changes(since: "1"), timeoutSeconds: 250)
    guard case .unknown("ADDED") = try await watch.next() else {
      Issue.record("an event of another kind")
      return
    }
  }

  @Test func A20_whoWroteWhatIsKeptOfManagedObjectsOnly() async throws {
    func item(_ labels: String) -> String {
      """
      {"metadata":{"name":"a","resourceVersion":"1","labels":{\(labels)},"annotations":{"x":"1",\
      "kubectl.kubernetes.io/last-applied-configuration":"{\\"a\\":\\"}\\"}"},"managedFields":[\
      {"manager":"kubectl","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}},\
      {"manager":"kustomize-controller","fieldsV1":{"f:status":{"f:conditions":{}}},"time":"2026-11-20T10:11:12Z"}]},"spec":{}}
      """
    }
    let listed = try #require(try await list(page([item("")])).objects.first)
    #expect(
      String(decoding: listed.bytes, as: UTF8.self) == """
        {"metadata":{"name":"a","resourceVersion":"1","labels":{},"annotations":{"x":"1"},"managedFields":[\
        {"manager":"kubectl","operation":"Update","fieldsV1":{}},\
        {"manager":"kustomize-controller","fieldsV1":{"f:status":{}},"time":"2026-11-20T10:11:12Z"}]},"spec":{}}
        """)
    _ = try listed.document()
    let label = "\"kustomize.toolkit.fluxcd.io/name\":\"apps\""
    let managed = try #require(try await list(page([item(label)])).objects.first)
    #expect(managed.bytes == Array(item(label).utf8))
    let selected = StreamID(
      cluster: Samples.cluster, groupKind: Samples.kind, version: "v1", plural: "kustomizations",
      selector: .fields("metadata.name=a"))
    let followed = try #require(try await list(page([item("")]), selected).objects.first)
    #expect(followed.bytes == Array(item("").utf8))
  }

  @Test func A21_aListIsLimitedWhileItArrives() async throws {
    let chunk = String(repeating: "x", count: 1 << 20)
    let feed = ScenarioServer.Feed()
    feed.bytes(Array("{\"items\":[{\"a\":\"".utf8))
    for _ in 0..<70 { feed.bytes(Array(chunk.utf8)) }
    let server = try ScenarioServer { _, _ in .feed(feed) }
    defer { server.stop() }
    let reader = try Samples.reader(server, network: network)
    let error = await #expect(throws: APIError.self) { try await reader.list(Samples.stream) }
    #expect(error?.kind == .unreadable)
    #expect(error?.message.hasSuffix("is over the limit of 67108864 bytes") == true, "\(error?.message ?? "")")
    feed.end(.cut)
  }
}
