import Demo
import GitOps
import HTTP
import Kube
import TestKit
import Testing

/// Thirty watches of one server that lose it at the same moment (A14), on an accelerated clock.
@Suite struct HerdTests {
  private static let count = 30

  private struct Herd {
    let server: APIServer
    let clock = AcceleratedClock(pace: 5)
    let network = Network()
    let tasks: [Task<Void, Never>]
    let port: UInt16
    /// Nobody else gets the port while the server is away.
    private let reserved: ReservedPort

    init() async throws {
      var options = APIServer.Options()
      options.clock = clock
      server = APIServer(options)
      reserved = try ReservedPort()
      port = try await server.start(port: reserved.port)
      let budget = RequestBudget(clock: clock, seed: 1)
      let reader = KubeReader(
        access: try ClusterAccess(server: "http://127.0.0.1:\(port)"), cluster: ClusterID("test"), network: network,
        gate: .open, pace: clock.pace, budget: budget)
      let stream = StreamID(
        cluster: ClusterID("test"), groupKind: GroupKind(group: "", kind: "ConfigMap"), version: "v1",
        plural: "configmaps")
      tasks = (0..<count).map { [clock] number in
        Task { await Watcher(stream: stream, reader: reader, clock: clock, seed: UInt64(number)).run { _ in } }
      }
      try await allWatch()
      budget.hasStarted()
    }

    func allWatch() async throws {
      try await eventually("all watch", within: .seconds(60)) { server.openWatches == count ? true : nil }
    }

    func requests(watch: Bool) -> Int { server.requests.count { $0.target.contains("watch=1") == watch } }

    func stop() async {
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
      await server.stop()
      network.shutdown()
    }
  }

  @Test func A14_watchesOfARestartedServerDoNotComeBackTogether() async throws {
    let herd = try await Herd()
    // Streams that end within a second of their beginning are another matter (A12).
    try await herd.clock.sleep(for: .seconds(3))
    let before = herd.requests(watch: true)
    await herd.server.stop()
    try await herd.server.start(port: herd.port)
    // How many had asked again at which time.
    var series: [(time: Duration, asked: Int)] = []
    let began = herd.clock.now
    while series.last.map({ $0.asked < Self.count }) ?? true, began.duration(to: herd.clock.now) < .seconds(120) {
      try await herd.clock.sleep(for: .milliseconds(100))
      series.append((began.duration(to: herd.clock.now), herd.requests(watch: true) - before))
    }
    #expect((series.last?.asked ?? 0) >= Self.count)
    let most =
      series.map { end in
        end.asked - (series.last { $0.time <= end.time - .seconds(2) }?.asked ?? 0)
      }.max() ?? 0
    #expect(most <= Self.count * 6 / 10, "\(most) of \(Self.count) within two seconds")
    await herd.stop()
  }

  @Test func A14_noMoreThanThreeListsRunAtOnce() async throws {
    let herd = try await Herd()
    let before = herd.requests(watch: false)
    herd.server.add(Fault(path: "configmaps", isWatch: false, times: .max, action: .late(nil)))
    try herd.server.expireWatches()
    try await eventually("three lists", within: .seconds(60)) { herd.requests(watch: false) - before >= 3 ? true : nil }
    // Less than the limit on an answer's begin: none of the three has been given up.
    try await herd.clock.sleep(for: .seconds(3))
    #expect(herd.requests(watch: false) - before == 3)
    herd.server.clearFaults()
    try await herd.allWatch()
    #expect(herd.requests(watch: false) - before >= Self.count)
    await herd.stop()
  }
}
