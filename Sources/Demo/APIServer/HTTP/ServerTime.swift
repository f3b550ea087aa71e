/// The clock of a server, whatever its type: bookmarks, time-outs of watches and late answers are counted on it.
struct ServerTime: Sendable {
  /// Since the server was made.
  let now: @Sendable () -> Duration
  let sleep: @Sendable (Duration) async throws -> Void

  init(_ clock: any Clock<Duration>) { self = Self.made(on: clock) }

  private init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  private static func made(on clock: some Clock<Duration>) -> ServerTime {
    let origin = clock.now
    return ServerTime(
      now: { origin.duration(to: clock.now) },
      sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
  }
}
