import Synchronization

/// Something that can be told that its stream may be dead.
protocol SuspectedStream: Sendable {
  func suspect()
}

/// Ends a watch that has gone on for too long, has gone silent, or is suspected to be dead.
final class StreamGuard<Time: Clock<Duration>>: SuspectedStream {
  private struct State {
    var lastHeard: Time.Instant
    var sawBookmark = false
    var isListed = false
    var verdict: WatchMachine.Input?
  }

  private let watch: WatchStream
  private let clock: Time
  private let state: Mutex<State>

  init(_ watch: WatchStream, on clock: Time) {
    self.watch = watch
    self.clock = clock
    state = Mutex(State(lastHeard: clock.now))
  }

  /// Why the stream was ended from here; nil when it ended by itself.
  var verdict: WatchMachine.Input? { state.withLock { $0.verdict } }

  /// True for the first bookmark: from now on the server has promised to be heard about once a minute.
  func heard(_ event: WatchEvent) -> Bool {
    let now = clock.now
    return state.withLock { state in
      state.lastHeard = now
      guard case .bookmark(_, let endsInitialEvents) = event else { return false }
      if endsInitialEvents { state.isListed = true }
      guard !state.sawBookmark else { return false }
      state.sawBookmark = true
      return true
    }
  }

  func suspect() { end(.suspect) }

  private func end(_ verdict: WatchMachine.Input) {
    state.withLock { if $0.verdict == nil { $0.verdict = verdict } }
    watch.close()
  }

  func end(at instant: Time.Instant) async {
    do { try await clock.sleep(until: instant, tolerance: nil) } catch { return }
    watch.close()
  }

  /// Ends a streaming list when nothing came for so long before its end mark.
  func endUnlessListed(after limit: Duration) async {
    while let last = state.withLock({ $0.isListed ? nil : $0.lastHeard }) {
      do { try await clock.sleep(until: last.advanced(by: limit), tolerance: nil) } catch { return }
      let isOver = state.withLock { !$0.isListed && $0.lastHeard == last }
      if isOver { return end(.unfinished) }
    }
  }

  func endWhenSilent(for limit: Duration) async {
    while true {
      let last = state.withLock { $0.lastHeard }
      let bytes = watch.received
      do { try await clock.sleep(until: last.advanced(by: limit), tolerance: nil) } catch { return }
      let isSilent = state.withLock { state in
        // Bytes of an unfinished line are life too.
        let isSilent = state.lastHeard == last && watch.received == bytes
        if !isSilent, state.lastHeard == last { state.lastHeard = clock.now }
        return isSilent
      }
      if isSilent { return end(.silent) }
    }
  }
}

/// Where a watcher is, so that a beat of the cluster's pulse can reach it.
final class WatcherPlace: Sendable {
  private enum Place {
    case busy
    case pausing(Task<Void?, Never>)
    case following(any SuspectedStream)
  }

  private let place = Mutex(Place.busy)

  func isBusy() { place.withLock { $0 = .busy } }

  func follows(_ stream: any SuspectedStream) { place.withLock { $0 = .following(stream) } }

  func receive(_ beat: Pulse.Beat) {
    switch (place.withLock { $0 }, beat) {
    case (.pausing(let pause), .retry(let spread)) where spread > .zero:
      Task {
        try? await Task.sleep(for: spread * Double.random(in: 0...1))
        pause.cancel()
      }
    case (.pausing(let pause), _): pause.cancel()
    case (.following(let stream), .suspect): stream.suspect()
    case (.following, .retry), (.busy, _): break
    }
  }

  /// Sleeps, unless a beat of the pulse or the task's end comes first.
  func pause(_ duration: Duration, on clock: some Clock<Duration>) async {
    let sleeping = Task { try? await clock.sleep(for: duration) }
    place.withLock { $0 = .pausing(sleeping) }
    await withTaskCancellationHandler {
      _ = await sleeping.value
    } onCancel: {
      sleeping.cancel()
    }
    place.withLock { $0 = .busy }
  }
}
