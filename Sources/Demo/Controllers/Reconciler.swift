import FoundationEssentials
import GitOps
import Synchronization

/// A controller of one kind: a step at a time, with the time given to it.
protocol Reconciler: Sendable {
  var groupKind: GroupKind { get }
  /// Kinds whose changes make every object of `groupKind` worth a look.
  var related: [GroupKind] { get }
  /// Brings one object a step further. Errors of the API are met again at the next step.
  /// - Returns: when to come back without anything having changed; nil: not by itself.
  mutating func reconcile(_ key: ObjectKey, at now: Date) async -> Date?
}

/// The keys that wait for a controller, each with the time when it is due.
struct WorkQueue: Sendable {
  private var due: [ObjectKey: Date] = [:]
  /// Every key that was ever added and not removed.
  private(set) var known: Set<ObjectKey> = []

  mutating func add(_ key: ObjectKey, at time: Date) {
    known.insert(key)
    due[key] = min(time, due[key] ?? time)
  }

  mutating func forget(_ key: ObjectKey) {
    known.remove(key)
    due[key] = nil
  }

  var next: (key: ObjectKey, time: Date)? {
    due.min { ($0.value, $0.key) < ($1.value, $1.key) }.map { ($0.key, $0.value) }
  }

  /// Moves what was due before `time`.
  mutating func postpone(before time: Date, to later: (ObjectKey) -> Date) {
    for (key, when) in due where when < time { due[key] = later(key) }
  }

  mutating func take(at now: Date) -> ObjectKey? {
    guard let next, next.time <= now else { return nil }
    due[next.key] = nil
    return next.key
  }
}

/// Runs one controller on the clock of the machine until its task is cancelled.
final class ReconcileLoop: Sendable {
  private let queue = Mutex(WorkQueue())
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  init() {
    (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  func add(_ key: ObjectKey, at time: Date = .now) {
    queue.withLock { $0.add(key, at: time) }
    wake.yield()
  }

  func forget(_ key: ObjectKey) { queue.withLock { $0.forget(key) } }

  func addAll(at time: Date = .now) {
    queue.withLock { queue in
      for key in queue.known { queue.add(key, at: time) }
    }
    wake.yield()
  }

  func run(_ controller: any Reconciler) async {
    var controller = controller
    var iterator = wakes.makeAsyncIterator()
    while !Task.isCancelled {
      while let key = queue.withLock({ $0.take(at: .now) }), !Task.isCancelled {
        if let next = await controller.reconcile(key, at: .now) { queue.withLock { $0.add(key, at: next) } }
      }
      let delay = queue.withLock { $0.next }.map { max(0, $0.time.timeIntervalSinceNow) }
      let alarm = Task { [wake] in
        try? await Task.sleep(for: .seconds(delay ?? 3600))
        if !Task.isCancelled { wake.yield() }
      }
      _ = await iterator.next()
      alarm.cancel()
    }
  }
}
