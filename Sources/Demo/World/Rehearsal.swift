import FoundationEssentials
import GitOps
import Structured

/// Plays the controllers on a clock that is set by hand: days pass in milliseconds, and everything that the controllers
/// leave behind (conditions, history, events, managed fields, log lines) is as if they had run.
struct Rehearsal: Sendable {
  let api: StoreCluster
  private var controllers: [any Reconciler]
  private var queues: [WorkQueue]
  private var seen: UInt64

  /// Steps of one `play`: a pair of controllers that chase each other must not go on for ever.
  private static let stepLimit = 20_000

  init(_ api: StoreCluster, _ controllers: [any Reconciler]) {
    self.api = api
    self.controllers = controllers
    queues = controllers.map { _ in WorkQueue() }
    seen = api.version
  }

  /// Lets everything that is due happen, in order, and stops the clock at `end`.
  mutating func play(until end: Date) async {
    notice()
    for _ in 0..<Self.stepLimit {
      let due = queues.indices.compactMap { index in queues[index].next.map { (index, $0.time) } }
      guard let (index, time) = due.min(by: { $0.1 < $1.1 }), time <= end else { break }
      api.now = max(api.now, time)
      guard let key = queues[index].take(at: api.now) else { break }
      if let next = await controllers[index].reconcile(key, at: api.now) {
        // Never at the same instant again: time must go on.
        queues[index].add(key, at: max(next, api.now.addingTimeInterval(0.1)))
      }
      notice()
    }
    api.now = end
  }

  /// Moves the clock on without playing what lies between: what was due then is spread over the `span` seconds after.
  mutating func jump(to time: Date, span: Double) {
    api.now = time
    for index in queues.indices {
      queues[index].postpone(before: time) { key in
        let hash = key.name.utf8.reduce(UInt64(index)) { ($0 &* 31 &+ UInt64($1)) & 0xffff }
        return time.addingTimeInterval(span * Double(hash % 997) / 997)
      }
    }
  }

  /// Tells the controllers what was written since the last look, as their watches would.
  private mutating func notice() {
    let version = api.version
    if version == seen { return }
    let writes = api.writes(after: seen)
    seen = version
    for (index, controller) in controllers.enumerated() {
      for (kind, key) in writes where kind == controller.groupKind { queues[index].add(key, at: api.now) }
      if writes.contains(where: { controller.related.contains($0.0) }) {
        for key in queues[index].known { queues[index].add(key, at: api.now) }
      }
    }
  }
}
