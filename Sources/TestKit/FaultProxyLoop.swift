import Foundation
import Kube

/// The thread of a fault proxy. Everything in it is touched by that thread only; the proxy's settings are read once a turn.
final class FaultProxyLoop: @unchecked Sendable {
  private let listener: Int32
  private let wakeUp: Int32
  private let upstream: UInt16
  private let seed: UInt64
  private let pace: Int
  /// Nil when the proxy is closed or gone.
  private let settings: () -> FaultProxy.Settings?
  /// Tells connections accepted, connections open, and the generation of settings that they have all taken over.
  private let count: (Int, Int, Int) -> Void
  private var links: [ProxiedConnection] = []
  private var accepted = 0

  init(
    listener: Int32, wakeUp: Int32, upstream: UInt16, seed: UInt64, pace: Int,
    settings: @escaping () -> FaultProxy.Settings?, count: @escaping (Int, Int, Int) -> Void
  ) {
    self.listener = listener
    self.wakeUp = wakeUp
    self.upstream = upstream
    self.seed = seed
    self.pace = pace
    self.settings = settings
    self.count = count
  }

  func run() {
    while let settings = settings() {
      let now = Self.milliseconds
      for link in links {
        link.adopt(settings, now: now)
        link.act(now: now)
      }
      links.removeAll { $0.isOver }
      count(accepted, links.count, settings.generation)
      var entries = [
        pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0), pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      ]
      var wake: Double = 1000
      for link in links {
        entries += link.interests
        if let next = link.nextAction { wake = min(wake, max(0, next - Self.milliseconds)) }
      }
      _ = poll(&entries, nfds_t(entries.count), Int32(wake.rounded(.up)))
      var bytes = [UInt8](repeating: 0, count: 64)
      while read(wakeUp, &bytes, bytes.count) > 0 {}
      // The settings of now: the client may have waited for them to change.
      if entries[1].revents != 0, let settings = self.settings() { accept(settings) }
      let ready = Dictionary(entries.dropFirst(2).map { ($0.fd, $0.revents) }) { $0 | $1 }
      for link in links { link.take(ready, now: Self.milliseconds) }
    }
    for link in links { link.reset() }
    close(listener)
    close(wakeUp)
  }

  static var milliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
  }

  private func accept(_ settings: FaultProxy.Settings) {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      guard client >= 0 else { return }
      accepted += 1
      // One generator a connection: what others do changes nothing of its choices.
      let link = ProxiedConnection(
        number: accepted, client: client, random: SeededRandom(seed: seed &+ UInt64(accepted) &* 0x9E37_79B9),
        pace: Double(pace))
      link.connect(to: upstream)
      link.adopt(settings, now: Self.milliseconds)
      links.append(link)
    }
  }
}
