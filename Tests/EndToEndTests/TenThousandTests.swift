import Foundation
import Structured
import Synchronization
import TestKit
import Testing

extension EndToEnd {
  /// 10,000 managed objects on a real API server, and what they cost: figures of `make bench`.
  @Suite(.enabled(if: isBench, "run by make bench, which sets DRIFTGLASS_BENCH=1")) struct TenThousandTests {
    private static let total = "10,000"
    private static let agent = "driftglass/"

    @Test func tenThousandManagedObjects() async throws {
      let clock = ContinuousClock()
      let begin = clock.now
      let world = try await StillWorld(
        "real", (0..<100).map { StillWorld.Application("app-\($0)", files: ScaleTests.files("app-\($0)", sets: 10)) })
      var figures = Figures("10,000 managed objects of 100 Kustomizations on a real API server:")
      figures.add("(made in \(Figures.seconds(clock.now - begin)))")
      let environment = ["KUBECONFIG": try world.server.kubeconfig()]
      let words = [try EndToEnd.executable(), "--config", try world.configuration()]

      let bare = try await TimedSession(words, environment: ["KUBECONFIG": try emptyKubeconfig(world)])
      _ = try await bare.time(until: "the first frame", within: .seconds(10)) { $0.contains("Driftglass") }
      try await Task.sleep(for: .seconds(2))
      let ownMemory = try await bare.session.peakMemory()

      var stores: [Duration] = []
      var fromStart: [Duration] = []
      var fromFirstList: [Duration] = []
      var verdicts: [Duration] = []
      var peaks: [Int] = []
      var work: [Duration] = []
      var downloads: [Duration] = []
      var last: TimedSession?
      var lists: [String] = []
      for _ in 0..<3 {
        last = nil
        let before = Date()
        let timed = try await TimedSession(words, environment: environment)
        let (store, verdict) = try await complete(timed)
        stores.append(store)
        verdicts.append(verdict)
        work.append(try await timed.session.processorTime())
        peaks.append(try await timed.session.peakMemory())
        let requests = world.server.audit(agent: Self.agent).filter { $0.received >= before }
        if lists.isEmpty { figures.add("requests until complete: \(Self.summary(requests))") }
        lists = requests.filter { $0.verb == "list" }.map(\.uri)
        last = timed
      }
      last = nil
      // Looking at the screen takes as much of the processor as the program: here nobody looks.
      for _ in 0..<5 {
        let before = Date()
        let session = try await TimedSession(words, environment: environment)
        try await Task.sleep(for: .seconds(3))
        let requests = world.server.audit(agent: Self.agent).filter { $0.received >= before }
        let first = try #require(requests.filter { $0.verb == "list" }.map(\.received).min())
        // A stream's watch begins when its list is in the store.
        let watches = requests.filter { $0.verb == "watch" && $0.uri.contains("labelSelector=kustomize") }
        let complete = try #require(watches.map(\.received).max())
        fromStart.append(.seconds(complete.timeIntervalSince(before)))
        fromFirstList.append(.seconds(complete.timeIntervalSince(first)))
        withExtendedLifetime(session) {}
        for _ in 0..<2 { downloads.append(try await download(lists, world)) }
      }
      figures.add("curl --parallel, the same \(lists.count) lists on one HTTP/2 connection: \(Self.spread(downloads))")
      figures.add("driftglass, first list until the store is complete: \(Self.spread(fromFirstList))")
      figures.add("driftglass, start until the store is complete: \(Self.spread(fromStart))")
      figures.add("driftglass, start until the store is complete on screen: \(Self.spread(stores))")
      figures.add("driftglass, start until all drift is known on screen: \(Self.spread(verdicts))")
      try await compareWithKubectl(world, &figures)
      figures.add("driftglass, processor time until then: \(Self.spread(work))")
      figures.add(
        String(
          format: "store / curl, of the medians: %.2f from the first list, %.2f from the program's start",
          fromFirstList.median / downloads.median, fromStart.median / downloads.median))
      let peak = peaks.sorted()[1]
      figures.add(
        "peak memory \(Figures.mebibytes(peak)), of which \(Figures.mebibytes(ownMemory)) without a cluster: "
          + "\(Figures.mebibytes(peak - ownMemory)) above start")
      last = try await TimedSession(words, environment: environment)
      if let last { try await idle(last.session, world, &figures) }
      last = nil
      try await outage(world, &figures)
      figures.show()
    }

    /// The cluster's page says of each stream how many objects it holds.
    private func complete(_ timed: TimedSession) async throws -> (store: Duration, verdicts: Duration) {
      _ = try await timed.time(until: "the cluster's line", within: .seconds(10)) {
        ScreenText($0).cluster("real") != nil
      }
      try await timed.session.press("1", "j", "Enter")
      let store = try await timed.time(until: "all objects in the store", within: .seconds(60)) { screen in
        let streams = ScreenText(screen).lines.filter { $0.contains("(Flux)") }
        return streams.map(Self.objects).reduce(0, +) == 10_000
      }
      try await timed.session.press("q")
      let verdicts = try await timed.time(until: "all verdicts", within: .seconds(60)) {
        $0.contains("drift known for 100 % of \(Self.total) objects")
      }
      return (store, verdicts)
    }

    /// The number before `objects`.
    private static func objects(_ line: String) -> Int {
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(where: { $0.hasPrefix("object") }), index > 0 else { return 0 }
      return Int(words[index - 1].filter(\.isNumber)) ?? 0
    }

    /// A cold pass of both over all objects, from the start of the program to its end: ours fetches from a Git host over
    /// http and lists, kubectl reads files and asks for each object.
    private func compareWithKubectl(_ world: StillWorld, _ figures: inout Figures) async throws {
      let folder = try TemporaryFolder("kubectl-diff")
      for number in 0..<100 {
        for (name, text) in ScaleTests.files("app-\(number)", sets: 10) {
          try folder.write(text, to: "\(number)-\(name.replacing("/", with: "-"))")
        }
      }
      let environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
      let kubeconfig = try world.server.kubeconfig()
      // Packed, as hosts keep their repositories.
      _ = try await Program.check(["git", "-C", world.repositoryPath, "gc", "--quiet"])
      let host = try SmartServer(world.repositoryPath)
      let configuration = try world.configuration(others: [world.repositoryURL: host.url])
      func time(_ words: [String]) async throws -> Duration {
        let begin = ContinuousClock.now
        let result = try await Program.run(words, environment: environment)
        guard result.status == 0 else { throw Missed("\(words[0]): \(result.status) \(result.errors.prefix(500))") }
        return ContinuousClock.now - begin
      }
      var ours: [Duration] = []
      for _ in 0..<5 {
        // Mirrors and schemas of the run before would make it a warm one.
        try? FileManager.default.removeItem(atPath: folder.file(".cache"))
        ours.append(
          try await time([
            EndToEnd.executable(), "get", "drift", "-o", "json", "--kubeconfig", kubeconfig, "--config", configuration,
          ]))
      }
      let kubectl = try await time(["kubectl", "--kubeconfig", kubeconfig, "diff", "--server-side", "-f", folder.path])
      figures.add("driftglass get drift, all objects, nothing cached: \(Self.spread(ours))")
      figures.add("kubectl diff --server-side, the same objects: \(Figures.seconds(kubectl))")
      figures.add(String(format: "kubectl / driftglass: %.0f", kubectl / ours.median))
    }

    private func emptyKubeconfig(_ world: StillWorld) throws -> String {
      try world.folder.write(
        #"{"apiVersion":"v1","kind":"Config","clusters":[],"users":[],"contexts":[]}"#, to: "empty.json")
    }

    /// The same addresses with the same credentials, to nowhere.
    private func download(_ uris: [String], _ world: StillWorld) async throws -> Duration {
      let authority = try world.folder.write(
        String(decoding: world.server.authority, as: UTF8.self), to: "curl-authority.pem")
      let lines = uris.map { "url = \"\(world.server.url)\($0)\"\noutput = \"/dev/null\"" }
      let config = try world.folder.write(
        """
        header = "Authorization: Bearer \(RealAPIServer.adminToken)"
        header = "Accept: application/json"
        cacert = "\(authority)"
        \(lines.joined(separator: "\n"))
        """, to: "curl.conf")
      let words = [
        "curl", "--silent", "--show-error", "--fail", "--parallel", "--http2", "-w", "%{num_connects}\n", "--config",
        config,
      ]
      let begin = ContinuousClock.now
      let output = try await Program.check(words)
      let time = ContinuousClock.now - begin
      let connections = output.split(separator: "\n").compactMap { Int($0) }.reduce(0, +)
      guard connections == 1 else { throw Missed("curl made \(connections) connections") }
      return time
    }

    private func idle(_ session: TmuxSession, _ world: StillWorld, _ figures: inout Figures) async throws {
      let seconds = 60
      try await Task.sleep(for: .seconds(10))
      let before = (Date(), try await session.processorTime())
      try await Task.sleep(for: .seconds(seconds))
      let quiet = try await session.processorTime() - before.1
      figures.add("processor when nothing happens: \(Self.percent(quiet, of: .seconds(seconds))) of a core")
      let requests = world.server.audit(agent: Self.agent).filter { $0.received >= before.0 }
      figures.add("requests in those \(seconds) s: \(Self.summary(requests))")

      let (start, used) = (ContinuousClock.now, try await session.processorTime())
      await withDiscardingTaskGroup { group in
        for number in 0..<1500 {
          // 50 a second; a slow answer does not delay the next.
          try? await ContinuousClock().sleep(until: start + .milliseconds(20 * number), tolerance: nil)
          group.addTask {
            let path = "/api/v1/namespaces/shop/configmaps/app-\(number % 100)-\(number % 40)"
            _ = try? await world.server.mergePatch(
              "\(path)?fieldManager=kubectl-edit", ["data": ["mode": "v\(number)"]])
          }
        }
      }
      let busy = try await session.processorTime() - used
      let took = ContinuousClock.now - start
      figures.add(
        "processor at 50 events/s: \(Self.percent(busy, of: took)) of a core (1,500 events in \(Figures.seconds(took)))"
      )
    }

    /// A proxy stands between, so that each request can be counted while the server is dead; it answers 502.
    private func outage(_ world: StillWorld, _ figures: inout Figures) async throws {
      let seconds = ProcessInfo.processInfo.environment["DRIFTGLASS_OUTAGE"].flatMap { Int($0) } ?? 120
      let proxy = try RecordingProxy(to: world.server.url, authorities: world.server.authority)
      defer { proxy.close() }
      let session = try await world.program(EndToEnd.executable(), server: proxy.url)
      try await session.wait(for: "all verdicts", within: .seconds(60)) {
        $0.contains("drift known for 100 % of \(Self.total) objects")
      }
      world.server.kill()
      let before = proxy.recorded.count
      try await Task.sleep(for: .seconds(seconds))
      let requests = proxy.recorded[before...]
      var counts: [String: Int] = [:]
      for request in requests { counts[String(request.target.prefix { $0 != "?" }), default: 0] += 1 }
      let worst = counts.max { $0.value < $1.value }
      figures.add(
        "outage of \(seconds) s (pauses only grow: a longer one has a lower rate): \(requests.count) requests, at most "
          + String(format: "%.3f", Double(worst?.value ?? 0) / Double(seconds)) + " a second of one path "
          + "(\(worst?.key ?? "none"))")
      #expect(session.exitStatus() == nil)
    }

    private static func percent(_ part: Duration, of whole: Duration) -> String {
      String(format: "%.2f %%", part / whole * 100)
    }

    private static func spread(_ durations: [Duration]) -> String {
      "median \(Figures.seconds(durations.median)), fastest \(Figures.seconds(durations.share(0))), longest "
        + "\(Figures.seconds(durations.share(1))) of \(durations.count)"
    }

    private static func summary(_ requests: [AuditedRequest]) -> String {
      let watched = requests.filter { $0.verb == "watch" }.count
      let listed = requests.filter { $0.verb == "list" }.count
      var others: [String: Int] = [:]
      for request in requests where request.verb != "watch" && request.verb != "list" {
        others[request.path.hasPrefix("/api") ? "discovery, schemas and reviews" : request.path, default: 0] += 1
      }
      let rest = others.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      return (["\(requests.count)", "\(listed) lists", "\(watched) watches"] + rest).joined(separator: ", ")
    }
  }
}
