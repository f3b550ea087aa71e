import GitOps
import Kube

/// Asks a server every 20 seconds whether it lives, on a connection of its own and whatever the watches do (A10).
final class Heart: Sendable {
  private let cluster: ClusterID
  private let reader: KubeReader
  private let engine: Engine
  private let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  private static let interval = 20.0
  /// Of a server that is known to be away, for the first two minutes: it may come back at any time.
  private static let eagerInterval = 6.0
  private static let eagerBeats = 20
  /// After the first failure the question is repeated once at once.
  private static let repeatAfter: Duration = .seconds(1)
  /// Between questions to a server that is known to be dead, however often its streams find it so.
  private static let deadPause: Duration = .seconds(5)

  init(cluster: ClusterID, reader: KubeReader, engine: Engine) {
    self.cluster = cluster
    self.reader = reader
    self.engine = engine
  }

  /// Asks without waiting for the time; at most once a second.
  func beatNow() { signal.yield() }

  func run() async {
    var beats = signals.makeAsyncIterator()
    var failures = 0
    while !Task.isCancelled {
      let wait = Self.wait(after: failures)
      let timer = Task {
        try? await Task.sleep(for: wait)
        signal.yield()
      }
      await beats.next()
      // Streams that fail again and again are no news of a server that is known to be away.
      if failures >= Freshness.heartbeats {
        await withTaskCancellationHandler {
          await timer.value
        } onCancel: {
          timer.cancel()
        }
      }
      timer.cancel()
      if Task.isCancelled { return }
      let before = reader.lastLife
      do throws(APIError) {
        try await reader.heartbeat()
        await engine.lived(cluster)
        // Streams that wait for half a minute after an outage need not.
        if failures > 0 { reader.pulse.send(.retry(within: RequestBudget.spread)) }
        failures = 0
        // What kept silent through it may be dead without knowing.
        if let before, before.duration(to: .now) > Freshness.lifeLimit { reader.suspect() }
      } catch {
        if error.isCancelled { return }
        failures += 1
        await engine.heartbeatFailed(cluster, error.message)
      }
      try? await Task.sleep(for: failures >= Freshness.heartbeats ? Self.deadPause : Self.repeatAfter)
    }
  }

  private static func wait(after failures: Int) -> Duration {
    if failures == 1 { return repeatAfter }
    let isEager = failures > 1 && failures < eagerBeats
    return .seconds((isEager ? eagerInterval : interval) * Double.random(in: 0.75...1.25))
  }
}
