import Demo
import FoundationEssentials
import GitOps
import HTTP
import Kube
import Structured
import TestKit
import Testing

/// The server's scripted faults do what they say: otherwise the matrix proves nothing.
@Suite struct ServerFaultTests {
  private struct World {
    let server: APIServer
    let reader: KubeReader
    let stream = StreamID(
      cluster: ClusterID("test"), groupKind: GroupKind(group: "", kind: "ConfigMap"), version: "v1",
      plural: "configmaps")

    init(_ change: (inout APIServer.Options) -> Void = { _ in }) async throws {
      var options = APIServer.Options()
      options.versionForm = .word
      change(&options)
      server = APIServer(options)
      let port = try await server.start()
      reader = KubeReader(
        access: try ClusterAccess(server: "http://127.0.0.1:\(port)"), cluster: stream.cluster, network: Network(),
        gate: .open)
      for name in ["a", "b", "c"] { try write(name) }
    }

    func write(_ name: String) throws {
      let exists = server.object(stream.groupKind, namespace: "shop", name: name) != nil
      let data: JSON = ["data": ["text": .string("☃ \(UInt64.random(in: 0 ... .max))")]]
      if exists {
        _ = try server.merge(stream.groupKind, namespace: "shop", name: name, data)
      } else {
        try server.create(
          ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "namespace": "shop"]])
      }
    }

    func add(_ action: Fault.Action, _ change: (inout Fault) -> Void = { _ in }) {
      var fault = Fault(path: "configmaps", action: action)
      change(&fault)
      server.add(fault)
    }

    /// What a list shows: names, or the error.
    func list(_ token: String? = nil) async -> String {
      do {
        let page = try await reader.list(stream, version: token == nil ? .any : .latest, continue: token)
        return page.objects.map(\.ref.name).joined() + (page.continueToken.isEmpty ? "" : "…")
          + (page.resourceVersion.isEmpty ? " without version" : "")
      } catch { return Self.word(error) }
    }

    /// What a watch from now on shows while `writes` are made.
    func watch(_ writes: [String], events: Int = .max) async throws -> String {
      let version = try await reader.list(stream).resourceVersion
      for name in writes { try write(name) }
      var seen: [String] = []
      do {
        let watch = try await reader.watch(stream, .changes(since: version), timeoutSeconds: 600)
        while seen.count < events, let event = try await watch.next() { seen.append(Self.word(event)) }
        seen.append(seen.count < events ? "end" : "…")
        watch.close()
      } catch { seen.append(Self.word(error)) }
      return seen.joined(separator: " ")
    }

    static func word(_ event: WatchEvent) -> String {
      switch event {
      case .added(let object): "+\(object.ref.name)"
      case .modified(let object): "~\(object.ref.name)"
      case .deleted(let object): "-\(object.ref.name)"
      case .bookmark(let version, _): version.isEmpty ? "bookmark?" : "bookmark"
      case .error(let error): "error(\(word(error)))"
      case .unknown(let type): "unknown(\(type))"
      case .malformed: "malformed"
      @unknown default: "other"
      }
    }

    static func word(_ error: any Error) -> String {
      guard let error = error as? APIError else { return "\(error)" }
      switch error.kind {
      case .status:
        let causes = error.causes.joined()
        return [error.status.map(String.init) ?? "no code", causes, error.retryAfter.map { "after \($0)" } ?? ""]
          .filter { !$0.isEmpty }.joined(separator: " ")
      case .connection(let kind): return "\(kind)"
      case .notAPI: return "not an API"
      case .unreadable: return "unreadable"
      case .credential: return "credential"
      }
    }
  }

  private static func status(_ code: Int) -> String {
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"X\",\"code\":\(code)}"
  }

  @Test(arguments: [
    (Fault.Action.status(429, retryAfter: 7), "429 after 7"),
    (.refusal(.init(429, retryAfter: "999999")), "429 after 999999"),
    (.refusal(.init(429, retryAfter: "x")), "429"),
    (.refusal(.init(410, reason: "Expired")), "410"),
    (.refusal(.tooLargeVersion), "504 ResourceVersionTooLarge"),
    (.gone, "410"),
    (.answer(.init(200, "text/html", body: "<html>")), "not an API"),
    (.answer(.init(body: "{\"kind\":\"Table\",\"metadata\":{},\"rows\":[]}")), "unreadable"),
    (.answer(.init(body: "nonsense")), "unreadable"),
    (.half, "unreadable"),
    (.cut(afterLines: 0), "cut"),
    (.list(.emptyPage), "…"),
    (.list(.stale(by: 1)), "ab"),
    (.list(.withoutVersion), "abc without version"),
  ])
  func aListMeetsItsFault(action: Fault.Action, seen: String) async throws {
    let world = try await World()
    world.add(action) { $0.isWatch = false }
    #expect(await world.list() == seen)
    #expect(await world.list() == "abc")
    await world.server.stop()
  }

  @Test(arguments: [
    (Fault.Action.gone, "error(410) end"),
    (.refusal(.init(410, reason: "Expired")), "410"),
    (.stream(.error(object: status(500), afterLines: 1)), "~a error(500) end"),
    (.stream(.error(object: "null", afterLines: 0)), "malformed end"),
    (.stream(.error(object: "{\"kind\":\"Status\",\"message\":\"m\"}", afterLines: 0)), "error(no code) end"),
    (.cut(afterLines: 1), "~a cut"),
    (.stream(.cutInCharacter(afterLines: 1)), "~a cut"),
    (.stream(.end(afterLines: 0)), "end"),
    (.stream(.end(afterLines: 2)), "~a ~b end"),
    (.stream(.oversized(bytes: 9 << 20, afterLines: 1)), "~a tooLarge"),
    (.contentType("text/plain"), "not an API"),
  ])
  func aWatchMeetsItsFault(action: Fault.Action, seen: String) async throws {
    let world = try await World()
    world.add(action) { $0.isWatch = true }
    #expect(try await world.watch(["a", "b", "c"]) == seen)
    await world.server.stop()
  }

  @Test func eventsAreRepeatedSwappedAndMixedWithOthers() async throws {
    let world = try await World()
    world.add(.stream(.duplicated)) { $0.isWatch = true }
    #expect(try await world.watch(["a", "b"], events: 4) == "~a ~a ~b ~b …")
    world.add(.stream(.disordered)) { $0.isWatch = true }
    #expect(try await world.watch(["a", "b"], events: 2) == "~b ~a …")
    world.add(.stream(.inserted(["{\"type\":\"X\",\"object\":{}}", "{\"type\":\"BOOKMARK\",\"object\":{}}"]))) {
      $0.isWatch = true
    }
    #expect(try await world.watch(["a"], events: 3) == "unknown(X) bookmark? ~a …")
    await world.server.stop()
  }

  @Test func aVersionExpiresAfterSoManyBookmarks() async throws {
    let world = try await World { $0.bookmarkInterval = .milliseconds(20) }
    world.add(.stream(.expiry(afterBookmarks: 2))) { $0.isWatch = true }
    #expect(try await world.watch([]) == "bookmark bookmark error(410) end")
    await world.server.stop()
  }

  @Test func pagesAreSmallAndATokenIsRepeated() async throws {
    let world = try await World { $0.pageLimit = 1 }
    let first = try await world.reader.list(world.stream)
    #expect(first.objects.count == 1)
    world.add(.list(.repeatedToken)) { $0.isContinue = true }
    let second = try await world.reader.list(world.stream, continue: first.continueToken)
    #expect(second.continueToken == first.continueToken)
    await world.server.stop()
  }

  @Test func anAnswerThatIsHeldBackComesWhenTheFaultsAreTakenAway() async throws {
    let world = try await World()
    world.add(.late(nil))
    world.add(.silence(afterLines: 0)) { $0.isWatch = false }
    async let late = world.list()
    async let silent = world.list()
    // Both requests are there.
    try await eventually("two requests", within: .seconds(20)) { world.server.requests.count == 2 ? true : nil }
    world.server.clearFaults()
    #expect(Set(await [late, silent]) == ["abc", "cut"])
    await world.server.stop()
  }

  @Test func allWatchesEndWhenTold() async throws {
    let world = try await World()
    for (expires, seen) in [
      (true, "error(410) end"), (false, "end"),
    ] {
      async let watch = world.watch([])
      try await eventually("a watch", within: .seconds(20)) { world.server.openWatches == 1 ? true : nil }
      if expires { try world.server.expireWatches() } else { world.server.endWatches() }
      #expect(try await watch == seen)
    }
    await world.server.stop()
  }

  @Test func A3_wordsServeAsVersions() async throws {
    let world = try await World()
    let page = try await world.reader.list(world.stream)
    let versions = page.objects.map(\.resourceVersion) + [page.resourceVersion]
    #expect(versions.allSatisfy { UInt64($0) == nil && $0.count == 16 })
    #expect(Set(versions).count == 3)
    #expect(try await world.watch(["b"], events: 1) == "~b …")
    _ = try await world.reader.list(world.stream, version: .notOlderThan(page.resourceVersion))
    await world.server.stop()
  }

  @Test func aStreamingListLosesItsMark() async throws {
    let world = try await World()
    for (action, types) in [
      (Fault.Action.stream(.withoutMark), ["ADDED", "ADDED", "ADDED"]),
      (.stream(.endBeforeMark), ["ADDED", "ADDED", "ADDED"]),
      (.status(422), []),
    ] {
      world.add(action) { $0.isStreamingList = true }
      var call = APICall(.get, "/api/v1/configmaps")
      call.channel = .stream
      call.query = [
        ("watch", "1"), ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"),
        ("allowWatchBookmarks", "true"), ("timeoutSeconds", "30"),
      ]
      var seen: [String] = []
      do {
        let response = try await world.reader.connection.stream(call)
        while seen.count < 3, let line = try await response.nextLine() {
          seen.append(try JSONWatchLine(parsing: line).type)
        }
        response.close()
      } catch let error as APIError { #expect(error.status == 422) }
      #expect(seen == types)
    }
    await world.server.stop()
  }
}
