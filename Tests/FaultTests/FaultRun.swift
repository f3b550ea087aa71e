import Demo
import GitOps
import HTTP
import Kube
import TestKit

/// One fault with one seed: a server with objects, a watcher that follows it through a proxy into a store, writes while the
/// fault lasts and after it; then the store must become what the server holds (A24).
///
/// Everything waits on the run's accelerated clock: the watcher's pauses and limits, the server's bookmarks and time-outs,
/// the writes, and, divided by its pace, the limits of HTTP requests and the proxy's toxics. Only the sockets themselves
/// are as fast as they are.
struct FaultRun: Sendable {
  struct Outcome: Sendable {
    let fault: String
    let seed: UInt64
    /// From the end of the fault until the store was the server's; nil: not in time.
    let convergence: Duration?
    /// While the fault lasted, and how long that was.
    let requests: Int
    let duration: Duration
    let problems: [String]

    var isGood: Bool { convergence != nil && problems.isEmpty }
    var description: String {
      "fault=\(fault) seed=\(seed): \(problems.joined(separator: "; "))\n  replay: make faults FAULT=\(fault) SEED=\(seed)"
    }
  }

  let fault: FaultCase
  let seed: UInt64
  let clock: AcceleratedClock
  let network: Network

  func run() async -> Outcome {
    do { return try await perform() } catch {
      return Outcome(
        fault: fault.name, seed: seed, convergence: nil, requests: 0, duration: .zero,
        problems: ["did not run: \(error)"])
    }
  }

  private var stream: StreamID {
    let cluster = ClusterID("prod")
    return seed % 2 == 0
      ? StreamID(
        cluster: cluster, groupKind: GroupKind(group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization"),
        version: "v1",
        plural: "kustomizations")
      : StreamID(
        cluster: cluster, groupKind: GroupKind(group: "", kind: "ConfigMap"), version: "v1", plural: "configmaps",
        namespace: "shop")
  }

  private func perform() async throws -> Outcome {
    var random = SeededRandom(seed: seed &* 1_000_003)
    var options = APIServer.Options()
    options.clock = clock
    options.versionForm = .word
    options.pageLimit = Int.random(in: 4...9, using: &random)
    options.window = Int.random(in: 8...80, using: &random)
    options.bookmarkInterval = .seconds(Int.random(in: 10...60, using: &random))
    options.servesStreamingLists = fault.name.hasPrefix("streaming") || Bool.random(using: &random)
    options.seed = seed
    let server = APIServer(options)
    // While the server is away nobody else's server may answer in its place.
    let reserved = try ReservedPort()
    defer { withExtendedLifetime(reserved) {} }
    let port = try await server.start(port: reserved.port)
    var world = FaultWorld(server: server, stream: stream, seed: random.next())
    try world.fill()
    let proxy = try FaultProxy(to: port, seed: seed, pace: clock.pace)
    let scene = FaultScene(
      server: server, proxy: proxy, plural: stream.plural, clock: clock, seed: seed, serverPort: port)
    let record = GateRecord()
    let reader = KubeReader(
      access: try ClusterAccess(server: proxy.url), cluster: stream.cluster, network: network,
      gate: Gate.open.recording(into: record), pace: clock.pace,
      budget: RequestBudget(clock: clock, seed: seed))
    let mirror = Mirror(stream)
    let mayStream = fault.name.hasPrefix("streaming") || Bool.random(using: &random)
    let watcher = Watcher(
      stream: stream, reader: reader, options: Watcher.Options(mayStream: mayStream), clock: clock, seed: random.next())
    let task = Task { await watcher.run { mirror.apply($0) } }
    defer { task.cancel() }

    var problems: [String] = []
    // A quarter begins with the fault, the others when all is well.
    let isEarly = Int.random(in: 0..<4, using: &random) == 0 && !fault.needsBookmark
    if !isEarly {
      guard await equal(mirror, world, within: .seconds(60)) != nil else { throw Missed("the first list did not come") }
      while server.openWatches == 0 { try await clock.sleep(for: .milliseconds(200)) }
      if fault.needsBookmark { try await clock.sleep(for: options.bookmarkInterval + .seconds(3)) }
    }
    let (began, before) = (clock.now, record.count)
    try await fault.begin(scene)
    let lasts = Duration.seconds(Int.random(in: fault.lasts, using: &random))
    while began.duration(to: clock.now) < lasts {
      try await clock.sleep(for: .milliseconds(Int.random(in: 300...6000, using: &random)))
      try await fault.pulse(scene)
      try world.write()
    }
    let (requests, duration) = (record.count - before, began.duration(to: clock.now))
    server.clearFaults()
    proxy.clear()
    try await fault.end(scene)
    let stopped = clock.now
    for _ in 0..<3 {
      try world.write()
      try await clock.sleep(for: .milliseconds(Int.random(in: 100...1500, using: &random)))
    }
    var limit = fault.limit
    if limit > .seconds(90), seed % 2 == 0 {
      // What is left alone for minutes is asked for at once when the user wants it.
      reader.pulse.send(.retry(within: RequestBudget.spread))
      limit = .seconds(90)
    }
    let rest = limit - stopped.duration(to: clock.now)
    let isEqual = await equal(mirror, world, within: rest) != nil
    let convergence = stopped.duration(to: clock.now)
    if isEqual {
      if let difference = mirror.difference(from: world.served) { problems.append("content differs: \(difference)") }
    } else {
      problems.append(
        "not equal after \(limit): \(mirror.contents.count) objects, the server has \(world.contents.count); "
          + "links \(mirror.links.suffix(6)); last requests \(server.requests.suffix(6).map(\.target))")
    }
    problems += mirror.problems
    for list in Set(mirror.lists) where !world.history.contains(list) && !(fault.mayEmpty && list.isEmpty) {
      problems.append("a list of \(list.count) objects that the server never had was taken for complete")
    }
    let allowed = 20 + Int(fault.rate * Double(duration.components.seconds))
    if requests > allowed { problems.append("\(requests) requests in \(duration), more than \(allowed)") }
    problems += versionless(server)
    task.cancel()
    await task.value
    proxy.close()
    await server.stop()
    return Outcome(
      fault: fault.name, seed: seed, convergence: isEqual ? convergence : nil, requests: requests, duration: duration,
      problems: problems)
  }

  /// Waits until the store holds what the server holds.
  private func equal(_ mirror: Mirror, _ world: FaultWorld, within limit: Duration) async -> Duration? {
    let began = clock.now
    while began.duration(to: clock.now) < limit {
      if mirror.contents == world.contents { return began.duration(to: clock.now) }
      do { try await clock.sleep(for: .milliseconds(400)) } catch { return nil }
    }
    return mirror.contents == world.contents ? began.duration(to: clock.now) : nil
  }

  /// Watches that were started without a version, or with one that means "any" (A4).
  private func versionless(_ server: APIServer) -> [String] {
    server.requests.map(\.target).filter { target in
      target.contains("watch=1") && !target.contains("sendInitialEvents=true")
        && (!target.contains("resourceVersion=") || target.contains("resourceVersion=&")
          || target.contains("resourceVersion=0&"))
    }.prefix(1).map { "a watch without a version: \($0)" }
  }
}

extension GateRecord {
  var count: Int { sent.values.reduce(0, +) }
}
